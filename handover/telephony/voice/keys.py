"""Which key stands for which answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handover.telephony.voice.heard import GO_ON

Choice = Mapping[str, str]

YES, NO, DONT_KNOW = "ja", "nej", "ved ikke"
_POLARITY = {"1": YES, "2": NO, "3": DONT_KNOW}
SKIP = "spring over"
DIGITS = {"alder": 2, "telefonnummer": 8, "stryg_hvad": 2}
"""Questions that are answered with a number of up to so many digits."""
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
    if question in DIGITS:
        return keys.strip("#*") or None
    if choices:
        return next((value for key, _, value in listed(choices) if key == keys), None)
    return _POLARITY.get(keys) if question else None


def _word(choice: Choice) -> str:
    return choice["value"].replace("_", " ")
