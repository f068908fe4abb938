"""How many got in touch: a number a day and channel, nothing about anybody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.clock import COPENHAGEN
from handover.storage.tables import contact_counts


class Counts:
    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, moment: datetime, channel: str, outcome: str, by: int = 1) -> None:
        """``outcome``: ``no_consent``, ``finished``, ``left`` or ``erased``; ``by`` -1 takes back
        what is counted, since the conversation goes on."""
        key = {
            "day": moment.astimezone(COPENHAGEN).date(),
            "channel": channel,
            "outcome": outcome,
        }
        table = contact_counts
        same = (table.c[name] == value for name, value in key.items())
        changed = await self.connection.execute(
            update(table).where(*same).values(count=table.c.count + by)
        )
        if not changed.rowcount:
            await self.connection.execute(insert(table).values(**key, count=by))
