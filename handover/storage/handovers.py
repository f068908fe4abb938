"""Hand-overs, the counsellors' judgements and notes, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from handover.clock import Clock
from handover.storage.calls import LONGEST, talked_with
from handover.storage.conversations import AT_ONCE, Conversation
from handover.storage.database import Connection, locks_rows
from handover.storage.tables import Moment, conversations, handovers, judgements, notes

WAITING, CLAIMED, CLOSED = "waiting", "claimed", "closed"
PRIORITIES = ("akut", "hoej", "normal")


@dataclass(frozen=True)
class Handover:
    id: str
    conversation_id: str
    kind: str
    reason: str
    rank: int
    status: str
    claimed_by: str | None
    claimed_at: datetime | None
    seen_at: datetime | None
    created_at: datetime
    waiting_since: datetime
    closed_at: datetime | None
    outcome: str | None
    channel: str

    @property
    def priority(self) -> str:
        return PRIORITIES[self.rank]


@dataclass(frozen=True)
class Waiting:
    id: str
    since: datetime


@dataclass(frozen=True)
class Taken:
    """A wait that has ended: a counsellor took the case."""

    rank: int
    since: datetime
    at: datetime


@dataclass(frozen=True)
class Judgement:
    status: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class Note:
    id: str
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Position:
    """Where a page of the queue ended."""

    rank: int
    created_at: datetime
    id: str


_ALL = select(handovers, conversations.c.channel).join(
    conversations, conversations.c.id == handovers.c.conversation_id
)
_BY_ID = _ALL.where(handovers.c.id == bindparam("asked"))
_OF = _ALL.where(handovers.c.conversation_id == bindparam("asked"))
_JUDGEMENTS = select(judgements).where(judgements.c.handover_id == bindparam("asked"))
_NOTES = select(notes).where(notes.c.handover_id == bindparam("asked")).order_by(notes.c.created_at)


class Handovers:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def create(self, conversation_id: str, kind: str, reason: str, rank: int) -> str:
        handover_id, now = str(uuid4()), self.clock()
        await self.connection.execute(
            insert(handovers).values(
                id=handover_id,
                conversation_id=conversation_id,
                kind=kind,
                reason=reason,
                rank=rank,
                status=WAITING,
                created_at=now,
                waiting_since=now,
            )
        )
        return handover_id

    async def get(self, handover_id: str) -> Handover | None:
        await self._hold(handover_id)
        return await self._one(_BY_ID, handover_id)

    async def _hold(self, handover_id: str) -> None:
        """Whoever writes takes the conversation's row first, as the citizen's messages do: else two
        wait for each other for ever, or act on what has changed meanwhile."""
        if locks_rows(self.connection):
            statement = select(conversations.c.id).join(handovers)
            held = statement.where(handovers.c.id == handover_id)
            await self.connection.execute(held.with_for_update(of=conversations))

    async def some(self, ids: Sequence[str]) -> dict[str, Handover]:
        found: dict[str, Handover] = {}
        for start in range(0, len(ids), AT_ONCE):
            where = handovers.c.id.in_(ids[start : start + AT_ONCE])
            for row in await self.connection.execute(_ALL.where(where)):
                found[row.id] = Handover(**row._mapping)
        return found

    async def of(self, conversation_id: str) -> Handover | None:
        return await self._one(_OF, conversation_id)

    async def page(self, limit: int, after: Position | None = None, **equal: Any) -> list[Handover]:
        """The queue: danger first, then who has waited longest. ``equal``: ``channel="web"``."""
        statement = _ALL.where(*(_column(k) == v for k, v in equal.items()))
        if after:
            values = (after.rank, after.created_at, after.id)
            statement = statement.where(_behind(values))
        ordered = statement.order_by(
            handovers.c.rank, handovers.c.created_at, handovers.c.id
        ).limit(limit)
        return [Handover(**row._mapping) for row in await self.connection.execute(ordered)]

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many wait, and since when the newest of them."""
        since = func.max(handovers.c.waiting_since, type_=Moment)
        statement = select(func.count(), since).where(handovers.c.status == WAITING)
        number, newest = (await self.connection.execute(statement)).one()
        return number, newest

    async def waiting_at(self, rank: int) -> list[Waiting]:
        """What waits at a rank, and nothing about what was said."""
        rows = await self.connection.execute(
            select(handovers.c.id, handovers.c.waiting_since).where(
                handovers.c.status == WAITING, handovers.c.rank == rank
            )
        )
        return [Waiting(*row) for row in rows]

    async def closed(self, limit: int) -> list[Handover]:
        """The closed ones, newest first."""
        statement = _ALL.where(handovers.c.status == CLOSED)
        ordered = statement.order_by(handovers.c.closed_at.desc(), handovers.c.id).limit(limit)
        return [Handover(**row._mapping) for row in await self.connection.execute(ordered)]

    async def waiting_before(self, handover: Handover | None) -> int:
        """How many wait before this one (without one: how many wait at all)."""
        statement = select(func.count()).select_from(handovers)
        statement = statement.where(handovers.c.status == WAITING)
        if handover:
            statement = statement.where(
                (handovers.c.rank < handover.rank)
                | (handovers.c.rank == handover.rank)
                & (handovers.c.created_at < handover.created_at),
                handovers.c.id != handover.id,
            )
        return int((await self.connection.execute(statement)).scalar_one())

    async def line(self) -> list[tuple[str, int]]:
        """Conversation and rank of everything that waits, in the order in which it is taken."""
        rows = await self.connection.execute(
            select(handovers.c.conversation_id, handovers.c.rank)
            .where(handovers.c.status == WAITING)
            .order_by(handovers.c.rank, handovers.c.created_at, handovers.c.id)
        )
        return [(row.conversation_id, row.rank) for row in rows]

    async def taken_since(self, since: datetime, limit: int) -> list[Taken]:
        """The last ones that somebody took, the newest first. Without those that became urgent
        only when somebody had them: how long these waited is not known."""
        table = handovers.c
        rows = await self.connection.execute(
            select(table.rank, table.waiting_since, table.claimed_at)
            .where(table.claimed_at >= since, table.waiting_since <= table.claimed_at)
            .order_by(table.claimed_at.desc())
            .limit(limit)
        )
        return [Taken(*row) for row in rows]

    async def change(self, handover_id: str, *where: Any, **values: Any) -> bool:
        """One conditional update; False when the condition no longer held."""
        statement = update(handovers).where(handovers.c.id == handover_id, *where)
        return (await self.connection.execute(statement.values(**values))).rowcount == 1

    async def claim(self, handover_id: str, name: str) -> bool:
        await self._hold(handover_id)
        now = self.clock()
        return await self.change(
            handover_id,
            handovers.c.status == WAITING,
            status=CLAIMED,
            claimed_by=name,
            claimed_at=now,
            seen_at=now,
        )

    async def raise_rank(self, handover_id: str, rank: int) -> bool:
        raised = {"rank": rank, "waiting_since": self.clock()}
        return await self.change(handover_id, handovers.c.rank > rank, **raised)

    async def requeue(self, handover_id: str) -> bool:
        """Nobody has it any more, and its waiting begins anew."""
        return await self.change(
            handover_id,
            status=WAITING,
            waiting_since=self.clock(),
            claimed_by=None,
            claimed_at=None,
            seen_at=None,
            closed_at=None,
            outcome=None,
        )

    async def vanished(self, before: datetime) -> list[Handover]:
        """Claimed ones whose counsellor has given no sign of life since: to be on the telephone
        with the citizen is one."""
        statement = _ALL.where(
            handovers.c.status == CLAIMED,
            handovers.c.seen_at < before,
            ~talked_with(self.clock() - LONGEST),
        )
        return [Handover(**row._mapping) for row in await self.connection.execute(statement)]

    async def _one(self, statement: Select[Any], asked: str) -> Handover | None:
        row = (await self.connection.execute(statement, {"asked": asked})).one_or_none()
        return Handover(**row._mapping) if row else None

    # judgements and notes

    async def judge(
        self, handover_id: str, track: str, criterion: str, status: str | None, by: str
    ) -> Judgement:
        key = {"handover_id": handover_id, "track": track, "criterion": criterion}
        same = (judgements.c[name] == value for name, value in key.items())
        await self.connection.execute(delete(judgements).where(*same))
        row = Judgement(status, by, self.clock())
        await self.connection.execute(
            insert(judgements).values(**key, status=status, by=by, at=row.at)
        )
        return row

    async def judgements(self, handover_id: str) -> Mapping[tuple[str, str], Judgement]:
        rows = await self.connection.execute(_JUDGEMENTS, {"asked": handover_id})
        return {(r.track, r.criterion): Judgement(r.status, r.by, r.at) for r in rows}

    async def add_note(
        self, conversation: Conversation, handover_id: str, author: str, text: str
    ) -> Note:
        note = Note(str(uuid4()), author, text, self.clock())
        await self.connection.execute(
            insert(notes).values(
                id=note.id,
                handover_id=handover_id,
                author=author,
                payload=conversation.sealer.seal(text, f"note {note.id}"),
                created_at=note.created_at,
            )
        )
        return note

    async def notes(self, conversation: Conversation, handover_id: str) -> list[Note]:
        rows = await self.connection.execute(_NOTES, {"asked": handover_id})
        opened = conversation.sealer.open
        return [Note(r.id, r.author, opened(r.payload, f"note {r.id}"), r.created_at) for r in rows]

    async def forget_notes(self, handover_id: str) -> None:
        await self.connection.execute(delete(notes).where(notes.c.handover_id == handover_id))
        await self.connection.execute(
            delete(judgements).where(judgements.c.handover_id == handover_id)
        )


def _column(name: str) -> Any:
    return conversations.c.channel if name == "channel" else handovers.c[name]


def _behind(values: tuple[int, datetime, str]) -> Any:
    rank, created_at, handover_id = values
    table = handovers.c
    return (
        (table.rank > rank)
        | (table.rank == rank) & (table.created_at > created_at)
        | (table.rank == rank) & (table.created_at == created_at) & (table.id > handover_id)
    )
