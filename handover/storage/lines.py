"""Telephone numbers, and the SMS that come and go, in one transaction.

A number stands only as a keyed hash and sealed under its conversation's key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, exists, func, insert, or_, select, update

from handover.clock import Clock
from handover.conversations.access import code_digest, digest
from handover.conversations.messages import ASSISTED, CLOSED
from handover.storage.conversations import Conversation
from handover.storage.database import Connection
from handover.storage.tables import conversations, lines, links, opt_outs, sms_in, sms_out

QUEUED, SENT, DELIVERED, FAILED, BLOCKED = "queued", "sent", "delivered", "failed", "blocked"
"""How far an SMS has come. ``blocked``: the number takes none from us."""
FINAL = (DELIVERED, FAILED, BLOCKED)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Line:
    """``speaks``: what is said in the conversation goes out as SMS, and stands in the outbox up to
    ``sent_seq``."""

    conversation_id: str
    number_hash: bytes
    payload: bytes
    speaks: bool
    sent_seq: int


@dataclass(frozen=True)
class Part:
    """One SMS that came in. ``turn``: the client_message_id under which it is read."""

    id: int
    sid_hash: bytes
    payload: bytes | None
    turn: str | None
    ready_at: datetime | None


@dataclass(frozen=True)
class Outgoing:
    """One SMS of the outbox."""

    id: str
    conversation_id: str
    through_seq: int
    part: int
    payload: bytes | None
    segments: int
    state: str
    sid: str | None
    failure: str | None
    tries: int
    next_try_at: datetime | None


_ALL = select(
    sms_out.c.id, sms_out.c.conversation_id, sms_out.c.through_seq, sms_out.c.part,
    sms_out.c.payload, sms_out.c.segments, sms_out.c.state, sms_out.c.sid, sms_out.c.failure,
    sms_out.c.tries, sms_out.c.next_try_at,
).order_by(sms_out.c.conversation_id, sms_out.c.through_seq, sms_out.c.part)  # fmt: skip
_DUE = _ALL.where(sms_out.c.next_try_at <= bindparam("now"))
_OUTGOING = _ALL.where(sms_out.c.id == bindparam("asked"))
_OUTGOING_OF = _ALL.where(sms_out.c.conversation_id == bindparam("asked"))


class Lines:
    def __init__(self, connection: Connection, lookup_key: bytes, clock: Clock) -> None:
        self.connection, self.lookup_key, self.clock = connection, lookup_key, clock

    def hash_of(self, number: str) -> bytes:
        return code_digest(f"number {number}", self.lookup_key)

    # lines

    async def open(self, conversation: Conversation, number: str) -> None:
        """The conversation is carried on by SMS with this number from here on, and what comes from
        the number belongs to it. What it waits to say is still said."""
        sealed = conversation.sealer.seal({"number": number}, "number")
        before = await self.of(conversation.id)
        chosen_at = await self._after_all(number)
        await self.connection.execute(
            delete(lines).where(lines.c.conversation_id == conversation.id)
        )
        await self.connection.execute(
            insert(lines).values(
                conversation_id=conversation.id,
                number_hash=self.hash_of(number),
                payload=sealed,
                speaks=True,
                sent_seq=before.sent_seq if before and before.speaks else conversation.seq,
                opened_at=chosen_at,
            )
        )

    async def _after_all(self, number: str) -> datetime:
        """Now, and later than any other conversation of the number was chosen."""
        mine = lines.c.number_hash == self.hash_of(number)
        statement = select(lines.c.opened_at).where(mine).order_by(lines.c.opened_at.desc())
        last = (await self.connection.execute(statement.limit(1))).scalar_one_or_none()
        return max(self.clock(), last + TICK) if last else self.clock()

    async def of(self, conversation_id: str) -> Line | None:
        found = await self._lines(lines.c.conversation_id == conversation_id)
        return found[0] if found else None

    async def open_ones(self, number: str) -> list[Line]:
        """Those whose conversation is not closed. First where an SMS of the number goes: to the one
        chosen last of those that speak by SMS, and only without one to what has moved to the chat.
        """
        where = (lines.c.number_hash == self.hash_of(number), conversations.c.status != CLOSED)
        return await self._lines(*where, order=(lines.c.speaks.desc(), lines.c.opened_at.desc()))

    async def chosen(self, number_hash: bytes) -> str | None:
        """The conversation that the number was last told to write in, also when it is closed."""
        statement = (
            select(lines.c.conversation_id)
            .where(lines.c.number_hash == number_hash)
            .order_by(lines.c.opened_at.desc())
            .limit(1)
        )
        return (await self.connection.execute(statement)).scalar_one_or_none()

    async def heard_beside(self, number: str) -> str | None:
        """The open conversation, not the chosen one, of which the number got an SMS last."""
        mine = self.hash_of(number)
        statement = (
            select(lines.c.conversation_id)
            .join(conversations, conversations.c.id == lines.c.conversation_id)
            .join(sms_out, sms_out.c.conversation_id == lines.c.conversation_id)
            .where(
                lines.c.number_hash == mine,
                lines.c.speaks,
                lines.c.conversation_id != await self.chosen(mine),
                conversations.c.status != CLOSED,
            )
            .order_by(sms_out.c.created_at.desc(), lines.c.opened_at.desc())
            .limit(1)
        )
        return (await self.connection.execute(statement)).scalar_one_or_none()

    async def change(self, conversation_id: str, **values: Any) -> None:
        statement = update(lines).where(lines.c.conversation_id == conversation_id)
        await self.connection.execute(statement.values(**values))

    async def with_news(self, received_since: datetime) -> list[Line]:
        """Lines whose conversation holds what the outbox does not, and where nothing that came in
        since then is still to be read: the answer to it goes out with the rest."""
        newer = conversations.c.seq > lines.c.sent_seq
        reading = exists().where(
            sms_in.c.conversation_id == lines.c.conversation_id,
            sms_in.c.ready_at.is_not(None),
            sms_in.c.received_at > received_since,
        )
        return await self._lines(lines.c.speaks, newer, ~reading)

    async def silent(self, before: datetime) -> list[str]:
        """Conversations with the assistant in which nobody has written since then."""
        statement = (
            select(lines.c.conversation_id)
            .join(conversations, conversations.c.id == lines.c.conversation_id)
            .where(
                lines.c.speaks,
                conversations.c.status == ASSISTED,
                conversations.c.active_at < before,
            )
        )
        return list((await self.connection.execute(statement)).scalars())

    async def _lines(self, *where: Any, order: Sequence[Any] = ()) -> list[Line]:
        columns = (
            lines.c.conversation_id, lines.c.number_hash, lines.c.payload, lines.c.speaks,
            lines.c.sent_seq,
        )  # fmt: skip
        joined = select(*columns).join(conversations, conversations.c.id == lines.c.conversation_id)
        statement = joined.where(*where).order_by(*order)
        return [Line(*row) for row in await self.connection.execute(statement)]

    # codes from SMS to chat

    async def add_link(self, conversation: Conversation, code: str, lasts: timedelta) -> None:
        await self.connection.execute(
            insert(links).values(
                code_hash=code_digest(f"link {code}", self.lookup_key),
                conversation_id=conversation.id,
                expires_at=self.clock() + lasts,
            )
        )

    async def linked(self, code: str) -> str | None:
        """The conversation of a code that is neither used nor too old; it is not used yet."""
        mine = links.c.code_hash == code_digest(f"link {code}", self.lookup_key)
        statement = select(links.c.conversation_id).where(mine, links.c.expires_at > self.clock())
        return (await self.connection.execute(statement)).scalar_one_or_none()

    async def use_link(self, code: str) -> str | None:
        """The same, and the code is used then."""
        found = await self.linked(code)
        mine = links.c.code_hash == code_digest(f"link {code}", self.lookup_key)
        used = await self.connection.execute(delete(links).where(mine)) if found else None
        return found if used and used.rowcount else None

    async def forget_old(self, received_before: datetime) -> None:
        """Codes that are too old, and the hashes of SMS that nobody sends again."""
        await self.connection.execute(delete(links).where(links.c.expires_at <= self.clock()))
        done = or_(sms_in.c.ready_at.is_(None), sms_in.c.conversation_id.is_(None))
        old = (sms_in.c.received_at < received_before, done)
        await self.connection.execute(delete(sms_in).where(*old))

    # who wants none

    async def opt_out(self, number: str) -> None:
        await self.opt_in(number)
        await self.connection.execute(
            insert(opt_outs).values(number_hash=self.hash_of(number), at=self.clock())
        )

    async def opt_in(self, number: str) -> None:
        await self.connection.execute(
            delete(opt_outs).where(opt_outs.c.number_hash == self.hash_of(number))
        )

    async def opted_out(self, number: str) -> bool:
        statement = select(func.count()).where(opt_outs.c.number_hash == self.hash_of(number))
        return bool((await self.connection.execute(statement)).scalar_one())

    # in

    async def received(self, sid: str) -> bool:
        statement = select(func.count()).where(sms_in.c.sid_hash == digest(sid))
        return bool((await self.connection.execute(statement)).scalar_one())

    async def receive(
        self, sid: str, conversation: Conversation | None, words: str, ready_at: datetime | None
    ) -> None:
        """``conversation`` is None for what was answered at once, such as STOP."""
        hashed = digest(sid)
        payload = conversation.sealer.seal(words, f"sms {hashed.hex()}") if conversation else None
        await self.connection.execute(
            insert(sms_in).values(
                sid_hash=hashed,
                conversation_id=conversation.id if conversation else None,
                payload=payload,
                ready_at=ready_at if conversation else None,
                received_at=self.clock(),
            )
        )

    async def with_parts(self) -> list[str]:
        """Conversations for which an SMS is to be read now."""
        where = (sms_in.c.ready_at.is_not(None), sms_in.c.conversation_id.is_not(None))
        now = or_(func.count(sms_in.c.turn) > 0, func.max(sms_in.c.ready_at) <= self.clock())
        statement = select(sms_in.c.conversation_id).where(*where)
        ready = statement.group_by(sms_in.c.conversation_id).having(now)
        return list((await self.connection.execute(ready)).scalars())

    async def parts(self, conversation_id: str) -> list[Part]:
        """What is still to be read, in order of arrival."""
        columns = (
            sms_in.c.id, sms_in.c.sid_hash, sms_in.c.payload, sms_in.c.turn, sms_in.c.ready_at,
        )  # fmt: skip
        where = (sms_in.c.conversation_id == conversation_id, sms_in.c.ready_at.is_not(None))
        statement = select(*columns).where(*where).order_by(sms_in.c.id)
        return [Part(*row) for row in await self.connection.execute(statement)]

    async def wait_for_more(self, conversation_id: str, until: datetime) -> None:
        """What came before waits as long as what has just come."""
        where = (
            sms_in.c.conversation_id == conversation_id,
            sms_in.c.ready_at.is_not(None),
            sms_in.c.turn.is_(None),
        )
        await self.connection.execute(update(sms_in).where(*where).values(ready_at=until))

    async def mark_parts(self, parts: Sequence[Part], **values: Any) -> None:
        ids = [part.id for part in parts]
        await self.connection.execute(update(sms_in).where(sms_in.c.id.in_(ids)).values(**values))

    # out

    async def put(
        self, conversation: Conversation, through_seq: int, bodies: Sequence[tuple[str, int]]
    ) -> None:
        """Bodies with their segments, in order, into the outbox."""
        for part, (body, segments) in enumerate(bodies, 1):
            reserved = str(uuid4())
            await self.connection.execute(
                insert(sms_out).values(
                    id=reserved,
                    conversation_id=conversation.id,
                    through_seq=through_seq,
                    part=part,
                    payload=conversation.sealer.seal(body, f"sms {reserved}"),
                    segments=segments,
                    state=QUEUED,
                    tries=0,
                    next_try_at=self.clock(),
                    created_at=self.clock(),
                )
            )

    async def due(self) -> list[Outgoing]:
        """What is to be sent or sent again, in order."""
        rows = await self.connection.execute(_DUE, {"now": self.clock()})
        return [Outgoing(*row) for row in rows]

    async def outgoing(self, outgoing_id: str) -> Outgoing | None:
        row = (await self.connection.execute(_OUTGOING, {"asked": outgoing_id})).one_or_none()
        return Outgoing(*row) if row else None

    async def outgoing_of(self, conversation_id: str) -> list[Outgoing]:
        rows = await self.connection.execute(_OUTGOING_OF, {"asked": conversation_id})
        return [Outgoing(*row) for row in rows]

    async def lease(self, one: Outgoing, until: datetime) -> bool:
        """Only one sender tries at a time."""
        same = (sms_out.c.id == one.id, sms_out.c.next_try_at == one.next_try_at)
        done = await self.connection.execute(
            update(sms_out).where(*same).values(next_try_at=until, tries=sms_out.c.tries + 1)
        )
        return bool(done.rowcount)

    async def settle(self, outgoing_id: str, **values: Any) -> None:
        statement = update(sms_out).where(sms_out.c.id == outgoing_id)
        await self.connection.execute(statement.values(**values))

    async def sent_since(self, number_hash: bytes, since: datetime) -> int:
        statement = (
            select(func.count())
            .select_from(sms_out)
            .join(lines, lines.c.conversation_id == sms_out.c.conversation_id)
            .where(lines.c.number_hash == number_hash, sms_out.c.created_at > since)
        )
        return int((await self.connection.execute(statement)).scalar_one())

    async def newest(self, conversation_id: str) -> Outgoing | None:
        found = await self.outgoing_of(conversation_id)
        return found[-1] if found else None

    async def unfinished_before(self, one: Outgoing) -> bool:
        """Does an earlier SMS of the conversation still wait to be sent? They go in order."""
        earlier = or_(
            sms_out.c.through_seq < one.through_seq,
            (sms_out.c.through_seq == one.through_seq) & (sms_out.c.part < one.part),
        )
        statement = select(func.count()).where(
            sms_out.c.conversation_id == one.conversation_id, sms_out.c.state == QUEUED, earlier
        )
        return bool((await self.connection.execute(statement)).scalar_one())

    async def delivered(self, one: Outgoing) -> bool:
        """Has all arrived that was said together with this one?"""
        statement = select(func.count()).where(
            sms_out.c.conversation_id == one.conversation_id,
            sms_out.c.through_seq == one.through_seq,
            sms_out.c.state != DELIVERED,
        )
        return not (await self.connection.execute(statement)).scalar_one()
