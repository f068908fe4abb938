"""What programs get of the overview. A number under five is null, also where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from handover.statistics.overview import Measure, Overview, Wait
from handover.statistics.rounding import STEP

SMALL = "null: under five, perhaps none"


class ValueOut(BaseModel):
    id: str
    count: int | None = Field(description=f"In the whole period; {SMALL}")
    months: list[int | None] = Field(description=f"For each month in order; {SMALL}")


class MeasureOut(BaseModel):
    id: str = Field(
        description="way, channel: every contact, by what became of it and by channel; the others "
        "count hand-overs; track: one with two tracks counts in both; tilfreds, anbefale: what "
        "citizens answered when a counsellor had ended it"
    )
    values: list[ValueOut]

    @classmethod
    def of(cls, measure: Measure) -> MeasureOut:
        counts = measure.counts
        values = [
            ValueOut(id=value, count=counts[value] or None, months=_small(months))
            for value, months in measure.months.items()
        ]
        return cls(id=measure.id, values=values)


class WaitOut(BaseModel):
    priority: str
    count: int | None = Field(description=f"How many were taken; {SMALL}")
    median_minutes: int | str | None = Field(
        description="Half waited at most so long; `laengere`: over 14 days; null: too few"
    )
    p90_minutes: int | str | None = Field(description="Nine of ten waited at most so long")
    target_minutes: int
    percent_within_target: int | None

    @classmethod
    def of(cls, wait: Wait) -> WaitOut:
        return cls(
            priority=wait.priority,
            count=wait.count or None,
            median_minutes=wait.median,
            p90_minutes=wait.ninetieth,
            target_minutes=wait.target,
            percent_within_target=wait.per_cent_within,
        )


class StatisticsOut(BaseModel):
    first: str = Field(serialization_alias="from", examples=["2026-01"])
    last: str = Field(serialization_alias="to", examples=["2026-11"])
    rounded_to: int = Field(
        STEP, description="Every count is a multiple of this and at most 4 from the truth"
    )
    months: list[str]
    measures: list[MeasureOut]
    waits: list[WaitOut]
    percent_psychiatry: int | None = Field(description="Of closed cases; null: too few")
    percent_in_hours: int | None = Field(description="Of hand-overs, made in opening hours")
    percent_within_target: int | None

    @classmethod
    def of(cls, found: Overview) -> StatisticsOut:
        months = [f"{month:%Y-%m}" for month in found.period.months]
        return cls(
            first=months[0],
            last=months[-1],
            months=months,
            measures=[MeasureOut.of(measure) for measure in found.measures.values()],
            waits=[WaitOut.of(wait) for wait in found.waits],
            percent_psychiatry=found.per_cent_psychiatry,
            percent_in_hours=found.per_cent_in_hours,
            percent_within_target=found.per_cent_within_target,
        )


def _small(counts: Sequence[int]) -> list[int | None]:
    return [count or None for count in counts]
