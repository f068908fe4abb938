"""The way to the assistant and back: also later, when it was down, and what is said without it.

Whatever it says is dropped if the conversation has changed hands meanwhile, because ownership
(``epoch``) is checked where it would be written.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.tracks.intake import Intake
from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.admission import found
from handover.conversations.arrival import Arrival, Reply, finish, mark_handled
from handover.conversations.assistant import Assistant, AssistantDown
from handover.conversations.feed import Notice
from handover.conversations.lanes import Lanes
from handover.conversations.messages import ASSISTANT, CLOSED, Draft, Message
from handover.conversations.wish import read_wish
from handover.handovers import desk
from handover.municipality import Municipality
from handover.storage.conversations import ORDINARY, RESUME, SILENT, Conversation
from handover.storage.work import Store, Work
from handover.texts import Texts

log = logging.getLogger("handover.relay")


class Relay:
    """Brings messages to the assistant, one of a conversation at a time and in order."""

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        texts: Texts,
        municipality: Municipality,
        clock: Clock,
    ) -> None:
        self.store, self.assistant, self.texts = store, assistant, texts
        self.municipality, self.clock = municipality, clock
        self.readings = Lanes()

    async def answer(self, arrival: Arrival) -> Reply:
        async with self.readings[arrival.id]:
            if arrival.conversation.offer_seq:
                wish = read_wish(arrival.text, offered=True)
                if wish:
                    return await self._answer_offer(arrival, wish)
            self.store.feed.publish(arrival.id, Notice("typing", {"sender": "assistant"}))
            try:
                drafts = await self._ask(arrival)
            except AssistantDown as error:
                log.warning("the assistant is down: %s", error)
                return await self._break_down(arrival)
            return await self.deliver(arrival, drafts)

    async def _ask(self, arrival: Arrival) -> list[Draft]:
        if arrival.reading == RESUME:
            await self._forget_pending(arrival, handled=True)
        drafts = await self.assistant.ask(arrival.id, arrival.text, arrival.seq)
        if not drafts and arrival.reading != SILENT:
            raise AssistantDown("nothing was said")
        return drafts

    async def deliver(self, arrival: Arrival, drafts: Sequence[Draft], late: bool = False) -> Reply:
        """Store what the assistant says, unless the conversation has changed hands or danger was
        met meanwhile: both are seen in the transaction that would write it."""
        async with self.store.write() as work:
            conversation = await work.conversations.get(arrival.id)
            if conversation is None:
                return self._farewell(work, arrival, drafts)
            mine = conversation.epoch == arrival.epoch
            if mine and not await self._interrupted(work, conversation):
                await work.conversations.append(conversation, drafts, offer_seq=None)
            return await finish(work, conversation, arrival, late=late)

    async def _interrupted(self, work: Work, conversation: Conversation) -> bool:
        """Has the edge taken the word since, to speak of danger?"""
        _, document = await work.conversations.intake(conversation)
        return Intake.from_json(document).safety.step is not None

    def _farewell(self, work: Work, arrival: Arrival, drafts: Sequence[Draft]) -> Reply:
        """The conversation was erased on the way: what is said last is shown and not kept."""
        now = self.clock()
        messages = [Message(arrival.seq + n, now, d) for n, d in enumerate(drafts, 1)]
        rows = [message.to_json() for message in messages]
        work.announce(arrival.id, Notice("gone", {"messages": rows}))
        return Reply(CLOSED, messages)

    async def read_silently(self, arrival: Arrival) -> None:
        """Rasa reads what was said in a crisis; what it says to it is not shown."""
        async with self.readings[arrival.id]:
            try:
                await self.assistant.ask(arrival.id, arrival.text, arrival.seq)
            except AssistantDown as error:
                log.warning("message not read yet: %s", error)
                return
            await mark_handled(self.store, arrival)

    # again, after the assistant was down

    async def read_late(self, conversation_id: str, arrivals: Sequence[Arrival]) -> None:
        """Messages of one conversation, in order, until the assistant is down again."""
        async with self.readings[conversation_id]:
            for place, arrival in enumerate(arrivals):
                if not await self._read_late(arrival, place, last=arrival is arrivals[-1]):
                    return

    async def _read_late(self, arrival: Arrival, place: int, last: bool) -> bool:
        """False when the assistant is still down."""
        intake = await self._intake(arrival.id)
        if intake is None:
            return False
        try:
            if arrival.reading == ORDINARY and intake.handled_seq >= arrival.seq:
                # read before, but the answer was lost; heard again it changes nothing
                drafts = _open_question_again(intake) or await self._ask(arrival)
            else:
                if place:
                    await self._forget_pending(arrival)
                drafts = await self._ask(arrival)
        except AssistantDown:
            return False
        if arrival.reading == SILENT:
            await mark_handled(self.store, arrival)
            return True
        if not last:
            drafts = [draft for draft in drafts if not draft.question]
        if place == 0:
            drafts = [sentences.said(self.texts, "tilbage_igen", intake.channel), *drafts]
        await self.deliver(arrival, drafts, late=True)
        return True

    async def _intake(self, conversation_id: str) -> Intake | None:
        async with self.store.read() as work:
            conversation = await work.conversations.get(conversation_id)
            if conversation is None:
                return None
            return Intake.from_json((await work.conversations.intake(conversation))[1])

    async def _forget_pending(self, arrival: Arrival, handled: bool = False) -> None:
        """The words were not written as an answer to what Rasa thinks is open; ``handled``: the
        crisis dialogue has taken them, Rasa is only to go on."""
        async with self.store.write() as work:
            conversation = await found(work, arrival.id)
            version, document = await work.conversations.intake(conversation)
            document["pending"] = None
            if handled:
                document["handled_seq"] = max(int(document.get("handled_seq", 0)), arrival.seq)
            await work.conversations.save_intake(conversation, version, document)

    # without the assistant

    async def _break_down(self, arrival: Arrival) -> Reply:
        """Tell the citizen, offer a human; whoever asks for one in words gets one at once."""
        if read_wish(arrival.text, offered=False):
            return await self._answer_offer(arrival, sentences.HUMAN)
        async with self.store.write() as work:
            conversation = await work.conversations.get(arrival.id)
            if conversation is None:
                return Reply(CLOSED)
            if conversation.epoch == arrival.epoch:
                again = conversation.offer_seq is not None
                draft = sentences.breakdown(self.texts, conversation.channel, again)
                await work.conversations.append(
                    conversation, [draft], offer_seq=conversation.seq + 1
                )
            return await finish(work, conversation, arrival, handled=False)

    async def _answer_offer(self, arrival: Arrival, wish: str) -> Reply:
        async with self.store.write() as work:
            conversation = await found(work, arrival.id)
            channel = conversation.channel
            if wish == sentences.HUMAN:
                _, document = await work.conversations.intake(conversation)
                level = Intake.from_json(document).safety.level
                handover, _ = await desk.hand_over(work, conversation, level, "sammenbrud")
                human = await desk.human(
                    work, conversation, handover, self.municipality, self.clock()
                )
                draft = sentences.human_comes(self.texts, channel, human)
            else:
                draft = sentences.said(self.texts, "sammenbrud_venter", channel)
            await work.conversations.append(conversation, [draft], offer_seq=None)
            return await finish(work, conversation, arrival)


def _open_question_again(intake: Intake) -> list[Draft]:
    pending = intake.pending
    if pending is None or not pending.text:
        return []
    return [Draft(ASSISTANT, pending.text, "question", pending.id, track=pending.track)]
