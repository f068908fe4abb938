"""How a hand-over comes into being, and what is promised about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.tracks.intake import INTAKE, Intake
from handover import opening
from handover.conversations.messages import ASSISTED, CLOSED, WAITING
from handover.errors import Problem
from handover.handovers import wishes
from handover.municipality import Municipality
from handover.statistics.count import count
from handover.storage import handovers as states
from handover.storage.conversations import Conversation
from handover.storage.handovers import Handover
from handover.storage.work import Work

RANKS = {"alarm": 0, "ask": 1, "none": 2}
"""Priority follows stated danger by this rule and nothing else: akut, hoej, normal."""

URGENT = RANKS["alarm"]


@dataclass(frozen=True)
class Human:
    """When a person comes: shown to the citizen."""

    open_now: bool
    opens: str | None
    waiting: int
    resume_code: str

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


async def hand_over(
    work: Work, conversation: Conversation, level: str, reason: str, kind: str = "intake"
) -> tuple[Handover, bool]:
    """The conversation's hand-over, and whether it is new. There is never a second one: a later
    reason of higher danger raises its priority, and a closed one is opened again by danger."""
    rank = RANKS[level]
    existing = await work.handovers.of(conversation.id)
    if existing is None:
        kind = await _kind(work, conversation, kind, reason)
        await work.handovers.create(conversation.id, kind, reason, rank)
    else:
        await work.handovers.raise_rank(existing.id, rank)
        if reason == "alarm":
            await work.handovers.change(existing.id, kind=INTAKE)
        if existing.status == states.CLOSED:
            await work.handovers.requeue(existing.id)
    await goes_on(work, conversation)
    if conversation.status in (ASSISTED, CLOSED):
        changes = {"status": WAITING, "closed_at": None, "outcome": None}
        await work.conversations.change(conversation, **changes)
    work.announce(conversation.id)
    work.announce_queue()
    await count(work, conversation)
    if existing is None:
        _, document = await work.conversations.intake(conversation)
        await wishes.follow(work, conversation, Intake.from_json(document).closing.contact)
    handover = await work.handovers.of(conversation.id)
    assert handover is not None
    return handover, existing is None


async def _kind(work: Work, conversation: Conversation, kind: str, reason: str) -> str:
    """What the assistant noted of a request, also where the service itself hands over; danger is
    never only a request."""
    if kind != INTAKE or reason == "alarm":
        return kind
    _, document = await work.conversations.intake(conversation)
    return Intake.from_json(document).kind


async def found(work: Work, handover_id: str) -> Handover:
    handover = await work.handovers.get(handover_id)
    if handover is None:
        raise Problem(404, "findes_ikke")
    return handover


async def owned(work: Work, handover_id: str, actor: str) -> Handover:
    """The case, for whoever has it. Raises Problem 409 with ``held_by``."""
    handover = await found(work, handover_id)
    if handover.status == states.CLOSED:
        raise Problem(409, "allerede_lukket")
    if handover.claimed_by != actor:
        raise Problem(409, "ikke_din", fields={"held_by": handover.claimed_by})
    return handover


async def conversation_of(work: Work, handover: Handover) -> Conversation:
    conversation = await work.conversations.get(handover.conversation_id)
    if conversation is None:
        raise Problem(404, "findes_ikke")
    return conversation


async def sign_of_life(work: Work, handover: Handover, actor: str, now: datetime) -> None:
    if handover.claimed_by == actor and handover.status == states.CLAIMED:
        await work.handovers.change(handover.id, seen_at=now)


async def goes_on(work: Work, conversation: Conversation) -> None:
    """One that was counted as ended without a hand-over is not ended."""
    if conversation.outcome:
        await work.counts.add(
            conversation.created_at, conversation.channel, conversation.outcome, by=-1
        )


async def human(
    work: Work,
    conversation: Conversation,
    handover: Handover | None,
    municipality: Municipality,
    now: datetime,
) -> Human:
    """``waiting``: how many wait before this conversation."""
    return Human(
        open_now=opening.open_now(municipality.hours, now),
        opens=opening.opens(municipality.hours, now),
        waiting=await work.handovers.waiting_before(handover),
        resume_code=conversation.keys()["resume_code"],
    )
