"""Conversations, their messages and their intake, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    Table,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from handover.clock import Clock
from handover.conversations.access import code_digest, digest, new_resume_code, new_token, same
from handover.conversations.messages import ASSISTED, CITIZEN, Draft, Message
from handover.storage.database import Connection, locks_rows
from handover.storage.tables import conversations, feedback, intakes, messages, receipts
from handover.storage.traits import seal_traits
from handover.storage.vault import Sealer, Vault


@dataclass
class Conversation:
    id: str
    channel: str
    status: str
    epoch: int
    seq: int
    offer_seq: int | None
    cleared_seq: int
    outcome: str | None
    reduced: bool
    created_at: datetime
    sealer: Sealer
    token_hash: bytes
    access: bytes

    def keys(self) -> dict[str, str]:
        """``{"token": ..., "resume_code": ...}``"""
        found: dict[str, str] = self.sealer.open(self.access, "access")
        return found

    def admits(self, token: str) -> bool:
        return same(self.token_hash, digest(token))


AT_ONCE = 500
"""Conversations that one query asks for; a database takes only so many parameters."""

ORDINARY, SILENT, RESUME = "ordinary", "silent", "resume"
"""How Rasa reads a message: answers it; only takes it in, since danger was spoken of; goes on,
since the crisis dialogue has taken it and found nothing wrong."""


@dataclass(frozen=True)
class Received:
    """A citizen's message and how far it has come."""

    seq: int
    handled: bool
    reading: str
    answered_through: int | None


@dataclass(frozen=True)
class Standing:
    """What a page asks for again and again, and nothing of it is sealed. ``read_seq``: the
    citizen's newest message that a counsellor has read; 0: none."""

    seq: int
    status: str
    token_hash: bytes
    read_seq: int

    def admits(self, token: str) -> bool:
        return same(self.token_hash, digest(token))


_STANDING = (
    select(
        conversations.c.seq,
        conversations.c.status,
        conversations.c.token_hash,
        func.coalesce(receipts.c.read_seq, 0),
    )
    .outerjoin(receipts, receipts.c.conversation_id == conversations.c.id)
    .where(conversations.c.id == bindparam("asked"))
)


_BY_ID = select(conversations).where(conversations.c.id == bindparam("asked"))
_BY_CLIENT = select(conversations).where(conversations.c.client_hash == bindparam("asked"))
_BY_CODE = select(conversations).where(conversations.c.resume_hash == bindparam("asked"))
_CHANGE = update(conversations).where(conversations.c.id == bindparam("asked"))
_INTAKE = select(intakes.c.version, intakes.c.payload).where(
    intakes.c.conversation_id == bindparam("asked")
)

_OF = messages.c.conversation_id == bindparam("asked")
_NAMED = messages.c.client_message_id == bindparam("name")
_WITHIN = (messages.c.seq > bindparam("after"), messages.c.seq <= bindparam("through"))
_NO_END = 2**31 - 1
_BETWEEN = select(messages).where(_OF, *_WITHIN).order_by(messages.c.seq)
_BY_NAME = select(messages).where(_OF, _NAMED)
_RECENT = (
    select(messages)
    .where(_OF, messages.c.sender == bindparam("sender"), *_WITHIN)
    .order_by(messages.c.seq.desc())
    .limit(bindparam("limit"))
)
_PROGRESS = (
    select(messages.c.seq, messages.c.handled, messages.c.reading, messages.c.answered_through)
    .where(_OF)
    .order_by(messages.c.seq)
)
_RECEIVED = _PROGRESS.where(_NAMED)
_UNHANDLED = _PROGRESS.where(messages.c.handled == false())
_MARK = update(messages).where(_OF, messages.c.seq == bindparam("which"))


@dataclass
class New:
    """A conversation, and the rows that it is stored as."""

    conversation: Conversation
    row: dict[str, Any]
    intake: dict[str, Any]


class Conversations:
    def __init__(
        self, connection: Connection, vault: Vault, lookup_key: bytes, clock: Clock
    ) -> None:
        self.connection, self.vault = connection, vault
        self.lookup_key, self.clock = lookup_key, clock

    # one conversation

    async def create(
        self, conversation_id: str, channel: str, client_id: str | None, intake: dict[str, Any]
    ) -> Conversation:
        new = self.prepare(conversation_id, channel, client_id, intake)
        await self.connection.execute(insert(conversations).values(new.row))
        await self.connection.execute(insert(intakes).values(new.intake))
        return new.conversation

    def prepare(
        self, conversation_id: str, channel: str, client_id: str | None, intake: dict[str, Any]
    ) -> New:
        """A conversation with its keys, not stored yet."""
        sealer, wrapped = self.vault.new(conversation_id)
        keys = {"token": new_token(), "resume_code": new_resume_code()}
        now = self.clock()
        row: dict[str, Any] = {
            "id": conversation_id,
            "client_hash": self._client_hash(client_id) if client_id else None,
            "channel": channel,
            "status": ASSISTED,
            "epoch": 0,
            "seq": 0,
            "cleared_seq": 0,
            "wrapped_key": wrapped,
            "token_hash": digest(keys["token"]),
            "resume_hash": code_digest(keys["resume_code"], self.lookup_key),
            "access": sealer.seal(keys, "access"),
            "created_at": now,
            "active_at": now,
        }
        payload = sealer.seal(intake, "intake 1")
        known = {
            "conversation_id": conversation_id,
            "version": 1,
            "payload": payload,
            "traits": seal_traits(sealer, 1, intake),
        }
        conversation = Conversation(
            conversation_id, channel, ASSISTED, 0, 0, None, 0, None, False, now, sealer,
            row["token_hash"], row["access"],
        )  # fmt: skip
        return New(conversation, row, known)

    async def get(self, conversation_id: str) -> Conversation | None:
        return await self._one(_BY_ID, conversation_id)

    async def standing(self, conversation_id: str) -> Standing | None:
        found = await self.connection.execute(_STANDING, {"asked": conversation_id})
        row = found.one_or_none()
        return Standing(*row) if row else None

    async def by_client_id(self, client_id: str) -> Conversation | None:
        return await self._one(_BY_CLIENT, self._client_hash(client_id))

    async def by_resume_code(self, code: str) -> Conversation | None:
        return await self._one(_BY_CODE, code_digest(code, self.lookup_key))

    async def change(self, conversation: Conversation, **values: Any) -> None:
        """Write columns and keep the object in step."""
        asked = {"asked": conversation.id}
        await self.connection.execute(_CHANGE, _columns(conversations, values) | asked)
        for name, value in values.items():
            if hasattr(conversation, name):
                setattr(conversation, name, value)

    async def erase(self, conversation_id: str) -> None:
        """Key and ciphertexts go; what hangs on the conversation goes with it."""
        await self.connection.execute(
            delete(conversations).where(conversations.c.id == conversation_id)
        )

    async def ids(self, *where: Any) -> list[str]:
        rows = await self.connection.execute(select(conversations.c.id).where(*where))
        return [row.id for row in rows]

    async def _one(self, statement: Select[Any], asked: str | bytes) -> Conversation | None:
        if locks_rows(self.connection):
            statement = statement.with_for_update()
        row = (await self.connection.execute(statement, {"asked": asked})).one_or_none()
        return self._conversation(row) if row else None

    def _conversation(self, row: Row[Any]) -> Conversation:
        return Conversation(
            row.id, row.channel, row.status, row.epoch, row.seq, row.offer_seq, row.cleared_seq,
            row.outcome, row.reduced, row.created_at,
            self.vault.unwrap(row.id, row.wrapped_key), row.token_hash, row.access,
        )  # fmt: skip

    def _client_hash(self, client_id: str) -> bytes:
        return code_digest(f"client {client_id}", self.lookup_key)

    # messages

    async def append(
        self, conversation: Conversation, drafts: Sequence[Draft], **changes: Any
    ) -> list[Message]:
        """Store what is said, in order, and any ``changes`` to the conversation's row."""
        now = self.clock()
        added = [Message(conversation.seq + n, now, d) for n, d in enumerate(drafts, 1)]
        if added:
            rows = [self.row(conversation, message) for message in added]
            await self.connection.execute(insert(messages), rows)
            changes["seq"] = added[-1].seq
        if changes:
            await self.change(conversation, **changes)
        return added

    async def speak(
        self, conversation: Conversation, draft: Draft, client_message_id: str | None
    ) -> Message:
        """Store what a counsellor says, with the id that a retry has too."""
        [message] = await self.append(conversation, [draft])
        if client_message_id:
            await self.mark(conversation, message.seq, client_message_id=client_message_id)
        return message

    async def by_client_message_id(
        self, conversation: Conversation, client_message_id: str
    ) -> Message | None:
        asked = {"asked": conversation.id, "name": client_message_id}
        row = (await self.connection.execute(_BY_NAME, asked)).one_or_none()
        return _message(conversation, row) if row else None

    async def receive(
        self, conversation: Conversation, draft: Draft, client_message_id: str, handled: bool
    ) -> Message:
        """Store a citizen's message before anything else happens to it."""
        now = self.clock()
        message = Message(conversation.seq + 1, now, draft, client_message_id)
        row = self.row(conversation, message) | {
            "client_message_id": client_message_id,
            "handled": handled,
            "answered_through": message.seq if handled else None,
        }
        await self.connection.execute(insert(messages), row)
        await self.change(conversation, seq=message.seq, active_at=now)
        return message

    def row(self, conversation: Conversation, message: Message) -> dict[str, Any]:
        place = f"message {message.seq}"
        return {
            "conversation_id": conversation.id,
            "seq": message.seq,
            "sender": message.sender,
            "payload": conversation.sealer.seal(message.draft.content(), place),
            "created_at": message.created_at,
        }

    async def messages(
        self, conversation: Conversation, after: int = 0, through: int | None = None
    ) -> list[Message]:
        last = _NO_END if through is None else through
        asked = {"asked": conversation.id, "after": after, "through": last}
        rows = await self.connection.execute(_BETWEEN, asked)
        return [_message(conversation, row) for row in rows]

    async def recent(self, conversation: Conversation, through: int, limit: int) -> list[Message]:
        """The citizen's last messages up to ``through``, the newest last."""
        asked = {"asked": conversation.id, "after": conversation.cleared_seq, "through": through}
        rows = await self.connection.execute(_RECENT, asked | {"sender": CITIZEN, "limit": limit})
        return [_message(conversation, row) for row in rows][::-1]

    async def received(self, conversation: Conversation, client_message_id: str) -> Received | None:
        asked = {"asked": conversation.id, "name": client_message_id}
        row = (await self.connection.execute(_RECEIVED, asked)).one_or_none()
        return Received(*row) if row else None

    async def unhandled(self, conversation: Conversation) -> list[Received]:
        rows = await self.connection.execute(_UNHANDLED, {"asked": conversation.id})
        return [Received(*row) for row in rows]

    async def mark(self, conversation: Conversation, seq: int, **values: Any) -> None:
        """Note how far a message has come (``handled``, ``answered_through`` ...)."""
        asked = {"asked": conversation.id, "which": seq}
        await self.connection.execute(_MARK, _columns(messages, values) | asked)

    async def with_unhandled(self, before: datetime) -> list[str]:
        statement = (
            select(messages.c.conversation_id)
            .where(messages.c.handled == false(), messages.c.created_at < before)
            .group_by(messages.c.conversation_id)
            .order_by(func.min(messages.c.created_at))
        )
        return [row[0] for row in await self.connection.execute(statement)]

    async def forget_messages(self, conversation: Conversation) -> None:
        await self.connection.execute(
            delete(messages).where(messages.c.conversation_id == conversation.id)
        )

    # intake

    async def intake(self, conversation: Conversation) -> tuple[int, dict[str, Any]]:
        """Its version and the document."""
        found = await self.connection.execute(_INTAKE, {"asked": conversation.id})
        version, payload = found.one()
        return version, conversation.sealer.open(payload, f"intake {version}")

    async def intakes(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The documents of many conversations."""
        statement = select(
            conversations.c.id, conversations.c.wrapped_key, intakes.c.version, intakes.c.payload
        ).join(intakes, intakes.c.conversation_id == conversations.c.id)
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), AT_ONCE):
            some = conversations.c.id.in_(ids[start : start + AT_ONCE])
            for row in await self.connection.execute(statement.where(some)):
                sealer = self.vault.unwrap(row.id, row.wrapped_key)
                found[row.id] = sealer.open(row.payload, f"intake {row.version}")
        return found

    async def save_intake(
        self, conversation: Conversation, version: int, intake: dict[str, Any]
    ) -> bool:
        """Write version + 1; False when somebody else wrote since ``version`` was read."""
        payload = conversation.sealer.seal(intake, f"intake {version + 1}")
        result = await self.connection.execute(
            update(intakes)
            .where(intakes.c.conversation_id == conversation.id, intakes.c.version == version)
            .values(
                version=version + 1,
                payload=payload,
                traits=seal_traits(conversation.sealer, version + 1, intake),
            )
        )
        return result.rowcount == 1

    # what the citizen thought of it

    async def feedback(self, conversation: Conversation) -> dict[str, Any]:
        """What was answered, and where it is counted; empty as long as nothing is."""
        statement = select(feedback.c.payload).where(feedback.c.conversation_id == conversation.id)
        payload = (await self.connection.execute(statement)).scalar_one_or_none()
        return dict(conversation.sealer.open(payload, "feedback")) if payload else {}

    async def save_feedback(self, conversation: Conversation, given: dict[str, Any]) -> None:
        await self.forget_feedback(conversation)
        payload = conversation.sealer.seal(given, "feedback")
        await self.connection.execute(
            insert(feedback).values(conversation_id=conversation.id, payload=payload)
        )

    async def forget_feedback(self, conversation: Conversation) -> None:
        same = feedback.c.conversation_id == conversation.id
        await self.connection.execute(delete(feedback).where(same))


def _columns(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """An update that is built beforehand says nothing of a name that is no column's."""
    if unknown := values.keys() - table.c.keys():
        raise TypeError(f"{table.name} has no {', '.join(sorted(unknown))}")
    return values


def _message(conversation: Conversation, row: Row[Any]) -> Message:
    content = conversation.sealer.open(row.payload, f"message {row.seq}")
    draft = Draft(sender=row.sender, **content)
    return Message(row.seq, row.created_at, draft, row.client_message_id)
