"""How somebody wants to be reached, in their own words: the number, the way, and when.

A number is found wherever it stands. The rest is read only where it is plain and about the speaker:
what may mean something else ("ring ikke", "min mors nummer") is asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from bot.danish.numbers import numbers_as_digits

CALL, SMS = "call", "sms"
HOME = "DK"

_PAUSE = re.compile(r"(?<=\d)(\W|\b(og|så|øh+m?)\b)+(?=\d)")
""" "tolv, fireogtredive og så øh 56": what may stand between the parts of a number."""
_TIME = r"(?:[01]?\d|2[0-4])"
_NO_NUMBER = re.compile(
    rf"(?<![\d.:]){_TIME}[.:][0-5]\d(?![.:]?\d)"
    rf"|(?<!\d){_TIME}[0-5]\d\s*[-–]\s*{_TIME}[0-5]\d(?!\d)"
    r"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:20)?\d\d(?!\d|[./-]\d)"
    r"|(?<!\d)20\d\d-\d\d-\d\d(?!\d)"
)
"""A time of the day, two of them, a date: digits that nobody can be called at."""
_CALL = re.compile(
    r"\bring(e|es)?\b( (gerne|bare|godt))? (til mig|mig|op|på|hertil)\b"
    r"|\b(gerne|bare|må|kan|godt) ringes?\b|\bring (bare|gerne|endelig)\b"
    r"|^((ja|jo|tak|ok|okay|så|men)\W+)*ring\b|\bopkald\b"
)
_SMS = re.compile(
    r"\b(send|skriv|på|via|med|helst|gerne|bare|per|pr\.?)( mig)?( en)? sms\b"
    r"|\bsms er (bedst|fint|ok)"
    r"|^((ja|jo|tak|ok|okay|men)\W+)*sms\b|\bsms'?e? (til )?mig\b"
)
_CLOCK = r"(kl\.?|klokken|\d+|et|to|tre|fire|fem|seks|syv|otte|ni|ti|elleve|tolv)"
_WHEN = re.compile(
    rf"\b(tidligst |helst |gerne |bedst )?((efter|før|inden|mellem|omkring|fra) {_CLOCK}"
    r"|kl\.?|klokken"
    r"|i (dag|morgen|overmorgen|aften|eftermiddag|formiddag)"
    r"|om (morgen|formiddag|eftermiddag|aften)en"
    r"|(på )?(man|tirs|ons|tors|fre|lør|søn|hver)dage?)\b[^#]*?(?=\s*(på\s*)?#|$)"
)
_CLAUSE = re.compile(r"[,;!]\s*|\.(?!\s?\d)\s*|\s+(?=(?:så|men) )")
_FEW_WORDS = 5
_UNCLEAR = re.compile(
    r"\b(ikke|ik|aldrig|ingen|måske|eller|hvis)\b|\?|\bringe? til (?!mig\b|os\b)"
    r"|\b(mor|far|mors|fars|(mor|far)(mor|far)\w*|bedste\w*|forældre\w*|kæreste|mand|kone|lærer\w*"
    r"|søster|bror|tante|onkel|nabo\w*|ven|veninde|datter|søn|barn\w*|pige\w*|dreng\w*"
    r"|hende|hendes|ham|hans|dem|deres)\b"
)


@dataclass(frozen=True)
class Reached:
    """``way``: "call" or "sms"; ``phone`` as ``telephone_number`` gives it."""

    way: str | None = None
    phone: str | None = None
    when: str | None = None


def telephone_number(text: str) -> str | None:
    """The number in a text, whatever else is told: ``telephone_number("12 34 56 78 efter kl. 16")
    == "12345678"``. Digits may be words. A foreign one is given with its plus."""
    written = _without_times(numbers_as_digits(text))
    for said in (written, _PAUSE.sub(" ", written)):
        for match in _numbers(said):
            return _as_written(match.number)
    return None


def read_contact(text: str) -> Reached:
    """``read_contact("ja, ring til mig på 12345678 efter kl. 16") == Reached("call", "12345678",
    "efter kl. 16")``; empty where it is not plain."""
    low = " ".join(text.lower().split())
    if _UNCLEAR.search(low):
        return Reached()
    way = SMS if _SMS.search(low) else CALL if _CALL.search(low) else None
    return Reached(way, telephone_number(low), _when(low))


def _when(low: str) -> str | None:
    """A time that belongs to the call: told in the same clause, or alone in its own."""
    for clause in _CLAUSE.split(_number_as_hash(low)):
        found = _WHEN.search(clause)
        alone = found and found.start() == 0 and len(clause.split()) <= _FEW_WORDS
        if found and (alone or "#" in clause or _CALL.search(clause)):
            return found.group().strip(" .")
    return None


def _number_as_hash(text: str) -> str:
    for match in _numbers(_without_times(text)):
        text = text.replace(match.raw_string, "#")
    return text


def _numbers(text: str) -> phonenumbers.PhoneNumberMatcher:
    """Possible is enough: lists of number ranges grow old."""
    return phonenumbers.PhoneNumberMatcher(text, HOME, phonenumbers.Leniency.POSSIBLE)


def _without_times(text: str) -> str:
    return _NO_NUMBER.sub(lambda found: re.sub(r"\d", "x", found.group()), text)


def _as_written(number: phonenumbers.PhoneNumber) -> str:
    if number.country_code == phonenumbers.country_code_for_region(HOME):
        return str(number.national_number).zfill(8)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
