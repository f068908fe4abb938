"""How far each side of a conversation has come: the ``seq`` reached, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from handover.clock import Clock
from handover.conversations.messages import CITIZEN, COUNSELLOR
from handover.storage.database import Connection
from handover.storage.tables import messages, receipts

DELIVERED, SEEN, READ = "delivered_seq", "seen_seq", "read_seq"
"""What has come to the citizen, what has been shown to the citizen, what a counsellor has read.
The first two count the counsellors' messages, the last the citizen's; 0 is none."""

_WRITERS = {DELIVERED: COUNSELLOR, SEEN: COUNSELLOR, READ: CITIZEN}


@dataclass(frozen=True)
class Receipt:
    delivered_seq: int = 0
    seen_seq: int = 0
    seen_at: datetime | None = None
    read_seq: int = 0


_OF = select(*(receipts.c[name] for name in Receipt.__dataclass_fields__)).where(
    receipts.c.conversation_id == bindparam("asked")
)
_NEWEST = select(func.max(messages.c.seq)).where(
    messages.c.conversation_id == bindparam("asked"),
    messages.c.sender == bindparam("sender"),
    messages.c.seq <= bindparam("through"),
)


class Receipts:
    """SMS reports ``delivered`` through ``reach`` as the browser does."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def of(self, conversation_id: str) -> Receipt:
        row = (await self.connection.execute(_OF, {"asked": conversation_id})).one_or_none()
        return Receipt(**row._mapping) if row else Receipt()

    async def advances(self, conversation_id: str, **through: int) -> dict[str, int]:
        """Of what is said to be reached, what is new, as the seq of a message that counts:
        ``advances(id, seen_seq=9) == {"seen_seq": 8}``. Whatever is said, it never goes back."""
        known = await self.of(conversation_id)
        found = {
            name: await self._newest(conversation_id, _WRITERS[name], seq)
            for name, seq in through.items()
        }
        return {name: seq for name, seq in found.items() if seq > getattr(known, name)}

    async def reach(self, conversation_id: str, **through: int) -> bool:
        """Note it. False when all of it was known. The caller holds the conversation's row."""
        changes: dict[str, Any] = await self.advances(conversation_id, **through)
        if not changes:
            return False
        if SEEN in changes:
            changes["seen_at"] = self.clock()
        where = receipts.c.conversation_id == conversation_id
        known = await self.connection.execute(update(receipts).where(where).values(**changes))
        if not known.rowcount:
            row = {"conversation_id": conversation_id, DELIVERED: 0, SEEN: 0, READ: 0} | changes
            await self.connection.execute(insert(receipts).values(row))
        return True

    async def forget(self, conversation_id: str) -> None:
        where = receipts.c.conversation_id == conversation_id
        await self.connection.execute(delete(receipts).where(where))

    async def _newest(self, conversation_id: str, sender: str, through: int) -> int:
        asked = {"asked": conversation_id, "sender": sender, "through": through}
        return (await self.connection.execute(_NEWEST, asked)).scalar_one() or 0
