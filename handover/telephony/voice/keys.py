"""Which key stands for which answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handover.telephony.voice.heard import GO_ON

Choice = Mapping[str, str]

YES, NO, DONT_KNOW = "ja", "nej", "ved ikke"
_POLARITY = {"1": YES, "2": NO, "3": DONT_KNOW}
SKIP = "spring over"
DIGITS = {"alder": 2, "telefonnummer": 8}
"""Questions that are answered with a number of up to so many digits."""
LINE_DIGITS = 2
NOT_HERE = frozenset({"chat"})
"""Choices that a telephone cannot give."""


def listed(choices: Sequence[Choice]) -> list[tuple[str, str, str]]:
    """``[("1", "Ja", "ja"), ...]``: key, title, value. Yes, no and don't know always stand on 1, 2
    and 3; what is skipped needs no key of its own."""
    shown = [choice for choice in choices if choice["value"] not in NOT_HERE]
    plain = {value: key for key, value in _POLARITY.items()}
    if all(_word(choice) in (*plain, SKIP) for choice in shown):
        rows = [(plain.get(_word(c), GO_ON), c["title"], c["value"]) for c in shown]
        return sorted((row for row in rows if row[0] != GO_ON), key=lambda row: row[0])
    return [(str(place), c["title"], c["value"]) for place, c in enumerate(shown, 1)]


def is_plain(choices: Sequence[Choice]) -> bool:
    """Yes and no and don't know: their keys were explained at the beginning."""
    return all(_word(choice) in (*_POLARITY.values(), SKIP) for choice in choices)


def meaning(keys: str, question: str | None, choices: Sequence[Choice]) -> str | None:
    """What pressed keys say as words; None where they say nothing."""
    if keys == GO_ON:
        return SKIP
    if choices:
        return next((value for key, _, value in listed(choices) if key == keys), None)
    if wants_digits(question, choices):
        return keys.strip("#*") or None
    return _POLARITY.get(keys)


def wants_digits(question: str | None, choices: Sequence[Choice]) -> int:
    """How many digits an answer may have; 0 where a digit is no answer by itself. A question
    without an id and without choices is one within a step: which line of the summary is wrong."""
    if choices:
        return 0
    return DIGITS.get(question, 0) if question else LINE_DIGITS


def _word(choice: Choice) -> str:
    return choice["value"].replace("_", " ")
