"""The municipality a citizen names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.danish.ages import normal_same_length

FILE = Path(__file__).with_suffix(".yml")
# Also ordinary words or first names: they count only in an answer to "which municipality".
_AMBIGUOUS = {
    "vejen",
    "odder",
    "varde",
    "greve",
    "holte",
    "skive",
    "struer",
    "faxe",
    "nordvest",
    "lolland",
    "sundby",
}


@dataclass(frozen=True)
class Place:
    """``name`` is official ("Høje-Taastrup"); offsets are those of the text."""

    name: str
    start: int
    end: int


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], re.Pattern[str]]:
    rows = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)["kommuner"]
    names = {}
    for official, others in rows.items():
        for name in (official.lower(), official.lower().replace("-", " "), *others):
            names[name] = official
            names[name.replace("ø", "oe").replace("å", "aa").replace("æ", "ae")] = official
    longest = sorted(names, key=len, reverse=True)
    return names, re.compile(r"\b(" + "|".join(map(re.escape, longest)) + r")(?:s)?\b")


def find_municipality(text: str, asked: bool = False) -> Place | None:
    """The first municipality named in the text, or None; ``asked`` lets ambiguous names count."""
    names, pattern = _names()
    for match in pattern.finditer(normal_same_length(text)):
        name = match.group(1)
        if asked or name not in _AMBIGUOUS:
            return Place(names[name], match.start(1), match.end(1))
    return None
