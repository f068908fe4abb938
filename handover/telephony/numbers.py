"""Telephone numbers in the one spelling that is compared and dialled (E.164)."""

from __future__ import annotations

import phonenumbers

HOME = "DK"


def e164(number: str) -> str | None:
    """``e164("20 12 34 56") == "+4520123456"``; None for what nobody can answer to: a hidden
    number, a name, a short code. Possible is enough: lists of number ranges grow old, and a child
    with a new number must be answered."""
    try:
        parsed = phonenumbers.parse(number, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
