"""What time it is, passed in so that tests can decide it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns the present moment with its time zone."""

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def system_clock() -> datetime:
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """``2026-11-23T08:15:00.250000Z``"""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def danish_day(moment: datetime) -> date:
    """The day it is in Denmark at that moment."""
    return moment.astimezone(COPENHAGEN).date()


def from_rfc3339(text: str) -> datetime:
    return datetime.fromisoformat(text)
