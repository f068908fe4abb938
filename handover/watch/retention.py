"""The retention rule: what is old enough loses its key and its text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from handover.conversations.feed import Notice
from handover.conversations.messages import CLOSED
from handover.municipality import Retention
from handover.storage import handovers as states
from handover.storage.tables import conversations, handovers
from handover.storage.work import Store


async def forget_old(store: Store, retention: Retention, now: datetime) -> int:
    """Erase what is due; returns how many conversations that were.

    With a hand-over: so many days after it was closed. Without one: so many hours after the
    citizen's last message; one that was left before its end is counted, anonymously.
    """
    where = _due(retention, now)
    async with store.read(long=True) as work:
        due = await work.conversations.ids(where)
    return sum([await _forget(store, conversation_id, where) for conversation_id in due])


def _due(retention: Retention, now: datetime) -> ColumnElement[bool]:
    handed_over = exists(
        select(handovers.c.id).where(handovers.c.conversation_id == conversations.c.id)
    )
    closed = exists(
        select(handovers.c.id).where(
            handovers.c.conversation_id == conversations.c.id,
            handovers.c.status == states.CLOSED,
            handovers.c.closed_at < now - retention.after_closing,
        )
    )
    left = and_(~handed_over, conversations.c.active_at < now - retention.without_handover)
    return or_(closed, left)


async def _forget(store: Store, conversation_id: str, due: ColumnElement[bool]) -> bool:
    """False for one that is not due any more: its citizen may have written since, in danger."""
    async with store.write() as work:
        conversation = await work.conversations.get(conversation_id)
        still = await work.conversations.ids(and_(conversations.c.id == conversation_id, due))
        if conversation is None or not still:
            return False
        handover = await work.handovers.of(conversation_id)
        if handover is None and conversation.status != CLOSED:
            await work.counts.add(conversation.created_at, conversation.channel, "left")
        await work.conversations.erase(conversation_id)
        work.announce(conversation_id, Notice("gone", {"messages": []}))
        work.announce_queue()
        return True
