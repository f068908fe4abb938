"""Trains the classifier of the danger screen: ``python -m bot.safety.train``.

Needs scikit-learn (the bot environment); what it writes needs only numpy. Lines come from all of
bot/data/nlu/*.yml. A block without ``niveau`` is taken as harmless with little weight, unless it
tells of self-harm.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import math
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import yaml

from bot.safety.classifier import CLASSES, MODEL, Weights
from bot.safety.features import EMBEDDING_SIZE, can_embed, counted, embedding, signs, terms
from bot.safety.rules import Rules

log = logging.getLogger("bot.safety.train")

DATA = Path(__file__).parent.parent / "data" / "nlu"
CACHE = MODEL.parent / "embeddings.npz"


@dataclass(frozen=True)
class Settings:
    """Chosen by cross-validation on our own lines; see docs."""

    strength: float = 4.0
    sign_scale: float = 0.35
    embedding_scale: float = 3.0
    rare: int = 2
    unmarked_weight: float = 0.25
    seed: int = 7


@dataclass(frozen=True)
class Line:
    """One training line: its level, how much it counts, and the block it stands in."""

    text: str
    level: str
    weight: float
    block: str


def read_lines(folder: Path, unmarked_weight: float = Settings.unmarked_weight) -> List[Line]:
    lines = [line for path in sorted(folder.glob("*.yml")) for line in _file(path, unmarked_weight)]
    first: Dict[str, Line] = {}
    for line in lines:
        key = line.text.lower()
        if key not in first or line.weight > first[key].weight:
            first[key] = line
    return list(first.values())


def _file(path: Path, unmarked_weight: float) -> Iterator[Line]:
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for number, block in enumerate(document.get("nlu") or []):
        level, weight = _level(block, unmarked_weight)
        if level is None:
            continue
        for example in str(block.get("examples") or "").splitlines():
            text = example.strip()[1:].strip() if example.strip().startswith("-") else ""
            if text:
                yield Line(text, level, weight, f"{path.name}#{number}")


def _level(block: Mapping[str, Any], unmarked_weight: float) -> Tuple[Optional[str], float]:
    metadata = block.get("metadata") or {}
    if "intent" not in block:
        return None, 0.0
    if metadata.get("niveau") in CLASSES:
        return str(metadata["niveau"]), 1.0
    harm = str(metadata.get("kriterium") or "").startswith("selvskade.") or "selvskade" in (
        metadata.get("spor") or []
    )
    safety = metadata.get("kriterium") in ("faelles.selvmordstanker", "faelles.sikkerhed_nu")
    if harm or safety and metadata.get("svar") != "nej":
        return None, 0.0
    return "ingen", unmarked_weight


@dataclass(frozen=True)
class Table:
    """The features of many texts as one sparse matrix, and what is needed to make it again."""

    matrix: Any
    terms: Tuple[str, ...]
    rarity: "np.ndarray[Any, Any]"
    signs: Tuple[str, ...]


class Reader:
    """Reads every text once: normal words, rule signs, embedding."""

    def __init__(self, rules: Rules, texts: Sequence[str], embed: bool) -> None:
        self.words = [rules.normal(text) for text in texts]
        self.signs = [signs(rules.read(text)) for text in texts]
        self.embeddings = _embedded(texts) if embed else np.zeros((len(texts), 0))

    def vocabulary(self, rows: Sequence[int], rare: int) -> Tuple[Tuple[str, ...], Dict[str, float]]:
        seen: Counter[str] = Counter()
        for row in rows:
            seen.update(set(terms(self.words[row])))
        known = tuple(sorted(term for term, count in seen.items() if count >= rare))
        rarity = {t: math.log((1 + len(rows)) / (1 + seen[t])) + 1.0 for t in known}
        return known, rarity

    def table(self, rows: Sequence[int], settings: Settings) -> Table:
        known, rarity = self.vocabulary(rows, settings.rare)
        found = Counter(sign for row in rows for sign in set(self.signs[row]))
        signs_known = tuple(sorted(sign for sign, count in found.items() if count >= settings.rare))
        matrix = self.matrix(rows, known, rarity, signs_known, settings)
        return Table(matrix, known, np.array([rarity[t] for t in known]), signs_known)

    def matrix(
        self, rows: Sequence[int], known: Sequence[str], rarity: Mapping[str, float],
        signs_known: Sequence[str], settings: Settings,
    ) -> Any:  # fmt: skip
        from scipy.sparse import csr_matrix, hstack

        place = {term: at for at, term in enumerate(known)}
        place.update({sign: len(known) + at for at, sign in enumerate(signs_known)})
        data: List[float] = []
        columns: List[int] = []
        ends = [0]
        for row in rows:
            values = dict(counted(self.words[row], rarity))
            values.update({s: settings.sign_scale for s in self.signs[row] if s in place})
            columns += [place[t] for t in values]
            data += list(values.values())
            ends.append(len(data))
        counts = csr_matrix((data, columns, ends), shape=(len(rows), len(place)))
        if not self.embeddings.shape[1]:
            return counts
        meaning = csr_matrix(self.embeddings[list(rows)] * settings.embedding_scale)
        return hstack([counts, meaning]).tocsr()


def _embedded(texts: Sequence[str]) -> "np.ndarray[Any, Any]":
    """Embeddings, those computed before taken from a file beside the model."""
    known = _cached()
    keys = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
    for key, text in zip(keys, texts):
        if key not in known:
            known[key] = embedding(text)
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    wanted = sorted(set(keys))
    np.savez(CACHE, keys=np.array(wanted), rows=np.array([known[k] for k in wanted], dtype=np.float16))
    return np.array([known[key] for key in keys], dtype=np.float32)


def _cached() -> Dict[str, "np.ndarray[Any, Any]"]:
    if not CACHE.exists():
        return {}
    with np.load(CACHE, allow_pickle=False) as file:
        return dict(zip(file["keys"].tolist(), file["rows"].astype(np.float32)))


def fitted(table: Table, lines: Sequence[Line], settings: Settings) -> Any:
    from sklearn.linear_model import LogisticRegression

    levels = [CLASSES.index(line.level) for line in lines]
    model = LogisticRegression(C=settings.strength, max_iter=300, multi_class="multinomial")
    return model.fit(table.matrix, levels, sample_weight=_balanced(lines))


def _balanced(lines: Sequence[Line]) -> List[float]:
    """Every level counts the same in all, its lines by their weight."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.level] += line.weight  # type: ignore[assignment]
    share = sum(sums.values()) / len(CLASSES)
    return [line.weight * share / sums[line.level] for line in lines]


def train(lines: Sequence[Line], settings: Settings, embed: bool) -> Weights:
    reader = Reader(Rules.load(), [line.text for line in lines], embed)
    table = reader.table(range(len(lines)), settings)
    model = fitted(table, lines, settings)
    scale = settings.embedding_scale if embed else 0.0
    rows = len(table.terms) + len(table.signs) + (EMBEDDING_SIZE if embed else 0)
    if model.coef_.shape != (len(CLASSES), rows):
        raise ValueError("every level needs at least one line")
    return Weights(
        table.terms, table.rarity, table.signs, model.coef_.T, model.intercept_,
        settings.sign_scale, scale,
    )  # fmt: skip


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description="Trains the classifier of the danger screen.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--without-embeddings", action="store_true")
    arguments = parser.parse_args()
    began, settings = time.monotonic(), Settings()
    lines = read_lines(arguments.data, settings.unmarked_weight)
    embed = can_embed() and not arguments.without_embeddings
    train(lines, settings, embed).save(arguments.out)
    counts = Counter(line.level for line in lines)
    log.info("danger screen: %s lines, %s, %.0f s", dict(counts), arguments.out.name, time.monotonic() - began)


if __name__ == "__main__":
    main()
