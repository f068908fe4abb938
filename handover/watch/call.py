"""What a duty contact is told: how urgent, since when, and where. None of the citizen's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Call:
    """``id`` stays the same over every new try, so that a receiver knows a repetition."""

    id: str
    step: int
    priority: str
    since: datetime
    link: str


class CallError(Exception):
    """It was not received; ``kind`` is the error's name, safe to keep and to log."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Courier(Protocol):
    async def send(self, address: str, call: Call) -> None:
        """Return once it is received; raises CallError."""
