"""What is said on the telephone beside the assistant, into the conversation and its intake."""

from __future__ import annotations

from collections.abc import Callable

from bot.tracks.intake import Intake
from handover.conversations.masking import masked
from handover.conversations.messages import CITIZEN, SYSTEM, Draft
from handover.storage.conversations import Conversation
from handover.storage.work import Work
from handover.telephony.voice.spoken import Here


async def note(work: Work, conversation: Conversation, here: Here, asked: str, said: str) -> bool:
    """A question that the telephone asks by itself, and its answer, once. The assistant does not
    read it: its own question stays open. False when it was noted before."""
    if await work.conversations.received(conversation, here.turn):
        return False
    if asked:
        await work.conversations.append(conversation, [Draft(SYSTEM, asked)])
    answer = Draft(CITIZEN, masked(said))
    await work.conversations.receive(conversation, answer, here.turn, handled=True)
    here.state.spoken_seq = conversation.seq
    work.announce(conversation.id)
    return True


async def change_intake(
    work: Work, conversation: Conversation, change: Callable[[Intake], None]
) -> Intake:
    version, document = await work.conversations.intake(conversation)
    intake = Intake.from_json(document)
    change(intake)
    await work.conversations.save_intake(conversation, version, intake.to_json())
    return intake


async def intake_of(work: Work, conversation: Conversation) -> Intake:
    return Intake.from_json((await work.conversations.intake(conversation))[1])
