"""The telephone number in an answer that was asked for one."""

from __future__ import annotations

import re

import phonenumbers

from bot.danish.numbers import numbers_as_digits

HOME = "DK"
LENGTH = 8
_FILLERS = re.compile(
    r"\b(og|så|øh+m?|ja|det|er|mit|min|nummer|nummeret|nr|tlf|telefon|mobil|tak|på)\b"
)
_LETTER = re.compile(r"[a-zæøå]")
_TIME = r"(?:[01]?\d|2[0-4])"
_NO_NUMBER = re.compile(
    rf"(?<![\d./:-]){_TIME}[.:][0-5]\d(?![.:]?\d)"
    r"|(?<![\d./-])(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:20)?\d\d(?!\d|[./-]\d)"
    r"|(?<!\d)20\d\d-\d\d-\d\d(?!\d)"
)
"""A time of the day, a date: digits that nobody can be called at."""


def telephone_number(text: str) -> str | None:
    """The one number in a text, whatever else is told: ``telephone_number("12 34 56 78 efter kl.
    16") == "12345678"``. Digits may be words. A foreign one is given with its plus. None where
    there is none, or more than one: then it is asked for again."""
    written = numbers_as_digits(text)
    digits = re.sub(r"\D", "", written)
    if len(digits) == LENGTH and not _LETTER.search(_FILLERS.sub("", written)):
        return digits
    others = _NO_NUMBER.sub(lambda found: re.sub(r"\d", "x", found.group()), written)
    # possible is enough: lists of number ranges grow old
    matches = phonenumbers.PhoneNumberMatcher(others, HOME, phonenumbers.Leniency.POSSIBLE)
    found = {_as_written(match.number) for match in matches}
    return found.pop() if len(found) == 1 else None


def _as_written(number: phonenumbers.PhoneNumber) -> str:
    if number.country_code == phonenumbers.country_code_for_region(HOME):
        return str(number.national_number).zfill(LENGTH)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
