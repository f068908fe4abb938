"""Recorded talks, which lie at Twilio, in one transaction.

A row outlives its conversation until Twilio has deleted the recording: when the conversation is
erased, by whomever and however, the row belongs to none any more and is due to be deleted. What
finds it at Twilio is sealed under a key of its own, for the conversation's key is gone by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, or_, select, update

from handover.clock import Clock
from handover.storage.database import Connection
from handover.storage.tables import recordings
from handover.storage.vault import Vault

PLACE = "recording"


@dataclass(frozen=True)
class Recording:
    """``conversation_id``: None when it is to be deleted; ``sid``: None as long as Twilio has not
    said it; ``seconds``: None until it is complete."""

    id: str
    conversation_id: str | None
    call_id: str
    sid: str | None
    seconds: int | None
    begun_at: datetime
    tries: int


class Recordings:
    def __init__(self, connection: Connection, vault: Vault, clock: Clock) -> None:
        self.connection, self.vault, self.clock = connection, vault, clock

    async def add(self, conversation_id: str, call_id: str) -> str:
        """Before Twilio is asked to record; its id stands in the address Twilio reports to."""
        recording_id = str(uuid4())
        _, wrapped = self.vault.new(recording_id)
        await self.connection.execute(
            insert(recordings).values(
                id=recording_id,
                conversation_id=conversation_id,
                call_id=call_id,
                wrapped_key=wrapped,
                begun_at=self.clock(),
                tries=0,
            )
        )
        return recording_id

    async def get(self, recording_id: str) -> Recording | None:
        found = await self._all(recordings.c.id == recording_id)
        return found[0] if found else None

    async def of(self, conversation_id: str) -> list[Recording]:
        return await self._all(recordings.c.conversation_id == conversation_id)

    async def named(self, recording_id: str, sid: str) -> None:
        """What Twilio calls it; said once, it stays."""
        mine = (recordings.c.id == recording_id, recordings.c.payload.is_(None))
        statement = select(recordings.c.wrapped_key).where(*mine)
        wrapped = (await self.connection.execute(statement)).scalar_one_or_none()
        if wrapped is None:
            return
        payload = self.vault.unwrap(recording_id, wrapped).seal(sid, PLACE)
        await self.connection.execute(update(recordings).where(*mine).values(payload=payload))

    async def complete(self, recording_id: str, seconds: int) -> None:
        await self._change(recordings.c.id == recording_id, seconds=seconds)

    # to be deleted

    async def let_go(self, recording_id: str) -> None:
        await self._change(recordings.c.id == recording_id, conversation_id=None)

    async def let_go_of(self, conversation_id: str) -> None:
        await self._change(recordings.c.conversation_id == conversation_id, conversation_id=None)

    async def let_go_old(self, begun_before: datetime) -> None:
        await self._change(recordings.c.begun_at < begun_before, conversation_id=None)

    async def due(self) -> list[Recording]:
        """To be deleted at Twilio now."""
        now = or_(recordings.c.next_try_at.is_(None), recordings.c.next_try_at <= self.clock())
        unwanted = (recordings.c.conversation_id.is_(None), recordings.c.payload.is_not(None))
        return await self._all(*unwanted, now)

    async def later(self, one: Recording, next_try_at: datetime) -> None:
        values = {"tries": one.tries + 1, "next_try_at": next_try_at}
        await self._change(recordings.c.id == one.id, **values)

    async def gone(self, recording_id: str) -> None:
        await self.connection.execute(delete(recordings).where(recordings.c.id == recording_id))

    async def forget_unreported(self, begun_before: datetime) -> int:
        """Those of which Twilio has never told anything; how many."""
        where = (recordings.c.payload.is_(None), recordings.c.begun_at < begun_before)
        return int((await self.connection.execute(delete(recordings).where(*where))).rowcount)

    async def _change(self, where: Any, **values: Any) -> None:
        await self.connection.execute(update(recordings).where(where).values(**values))

    async def _all(self, *where: Any) -> list[Recording]:
        statement = select(recordings).where(*where).order_by(recordings.c.begun_at)
        return [self._opened(row) for row in await self.connection.execute(statement)]

    def _opened(self, row: Any) -> Recording:
        sid = None
        if row.payload is not None:
            sid = str(self.vault.unwrap(row.id, row.wrapped_key).open(row.payload, PLACE))
        return Recording(
            row.id, row.conversation_id, row.call_id, sid, row.seconds, row.begun_at, row.tries
        )
