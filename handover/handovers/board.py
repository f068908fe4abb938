"""The queue as one counsellor sees it: what is shown of it, what is only counted, and what the
counsellor's page has already."""

from __future__ import annotations

import base64
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

from handover.clock import rfc3339
from handover.conversations.feed import Feed
from handover.handovers.desk import URGENT
from handover.handovers.filters import Filter
from handover.handovers.service import HandoverService
from handover.handovers.together import Together
from handover.handovers.waiting import target
from handover.storage.handovers import WAITING, Handover
from handover.storage.queue import OpenCase
from handover.storage.work import Work

Json = dict[str, Any]
KEPT = 1.0
"""Seconds that one look at the open cases is good for, unless the queue changes: as late as what
another process does may be seen. Words that are shown from it are kept no longer than this."""


@dataclass(frozen=True)
class Room:
    """How many are shown beside the urgent ones, which are shown whatever their number."""

    waiting: int
    others: int


@dataclass(frozen=True)
class Group:
    """``fitting``: how many the filter lets through. An item is what the queue of the API shows,
    with a ``mark`` of its state; of one that the page has in that state there is no more than what
    tells the time, and the mark as ``same``."""

    items: Sequence[Json]
    fitting: int


@dataclass
class Look:
    """At all open cases; what is worked out about one of them is there for everybody."""

    waiting: list[OpenCase]
    held: list[OpenCase]
    light: dict[tuple[str, bool], Json] = field(default_factory=dict)
    whole: dict[str, Json] = field(default_factory=dict)

    @cached_property
    def urgent(self) -> int:
        return _urgent(self.waiting)


@dataclass(frozen=True)
class Sight:
    waiting: Group
    mine: Group
    others: Group
    waiting_in_all: int
    urgent: int
    urgent_hidden: int


class Board:
    """``build`` is part of every mark: what another build has shown may look different."""

    def __init__(self, service: HandoverService, feed: Feed, build: str) -> None:
        self.service, self.build = service, build
        self._look = Together(self._read, lambda: feed.changes, KEPT)

    async def _read(self) -> Look:
        async with self.service.store.read(long=True) as work:
            cases = await work.queue.open_cases()
        return Look(
            [one for one in cases if one.handover.status == WAITING],
            [one for one in cases if one.handover.status != WAITING],
        )

    async def look(
        self, name: str, wanted: Filter, room: Room, has: Set[str] = frozenset()
    ) -> Sight:
        """Every urgent case that fits, and of the others those that have waited longest."""
        look = await self._look()
        held = wanted.of(look.held, name)
        groups = {
            "waiting": wanted.of(look.waiting, name),
            "mine": [one for one in held if one.handover.claimed_by == name],
            "others": [one for one in held if one.handover.claimed_by != name],
        }
        shown = {
            "waiting": _first(groups["waiting"], room.waiting),
            "mine": groups["mine"],
            "others": _first(groups["others"], room.others),
        }
        async with self.service.store.read() as work:
            sight = {
                key: Group(
                    await self._items(work, look, some, key == "mine", has), len(groups[key])
                )
                for key, some in shown.items()
            }
        return Sight(
            **sight,
            waiting_in_all=len(look.waiting),
            urgent=look.urgent,
            urgent_hidden=look.urgent - _urgent(groups["waiting"]) if wanted.chosen else 0,
        )

    async def _items(
        self, work: Work, look: Look, some: Sequence[OpenCase], mine: bool, has: Set[str]
    ) -> list[Json]:
        light = [self._light(look, one, mine) for one in some]
        missing = [
            one.handover
            for one, item in zip(some, light, strict=True)
            if item["same"] not in has and one.handover.id not in look.whole
        ]
        if missing:
            found = await self.service.items(work, missing)
            look.whole |= {item["handover_id"]: item for item in found}
        return [
            item if item["same"] in has else self._whole(look, item)
            for item in light
            if item["same"] in has or item["handover_id"] in look.whole
        ]

    def _whole(self, look: Look, item: Json) -> Json:
        return look.whole[item["handover_id"]] | {"mark": item["same"]}

    def _light(self, look: Look, one: OpenCase, mine: bool) -> Json:
        """Of an item what tells the time; all who share the look share it."""
        key = (one.handover.id, mine)
        if key not in look.light:
            held = target(self.service.municipality, one.handover, self.service.clock())
            item = _light(one.handover, held)
            look.light[key] = item | {"same": self._mark(one, item, mine)}
        return look.light[key]

    def _mark(self, one: OpenCase, item: Json, mine: bool) -> str:
        state = (
            self.build, one.handover.id, one.version, one.handover.status, one.handover.claimed_by,
            item["priority"], item["waiting_since"], item["target"], mine,
        )  # fmt: skip
        digest = blake2b(repr(state).encode(), digest_size=6).digest()
        return base64.urlsafe_b64encode(digest).decode()


def _light(handover: Handover, held_against: Json | None) -> Json:
    """Of an item what tells the time."""
    return {
        "handover_id": handover.id,
        "priority": handover.priority,
        "created_at": rfc3339(handover.created_at),
        "waiting_since": rfc3339(handover.waiting_since),
        "target": held_against,
    }


def _first(some: Sequence[OpenCase], room: int) -> Sequence[OpenCase]:
    return some[: _urgent(some) + room]  # the urgent ones stand first


def _urgent(some: Sequence[OpenCase]) -> int:
    return sum(one.handover.rank == URGENT for one in some)
