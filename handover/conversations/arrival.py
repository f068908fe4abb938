"""A citizen's message as it was stored, and what came back for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.tracks.intake import Intake
from handover.conversations.messages import Message
from handover.storage.conversations import ORDINARY, Conversation
from handover.storage.work import Store, Work

SCREENED_TOGETHER = 3
"""The screen reads the newest message together with up to two before it."""


@dataclass(frozen=True)
class Reply:
    """What a citizen gets back: the state, and everything new since the message."""

    status: str
    messages: Sequence[Message] = ()
    answered: bool = False
    """The message was an answer to the crisis dialogue, which has taken it."""
    seen: int = 0
    """The citizen's newest message that a counsellor has read; 0: none."""


@dataclass
class Arrival:
    """A message as it was stored, with what was known at that moment."""

    conversation: Conversation
    seq: int
    text: str
    intake: Intake
    recent: Sequence[Message] = ()
    answered_through: int | None = None
    reading: str = ORDINARY
    epoch: int = field(init=False)

    def __post_init__(self) -> None:
        self.epoch = self.conversation.epoch

    @property
    def id(self) -> str:
        return self.conversation.id


async def arrival_of(work: Work, conversation: Conversation, seq: int, text: str) -> Arrival:
    _, document = await work.conversations.intake(conversation)
    recent = await work.conversations.recent(conversation, seq, SCREENED_TOGETHER)
    return Arrival(conversation, seq, text, Intake.from_json(document), recent)


async def finish(
    work: Work,
    conversation: Conversation,
    arrival: Arrival,
    handled: bool = True,
    late: bool = False,
) -> Reply:
    """``late``: the message has had its answer, what is said now comes through the feed."""
    answered = arrival.answered_through if late else conversation.seq
    await work.conversations.mark(
        conversation, arrival.seq, handled=handled, answered_through=answered
    )
    work.announce(conversation.id)
    messages = await work.conversations.messages(conversation, arrival.seq)
    return Reply(conversation.status, messages)


async def mark_handled(store: Store, arrival: Arrival) -> None:
    async with store.write() as work:
        conversation = await work.conversations.get(arrival.id)
        if conversation:
            await work.conversations.mark(conversation, arrival.seq, handled=True)
