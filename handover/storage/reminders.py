"""The outbox of the mails about what is to be followed up: one for each person and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from handover.clock import Clock
from handover.storage.database import Connection
from handover.storage.tables import accounts, reminders


@dataclass(frozen=True)
class Reminder:
    account_id: str
    name: str
    mail: str
    tries: int
    next_try_at: datetime


class ReminderBox:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def lacking(self, names: Iterable[str], day: date) -> list[str]:
        """Ids of those accounts that have an address and nothing stored for the day."""
        stored = select(reminders.c.account_id).where(reminders.c.day == day)
        rows = await self.connection.execute(
            select(accounts.c.id).where(
                accounts.c.name.in_(list(names)),
                accounts.c.mail.isnot(None),
                accounts.c.disabled_at.is_(None),
                accounts.c.id.not_in(stored),
            )
        )
        return list(rows.scalars())

    async def add(self, account_id: str, day: date) -> None:
        """Once, whoever else stores it at the same moment."""
        row = {"account_id": account_id, "day": day, "tries": 0, "next_try_at": self.clock()}
        try:
            async with self.connection.begin_nested():
                await self.connection.execute(insert(reminders).values(**row))
        except IntegrityError:
            return

    async def due(self, day: date) -> list[Reminder]:
        """Unsent, and its time has come."""
        statement = (
            select(
                reminders.c.account_id,
                accounts.c.name,
                accounts.c.mail,
                reminders.c.tries,
                reminders.c.next_try_at,
            )
            .join(accounts, accounts.c.id == reminders.c.account_id)
            .where(
                reminders.c.day == day,
                reminders.c.sent_at.is_(None),
                reminders.c.next_try_at <= self.clock(),
                accounts.c.mail.isnot(None),
                accounts.c.disabled_at.is_(None),
            )
        )
        return [Reminder(*row) for row in await self.connection.execute(statement)]

    async def lease(self, one: Reminder, day: date, until: datetime) -> bool:
        """One conditional update decides who sends it."""
        statement = update(reminders).where(
            reminders.c.account_id == one.account_id,
            reminders.c.day == day,
            reminders.c.sent_at.is_(None),
            reminders.c.next_try_at == one.next_try_at,
        )
        changed = statement.values(next_try_at=until, tries=one.tries + 1)
        return (await self.connection.execute(changed)).rowcount == 1

    async def settle(self, one: Reminder, day: date, next_try_at: datetime | None = None) -> None:
        """Sent, or to be tried again then."""
        values = {"next_try_at": next_try_at} if next_try_at else {"sent_at": self.clock()}
        mine = (reminders.c.account_id == one.account_id, reminders.c.day == day)
        await self.connection.execute(update(reminders).where(*mine).values(**values))

    async def forget_before(self, day: date) -> None:
        await self.connection.execute(delete(reminders).where(reminders.c.day < day))
