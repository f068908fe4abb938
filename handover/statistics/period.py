"""From one month to another, both included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LONGEST = 120
"""Months of the longest period."""


def parse(month: str) -> date:
    """``parse("2026-11")``; raises ValueError."""
    if len(month) != len("2026-11"):
        raise ValueError(month)
    return date.fromisoformat(f"{month}-01")


def later(month: date, by: int) -> date:
    """``by`` months after it (before it, when negative)."""
    years, rest = divmod(month.month - 1 + by, 12)
    return date(month.year + years, rest + 1, 1)


@dataclass(frozen=True)
class Period:
    """``first`` and ``last`` are the first days of their months."""

    first: date
    last: date

    @property
    def end(self) -> date:
        """The first day that is not in it."""
        return later(self.last, 1)

    @property
    def months(self) -> list[date]:
        years = self.last.year - self.first.year
        length = 12 * years + self.last.month - self.first.month + 1
        return [later(self.first, n) for n in range(length)]

    @classmethod
    def of(cls, first: str | None, last: str | None, today: date) -> Period:
        """Without a beginning the year that ends with ``last``; without an end until today.

        Raises ValueError when it is no period, begins in the future, or is too long.
        """
        this_month = today.replace(day=1)
        end = parse(last) if last else this_month
        begin = parse(first) if first else later(end, -11)
        period = cls(begin, min(end, this_month))
        if begin.year < 2000 or begin > period.last or len(period.months) > LONGEST:
            raise ValueError(f"{first} to {last}")
        return period
