"""Trains the classifier of the danger screen: ``python -m bot.safety.train``.

Needs scikit-learn (the bot environment); what it writes needs only numpy. Lines come from all of
bot/data/nlu/*.yml. A block without ``niveau`` is taken as harmless with little weight, unless it
tells of self-harm.
"""

from __future__ import annotations

import argparse
import logging
import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot import embedding
from bot.lines import FOLDER, Block, blocks, examples_of, metadata_of
from bot.safety.classifier import CLASSES, MODEL, Weights
from bot.safety.features import counted, signs, terms
from bot.safety.rules import Rules

log = logging.getLogger("bot.safety.train")

_STRETCH = 2.5
_STEPS = 150
"""Of the fitting: further ones move a probability by a few hundredths at most."""


@dataclass(frozen=True)
class Settings:
    """Chosen by cross-validation on our own lines; see docs.

    ``strength`` and ``meaning_strength`` are the inverse regularisation of the two models,
    ``share`` what the embedding's model counts beside the other, ``rare`` how often a term must
    occur.
    """

    strength: float = 4.0
    meaning_strength: float = 10.0
    sign_scale: float = 0.35
    share: float = 0.5
    rare: int = 2
    unmarked_weight: float = 0.5
    answer_weight: float = 0.4


@dataclass(frozen=True)
class Line:
    """One training line: its level, and how much it counts."""

    text: str
    level: str
    weight: float


def read_lines(folder: Path, settings: Settings = Settings()) -> list[Line]:
    """All lines of all files, each once, with the weight of the block that says most."""
    lines = [line for _, block in blocks(folder) for line in _of(block, settings)]
    first: dict[str, Line] = {}
    for line in lines:
        key = line.text.lower()
        if key not in first or line.weight > first[key].weight:
            first[key] = line
    return list(first.values())


def _of(block: Block, settings: Settings) -> Iterator[Line]:
    level, weight = level_of(block, settings)
    if level is None:
        return
    for text in examples_of(block):
        yield Line(text, level, weight)


def level_of(block: Block, settings: Settings) -> tuple[str | None, float]:
    """The level that a block's lines teach and how much they count; None: nothing."""
    metadata = metadata_of(block)
    answer = (metadata.get("kriterium"), metadata.get("svar"))
    if metadata.get("niveau") in CLASSES:
        bound = answer[0] is not None and metadata["niveau"] != "ingen"
        return str(metadata["niveau"]), settings.answer_weight if bound else 1.0
    if answer in _RAISED_ANSWERS:
        return "forhoejet", settings.answer_weight
    if _tells_of_danger(metadata, answer):
        return None, 0.0
    return "ingen", settings.unmarked_weight


# Blocks without ``niveau``: answers that say danger by themselves, and those that may.
_RAISED_ANSWERS = (("krop_mad.betydeligt_vaegttab", "ja"),)
_DOUBTFUL_ANSWERS = (
    ("krop_mad.spiseadfaerd", "ja"),
    ("krop_mad.stabil_somatisk", "nej"),
    ("krop_mad.kan_spise_med_stoette", "nej"),
    ("krop_mad.svaer_komorbiditet", "ja"),
    ("krop_mad.tidl_beh_spiseforstyrrelse", "ja"),
    ("faelles.psykiatriens_maalgruppe", "ja"),
    ("faelles.selvmordstanker", "ja"),
    ("faelles.selvmordstanker", "uklart"),
    ("faelles.selvmordstanker", "ved_ikke"),
    ("faelles.sikkerhed_nu", "ja"),
    ("faelles.sikkerhed_nu", "uklart"),
    ("faelles.sikkerhed_nu", "ved_ikke"),
)


def _tells_of_danger(metadata: Mapping[str, Any], answer: tuple[Any, Any]) -> bool:
    harm = str(answer[0] or "").startswith("selvskade.") or "selvskade" in (
        metadata.get("spor") or []
    )
    return harm or answer in _DOUBTFUL_ANSWERS


@dataclass(frozen=True)
class Table:
    """The features of many texts as one sparse matrix, and what is needed to make it again."""

    matrix: Any
    terms: tuple[str, ...]
    rarity: np.ndarray[Any, Any]
    signs: tuple[str, ...]


class Reader:
    """Reads every text once: its normal words and the signs of the rules."""

    def __init__(self, rules: Rules, texts: Sequence[str]) -> None:
        self.words = [rules.normal(text) for text in texts]
        self.signs = [signs(rules.read(text)) for text in texts]

    def table(self, rows: Sequence[int], settings: Settings) -> Table:
        """The matrix of some rows, with the terms and signs that are known from them."""
        seen: Counter[str] = Counter()
        for row in rows:
            seen.update(set(terms(self.words[row])))
        known = tuple(sorted(term for term, count in seen.items() if count >= settings.rare))
        rarity = np.array([math.log((1 + len(rows)) / (1 + seen[t])) + 1.0 for t in known])
        found = Counter(sign for row in rows for sign in set(self.signs[row]))
        signs_known = tuple(sorted(sign for sign, count in found.items() if count >= settings.rare))
        matrix = self.matrix(rows, known, rarity, signs_known, settings)
        return Table(matrix, known, rarity, signs_known)

    def matrix(
        self, rows: Sequence[int], known: Sequence[str], rarity: np.ndarray[Any, Any],
        signs_known: Sequence[str], settings: Settings,
    ) -> Any:  # fmt: skip
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped,unused-ignore]

        place = {term: at for at, term in enumerate((*known, *signs_known))}
        by_term = dict(zip(known, rarity.tolist(), strict=False))
        data: list[float] = []
        columns: list[int] = []
        ends = [0]
        for row in rows:
            values = dict(counted(self.words[row], by_term))
            values.update({s: settings.sign_scale for s in self.signs[row] if s in place})
            columns += [place[t] for t in values]
            data += list(values.values())
            ends.append(len(data))
        return csr_matrix((data, columns, ends), shape=(len(rows), len(place)))


def fitted(features: Any, lines: Sequence[Line], strength: float) -> Any:
    """A multinomial logistic regression of the three levels."""
    from sklearn.linear_model import LogisticRegression

    levels = [CLASSES.index(line.level) for line in lines]
    if set(levels) != set(range(len(CLASSES))):
        raise ValueError("every level needs at least one line")
    model = LogisticRegression(C=strength, max_iter=_STEPS, multi_class="multinomial")
    return model.fit(features, levels, sample_weight=balanced(lines))


def balanced(lines: Sequence[Line]) -> list[float]:
    """Every level counts the same in all, its lines by their weight."""
    sums: dict[str, float] = {}
    for line in lines:
        sums[line.level] = sums.get(line.level, 0.0) + line.weight
    share = sum(sums.values()) / len(sums)
    return [line.weight * share / sums[line.level] for line in lines]


def train(lines: Sequence[Line], settings: Settings, embed: bool) -> Weights:
    table = Reader(Rules.load(), [line.text for line in lines]).table(range(len(lines)), settings)
    model = fitted(table.matrix, lines, settings.strength)
    meaning, bias = (
        _meaning(lines, settings) if embed else (np.zeros((embedding.SIZE, 3)), np.zeros(3))
    )
    return Weights(
        table.terms, table.rarity, table.signs, model.coef_.T, model.intercept_, meaning, bias,
        settings.sign_scale, settings.share if embed else 0.0,
    )  # fmt: skip


def _meaning(lines: Sequence[Line], settings: Settings) -> tuple[Any, Any]:
    """Fitted around their mean and stretched, where it takes a third of the steps; the weights
    are those of the embeddings as they come."""
    rows = embedding.embed_all([line.text for line in lines])
    centre = rows.mean(axis=0)
    stretched = (rows - centre) * _STRETCH
    model = fitted(stretched, lines, settings.meaning_strength / _STRETCH**2)
    weights = model.coef_.T * _STRETCH
    return weights, model.intercept_ - centre @ weights


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description="Trains the classifier of the danger screen.")
    parser.add_argument("--data", type=Path, default=FOLDER)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--without-embeddings", action="store_true")
    arguments = parser.parse_args()
    began, settings = time.monotonic(), Settings()
    lines = read_lines(arguments.data, settings)
    embed = embedding.can_embed() and not arguments.without_embeddings
    train(lines, settings, embed).save(arguments.out)
    counts = Counter(line.level for line in lines)
    log.info(
        "danger screen: %s lines, %s, %.0f s",
        dict(counts),
        arguments.out.name,
        time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
