"""As what a hand-over is counted: pure, ids only, never a word of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.tracks.catalogue import SPEAKERS, UNKNOWN
from bot.tracks.intake import Intake
from handover import opening
from handover.clock import COPENHAGEN
from handover.handovers.waiting import waited
from handover.municipality import Hours, Municipality
from handover.storage.handovers import CLOSED, Handover
from handover.storage.statistics import Cell

OPEN, ERASED, OTHER = "aaben", "slettet", "andet"
"""Outcomes of a case that is not closed, that the citizen erased first, that has no known one."""
NONE = "ingen"
"""The track of a case without any."""
LONGER = "laengere"
BOUNDS = (
    *range(1, 15), *range(15, 60, 5), *range(60, 240, 15), *range(240, 24 * 60, 60),
    *(24 * 60 * days for days in range(1, 15)),
)  # fmt: skip
"""Minutes: a wait is counted under the first bound that it does not exceed."""


@dataclass(frozen=True)
class Measures:
    """What is counted by: when somebody is there, and which ids are known. An id that is not known
    might be anything, also words, and is not kept."""

    municipality: Municipality
    outcomes: frozenset[str]
    tracks: frozenset[str]

    @property
    def hours(self) -> Hours:
        return self.municipality.hours


@dataclass(frozen=True)
class Facts:
    """``speaker`` None and no tracks: counted for good, and not to be known any more."""

    month: date
    channel: str
    kind: str
    priority: str
    hours: str  # aaben | lukket: was somebody there when it came
    outcome: str
    speaker: str | None
    tracks: tuple[str, ...]
    wait: tuple[str, str] | None = None
    """Priority and bound of the first wait; what happens later does not change it."""

    def cells(self) -> Counter[Cell]:
        return Counter(Cell(self.month, *pair) for pair in self._pairs())

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for measure in ("channel", "kind", "priority", "hours", "outcome"):
            yield measure, getattr(self, measure)
        if self.speaker:
            yield "speaker", self.speaker
        for track in self.tracks:
            yield "track", track
        if self.wait:
            yield f"wait_{self.wait[0]}", self.wait[1]

    def anonymous(self) -> Facts:
        return replace(self, speaker=None, tracks=())

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"month": self.month.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Facts:
        lists = {"tracks": tuple(data["tracks"]), "wait": data["wait"] and tuple(data["wait"])}
        return cls(**{**data, **lists, "month": date.fromisoformat(data["month"])})


def facts(
    handover: Handover, intake: Intake, measures: Measures, before: Facts | None = None
) -> Facts:
    """What is known now; the first wait, and what was let go, stay as they were ``before``."""
    there = opening.open_now(measures.hours, handover.created_at)
    found = Facts(
        month=month_of(handover.created_at),
        channel=handover.channel,
        kind=handover.kind,
        priority=handover.priority,
        hours="aaben" if there else "lukket",
        outcome=_outcome(handover, measures),
        speaker=intake.speaker_value if intake.speaker_value in SPEAKERS else UNKNOWN,
        tracks=tuple(t for t in intake.track_ids if t in measures.tracks) or (NONE,),
        wait=before.wait if before and before.wait else _wait(handover, measures.hours),
    )
    return found.anonymous() if before and before.speaker is None else found


def _outcome(handover: Handover, measures: Measures) -> str:
    if handover.status != CLOSED:
        return OPEN
    return handover.outcome if handover.outcome in measures.outcomes else OTHER


def _wait(handover: Handover, hours: Hours) -> tuple[str, str] | None:
    """As the queue counts it, until the first counsellor took it, or closed it untaken."""
    ends = [moment for moment in (handover.claimed_at, handover.closed_at) if moment]
    if not ends:
        return None
    since, taken = handover.waiting_since, min(ends)
    return handover.priority, bound(waited(hours, handover.priority, since, max(since, taken)))


def bound(wait: timedelta) -> str:
    """``bound(timedelta(minutes=17)) == "20"``"""
    return next((str(b) for b in BOUNDS if wait <= timedelta(minutes=b)), LONGER)


def month_of(moment: datetime) -> date:
    return moment.astimezone(COPENHAGEN).date().replace(day=1)
