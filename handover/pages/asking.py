"""What is still open in a case: in which words to ask, and what came of asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handover.pages.quotes import Quote, Quotes

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A counsellor's question about a criterion, and what the citizen wrote next."""

    seq: int
    at: str
    replies: Sequence[Quote]


@dataclass(frozen=True)
class Open:
    """``wording``: None where it follows from another criterion. ``anchor``: its row, if any."""

    id: str
    track: str
    label: str
    reason: str | None
    wording: str | None
    anchor: str | None
    asked: Sequence[Asked]

    @property
    def key(self) -> str:
        return f"{self.track}-{self.id}"


def asked_of(found: Json, quotes: Quotes) -> list[Asked]:
    return [
        Asked(row["seq"], row["at"], quotes.of(row["replies"]))
        for row in found["asked_by_counsellor"]
    ]
