"""The citizen's sentences as a leader may word them: what must stay in each, and how long it may
get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from handover.decisions.faults import Fault, Place, WrongError
from handover.texts import CHANNEL_KEYS, OWN, Text, read_text

Json = dict[str, Any]

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
NUMBERS = ("112", "et et to")
"""In danger this is all that counts: a sentence that says it goes on saying it."""
SHORT, LONGER = 60, 2
"""Characters that every sentence may have; else it may get so many times as long as the standard,
for a button stays a button."""
CHOICE = 40


def as_row(text: Text) -> Json:
    """A sentence as it stands in the file, without its source."""
    choices = [{"titel": title, "vaerdi": value} for title, value in text.choices]
    return {**text.wordings, **({"valg": choices} if choices else {})}


def longest(standard: str) -> int:
    return max(SHORT, LONGER * len(standard))


def checked(value: Any, standard: Mapping[str, Text], names: Set[str]) -> dict[str, Text]:
    """The sentences that differ from the standard; ``names``: what every sentence may use.

    Raises WrongError with all that is wrong in any of them."""
    if not isinstance(value, dict):
        raise WrongError(Fault((), "ugyldig"))
    faults = [fault for key, row in value.items() for fault in faults_of(key, row, standard, names)]
    if faults:
        raise WrongError(*faults)
    return {key: read_text(OWN, key, row) for key, row in value.items()}


def faults_of(key: str, row: Any, standard: Mapping[str, Text], names: Set[str]) -> Iterator[Fault]:
    if key not in standard or not isinstance(row, dict):
        yield Fault((key,), "ugyldig")
        return
    known = standard[key]
    for channel in CHANNEL_KEYS.values():
        if channel in known.wordings:
            yield from _wording((key, channel), row.get(channel), known.wordings[channel], names)
        elif row.get(channel):
            yield Fault((key, channel), "ugyldig")
    yield from _choices(key, row.get("valg") or [], known.choices)


def _wording(place: Place, text: Any, standard: str, names: Set[str]) -> Iterator[Fault]:
    if not isinstance(text, str) or not text.strip():
        yield Fault(place, "string_too_short")
        return
    if len(text) > longest(standard):
        yield Fault(place, "string_too_long", {"max_length": longest(standard)})
    needed, found = set(PLACEHOLDER.findall(standard)), set(PLACEHOLDER.findall(text))
    for name in sorted(needed - found):
        yield Fault(place, "pladsholder_mangler", {"navn": name})
    for name in sorted(found - needed - {f"{{{name}}}" for name in names}):
        yield Fault(place, "pladsholder_ukendt", {"navn": name})
    for number in NUMBERS:
        if number in standard and number not in text:
            yield Fault(place, "nummer_mangler", {"nummer": number})


def _choices(key: str, rows: Any, known: tuple[tuple[str, str], ...]) -> Iterator[Fault]:
    """The words on a choice may change; what it stands for, and how many there are, may not."""
    values = [row.get("vaerdi") for row in rows if isinstance(row, dict)]
    if values != [value for _, value in known] or len(values) != len(rows):
        yield Fault((key, "valg"), "ugyldig")
        return
    for number, row in enumerate(rows):
        title = row.get("titel")
        if not isinstance(title, str) or not title.strip():
            yield Fault((key, "valg", number), "string_too_short")
        elif len(title) > CHOICE:
            yield Fault((key, "valg", number), "string_too_long", {"max_length": CHOICE})
