"""Which hand-overs somebody wants to see: the same words in the API and on the queue's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from bot.tracks.catalogue import SPEAKERS, UNKNOWN
from handover.handovers.schemas import Channel, Kind, Priority
from handover.storage.handovers import PRIORITIES
from handover.storage.queue import OpenCase

MINE = "ja"
FIELDS = ("priority", "channel", "kind", "track", "speaker", "mine")


@dataclass(frozen=True)
class Filter:
    """None: whatever it is."""

    priority: str | None = None
    channel: str | None = None
    kind: str | None = None
    track: str | None = None
    speaker: str | None = None
    mine: str | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """``{"channel": "web"}``: what narrows the queue."""
        return {name: value for name in FIELDS if (value := getattr(self, name))}

    def without(self, name: str) -> dict[str, str]:
        return {key: value for key, value in self.chosen.items() if key != name}

    def of(self, cases: Sequence[OpenCase], name: str) -> Sequence[OpenCase]:
        """What ``name`` wants to see of them, in the same order."""
        return [one for one in cases if self.fits(one, name)] if self.chosen else cases

    def fits(self, case: OpenCase, name: str) -> bool:
        """Does a case belong to what ``name`` wants to see; its traits are asked for last."""
        found = case.handover
        return (
            self.priority in (None, found.priority)
            and self.channel in (None, found.channel)
            and self.kind in (None, found.kind)
            and (self.mine is None or found.claimed_by == name)
            and (self.speaker is None or case.traits.speaker == self.speaker)
            and (self.track is None or self.track in case.traits.tracks)
        )


def read_filter(query: Mapping[str, str], tracks: Iterable[str]) -> Filter:
    """What an address asks for. A value that nothing can have is passed over: a wrong link must
    not hide a case."""
    allowed = choices(tracks)
    return Filter(**{k: query[k] for k in FIELDS if query.get(k) in allowed[k]})


def choices(tracks: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {
        "priority": get_args(Priority),
        "channel": get_args(Channel),
        "kind": get_args(Kind),
        "track": tuple(tracks),
        "speaker": (*SPEAKERS, UNKNOWN),
        "mine": (MINE,),
    }


def in_database(
    channel: str | None, priority: str | None, holder: str | None, **more: str | None
) -> dict[str, Any]:
    """The conditions that the database can answer; speaker and track lie encrypted."""
    wanted = {"channel": channel, "claimed_by": holder, **more}
    found: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    return found | ({"rank": PRIORITIES.index(priority)} if priority else {})
