"""Who wants to be called or texted, when, and what was tried, in one transaction.

Nothing here is a citizen's words, and no number. All of it hangs on the hand-over and goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from handover.clock import Clock
from handover.storage.conversations import AT_ONCE
from handover.storage.database import Connection
from handover.storage.handovers import CLOSED
from handover.storage.tables import callback_attempts, callbacks, handovers


@dataclass(frozen=True)
class Callback:
    """``due_from`` and ``due_to`` are None where no clear time was named."""

    handover_id: str
    way: str
    due_from: datetime | None
    due_to: datetime | None
    agreed: bool
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Attempt:
    result: str
    by: str
    at: datetime


_OF = select(callbacks).where(callbacks.c.handover_id == bindparam("handover_id"))
_DUE = (
    select(func.count())
    .select_from(callbacks.join(handovers, handovers.c.id == callbacks.c.handover_id))
    .where(
        callbacks.c.done_at.is_(None),
        handovers.c.status != CLOSED,
        or_(callbacks.c.due_from.is_(None), callbacks.c.due_from <= bindparam("now")),
    )
)


class Callbacks:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def of(self, handover_id: str) -> Callback | None:
        row = (await self.connection.execute(_OF, {"handover_id": handover_id})).one_or_none()
        return Callback(**row._mapping) if row else None

    async def wish(
        self, handover_id: str, way: str, due_from: datetime | None, due_to: datetime | None
    ) -> None:
        """What the citizen wishes. A time that was agreed with a counsellor stays, and so does
        what is done."""
        before = await self.of(handover_id)
        if before is None:
            row = {"way": way, "due_from": due_from, "due_to": due_to, "created_at": self.clock()}
            statement = insert(callbacks).values(handover_id=handover_id, **row)
            await self.connection.execute(statement)
        elif before.agreed or before.done_at:
            await self._change(handover_id, way=way)
        else:
            await self._change(handover_id, way=way, due_from=due_from, due_to=due_to)

    async def renew(
        self, handover_id: str, way: str, due_from: datetime | None, due_to: datetime | None
    ) -> None:
        """A new wish of the citizen's own: open again, whatever was done or agreed before."""
        await self._change(handover_id, agreed=False, done_at=None)
        await self.wish(handover_id, way, due_from, due_to)

    async def withdraw(self, handover_id: str) -> None:
        """The citizen does not want it any more; what was tried stays."""
        open_one = and_(callbacks.c.handover_id == handover_id, callbacks.c.done_at.is_(None))
        await self.connection.execute(delete(callbacks).where(open_one))

    async def done(self, handover_id: str) -> None:
        await self._change(handover_id, done_at=self.clock())

    async def reopen(self, handover_id: str) -> None:
        await self._change(handover_id, done_at=None)

    async def agree(self, handover_id: str, due_from: datetime, due_to: datetime) -> None:
        moments = {"due_from": due_from, "due_to": due_to}
        await self._change(handover_id, agreed=True, done_at=None, **moments)

    async def _change(self, handover_id: str, **values: object) -> None:
        statement = update(callbacks).where(callbacks.c.handover_id == handover_id)
        await self.connection.execute(statement.values(**values))

    async def note(self, handover_id: str, result: str, by: str) -> None:
        row = {"id": str(uuid4()), "result": result, "by": by, "at": self.clock()}
        await self.connection.execute(
            insert(callback_attempts).values(handover_id=handover_id, **row)
        )

    async def attempts(self, ids: Sequence[str]) -> dict[str, list[Attempt]]:
        """By hand-over, the first one first."""
        table = callback_attempts.c
        found: dict[str, list[Attempt]] = {name: [] for name in ids}
        statement = select(table.handover_id, table.result, table.by, table.at).order_by(table.at)
        for start in range(0, len(ids), AT_ONCE):
            some = table.handover_id.in_(ids[start : start + AT_ONCE])
            for row in await self.connection.execute(statement.where(some)):
                found[row.handover_id].append(Attempt(row.result, row.by, row.at))
        return found

    async def open(self, done_since: datetime) -> list[Callback]:
        """Those of cases that are not closed, the earliest time first, and what was done since."""
        wanted = or_(
            and_(callbacks.c.done_at.is_(None), handovers.c.status != CLOSED),
            callbacks.c.done_at >= done_since,
        )
        statement = (
            select(callbacks)
            .join(handovers, handovers.c.id == callbacks.c.handover_id)
            .where(wanted)
            .order_by(callbacks.c.due_from, callbacks.c.created_at, callbacks.c.handover_id)
        )
        return [Callback(**row._mapping) for row in await self.connection.execute(statement)]

    async def due(self, now: datetime) -> int:
        """How many of them are due: their time has begun, or none was named."""
        return int((await self.connection.execute(_DUE, {"now": now})).scalar_one())
