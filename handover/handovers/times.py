"""When somebody wants to be called, read from their words where they say it clearly, else not.

Only clear times are read: one day at most, one span of the clock. What might mean something else
("ikke onsdag", "mandag eller tirsdag", "om aftenen", "efter skole") is left to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_FORENOON, _AFTERNOON = (time(6), time(12)), (time(12), time(18))
_EARLIEST = 8
"""Nobody is called at 4 in the morning: "klokken fire" is 16, "klokken otte" is 8."""

_NEAR = {"i dag": 0, "idag": 0, "i overmorgen": 2, "i morgen": 1, "imorgen": 1,
         "i formiddag": 0, "i eftermiddag": 0}  # fmt: skip
_UNSURE = re.compile(
    r"\b(ikke|ik|undtagen|bortset|eller|næste|hver anden|altid|uge\w*|aften\w*|nat\w*|weekend\w*"
    r"|måske|januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
    r"|tidligt?|sent|timer?|minut\w*|kvarter|halv)\b|\d/\d|\d+\.\d+\.\d+"
)
_NAMES = ("et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")
_SPOKEN = {word: number for number, word in enumerate(_NAMES, 1)}
_HOURS = rf"(?:{'|'.join(_NAMES)})(?=$|[.,;!)]|\s*[-–]|\s+(?:og|til|på|i|hver|tak)\b)"
"""In words only where nothing follows that is counted: "efter to", not "efter et møde"."""
_CLOCK = rf"(?:kl\.?|klokken)?\s*(\d{{1,2}}(?:[.:]\d{{2}})?|{_HOURS})(?![\d./:]\d)\b"
_MARKED = rf"(?:kl\.?|klokken)\s*(\d{{1,2}}(?:[.:]\d{{2}})?|{_HOURS})\b"
_BETWEEN = re.compile(rf"(?:mellem|fra)?\s*\b{_CLOCK}\s*(?:-|–|og|til)\s*\b{_CLOCK}")
_AFTER = re.compile(rf"\b(?:efter|fra)\s+{_CLOCK}")
_BEFORE = re.compile(rf"\b(?:før|inden|senest)\s+{_CLOCK}")
_AT = re.compile(_MARKED)


@dataclass(frozen=True)
class When:
    """``day``: 0 is today; ``weekday``: 0 is Monday; neither: any day. ``first`` and ``last``
    bound the time of the day; ``at``: one moment of it."""

    day: int | None = None
    weekday: int | None = None
    first: time | None = None
    last: time | None = None
    at: time | None = None


def find_time(text: str) -> When | None:
    """``find_time("i morgen formiddag") == When(day=1, first=time(6), last=time(12))``"""
    said = " ".join(text.lower().split())
    if _UNSURE.search(said):
        return None
    days = _days(said)
    span = _span(said)
    if days is None or span is None:
        return None
    day, weekday = days
    found = When(day, weekday, **span)
    return found if found != When() else None


def _days(said: str) -> tuple[int | None, int | None] | None:
    """The day and the weekday; None when it is more than one, or a span of them."""
    near = {offset for word, offset in _NEAR.items() if re.search(rf"\b{word}\b", said)}
    named = [n for n, word in enumerate(WEEKDAYS) if re.search(rf"\b{word}\b", said)]
    if len(near) + len(named) > 1 or re.search(r"dage(ne)?\b", said):
        return None
    return next(iter(near), None), next(iter(named), None)


def _span(said: str) -> dict[str, time] | None:
    """None when it cannot be read for certain; empty when no time of the day is named."""
    halves = [
        span
        for word, span in (("formiddag", _FORENOON), ("eftermiddag", _AFTERNOON))
        if re.search(rf"\b{word}(en|s)?\b", said)
    ]
    clocks = _clock_span(said)
    if clocks is None or len(halves) + bool(clocks) > 1:
        return None
    if halves:
        return {"first": halves[0][0], "last": halves[0][1]}
    return clocks


def _clock_span(said: str) -> dict[str, time] | None:
    for pattern, names in (
        (_BETWEEN, ("first", "last")),
        (_AFTER, ("first",)),
        (_BEFORE, ("last",)),
        (_AT, ("at",)),
    ):
        found = pattern.search(said)
        if not found:
            continue
        times = [_time(word) for word in found.groups()]
        rest = said[: found.start()] + " " + said[found.end() :]
        if None in times or re.search(r"\d", rest):
            return None
        span = {name: moment for name, moment in zip(names, times, strict=True) if moment}
        if len(span) == 2 and span["first"] >= span["last"]:
            return None
        return span
    return None if re.search(r"\d", said) else {}


def _time(word: str) -> time | None:
    """``_time("14.30") == time(14, 30)``, ``_time("fire") == time(16)``"""
    number = _SPOKEN.get(word)
    hour, minute = (number, 0) if number else _numbers(word)
    if hour < _EARLIEST and not word.startswith("0"):
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _numbers(word: str) -> tuple[int, int]:
    hour, _, minute = word.replace(":", ".").partition(".")
    return int(hour), int(minute or 0)
