"""Whether the answers were understood: the summary's states against those that a script lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.tracks.intake import COMMON, FULFILLED, NOT_ASKED
from tools.player import Played

Row = Mapping[str, Any]

REACHED = 0.94
"""The share of the listed states that must be right over all conversations. 660 of 685 (0.964)
were on 2026-11-26; the aim is 0.95, and a new model moves it by some."""


@dataclass(frozen=True)
class Judged:
    """One listed state: what the answer speaks for, and what the summary says."""

    key: str
    expected: str
    found: str
    words: str

    @property
    def right(self) -> bool:
        return self.found == self.expected

    def __str__(self) -> str:
        return f"{self.key} is {self.found}, expected {self.expected}: {self.words}"


def judged(played: Played) -> list[Judged]:
    """The listed states that count: not those that rightly were never asked about."""
    expect = played.script.expect
    if not expect.handover:
        return []
    rows = {f"{group}.{row['id']}": row for group, row in rows_of(played.summary or _NOTHING)}
    listed = [
        (f"{group}.{name}", state)
        for group, states in expect.states.items()
        for name, state in states.items()
    ]
    return [
        Judged(key, state, *_found(played, rows.get(key)))
        for key, state in listed
        if not _rightly_unasked(played, key, rows)
    ]


_NOTHING: Row = {"common": [], "tracks": []}


def rows_of(summary: Row) -> Iterator[tuple[str, Row]]:
    yield from ((COMMON, row) for row in summary["common"])
    for track in summary["tracks"]:
        yield from ((track["track"], row) for row in track["criteria"])


def _rightly_unasked(played: Played, key: str, rows: Mapping[str, Row]) -> bool:
    """Another sign of its group was enough, or a human or danger cut the talk short (danger that
    was there: a false alarm excuses nothing)."""
    row = rows.get(key)
    if row is None or row["reason"] != NOT_ASKED:
        return False
    group = key.split(".")[0]
    enough = row["group"] and any(
        other["group"] == row["group"] and other["status"] == FULFILLED
        for name, other in rows.items()
        if name.split(".")[0] == group
    )
    danger = played.ending == "waiting" and played.script.expect.crisis
    return bool(enough) or danger or played.ending == "counsellor"


def _found(played: Played, row: Row | None) -> tuple[str, str]:
    """The state in the summary, and the words it rests on (or would rest on)."""
    if row is None:
        return "missing", "no hand-over" if played.summary is None else "the track was not seen"
    quotes = [repr(quote["quote"]) for quote in row["evidence"]]
    return row["status"], ", ".join(quotes) or f"{row['reason']}, {_would_say(played, row)!r}"


def _would_say(played: Played, row: Row) -> str:
    return played.script.answers.get(row["id"], played.script.otherwise)
