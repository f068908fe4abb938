"""Splitting a message into clauses, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile(
    r"[.!?…;\n]+|,\s+(?=(?:og|men|så|for|fordi|mens|når|hvis|selv om|selvom|dog)\b)|\s+-\s+|:\s+"
    r"|\s+(?=(?:men|og (?:hun|han|jeg|vi|de|nu|så|det|der|i))\b)"
)
_SHORTEST = 3


@dataclass(frozen=True)
class Clause:
    """Part of a message; ``start`` and ``end`` are character offsets in it."""

    text: str
    start: int
    end: int


def split_clauses(text: str) -> list[Clause]:
    """The clauses of a message in order; short remnants stay with their neighbour.

    ``[c.text for c in split_clauses("Hun er 13. Hun spiser ikke, men hun drikker.")]``
    ``== ["Hun er 13", "Hun spiser ikke", "men hun drikker"]``
    """
    pieces: list[Clause] = []
    start = 0
    for match in _BREAK.finditer(text):
        pieces = _add(pieces, text, start, match.start())
        start = match.end()
    return _add(pieces, text, start, len(text))


def _add(pieces: list[Clause], text: str, start: int, end: int) -> list[Clause]:
    raw = text[start:end]
    body = raw.strip(" \t\n,")
    if not re.search(r"\w", body):
        return pieces
    start += len(raw) - len(raw.lstrip(" \t\n,"))
    if len(body.split()) < _SHORTEST and pieces:
        last = pieces[-1]
        return [
            *pieces[:-1],
            Clause(text[last.start : start + len(body)], last.start, start + len(body)),
        ]
    return [*pieces, Clause(body, start, start + len(body))]
