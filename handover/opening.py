"""When a counsellor is there: pure, from the municipality's hours, closed days and holidays."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from handover.clock import COPENHAGEN
from handover.municipality import WEEKDAYS, Hours

DAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september",
    "oktober", "november", "december",
)  # fmt: skip
HORIZON = 60
"""Days looked ahead for the next opening."""


@lru_cache(maxsize=8)
def public_holidays(year: int) -> Container[date]:
    """The public holidays of Denmark in a year."""
    return frozenset(holidays.country_holidays("DK", years=year))


def spans(hours: Hours, day: date) -> tuple[tuple[time, time], ...]:
    """The opening spans of a day: none on closed days and (if so decided) public holidays."""
    if any(closed.day == day for closed in hours.closed):
        return ()
    if hours.public_holidays_closed and day in public_holidays(day.year):
        return ()
    return hours.weekdays[WEEKDAYS[day.weekday()]]


def open_now(hours: Hours, now: datetime) -> bool:
    local = now.astimezone(COPENHAGEN)
    return any(first <= local.time() < last for first, last in spans(hours, local.date()))


def open_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much of a time the offer was open."""
    first, last = start.astimezone(COPENHAGEN), end.astimezone(COPENHAGEN)
    total = timedelta()
    for ahead in range((last.date() - first.date()).days + 1):
        day = first.date() + timedelta(days=ahead)
        for opens_at, closes_at in spans(hours, day):
            begin = max(start, datetime.combine(day, opens_at, COPENHAGEN))
            until = min(end, datetime.combine(day, closes_at, COPENHAGEN))
            total += max(until - begin, timedelta())
    return total


def closes(hours: Hours, now: datetime) -> datetime | None:
    """When the counsellors that are there now go home; None while it is closed."""
    local = now.astimezone(COPENHAGEN)
    for first, last in spans(hours, local.date()):
        if first <= local.time() < last:
            return datetime.combine(local.date(), last, COPENHAGEN)
    return None


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """The next moment somebody comes, or None when nothing opens within two months."""
    local = now.astimezone(COPENHAGEN)
    for ahead in range(HORIZON):
        day = local.date() + timedelta(days=ahead)
        for first, _ in spans(hours, day):
            moment = datetime.combine(day, first, COPENHAGEN)
            if moment > local:
                return moment
    return None


def in_words(moment: datetime) -> str:
    """``mandag den 23. november kl. 9`` or ``... kl. 9.30``"""
    local = moment.astimezone(COPENHAGEN)
    day = f"{DAYS[local.weekday()]} den {local.day}. {MONTHS[local.month - 1]}"
    return f"{day} kl. {clock(local.time())}"


def soon_in_words(moment: datetime, now: datetime) -> str:
    """``i dag kl. 9``, ``i morgen kl. 9``, ``mandag kl. 9``; in a week or later with its date."""
    local = moment.astimezone(COPENHAGEN)
    ahead = (local.date() - now.astimezone(COPENHAGEN).date()).days
    if not 0 <= ahead < 7:
        return in_words(moment)
    day = {0: "i dag", 1: "i morgen"}.get(ahead) or DAYS[local.weekday()]
    return f"{day} kl. {clock(local.time())}"


def opens(hours: Hours, now: datetime) -> str | None:
    """When it opens next in words, or None while it is open (or nothing is planned)."""
    if open_now(hours, now):
        return None
    moment = next_opening(hours, now)
    return in_words(moment) if moment else None


def week_in_words(hours: Hours) -> str:
    """``mandag til torsdag kl. 9-15, fredag kl. 9-14``; empty when nothing is planned."""
    groups: list[tuple[list[str], str]] = []
    for day, key in zip(DAYS, WEEKDAYS, strict=True):
        words = " og ".join(f"{clock(a)}-{clock(b)}" for a, b in hours.weekdays[key])
        if groups and groups[-1][1] == words:
            groups[-1][0].append(day)
        else:
            groups.append(([day], words))
    return ", ".join(f"{_days(days)} kl. {words}" for days, words in groups if words)


def _days(days: list[str]) -> str:
    if len(days) < 3:
        return " og ".join(days)
    return f"{days[0]} til {days[-1]}"


def clock(moment: time) -> str:
    """``9`` or ``9.30``"""
    return str(moment.hour) if not moment.minute else f"{moment.hour}.{moment.minute:02}"
