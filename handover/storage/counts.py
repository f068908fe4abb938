"""Plain numbers, nothing about anybody: how many got in touch, and what citizens thought of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from handover.clock import COPENHAGEN
from handover.storage.database import Connection
from handover.storage.tables import contact_counts, feedback_counts


class Counts:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def add(self, moment: datetime, channel: str, outcome: str, by: int = 1) -> None:
        """``outcome``: ``no_consent``, ``finished``, ``left`` or ``erased``; ``by`` -1 takes back
        what is counted, since the conversation goes on."""
        key = {
            "day": moment.astimezone(COPENHAGEN).date(),
            "channel": channel,
            "outcome": outcome,
        }
        await self._add(contact_counts, key, by)

    async def add_feedback(
        self, month: date, channel: str, speaker: str, question: str, answer: str, by: int = 1
    ) -> None:
        """``by``: -1 takes back what was answered differently before."""
        key = {
            "month": month.replace(day=1),
            "channel": channel,
            "speaker": speaker,
            "question": question,
            "answer": answer,
        }
        await self._add(feedback_counts, key, by)

    async def _add(self, table: Table, key: Mapping[str, Any], by: int) -> None:
        same = [table.c[name] == value for name, value in key.items()]
        more = update(table).where(*same).values(count=table.c.count + by)
        if (await self.connection.execute(more)).rowcount:
            return
        try:
            async with self.connection.begin_nested():
                await self.connection.execute(insert(table).values(**key, count=by))
        except IntegrityError:  # somebody else was the first at the same moment
            await self.connection.execute(more)
