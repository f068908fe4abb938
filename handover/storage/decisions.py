"""What leaders have decided in the console: every version, in one transaction. None is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from handover.clock import Clock
from handover.storage.database import Connection
from handover.storage.tables import decisions


@dataclass(frozen=True)
class Version:
    """``number`` 0 is the file's value as it was when somebody first decided otherwise."""

    section: str
    number: int
    value: Any
    by: str
    at: datetime


class Decisions:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def newest(self) -> dict[str, int]:
        """The newest version of each section that has any."""
        statement = select(decisions.c.section, func.max(decisions.c.version).label("number"))
        rows = await self.connection.execute(statement.group_by(decisions.c.section))
        return {row.section: row.number for row in rows}

    async def history(self, section: str) -> list[Version]:
        """The newest first."""
        statement = select(decisions).where(decisions.c.section == section)
        rows = await self.connection.execute(statement.order_by(decisions.c.version.desc()))
        return [_version(row) for row in rows]

    async def last(self, section: str) -> Version | None:
        statement = select(decisions).where(decisions.c.section == section)
        newest = statement.order_by(decisions.c.version.desc()).limit(1)
        row = (await self.connection.execute(newest)).one_or_none()
        return _version(row) if row else None

    async def add(self, section: str, number: int, value: Any, by: str) -> bool:
        """Whether it could be added: not when somebody else has made a version of that number."""
        row = {"section": section, "version": number, "value": value, "by": by, "at": self.clock()}
        try:
            async with self.connection.begin_nested():
                await self.connection.execute(insert(decisions).values(**row))
        except IntegrityError:
            return False
        return True


def _version(row: Any) -> Version:
    return Version(row.section, row.version, row.value, row.by, row.at)
