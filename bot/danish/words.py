"""Tokens as Danes type them: one normal form for matching, whatever the keyboard."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[0-9a-zæøåéüö]+")
_STRETCHED = re.compile(r"(.)\1{2,}")


def normal(text: str) -> str:
    """Lower case, composed letters, plain quotes, no letter more than twice in a row.

    ``normal("NEEEEJ’s") == "neej's"``
    """
    text = unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("´", "'")
    return _STRETCHED.sub(r"\1\1", text)


def words(text: str) -> list[str]:
    """``words("Ja, det gør hun!") == ["ja", "det", "gør", "hun"]``"""
    return _WORD.findall(normal(text))


def plain(text: str) -> str:
    """The words alone, with one space between: ``plain("Nej...  det  ik!") == "nej det ik"``."""
    return " ".join(words(text))
