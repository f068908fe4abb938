"""The outbox of the duty contacts: what is to be sent, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, bindparam, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from handover.clock import Clock
from handover.storage.database import Connection
from handover.storage.handovers import PRIORITIES, WAITING
from handover.storage.tables import alerts, handovers

URGENT = PRIORITIES.index("akut")
_STILL_WAITS = and_(
    handovers.c.status == WAITING,
    handovers.c.rank == URGENT,
    handovers.c.waiting_since == alerts.c.waiting_since,
)
"""Nobody has taken or closed the case since the waiting that the alert is about."""


@dataclass(frozen=True)
class Untaken:
    """An urgent case that waits."""

    handover_id: str
    waiting_since: datetime


@dataclass(frozen=True)
class Alert:
    """One sending to one duty contact. ``live``: the case still waits."""

    id: str
    handover_id: str
    waiting_since: datetime
    step: int
    way: str
    contact: str
    created_at: datetime
    tries: int
    next_try_at: datetime
    sent_at: datetime | None
    failure: str | None
    live: bool


_ALL = (
    select(alerts, _STILL_WAITS.label("live"))
    .join(handovers, handovers.c.id == alerts.c.handover_id)
    .order_by(alerts.c.created_at, alerts.c.step, alerts.c.way)
)
_OF = _ALL.where(alerts.c.handover_id == bindparam("handover_id"))


class Alerts:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def lacking(self, step: int, way: str, before: datetime) -> list[Untaken]:
        """Urgent cases that have waited since before then, and of which this is not stored yet."""
        stored = exists().where(
            alerts.c.handover_id == handovers.c.id,
            alerts.c.waiting_since == handovers.c.waiting_since,
            alerts.c.step == step,
            alerts.c.way == way,
        )
        rows = await self.connection.execute(
            select(handovers.c.id, handovers.c.waiting_since)
            .where(
                handovers.c.status == WAITING,
                handovers.c.rank == URGENT,
                handovers.c.waiting_since <= before,
                ~stored,
            )
            .order_by(handovers.c.waiting_since)
        )
        return [Untaken(*row) for row in rows]

    async def add(self, case: Untaken, step: int, way: str, contact: str) -> bool:
        """False when it is there already: the database lets nobody be told twice."""
        now = self.clock()
        try:
            async with self.connection.begin_nested():
                await self.connection.execute(
                    insert(alerts).values(
                        id=str(uuid4()),
                        handover_id=case.handover_id,
                        waiting_since=case.waiting_since,
                        step=step,
                        way=way,
                        contact=contact,
                        created_at=now,
                        tries=0,
                        next_try_at=now,
                    )
                )
        except IntegrityError:
            return False
        return True

    async def due(self) -> list[Alert]:
        """To be sent now: unsent, its time has come, and the case still waits."""
        unsent = (alerts.c.sent_at.is_(None), alerts.c.next_try_at <= self.clock())
        rows = await self.connection.execute(_ALL.where(*unsent, _STILL_WAITS))
        return [Alert(**row._mapping) for row in rows]

    async def of(self, handover_id: str) -> list[Alert]:
        rows = await self.connection.execute(_OF, {"handover_id": handover_id})
        return [Alert(**row._mapping) for row in rows]

    async def lease(self, alert: Alert, until: datetime) -> bool:
        """One conditional update decides who sends it; whoever dies over it is followed later."""
        changed = await self.connection.execute(
            update(alerts)
            .where(
                alerts.c.id == alert.id,
                alerts.c.sent_at.is_(None),
                alerts.c.next_try_at == alert.next_try_at,
                exists().where(handovers.c.id == alerts.c.handover_id, _STILL_WAITS),
            )
            .values(next_try_at=until, tries=alert.tries + 1)
        )
        return changed.rowcount == 1

    async def settle(self, alert: Alert, **values: Any) -> None:
        await self.connection.execute(
            update(alerts).where(alerts.c.id == alert.id).values(**values)
        )
