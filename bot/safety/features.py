"""What the classifier sees in a text besides its embedding: words, letters, rules that spoke."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.safety.rules import Reading

_WORDS = (1, 2)
_LETTERS = (2, 5)
# Signs so common that the words themselves say more.
_EVERYDAY = frozenset({"tidspunkt"})


def terms(words: Sequence[str]) -> Iterator[str]:
    """``w:ikke``, ``w:vil ikke`` and letter runs inside words ``c: ikk``, wherever they stand."""
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
