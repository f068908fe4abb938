"""The overview as its page and its sheet show it: words for every id, sizes for every bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.tracks.catalogue import Catalogue
from handover.opening import MONTHS
from handover.pages.words import Words
from handover.statistics.facts import LONGER
from handover.statistics.overview import HANDED_OVER, Measure, Overview, Wait

GROUPS: Mapping[str, tuple[str, ...]] = {
    "channel": ("kanal",),
    "hours": ("aabent",),
    "kind": ("sagstype",),
    "outcome": ("udfald", "ellers"),
    "priority": ("prioritet",),
    "speaker": ("henvender",),
    "tilfreds": ("tilfreds",),
    "anbefale": ("anbefale",),
    "track": ("ellers",),
    "way": ("vej",),
}
"""Where in ``ord.yml`` a measure's values have their words; tracks have theirs in the catalogue."""
CHARTS = (
    "channel",
    "speaker",
    "track",
    "outcome",
    "priority",
    "kind",
    "way",
    "tilfreds",
    "anbefale",
)
LABELS = 12
"""Months that have room for their names under their columns."""
Row = tuple[str | int, ...]


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    width: float  # per cent of the longest


@dataclass(frozen=True)
class Chart:
    id: str
    title: str
    bars: Sequence[Bar]

    @property
    def nothing(self) -> bool:
        return not any(bar.count for bar in self.bars)


@dataclass(frozen=True)
class Column:
    """A month: both parts stand on each other; sizes in per cent of the chart's height."""

    month: str
    label: str
    handed_over: int
    others: int
    left: float
    width: float
    lower: float
    upper: float

    @property
    def total(self) -> int:
        return self.handed_over + self.others

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class WaitBars:
    """How long half and nine of ten waited; widths in per cent, with the target inside."""

    wait: Wait
    median: str | None
    ninetieth: str | None
    median_width: float
    ninetieth_width: float
    target: str
    target_at: float


@dataclass(frozen=True)
class OverviewView:
    title: str
    columns: Sequence[Column]
    lines: Sequence[tuple[int, float]]
    """Number and height, from above in per cent, of each line across the months."""
    charts: Sequence[Chart]
    waits: Sequence[WaitBars]
    contacts: int
    handed_over: int
    found: Overview


class Labels:
    def __init__(self, words: Words, catalogue: Catalogue) -> None:
        self.words, self.catalogue = words, catalogue

    def of(self, measure: str, value: str) -> str:
        if measure == "track" and value in self.catalogue.tracks:
            short = self.catalogue.tracks[value].short
            return short[:1].upper() + short[1:]
        groups = GROUPS[measure]
        group = next((group for group in groups if self.words.knows(value, group)), groups[0])
        return self.words.say(value, group)

    def title(self, measure: str) -> str:
        return self.words.say(measure, "opgoerelse")


def overview_view(found: Overview, labels: Labels) -> OverviewView:
    way = found.measures["way"]
    columns, top = _columns(found)
    return OverviewView(
        title=_span(found.period.months),
        columns=columns,
        lines=[(number, 100 - 100 * number / top) for number in (top // 2, top)],
        charts=[_chart(found.measures[name], labels) for name in CHARTS],
        waits=[_wait_bars(wait) for wait in found.waits],
        contacts=way.total,
        handed_over=way.counts[HANDED_OVER],
        found=found,
    )


def _span(months: Sequence[date]) -> str:
    """``december 2025 til november 2026``"""
    first, last = month_name(months[0]), month_name(months[-1])
    return first if first == last else f"{first} til {last}"


def month_name(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


def _columns(found: Overview) -> tuple[list[Column], int]:
    months, way = found.period.months, found.measures["way"].months
    others = [sum(column) for column in zip(*_without(way), strict=True)]
    totals = [a + b for a, b in zip(way[HANDED_OVER], others, strict=True)]
    top, step = ceiling(max(totals)), 100 / len(months)
    every = -(-len(months) // LABELS)
    columns = [
        Column(
            month=month_name(month),
            label="" if (len(months) - 1 - n) % every else MONTHS[month.month - 1][:3],
            handed_over=way[HANDED_OVER][n],
            others=others[n],
            left=round(n * step + step * 0.15, 2),
            width=round(step * 0.7, 2),
            lower=round(100 * way[HANDED_OVER][n] / top, 2),
            upper=round(100 * others[n] / top, 2),
        )
        for n, month in enumerate(months)
    ]
    return columns, top


def _without(way: Mapping[str, Sequence[int]]) -> list[Sequence[int]]:
    return [counts for value, counts in way.items() if value != HANDED_OVER]


def ceiling(number: int) -> int:
    """A round number that is not below: ``ceiling(37) == 40``, ``ceiling(0) == 10``."""
    size = 10
    while True:
        for step in (1, 2, 4, 6, 8):
            if number <= step * size:
                return step * size
        size *= 10


def _chart(measure: Measure, labels: Labels) -> Chart:
    counts = measure.counts
    longest = max(counts.values(), default=0) or 1
    bars = [
        Bar(labels.of(measure.id, value), count, round(100 * count / longest, 1))
        for value, count in counts.items()
    ]
    return Chart(measure.id, labels.title(measure.id), bars)


def _wait_bars(wait: Wait) -> WaitBars:
    known = [m for m in (wait.median, wait.ninetieth) if isinstance(m, int)]
    whole = max(*known, 1.25 * wait.target) if known else 1.25 * wait.target
    return WaitBars(
        wait=wait,
        median=span(wait.median),
        ninetieth=span(wait.ninetieth),
        median_width=_width(wait.median, whole),
        ninetieth_width=_width(wait.ninetieth, whole),
        target=span(wait.target) or "",
        target_at=_width(wait.target, whole),
    )


def _width(minutes: int | str | None, whole: float) -> float:
    if minutes is None:
        return 0.0
    return 100.0 if minutes == LONGER else round(100 * int(minutes) / whole, 1)


def span(minutes: int | str | None) -> str | None:
    """``14 min``, ``2 t 15 min``, ``3 døgn``; a wait is counted in bounds of these."""
    if minutes is None or minutes == LONGER:
        return minutes and "over 14 døgn"
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return f"{rest} min"
    if hours >= 24 and not hours % 24:
        return f"{hours // 24} døgn"
    return f"{hours} t {rest} min" if rest else f"{hours} t"


# the sheet


def rows(found: Overview, labels: Labels) -> Iterator[Row]:
    """The same numbers as the page's, and each by month."""
    say = labels.words.say
    small, whole = say("under_fem", "overblik"), say("hele_perioden", "overblik")
    yield tuple(say(name, "ark") for name in ("opgoerelse", "gruppe", "periode", "tal"))
    months = [f"{month:%Y-%m}" for month in found.period.months]
    for measure in found.measures.values():
        title, counts = labels.title(measure.id), measure.counts
        for value, monthly in measure.months.items():
            label = labels.of(measure.id, value)
            yield title, label, whole, counts[value] or small
            for month, count in zip(months, monthly, strict=True):
                yield title, label, month, count or small
    yield from _ratios(found, labels.words, whole)


def _ratios(found: Overview, words: Words, whole: str) -> Iterator[Row]:
    few = words.say("for_faa", "overblik")
    shares = {
        "psykiatri": found.per_cent_psychiatry,
        "i_aabningstid": found.per_cent_in_hours,
        "inden_maal": found.per_cent_within_target,
    }
    for name, share in shares.items():
        yield words.say(name, "andel"), "", whole, _known(share, few)
    for wait in found.waits:
        label = words.say(wait.priority, "prioritet")
        for name, minutes in (("median", wait.median), ("halvfems", wait.ninetieth)):
            longer = words.say(LONGER, "ark")
            found_minutes = longer if minutes == LONGER else minutes
            yield words.say(name, "ark"), label, whole, _known(found_minutes, few)


def _known(number: int | str | None, few: str) -> int | str:
    return few if number is None else number
