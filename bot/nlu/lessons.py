"""What a training line teaches each classifier: its text, its intent and the metadata of its block.

Metadata keys (Danish, as in the files): ``henvender`` who writes, ``spor`` tracks it gives signs
of, ``kriterium`` + ``svar`` (ja, nej, ved_ikke, uklart) the question it answers and how,
``niveau`` danger (for bot.safety only).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bot.tracks.catalogue import Catalogue, Track, load_catalogue
from bot.tracks.reading import NO, OPEN, TELLS, YES

NO_SIGN = "-"
_WORDS_OF_A_SIGN = 4
_SAID_BY_INTENT = {"bekraeft": YES, "afkraeft": NO, "ved_ikke": OPEN, "vil_ikke_svare": OPEN}


@dataclass(frozen=True)
class Lesson:
    text: str
    intent: str
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def criterion(self) -> str:
        return str(self.metadata.get("kriterium") or "")

    @property
    def answer(self) -> str | None:
        """What it answers: "ja", "nej" or "aaben"; None if it is no answer."""
        if not self.metadata.get("svar"):
            return _SAID_BY_INTENT.get(self.intent)
        return self.metadata["svar"] if self.metadata["svar"] in (YES, NO) else OPEN

    @property
    def speaker(self) -> str | None:
        return self.metadata.get("henvender")

    @property
    def tracks(self) -> list[str] | None:
        """The tracks it gives signs of; None if it does not teach this."""
        if self.metadata.get("spor") is not None:
            return list(self.metadata["spor"])
        shows = self.answer == YES and self.criterion in signs_of_tracks()
        return [self.criterion.split(".")[0]] if shows else None

    @property
    def sign(self) -> str | None:
        """``krop_mad.spiseadfaerd ja``, ``-`` for none; None if it does not teach this."""
        if self.metadata.get("svar") in (YES, NO):
            enough = len(self.text.split()) >= _WORDS_OF_A_SIGN
            return f"{self.criterion} {self.metadata['svar']}" if enough else None
        spor = self.metadata.get("spor")  # who asks something may tell of a sign too
        without = (self.intent != TELLS and not spor) or spor == [] or bool(self.criterion)
        return NO_SIGN if without else None


@lru_cache(maxsize=1)
def signs_of_tracks(catalogue: Catalogue | None = None) -> frozenset[str]:
    """The criteria whose yes alone shows what it is about: a track's group of signs, or all its
    inclusion criteria where it has no group."""
    tracks = (catalogue or load_catalogue()).tracks.values()
    return frozenset(key for track in tracks for key in _signs_of(track))


def _signs_of(track: Track) -> list[str]:
    included = [c for c in track.criteria if c.kind == "inklusion" and not c.derived_from]
    grouped = [c for c in included if c.group]
    return [track.key(c) for c in grouped or included]


def taught(lessons: Sequence[Lesson], what: Callable[[Lesson], Any]) -> tuple[list[int], list[Any]]:
    """The places of the lessons that teach something, and what each of them teaches."""
    found = [(at, what(lesson)) for at, lesson in enumerate(lessons)]
    kept = [(at, label) for at, label in found if label is not None]
    return [at for at, _ in kept], [label for _, label in kept]
