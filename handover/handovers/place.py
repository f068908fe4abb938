"""Where a citizen stands in the queue, and how long it takes: told to them, never promised.

How long is what cases of the same priority really waited in the last days. Too few of them, and
nothing is said about it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from handover import opening
from handover.clock import Clock, rfc3339
from handover.conversations.feed import QUEUE, Feed
from handover.handovers.waiting import AROUND_THE_CLOCK, waited
from handover.municipality import Hours, Municipality
from handover.storage.handovers import PRIORITIES, Taken
from handover.storage.work import Store
from handover.texts import Texts

Json = dict[str, Any]

ENOUGH = 5
"""Of fewer waits nothing is said: they may have been anything."""
RECENT = timedelta(days=7)
MOST = 500
"""So many of the last waits are looked at, of all priorities."""
PACE_LASTS = timedelta(minutes=1)
SLOW = 0.9
"""Nine of ten waited at most as long as the slow end."""
STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
"""Minutes that a wait is rounded up to; a longer one is told as more than a day."""
LONGER = "mere end en dag"
SOON = 60
"""Minutes before closing from which on it is told when nothing is known about the waits."""


@dataclass(frozen=True)
class Pace:
    """Minutes, as they are told; None: longer than the last step."""

    typical: int | None
    slow: int | None


def pace(waits: Sequence[timedelta]) -> Pace | None:
    """The upper median and the slow end of some waits; None when they are too few."""
    if len(waits) < ENOUGH:
        return None
    ordered = sorted(waits)
    slow = ordered[ceil(SLOW * len(ordered)) - 1]
    return Pace(rounded(ordered[len(ordered) // 2]), rounded(slow))


def paces(taken: Sequence[Taken], hours: Hours) -> dict[int, Pace | None]:
    """By rank, since danger does not wait as long as the others."""
    waits: dict[int, list[timedelta]] = {rank: [] for rank in range(len(PRIORITIES))}
    for one in taken:
        waits[one.rank].append(waited(hours, PRIORITIES[one.rank], one.since, one.at))
    return {rank: pace(found) for rank, found in waits.items()}


def rounded(wait: timedelta) -> int | None:
    return next((step for step in STEPS if wait <= timedelta(minutes=step)), None)


def in_words(minutes: int | None, always: bool = False) -> str:
    """``10 minutter``, ``en time``, ``3 timer i åbningstiden``; ``always``: nights count too."""
    if minutes is None:
        return LONGER
    if minutes < 60:
        return f"{minutes} minutter"
    special = {60: "en time", 90: "halvanden time"}.get(minutes)
    return (special or f"{minutes // 60} timer") + ("" if always else " i åbningstiden")


@dataclass(frozen=True)
class Line:
    """The queue at a moment: how many are before a conversation, and its rank."""

    places: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, order: Sequence[tuple[str, int]]) -> Line:
        return cls({name: (ahead, rank) for ahead, (name, rank) in enumerate(order)})


class Places:
    """Read once after every change of the queue, however many look at their place in it."""

    def __init__(
        self, store: Store, feed: Feed, texts: Texts, municipality: Municipality, clock: Clock
    ) -> None:
        self.store, self.texts, self.clock = store, texts, clock
        self.municipality = municipality
        self._listening = ExitStack()  # for as long as the service runs
        self._moves = self._listening.enter_context(feed.listen(QUEUE))
        self._line: Line | None = None
        self._paces: dict[int, Pace | None] = {}
        self._measured: datetime | None = None
        self._reading = asyncio.Lock()

    async def of(self, conversation_id: str, channel: str = "web") -> Json | None:
        """What somebody who waits is told, or None: see ``QueueOut``."""
        line = await self._now()
        if conversation_id not in line.places:
            return None
        ahead, rank = line.places[conversation_id]
        return self._told(ahead, rank, channel)

    async def _now(self) -> Line:
        async with self._reading:
            moved = not self._moves.empty()
            while not self._moves.empty():
                self._moves.get_nowait()
            if self._line is None or moved or self._is_old():
                await self._read()
            assert self._line is not None
            return self._line

    def _is_old(self) -> bool:
        return self._measured is None or self.clock() - self._measured >= PACE_LASTS

    async def _read(self) -> None:
        async with self.store.read() as work:
            self._line = Line.of(await work.handovers.line())
            if self._is_old():
                self._measured = self.clock()
                taken = await work.handovers.taken_since(self._measured - RECENT, MOST)
                self._paces = paces(taken, self.municipality.hours)

    def _told(self, ahead: int, rank: int, channel: str) -> Json:
        now = self.clock()
        closes = opening.closes(self.municipality.hours, now)
        opens = opening.next_opening(self.municipality.hours, now)
        found = self._paces.get(rank) if closes else None
        return {
            "ahead": ahead,
            "open": closes is not None,
            "closes_at": rfc3339(closes) if closes else None,
            "opens_at": rfc3339(opens) if opens and not closes else None,
            "typical_minutes": found.typical if found else None,
            "slow_minutes": found.slow if found else None,
            "place": self._place(ahead, channel),
            "time": " ".join(self._time(now, closes, opens, found, rank, channel)),
        }

    def _place(self, ahead: int, channel: str) -> str:
        key = {0: "koe_naeste", 1: "koe_en_foer"}.get(ahead, "koe_flere_foer")
        return self.texts.say(key, channel, antal=ahead)

    def _time(
        self,
        now: datetime,
        closes: datetime | None,
        opens: datetime | None,
        found: Pace | None,
        rank: int,
        channel: str,
    ) -> list[str]:
        again = opening.soon_in_words(opens, now) if opens else ""
        if closes is None:
            key = "koe_lukket" if opens else "koe_lukket_ukendt"
            return [self.texts.say(key, channel, aabner=again)]
        said = []
        if found:
            always = PRIORITIES[rank] in AROUND_THE_CLOCK
            words = {
                "typisk": in_words(found.typical, always),
                "langsomt": in_words(found.slow, always),
            }
            key = "koe_tid" if found.slow != found.typical else "koe_tid_ens"
            said.append(self.texts.say(key, channel, **words))
        if opens and _may_close_first(closes - now, found):
            at = opening.clock(closes.timetz().replace(tzinfo=None))
            said.append(self.texts.say("koe_lukker", channel, lukker=at, aabner=again))
        return said


def _may_close_first(left: timedelta, found: Pace | None) -> bool:
    slow = found.slow if found else SOON
    return slow is None or left < timedelta(minutes=slow)
