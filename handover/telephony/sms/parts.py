"""Long tellings come as several SMS: how long more is waited for, and in which order they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

AT_ONCE = timedelta(0)
MORE_COMES = timedelta(seconds=6)
"""How long the next part is waited for when one looks cut off."""
_MARK = re.compile(r"^\s*\(?(\d{1,2})\s*/\s*(\d{1,2})\)?[:.\s]\s*")
"""``1/3`` or ``(1/3)`` in front, as some telephones write it."""
_FULL = (153, 160)
"""Letters of a part that was filled to its end; a telephone that splits leaves no room."""


def patience(text: str) -> timedelta:
    """How long to wait for more before the words are read."""
    found = _MARK.match(text)
    if found and 1 <= int(found.group(1)) <= int(found.group(2)) > 1:
        return MORE_COMES
    if any(len(text) % size == 0 or len(text) % size == size - 1 for size in _FULL if text):
        return MORE_COMES
    return AT_ONCE


def joined(texts: Sequence[str]) -> str:
    """The parts as one text: in the order of their marks if all carry one, else as they came."""
    marks = [_MARK.match(text) for text in texts]
    if all(marks):
        numbered = sorted(
            (int(mark.group(1)), text[mark.end() :])
            for mark, text in zip(marks, texts, strict=True)
            if mark
        )
        return " ".join(text.strip() for _, text in numbered)
    return "\n".join(text.strip() for text in texts)
