"""Beginning, reading, resuming and erasing a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from bot.danish.municipalities import find_municipality
from bot.safety.screen import ALARM
from bot.tracks.intake import Contact, Fact, Intake, Pending, Safety
from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.admission import admitted, found, let_in
from handover.conversations.arrival import Reply
from handover.conversations.feed import Notice
from handover.conversations.messages import ASSISTANT, CLOSED, Draft, Message
from handover.errors import Problem
from handover.statistics.count import count_and_forget, count_erased
from handover.storage import handovers as states
from handover.storage.conversations import Conversation
from handover.storage.work import Store, Work
from handover.texts import Texts

FIRST_QUESTION = "fylder"
WEB, SMS = "web", "sms"


@dataclass(frozen=True)
class Begun:
    conversation: Conversation
    messages: Sequence[Message]


class ConversationService:
    def __init__(self, store: Store, texts: Texts, clock: Clock) -> None:
        self.store, self.texts, self.clock = store, texts, clock

    async def begin(self, channel: str, kommune: str | None, client_id: str | None) -> Begun:
        """A new conversation with its greeting; the same client id again gives the same one."""
        async with self.store.write() as work:
            if client_id:
                known = await work.conversations.by_client_id(client_id)
                if known:
                    return Begun(known, await work.conversations.messages(known))
            greeting = sentences.greeting(self.texts, channel)
            intake = first_intake(channel, kommune, greeting[-1].text)
            conversation = await work.conversations.create(
                str(uuid4()), channel, client_id, intake.to_json()
            )
            messages = await work.conversations.append(conversation, greeting)
            return Begun(conversation, messages)

    async def resume(self, code: str) -> Begun | None:
        """By the resume code, or by the code of an SMS, which works once: it goes on here then."""
        async with self.store.write() as work:
            conversation = await work.conversations.by_resume_code(code)
            if conversation is None:
                linked = await work.lines.use_link(code)
                conversation = await work.conversations.get(linked) if linked else None
            if conversation is None:
                return None
            if await work.lines.of(conversation.id):
                await speak_by(work, conversation, WEB)
            return Begun(conversation, await work.conversations.messages(conversation))

    async def read(self, conversation_id: str, token: str, after: int) -> Reply:
        async with self.store.read() as work:
            standing = let_in(await work.conversations.standing(conversation_id), token)
            newer = standing.seq > after  # an idle page asks again and again
            messages = await _messages(work, conversation_id, after) if newer else []
            return Reply(standing.status, messages, seen=standing.read_seq)

    async def delete(self, conversation_id: str, token: str) -> None:
        async with self.store.write() as work:
            await erase(work, await admitted(work, conversation_id, token), self.texts)

    async def erase(self, conversation_id: str) -> None:
        async with self.store.write() as work:
            await erase(work, await found(work, conversation_id), self.texts)

    async def end(self, conversation_id: str, outcome: str) -> None:
        """Ended without hand-over: nothing stays but an anonymous count."""
        async with self.store.write() as work:
            conversation = await found(work, conversation_id)
            if conversation.status == CLOSED or await work.handovers.of(conversation_id):
                return
            await work.conversations.change(
                conversation, status=CLOSED, outcome=outcome, closed_at=self.clock()
            )
            await work.counts.add(conversation.created_at, conversation.channel, outcome)
            work.announce(conversation_id)


async def _messages(work: Work, conversation_id: str, after: int) -> Sequence[Message]:
    return await work.conversations.messages(await found(work, conversation_id), after)


def first_intake(channel: str, kommune: str | None, question: str) -> Intake:
    place = find_municipality(kommune, asked=True) if kommune else None
    return Intake(
        channel=channel,
        kommune=Fact(place.name) if place else None,
        pending=Pending(FIRST_QUESTION, None, 1, question),
        asked=[f"faelles.{FIRST_QUESTION}"],
    )


async def speak_by(work: Work, conversation: Conversation, channel: str) -> None:
    """From here on the citizen is spoken to by SMS or in the chat, in the channel's wording."""
    line = await work.lines.of(conversation.id)
    if line and line.speaks != (channel == SMS):
        values = {"speaks": channel == SMS, "sent_seq": conversation.seq}
        await work.lines.change(conversation.id, **values)
    if conversation.channel == channel:
        return
    if conversation.outcome:  # counted as ended there; if it goes on, it is taken back here
        for place, by in ((conversation.channel, -1), (channel, 1)):
            await work.counts.add(conversation.created_at, place, conversation.outcome, by)
    version, document = await work.conversations.intake(conversation)
    intake = Intake.from_json(document)
    intake.channel = channel
    await work.conversations.save_intake(conversation, version, intake.to_json())
    await work.conversations.change(conversation, channel=channel)


async def erase(work: Work, conversation: Conversation, texts: Texts) -> None:
    """Erase key and text. Of an open urgent case the risk, its evidence and a given contact stay
    until a counsellor closes it, and the citizen is told so."""
    handover = await work.handovers.of(conversation.id)
    if handover and handover.rank == 0 and handover.status != states.CLOSED:
        await _reduce(work, conversation, texts)
        return
    if handover is None and conversation.status != CLOSED:
        await work.counts.add(conversation.created_at, conversation.channel, "erased")
    if handover and handover.status != states.CLOSED:
        await count_erased(work, conversation)
    await work.conversations.erase(conversation.id)
    work.announce(conversation.id, Notice("gone", {"messages": []}))
    if handover:
        work.announce_queue()


async def _reduce(work: Work, conversation: Conversation, texts: Texts) -> None:
    await count_and_forget(work, conversation)
    version, document = await work.conversations.intake(conversation)
    kept = Intake.from_json(document)
    rest = Intake(channel=kept.channel, speaker=None, handled_seq=conversation.seq)
    rest.safety = Safety(
        level=ALARM, asked=kept.safety.asked, evidence=kept.safety.evidence,
        retracted=kept.safety.retracted, poison=kept.safety.poison,
        violence=kept.safety.violence,
    )  # fmt: skip
    rest.closing.contact = Contact(**vars(kept.closing.contact))
    rest.closing.done = True
    await work.conversations.save_intake(conversation, version, rest.to_json())
    await work.conversations.forget_messages(conversation)
    await work.conversations.forget_feedback(conversation)
    await work.receipts.forget(conversation.id)
    await work.calls.forget_words(conversation.id)
    await work.recordings.let_go_of(conversation.id)
    handover = await work.handovers.of(conversation.id)
    if handover:
        await work.handovers.forget_notes(handover.id)
        await work.aftercare.forget_follow_up(handover.id)
    told = Draft(ASSISTANT, texts.say("slettet_akut", conversation.channel))
    await work.conversations.append(conversation, [told], reduced=True)
    work.announce(conversation.id)
    work.announce_queue()


def unknown_code() -> Problem:
    return Problem(404, "ukendt_kode")
