"""The baseline that matches words: what a chatbot with a keyword list would have understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from tools.measure.cases import NONE, UNKNOWN, Case, Prediction

LIST = Path(__file__).with_name("keywords.yml")
SPOKEN_AGE = re.compile(r"\b(\d{1,2})[ -]?(?:år|aar)|\b(?:er|på) (\d{1,2})\b", re.IGNORECASE)
SHORT = 4
"""A greeting or thanks counts as the topic only in a message of at most so many words."""
POLITE = ("hilsen", "tak", "farvel")

Matchers = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True)
class Keywords:
    risk: Matchers
    tracks: Matchers
    speaker: Matchers
    topic: Matchers

    @classmethod
    def load(cls, path: Path = LIST) -> Self:
        lists: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
        return cls(**{part: matchers(found) for part, found in lists.items()})

    def predict(self, case: Case) -> Prediction:
        return Prediction(
            id=case.id,
            risk=first(self.risk, case.text) or NONE,
            speaker=first(self.speaker, case.text) or UNKNOWN,
            age=age_in(case.text),
            tracks=tuple(hits(self.tracks, case.text)),
            topic=self._topic(case.text),
        )

    def _topic(self, text: str) -> str | None:
        long = len(text.split()) > SHORT
        return next((t for t in hits(self.topic, text) if not (long and t in POLITE)), None)


def matchers(lists: Mapping[str, Sequence[str]]) -> dict[str, re.Pattern[str]]:
    return {name: matcher(words) for name, words in lists.items()}


def matcher(words: Sequence[str]) -> re.Pattern[str]:
    """``["selvskad*", "skærer i *"]``: whole words, a star for any ending or any next word."""
    patterns = [re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words]
    return re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def hits(lists: Matchers, text: str) -> list[str]:
    """The names of the lists that have a word in the text, in the order of the file."""
    return [name for name, pattern in lists.items() if pattern.search(text)]


def first(lists: Matchers, text: str) -> str | None:
    return next(iter(hits(lists, text)), None)


def age_in(text: str) -> int | None:
    found = SPOKEN_AGE.search(text)
    return int(found[1] or found[2]) if found else None
