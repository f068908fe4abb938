"""The counters of hand-overs: numbers by month, and as what each living case stands in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, cast, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from handover.storage.conversations import Conversation
from handover.storage.database import Connection
from handover.storage.tables import case_counts, contact_counts, feedback_counts, standings

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Cell(NamedTuple):
    """``Cell(date(2026, 11, 1), "channel", "web")``"""

    month: date
    measure: str
    value: str


class Statistics:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def add(self, changes: Mapping[Cell, int]) -> None:
        """Move the counters; in one order, so that two transactions cannot wait for each other."""
        rows = [{**cell._asdict(), "count": by} for cell, by in sorted(changes.items()) if by]
        if not rows:
            return
        new = _INSERT[self.connection.dialect.name](case_counts)
        added = new.on_conflict_do_update(
            index_elements=list(case_counts.primary_key),
            set_={"count": case_counts.c.count + new.excluded.count},
        )
        await self.connection.execute(added, rows)

    async def standing(self, conversation: Conversation) -> dict[str, Any] | None:
        """As what the case was counted last."""
        found = await self.connection.execute(
            select(standings.c.payload).where(standings.c.conversation_id == conversation.id)
        )
        payload = found.scalar_one_or_none()
        return conversation.sealer.open(payload, "standing") if payload else None

    async def remember(self, conversation: Conversation, standing: Mapping[str, Any]) -> None:
        await self.connection.execute(
            delete(standings).where(standings.c.conversation_id == conversation.id)
        )
        await self.connection.execute(
            insert(standings).values(
                conversation_id=conversation.id,
                payload=conversation.sealer.seal(standing, "standing"),
            )
        )

    # reading

    async def first_month(self) -> date | None:
        """The month of the first hand-over or contact that is counted."""
        cases = (await self.connection.execute(select(func.min(case_counts.c.month)))).scalar_one()
        days = (await self.connection.execute(select(func.min(contact_counts.c.day)))).scalar_one()
        return min((day.replace(day=1) for day in (cases, days) if day), default=None)

    async def cases(self, first: date, last: date) -> Counter[Cell]:
        """The counters through the month ``last``; all before ``first`` stand under date.min."""
        table = case_counts.c
        within = await self.connection.execute(
            select(table.month, table.measure, table.value, table.count).where(
                table.month.between(first, last)
            )
        )
        found = Counter({Cell(*row[:3]): row[3] for row in within})
        before = await self.connection.execute(
            select(table.measure, table.value, _sum(table.count))
            .where(table.month < first)
            .group_by(table.measure, table.value)
        )
        return found + Counter({Cell(date.min, *row[:2]): row[2] for row in before})

    async def feedback(self, first: date, last: date) -> Counter[Cell]:
        """What citizens answered afterwards: the question is the measure, the rest as ``cases``."""
        table = feedback_counts.c
        rows = await self.connection.execute(
            select(table.month, table.question, table.answer, table.count).where(
                table.month <= last
            )
        )
        found: Counter[Cell] = Counter()
        for month, question, answer, count in rows:
            found[Cell(month if month >= first else date.min, question, answer)] += count
        return found

    async def contacts(self, first: date, end: date) -> Counter[tuple[date, str, str]]:
        """``(month, channel, outcome)`` of those without a hand-over, before the day ``end``."""
        table = contact_counts.c
        rows = await self.connection.execute(
            select(table.day, table.channel, table.outcome, table.count).where(
                table.day >= first, table.day < end
            )
        )
        found: Counter[tuple[date, str, str]] = Counter()
        for day, channel, outcome, count in rows:
            found[day.replace(day=1), channel, outcome] += count
        before = await self.connection.execute(
            select(table.channel, table.outcome, _sum(table.count))
            .where(table.day < first)
            .group_by(table.channel, table.outcome)
        )
        for channel, outcome, count in before:
            found[date.min, channel, outcome] += count
        return found


def _sum(column: Any) -> Any:
    return cast(func.sum(column), Integer)
