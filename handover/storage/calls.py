"""Calls, their steps, and the calls that we make to counsellors, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, bindparam, delete, exists, insert, select, update

from handover.clock import Clock
from handover.conversations.access import digest
from handover.storage.conversations import Conversation
from handover.storage.database import Connection
from handover.storage.tables import call_legs, call_steps, calls, handovers

THROUGH, BACK = "through", "back"
"""Why a counsellor is called: for a caller who waits, or to call somebody back."""
RINGING, REACHING, TALKING, ENDED = "ringing", "reaching", "talking", "ended"
NO_ANSWER, BUSY, FAILED, DECLINED, TAKEN = "no_answer", "busy", "failed", "declined", "taken"
UNANSWERED = "unanswered"
"""``reaching``: the counsellor is there, the citizen's telephone rings; ``unanswered``: it was not
taken. ``taken``: somebody else had the case."""
LEG_STATES = (
    RINGING, REACHING, TALKING, ENDED, NO_ANSWER, BUSY, FAILED, DECLINED, TAKEN, UNANSWERED,
)  # fmt: skip
UNDER_WAY = (RINGING, REACHING, TALKING)
RINGS_AT_MOST = timedelta(minutes=2)
LONGEST = timedelta(hours=4)
"""Twilio ends a call after that; one that seems to run longer has ended without our hearing so."""


@dataclass(frozen=True)
class Call:
    """``conversation_id`` is None once it is erased."""

    sid_hash: bytes
    conversation_id: str | None
    step: int
    payload: bytes | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Leg:
    id: str
    conversation_id: str
    kind: str
    name: str
    state: str
    created_at: datetime
    changed_at: datetime
    recorded: bool
    """The citizen has said yes to it."""

    def live(self, now: datetime) -> bool:
        """Is it under way? A telephone does not ring for long, whatever we have not heard of it."""
        lasts = LONGEST if self.state == TALKING else RINGS_AT_MOST
        return self.state in UNDER_WAY and self.changed_at > now - lasts


_RUNNING = (
    select(calls.c.sid_hash)
    .where(
        calls.c.conversation_id == bindparam("conversation_id"),
        calls.c.ended_at.is_(None),
        calls.c.begun_at > bindparam("since"),
    )
    .limit(1)
)
_LEGS = select(
    call_legs.c.id, call_legs.c.conversation_id, call_legs.c.kind, call_legs.c.name,
    call_legs.c.state, call_legs.c.created_at, call_legs.c.changed_at, call_legs.c.recorded,
)  # fmt: skip
_LEG = _LEGS.where(call_legs.c.id == bindparam("leg_id"))
_LEGS_OF = _LEGS.where(call_legs.c.conversation_id == bindparam("conversation_id")).order_by(
    call_legs.c.place
)


class Calls:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    # calls to us

    async def get(self, sid: str) -> Call | None:
        columns = (
            calls.c.sid_hash, calls.c.conversation_id, calls.c.step, calls.c.payload,
            calls.c.ended_at,
        )  # fmt: skip
        statement = select(*columns).where(calls.c.sid_hash == digest(sid))
        row: Any = (await self.connection.execute(statement)).one_or_none()
        return Call(*row) if row else None

    async def begin(self, sid: str, conversation_id: str) -> None:
        values = {"conversation_id": conversation_id, "step": 0, "begun_at": self.clock()}
        await self.connection.execute(insert(calls).values(sid_hash=digest(sid), **values))

    async def answered(
        self, sid: str, conversation: Conversation, step: int, said: str, state: dict[str, Any]
    ) -> None:
        """What was answered to a step, and where the call stands then."""
        hashed = digest(sid)
        await self.connection.execute(
            insert(call_steps).values(
                conversation_id=conversation.id,
                sid_hash=hashed,
                step=step,
                payload=conversation.sealer.seal(said, f"call {hashed.hex()} {step}"),
            )
        )
        payload = conversation.sealer.seal(state, f"call {hashed.hex()}")
        statement = update(calls).where(calls.c.sid_hash == hashed)
        await self.connection.execute(statement.values(step=step + 1, payload=payload))

    async def answer(self, sid: str, conversation: Conversation, step: int) -> str | None:
        """What was answered to a step before."""
        hashed = digest(sid)
        where = (
            call_steps.c.conversation_id == conversation.id,
            call_steps.c.sid_hash == hashed,
            call_steps.c.step == step,
        )
        statement = select(call_steps.c.payload).where(*where)
        payload = (await self.connection.execute(statement)).scalar_one_or_none()
        place = f"call {hashed.hex()} {step}"
        return str(conversation.sealer.open(payload, place)) if payload else None

    async def forget_words(self, conversation_id: str) -> None:
        """What was said in the calls of a conversation goes, that there were calls stays."""
        await self.connection.execute(
            delete(call_steps).where(call_steps.c.conversation_id == conversation_id)
        )
        mine = calls.c.conversation_id == conversation_id
        await self.connection.execute(update(calls).where(mine).values(payload=None))

    async def end(self, sid: str) -> bool:
        """False when it was known to have ended, or is not known."""
        where = (calls.c.sid_hash == digest(sid), calls.c.ended_at.is_(None))
        statement = update(calls).where(*where).values(ended_at=self.clock())
        return bool((await self.connection.execute(statement)).rowcount)

    async def running(self, conversation_id: str) -> bool:
        """Is the citizen on the telephone now?"""
        asked = {"conversation_id": conversation_id, "since": self.clock() - LONGEST}
        return (await self.connection.execute(_RUNNING, asked)).first() is not None

    async def forget_old(self, begun_before: datetime) -> None:
        """Hashes of calls that nobody asks about again."""
        old = (calls.c.begun_at < begun_before, calls.c.conversation_id.is_(None))
        await self.connection.execute(delete(calls).where(*old))

    # calls that we make

    async def add_leg(
        self, conversation_id: str, kind: str, name: str, recorded: bool = False
    ) -> str:
        leg_id, now = str(uuid4()), self.clock()
        await self.connection.execute(
            insert(call_legs).values(
                id=leg_id,
                conversation_id=conversation_id,
                kind=kind,
                name=name,
                state=RINGING,
                created_at=now,
                changed_at=now,
                recorded=recorded,
            )
        )
        return leg_id

    async def leg(self, leg_id: str) -> Leg | None:
        row = (await self.connection.execute(_LEG, {"leg_id": leg_id})).one_or_none()
        return Leg(*row) if row else None

    async def legs_of(self, conversation_id: str) -> list[Leg]:
        asked = {"conversation_id": conversation_id}
        return [Leg(*row) for row in await self.connection.execute(_LEGS_OF, asked)]

    async def move(self, leg_id: str, state: str, *before: str) -> bool:
        """One conditional update; False when the leg was not in one of the states before."""
        statement = update(call_legs).where(
            call_legs.c.id == leg_id, call_legs.c.state.in_(before or UNDER_WAY)
        )
        values = {"state": state, "changed_at": self.clock()}
        return bool((await self.connection.execute(statement.values(**values))).rowcount)

    async def consent(self, leg_id: str) -> bool:
        """The citizen agrees to be recorded; False when that is known."""
        mine = (call_legs.c.id == leg_id, call_legs.c.recorded.is_(False))
        statement = update(call_legs).where(*mine).values(recorded=True)
        return bool((await self.connection.execute(statement)).rowcount)

    async def unrecorded(self, leg_id: str) -> None:
        """It was not recorded after all."""
        statement = update(call_legs).where(call_legs.c.id == leg_id)
        await self.connection.execute(statement.values(recorded=False))


def talked_with(since: datetime) -> ColumnElement[bool]:
    """Is the counsellor of a hand-over on the telephone with its citizen?"""
    return exists(
        select(call_legs.c.id).where(
            call_legs.c.conversation_id == handovers.c.conversation_id,
            call_legs.c.state == TALKING,
            call_legs.c.changed_at > since,
        )
    )
