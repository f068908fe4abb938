"""Who looked at what and did what, for those who must account for it. No citizen's words.

Lines are added and read. Nothing here, nor the database itself, changes or removes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from handover.clock import Clock
from handover.storage.database import Connection
from handover.storage.tables import audit

STEPWISE = ("due", "called", "failed")
"""Actions that carry the step of the duty list and the way: ``called_1_mail``."""


@dataclass(frozen=True)
class Line:
    id: int
    at: datetime
    actor: str
    action: str
    handover_id: str | None
    about: str | None
    detail: str | None


@dataclass(frozen=True)
class Wanted:
    """What is looked for. ``who`` did it, or had it done to them; ``action`` may be the beginning
    of what it is called (``called`` of ``called_1_mail``); ``before``: only lines with a smaller
    number."""

    who: str = ""
    action: str = ""
    handover_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None

    def conditions(self) -> list[Any]:
        table = audit.c
        found: list[Any] = []
        if self.who:
            found.append((table.actor == self.who) | (table.about == self.who))
        if self.action in STEPWISE:
            found.append(table.action.startswith(f"{self.action}_", autoescape=True))
        elif self.action:
            found.append(table.action == self.action)
        if self.handover_id:
            found.append(table.handover_id == self.handover_id)
        if self.since:
            found.append(table.at >= self.since)
        if self.until:
            found.append(table.at < self.until)
        if self.before is not None:
            found.append(table.id < self.before)
        return found


class Trail:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def note(
        self,
        actor: str,
        action: str,
        handover_id: str | None = None,
        *,
        about: str | None = None,
        detail: str | None = None,
    ) -> None:
        await self.connection.execute(
            insert(audit),
            {
                "at": self.clock(),
                "actor": actor,
                "action": action,
                "handover_id": handover_id,
                "about": about,
                "detail": detail,
            },
        )

    async def lines(self, wanted: Wanted, limit: int) -> list[Line]:
        """The newest first."""
        statement = select(audit).where(*wanted.conditions())
        ordered = statement.order_by(audit.c.id.desc()).limit(limit)
        return [Line(**row._mapping) for row in await self.connection.execute(ordered)]
