"""The citizen's sentences as a leader looks for them: in groups, with what must stay in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handover.decisions.sentences import NUMBERS, PLACEHOLDER, longest
from handover.texts import Text

Json = Mapping[str, Any]

GROUPS = {"spoerg": "spoerg", "fejl": "fejl", "widget": "widget"}
"""By the first word of their keys; the rest is what is said in a conversation."""
REST = "samtale"


@dataclass(frozen=True)
class Line:
    key: str
    text: str
    changed: bool


@dataclass(frozen=True)
class Stays:
    """Of one wording: what must stand in it, and how many characters it may have."""

    parts: tuple[str, ...]
    longest: int


def group_of(key: str) -> str:
    return GROUPS.get(key.partition("_")[0], REST)


def found(standard: Mapping[str, Text], changed: Json, words: str) -> dict[str, list[Line]]:
    """The sentences that hold every word, as they are said now."""
    wanted = words.casefold().split()
    groups: dict[str, list[Line]] = {name: [] for name in (REST, *GROUPS.values())}
    for key, text in standard.items():
        said = changed.get(key) or text.wordings
        searched = " ".join(str(said.get(name, "")) for name in text.wordings).casefold()
        if all(word in searched for word in wanted):
            groups[group_of(key)].append(Line(key, said["tekst"], key in changed))
    return {name: lines for name, lines in groups.items() if lines}


def must_stay(text: Text) -> dict[str, Stays]:
    """By wording: ``{"tekst": Stays(("{sidste}",), 120)}``"""
    return {name: Stays(_parts(words), longest(words)) for name, words in text.wordings.items()}


def _parts(words: str) -> tuple[str, ...]:
    numbers = (number for number in NUMBERS if number in words)
    return (*dict.fromkeys(PLACEHOLDER.findall(words)), *numbers)
