"""The overview: pure, from the counters to what may be shown. Nothing else leaves this feature."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handover.statistics.facts import BOUNDS, ERASED, LONGER, OPEN, bound
from handover.statistics.period import Period
from handover.statistics.rounding import per_cent, shown
from handover.statistics.yardsticks import Yardsticks
from handover.storage.handovers import PRIORITIES
from handover.storage.statistics import Cell

HANDED_OVER = "handover"
WAYS = (HANDED_OVER, "finished", "no_consent", "left", "erased")
"""What a contact becomes; the others are the outcomes of contact_counts."""
MEDIAN_FROM, NINETIETH_FROM = 10, 20
"""Of fewer waits a median, or a ninetieth percentile, would be the wait of one or two persons."""

Counts = Mapping[tuple[str, str], Sequence[int]]
"""By measure and value: what came before the period, then each of its months. Exact."""


@dataclass(frozen=True)
class Measure:
    """``{"web": [0, 5, 10], ...}``: shown numbers for each month of the period."""

    id: str
    months: Mapping[str, Sequence[int]]

    @property
    def counts(self) -> dict[str, int]:
        return {value: sum(found) for value, found in self.months.items()}

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Wait:
    """Minutes from hand-over until the first counsellor took it: at most so many for half, and for
    nine of ten. ``LONGER`` where it is more than is counted, None of too few."""

    priority: str
    count: int
    median: int | str | None
    ninetieth: int | str | None
    target: int
    within: int
    per_cent_within: int | None


@dataclass(frozen=True)
class Overview:
    period: Period
    measures: Mapping[str, Measure]
    waits: Sequence[Wait]
    closed: int
    psychiatry: int

    @property
    def per_cent_psychiatry(self) -> int | None:
        return per_cent(self.psychiatry, self.closed)

    @property
    def per_cent_in_hours(self) -> int | None:
        hours = self.measures["hours"]
        return per_cent(hours.counts["aaben"], hours.total)

    @property
    def per_cent_within_target(self) -> int | None:
        return per_cent(sum(w.within for w in self.waits), sum(w.count for w in self.waits))


def overview(
    period: Period,
    known: Mapping[str, Sequence[str]],
    cases: Counter[Cell],
    contacts: Counter[tuple[date, str, str]],
    yardsticks: Yardsticks,
    targets: Mapping[str, int],
) -> Overview:
    """``known``: the values of each measure that are always listed, in their order; ``targets``:
    minutes by priority."""
    exact = _exact(period, cases, contacts)
    measures = {name: _measure(name, values, exact, period) for name, values in known.items()}
    outcomes = measures["outcome"].counts
    return Overview(
        period=period,
        measures=measures,
        waits=[_wait(p, exact, targets[p]) for p in PRIORITIES],
        closed=sum(n for value, n in outcomes.items() if value not in (OPEN, ERASED)),
        psychiatry=sum(outcomes.get(value, 0) for value in yardsticks.psychiatry.outcomes),
    )


def _exact(
    period: Period, cases: Counter[Cell], contacts: Counter[tuple[date, str, str]]
) -> Counts:
    """A contact is counted by channel and by how it ended; a hand-over is one of the ways."""
    places = {date.min: 0} | {month: n for n, month in enumerate(period.months, 1)}
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(places))
    for (month, measure, value), count in cases.items():
        found[measure, value][places[month]] += count
        if measure == "channel":
            found["way", HANDED_OVER][places[month]] += count
    for (month, channel, outcome), count in contacts.items():
        found["channel", channel][places[month]] += count
        found["way", outcome][places[month]] += count
    return found


def _measure(name: str, values: Sequence[str], exact: Counts, period: Period) -> Measure:
    """What is not known (any more) is listed only where there is something to show."""
    rows = {value: [0] * len(period.months) for value in values}
    for (measure, value), counts in sorted(exact.items()):
        if measure == name:
            found = _shown(counts)
            if value in rows or any(found):
                rows[value] = found
    return Measure(name, rows)


def _shown(counts: Sequence[int]) -> list[int]:
    return shown(counts[0], counts[1:])


def _wait(priority: str, exact: Counts, target: int) -> Wait:
    rows = {v: row for (measure, v), row in exact.items() if measure == f"wait_{priority}"}
    count = sum(_shown(_added(rows.values())))
    in_time = sum(_shown(_added(row for v, row in rows.items() if _in(v, target))))
    histogram = {value: sum(row[1:]) for value, row in rows.items()}
    return Wait(
        priority=priority,
        count=count,
        median=quantile(histogram, 0.5) if count >= MEDIAN_FROM else None,
        ninetieth=quantile(histogram, 0.9) if count >= NINETIETH_FROM else None,
        target=target,
        within=in_time,
        per_cent_within=per_cent(in_time, count),
    )


def _in(value: str, target: int) -> bool:
    """A target between two bounds counts as the upper one."""
    highest = bound(timedelta(minutes=target))
    return highest == LONGER or (value != LONGER and int(value) <= int(highest))


def _added(rows: Iterable[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)] or [0]


def quantile(histogram: Mapping[str, int], share: float) -> int | str | None:
    """The smallest bound under which so many of them lie."""
    needed, seen = share * sum(histogram.values()), 0
    for value in (*map(str, BOUNDS), LONGER):
        seen += histogram.get(value, 0)
        if seen and seen >= needed:
            return LONGER if value == LONGER else int(value)
    return None
