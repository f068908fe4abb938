"""When a counsellor can call: windows of the opening hours, offered or read from words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from bot.tracks.intake import Contact
from handover import opening
from handover.clock import COPENHAGEN, from_rfc3339, rfc3339
from handover.handovers.times import When, find_time
from handover.municipality import Hours

OFFERED = 3
NOON = time(12)
SHORTEST = timedelta(hours=1)
"""A shorter rest of a day is not offered."""
QUARTER = timedelta(minutes=15)
LEAST = timedelta(minutes=15)
"""A wish that leaves less of the opening hours is kept as words only."""
AT_LASTS = timedelta(hours=1)
""" "kl. 14" is until 15."""
MORNING = time(5)
"""Until then "i morgen" may mean the day that has begun."""
AHEAD = 21


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Window:
        return cls(from_rfc3339(data["from"]), from_rfc3339(data["to"]))

    def to_json(self) -> dict[str, str]:
        return {"from": rfc3339(self.start), "to": rfc3339(self.end)}


def in_words(window: Window, now: datetime | None = None) -> str:
    """``I dag kl. 13-15``, ``I morgen kl. 9-12``, ``Mandag kl. 9-12``, ``Mandag den 7. ...``;
    without ``now`` always with its date."""
    start = window.start
    said = opening.soon_in_words(start, now) if now else opening.in_words(start)
    last = opening.clock(window.end.astimezone(COPENHAGEN).time())
    return f"{said[0].upper()}{said[1:]}-{last}"


def offered(hours: Hours, now: datetime, count: int = OFFERED) -> list[dict[str, str]]:
    """``[{"title": "I dag kl. 13-15", "from": "<RFC 3339>", "to": "<RFC 3339>"}]``: the next."""
    found = []
    for window in _halves(hours, now):
        if window.end - window.start >= SHORTEST:
            found.append({"title": in_words(window, now), **window.to_json()})
        if len(found) == count:
            break
    return found


def _halves(hours: Hours, now: datetime) -> Iterator[Window]:
    """Fore- and afternoons of the opening hours, today from the next full hour."""
    begin = _next(now, SHORTEST)
    for ahead in range(opening.HORIZON):
        day = begin.date() + timedelta(days=ahead)
        for first, last in opening.spans(hours, day):
            cuts = [first, NOON, last] if first < NOON < last else [first, last]
            for a, b in pairwise(cuts):
                start, end = max(_at(day, a), begin), _at(day, b)
                if start < end:
                    yield Window(start, end)


def _next(now: datetime, step: timedelta) -> datetime:
    """The next full quarter or hour, also when it is now."""
    local = now.astimezone(COPENHAGEN)
    hour = local.replace(minute=0, second=0, microsecond=0)
    return hour + -((hour - local) // step) * step


def read(hours: Hours, now: datetime, words: str) -> Window | None:
    """The window that a wish in words clearly means; None when it is not clear, or when nobody is
    there then."""
    when = find_time(words)
    if when is None or (when.day and now.astimezone(COPENHAGEN).time() < MORNING):
        return None
    for day in _days(when, now.astimezone(COPENHAGEN).date()):
        window = _within(hours, now, day, when)
        if window:
            return window
    return None


def _days(when: When, today: date) -> list[date]:
    days = [today + timedelta(days=n) for n in range(AHEAD)]
    if when.day is not None:
        return [days[when.day]]
    if when.weekday is not None:
        return [day for day in days[:8] if day.weekday() == when.weekday]
    return days


def _within(hours: Hours, now: datetime, day: date, when: When) -> Window | None:
    """The part of a day's opening hours that is meant and still to come."""
    first = _at(day, when.at or when.first or time.min)
    soonest = _next(now, QUARTER)
    last = first + AT_LASTS if when.at else _at(day, when.last or time.max)
    parts = [
        Window(max(_at(day, a), first, soonest), min(_at(day, b), last))
        for a, b in opening.spans(hours, day)
    ]
    parts = [part for part in parts if part.end - part.start >= LEAST]
    return Window(parts[0].start, parts[-1].end) if parts else None


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, COPENHAGEN)


def settle(contact: Contact, before: Contact, hours: Hours, now: datetime) -> None:
    """Words that are new are read once, now: "i morgen" is another day tomorrow. Whoever writes the
    same words without their window does not take it away."""
    if contact.time == before.time:
        contact.window = contact.window or before.window
    elif contact.time and not contact.window:
        window = read(hours, now, contact.time)
        contact.window = window.to_json() if window else None


def chosen(title: str, windows: list[dict[str, Any]]) -> dict[str, str] | None:
    """The offered window of that title, as it is stored."""
    for window in windows:
        if window["title"].lower() == title.strip().lower():
            return {"from": window["from"], "to": window["to"]}
    return None
