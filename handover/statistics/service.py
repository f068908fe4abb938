"""Reads the counters and gives out what may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from handover.clock import COPENHAGEN, Clock
from handover.errors import Problem
from handover.statistics.facts import ERASED, NONE, OPEN
from handover.statistics.overview import WAYS, Overview, overview
from handover.statistics.period import LONGEST, Period, later
from handover.statistics.yardsticks import Yardsticks
from handover.storage.work import Store


def listed(
    words: Mapping[str, Mapping[str, str]], tracks: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The values of each measure, as they stand in ``ord.yml``."""
    return {
        "way": WAYS,
        "channel": tuple(words["kanal"]),
        "speaker": tuple(words["henvender"]),
        "track": (*tracks, NONE),
        "outcome": (*words["udfald"], OPEN, ERASED),
        "priority": tuple(words["prioritet"]),
        "kind": tuple(words["sagstype"]),
        "hours": ("aaben", "lukket"),
        "tilfreds": tuple(words["tilfreds"]),
        "anbefale": tuple(words["anbefale"]),
    }


class StatisticsService:
    def __init__(
        self,
        store: Store,
        known: Mapping[str, Sequence[str]],
        yardsticks: Yardsticks,
        targets: Callable[[], Mapping[str, int]],
        clock: Clock,
    ) -> None:
        self.store, self.known, self.clock = store, known, clock
        self.yardsticks, self.targets = yardsticks, targets

    @property
    def today(self) -> date:
        return self.clock().astimezone(COPENHAGEN).date()

    def period(self, first: str | None, last: str | None) -> Period:
        """Raises Problem 422 when the months make no period."""
        try:
            return Period.of(first or None, last or None, self.today)
        except ValueError:
            raise Problem(422, "ugyldig", fields={"fields": ["query.from", "query.to"]}) from None

    async def overview(self, period: Period) -> Overview:
        async with self.store.read(long=True) as work:
            cases = await work.statistics.cases(period.first, period.last)
            cases += await work.statistics.feedback(period.first, period.last)
            contacts = await work.statistics.contacts(period.first, period.end)
        return overview(period, self.known, cases, contacts, self.yardsticks, self.targets())

    async def months(self) -> list[date]:
        """The months that can be chosen, the newest first: at least a year."""
        now = self.today.replace(day=1)
        async with self.store.read(long=True) as work:
            counted = await work.statistics.first_month() or now
        first = max(min(counted, later(now, -11)), later(now, 1 - LONGEST))
        return Period(first, now).months[::-1]
