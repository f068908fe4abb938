"""What a counsellor notes for the time after the talk, in one transaction.

Nothing here is a citizen's words. All of it hangs on the hand-over and goes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from handover.clock import Clock
from handover.storage.database import Connection
from handover.storage.tables import follow_ups, handovers, underretninger


@dataclass(frozen=True)
class Underretning:
    """The counsellor's own act outside the system: when it was made, and who noted it when."""

    made_on: date
    by: str
    at: datetime


@dataclass(frozen=True)
class FollowUp:
    due_on: date
    by: str
    done_at: datetime | None = None
    done_by: str | None = None


_follow_up = (
    follow_ups.c.due_on, follow_ups.c.by, follow_ups.c.done_at, follow_ups.c.done_by,
)  # fmt: skip
_FOLLOW_UP = select(*_follow_up).where(follow_ups.c.handover_id == bindparam("handover_id"))
_DUE = (
    select(func.count())
    .select_from(follow_ups)
    .where(follow_ups.c.done_at.is_(None), follow_ups.c.due_on <= bindparam("today"))
)
_UNDERRETNING = select(underretninger.c.made_on, underretninger.c.by, underretninger.c.at).where(
    underretninger.c.handover_id == bindparam("handover_id")
)


class Aftercare:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def underretning(self, handover_id: str) -> Underretning | None:
        asked = {"handover_id": handover_id}
        row = (await self.connection.execute(_UNDERRETNING, asked)).one_or_none()
        return Underretning(*row) if row else None

    async def note_underretning(self, handover_id: str, made_on: date, by: str) -> Underretning:
        """A later note of the same case replaces the first."""
        await self._alone_with(handover_id)
        await self.forget_underretning(handover_id)
        noted = Underretning(made_on, by, self.clock())
        await self.connection.execute(
            insert(underretninger).values(handover_id=handover_id, **vars(noted))
        )
        return noted

    async def forget_underretning(self, handover_id: str) -> bool:
        """False when there was none."""
        statement = delete(underretninger).where(underretninger.c.handover_id == handover_id)
        return (await self.connection.execute(statement)).rowcount == 1

    async def _alone_with(self, handover_id: str) -> None:
        """Whoever replaces the same thing at the same moment waits (PostgreSQL; SQLite has one
        writer)."""
        await self.connection.execute(
            select(handovers.c.id).where(handovers.c.id == handover_id).with_for_update()
        )

    async def follow_up(self, handover_id: str) -> FollowUp | None:
        asked = {"handover_id": handover_id}
        row = (await self.connection.execute(_FOLLOW_UP, asked)).one_or_none()
        return FollowUp(*row) if row else None

    async def set_follow_up(self, handover_id: str, due_on: date, by: str) -> FollowUp:
        """A new date is a new reminder: it is open again."""
        await self._alone_with(handover_id)
        await self.forget_follow_up(handover_id)
        found = FollowUp(due_on, by)
        await self.connection.execute(
            insert(follow_ups).values(handover_id=handover_id, **vars(found))
        )
        return found

    async def forget_follow_up(self, handover_id: str) -> bool:
        """False when there was none."""
        statement = delete(follow_ups).where(follow_ups.c.handover_id == handover_id)
        return (await self.connection.execute(statement)).rowcount == 1

    async def mark_follow_up(self, handover_id: str, by: str | None) -> bool:
        """Done by somebody, or (None) open again; False when it was that already."""
        table = follow_ups.c
        same = table.done_at.isnot(None) if by else table.done_at.is_(None)
        statement = (
            update(follow_ups)
            .where(table.handover_id == handover_id, ~same)
            .values(done_at=self.clock() if by else None, done_by=by)
        )
        return (await self.connection.execute(statement)).rowcount == 1

    async def follow_ups(self, done_since: datetime) -> list[tuple[str, FollowUp]]:
        """The open ones and those done since, by id of their hand-over, the oldest date first."""
        table = follow_ups.c
        statement = (
            select(table.handover_id, *_follow_up)
            .where(or_(table.done_at.is_(None), table.done_at >= done_since))
            .order_by(table.due_on, table.handover_id)
        )
        rows = await self.connection.execute(statement)
        return [(row[0], FollowUp(*row[1:])) for row in rows]

    async def due_until(self, today: date) -> list[tuple[str, FollowUp]]:
        """The open ones that are due today or were due before, the oldest date first."""
        table = follow_ups.c
        statement = (
            select(table.handover_id, *_follow_up)
            .where(table.done_at.is_(None), table.due_on <= today)
            .order_by(table.due_on, table.handover_id)
        )
        rows = await self.connection.execute(statement)
        return [(row[0], FollowUp(*row[1:])) for row in rows]

    async def due(self, today: date) -> int:
        """How many open ones are due today or were due before."""
        return int((await self.connection.execute(_DUE, {"today": today})).scalar_one())
