"""One message's way: stored, screened, answered. What may never happen is prevented here.

1. The message is stored with its ``seq`` before anything else happens to it; the same
   ``client_message_id`` again has no second effect and gets the same answer.
2. It is screened for danger without Rasa, and danger is answered at once, in the same transaction
   that creates the urgent hand-over.
3. If a counsellor has the conversation, it goes to the counsellor; whatever the assistant says
   late is dropped, because ownership (``epoch``) is checked where it would be written.
4. Else Rasa gets it, one message of a conversation at a time and in order. If Rasa fails, the
   citizen is told and offered a human, and the message stays unhandled until it is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.safety.dialogue import Turn
from bot.safety.screen import Verdict
from bot.tracks.intake import Intake
from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.assistant import Assistant, AssistantDown
from handover.conversations.feed import Notice
from handover.conversations.lanes import Lanes
from handover.conversations.masking import masked
from handover.conversations.messages import (
    ASSISTANT,
    ASSISTED,
    CITIZEN,
    CLOSED,
    COUNSELLED,
    Draft,
    Message,
)
from handover.conversations.safety import (
    Guard,
    drafts_of,
    has_denied,
    note_turn,
    note_verdict,
)
from handover.conversations.wish import read_wish
from handover.errors import Problem
from handover.handovers import desk
from handover.municipality import Municipality
from handover.storage.conversations import (
    ORDINARY,
    RESUME,
    SILENT,
    Conversation,
    Received,
    Standing,
)
from handover.storage.work import Store, Work
from handover.texts import Texts

Asked = TypeVar("Asked", Conversation, Standing)

log = logging.getLogger("handover.turn")

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


class Turns:
    """Takes citizens' messages through their turn."""

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        guard: Guard,
        texts: Texts,
        municipality: Municipality,
        clock: Clock,
    ) -> None:
        self.store, self.assistant, self.guard = store, assistant, guard
        self.texts, self.municipality, self.clock = texts, municipality, clock
        self.arrivals, self.readings = Lanes(), Lanes()
        self._under_way: dict[tuple[str, int], asyncio.Task[Reply]] = {}
        self._background: set[asyncio.Task[Any]] = set()

    def busy(self, conversation_id: str) -> bool:
        """Is a message of this conversation on its way right now?"""
        return any(key[0] == conversation_id for key in self._under_way)

    async def settle(self) -> None:
        """Wait for what is under way (at shutdown)."""
        await asyncio.gather(*self._background, return_exceptions=True)

    async def say(
        self, conversation_id: str, token: str, client_message_id: str, text: str
    ) -> Reply:
        """A citizen's message; the answer to it, or the same answer again for the same id."""
        async with self.arrivals[conversation_id]:
            arrival = await self._store(conversation_id, token, client_message_id, masked(text))
            task = self._under_way.get((arrival.id, arrival.seq))
            if task is None:
                if arrival.answered_through is not None:
                    return await self._again(arrival)
                task = await self._begin(arrival)
        return await asyncio.shield(task)

    # storing

    async def _store(
        self, conversation_id: str, token: str, client_message_id: str, text: str
    ) -> Arrival:
        async with self.store.write() as work:
            conversation = await admitted(work, conversation_id, token)
            known = await work.conversations.received(conversation, client_message_id)
            if known:
                seq, answered = known.seq, known.answered_through
            else:
                counselled = conversation.status == COUNSELLED
                message = await work.conversations.receive(
                    conversation, Draft(CITIZEN, text), client_message_id, handled=counselled
                )
                work.announce(conversation.id)
                seq, answered = message.seq, None
            arrival = await self._arrival(work, conversation, seq, text)
            arrival.answered_through = answered
            return arrival

    async def _arrival(
        self, work: Work, conversation: Conversation, seq: int, text: str
    ) -> Arrival:
        _, document = await work.conversations.intake(conversation)
        recent = await work.conversations.recent(conversation, seq, SCREENED_TOGETHER)
        return Arrival(conversation, seq, text, Intake.from_json(document), recent)

    async def _again(self, arrival: Arrival) -> Reply:
        async with self.store.read() as work:
            messages = await work.conversations.messages(
                arrival.conversation, arrival.seq, arrival.answered_through
            )
        return Reply(arrival.conversation.status, messages)

    # deciding

    async def _begin(self, arrival: Arrival) -> asyncio.Task[Reply]:
        """Screen it and start what follows; called in order of arrival."""
        texts = [message.text for message in arrival.recent] or [arrival.text]
        verdict = await self.guard.read(texts, arrival.intake)
        if arrival.conversation.status == COUNSELLED:
            return self._start(arrival, self._to_counsellor(arrival, verdict))
        turn = self.guard.meet(arrival.text, verdict, arrival.intake)
        if turn is None:
            return await self._ordinary(arrival, verdict)
        reply = await self._speak_of_danger(arrival, verdict, turn)
        if arrival.reading == RESUME:
            return self._start(arrival, self._to_assistant(arrival))
        if not reply.answered:
            self._later(self._read_silently(arrival))
        return self._start(arrival, _ready(reply))

    async def _ordinary(self, arrival: Arrival, verdict: Verdict) -> asyncio.Task[Reply]:
        if verdict.level != "none":
            await self._note_danger(arrival, verdict, has_denied(arrival.intake))
        if arrival.conversation.status == CLOSED:
            return self._start(arrival, self._after_the_end(arrival))
        return self._start(arrival, self._to_assistant(arrival))

    def _start(self, arrival: Arrival, work: Coroutine[Any, Any, Reply]) -> asyncio.Task[Reply]:
        key = (arrival.id, arrival.seq)
        task = self._later(work)
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return task

    def _later(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _after_the_end(self, arrival: Arrival) -> Reply:
        async with self.store.write() as work:
            conversation = await found(work, arrival.id)
            draft = sentences.said(self.texts, "samtale_lukket", conversation.channel)
            await work.conversations.append(conversation, [draft])
            return await self._finish(work, conversation, arrival)

    # danger

    async def _speak_of_danger(self, arrival: Arrival, verdict: Verdict, turn: Turn) -> Reply:
        """Store what the crisis dialogue says; an alarm is handed over in the same transaction."""
        async with self.store.write() as work:
            conversation = await found(work, arrival.id)
            version, document = await work.conversations.intake(conversation)
            intake = Intake.from_json(document)
            note_verdict(intake, verdict, arrival.recent, arrival.seq)
            note_turn(intake, turn, verdict, arrival.text, arrival.seq)
            await work.conversations.save_intake(conversation, version, intake.to_json())
            await self._hand_over_danger(work, conversation, intake)
            cleared = {"cleared_seq": arrival.seq} if turn.done else {}
            spoken = await work.conversations.append(conversation, drafts_of(turn), **cleared)
            arrival.reading = RESUME if turn.goes_on else SILENT
            an_answer = arrival.intake.safety.step is not None or not turn.step
            await work.conversations.mark(
                conversation,
                arrival.seq,
                reading=arrival.reading,
                handled=an_answer and arrival.reading == SILENT,
                answered_through=None if arrival.reading == RESUME else conversation.seq,
            )
            work.announce(conversation.id)
        return Reply(conversation.status, spoken, answered=an_answer)

    async def _hand_over_danger(
        self, work: Work, conversation: Conversation, intake: Intake
    ) -> None:
        handover = await work.handovers.of(conversation.id)
        level = intake.safety.level
        if level == "alarm" or handover:
            await desk.hand_over(work, conversation, level, "alarm")
        elif conversation.status == CLOSED:
            await desk.goes_on(work, conversation)
            await work.conversations.change(
                conversation, status=ASSISTED, closed_at=None, outcome=None
            )

    async def _note_danger(self, arrival: Arrival, verdict: Verdict, denied: bool = False) -> None:
        """Danger that is not spoken of now still reaches the counsellor."""
        async with self.store.write() as work:
            conversation = await found(work, arrival.id)
            version, document = await work.conversations.intake(conversation)
            intake = Intake.from_json(document)
            note_verdict(intake, verdict, arrival.recent, arrival.seq, denied)
            await work.conversations.save_intake(conversation, version, intake.to_json())
            if await work.handovers.of(conversation.id):
                await desk.hand_over(work, conversation, intake.safety.level, "alarm")

    async def _to_counsellor(self, arrival: Arrival, verdict: Verdict) -> Reply:
        """Danger raises the priority; the assistant does not speak over the counsellor."""
        if verdict.level != "none":
            await self._note_danger(arrival, verdict)
        return Reply(arrival.conversation.status)

    async def _read_silently(self, arrival: Arrival) -> None:
        """Rasa reads what was said in a crisis; what it says to it is not shown."""
        async with self.readings[arrival.id]:
            try:
                await self.assistant.ask(arrival.id, arrival.text, arrival.seq)
            except AssistantDown as error:
                log.warning("message not read yet: %s", error)
                return
            await self._mark_handled(arrival)

    async def _mark_handled(self, arrival: Arrival) -> None:
        async with self.store.write() as work:
            conversation = await work.conversations.get(arrival.id)
            if conversation:
                await work.conversations.mark(conversation, arrival.seq, handled=True)

    # again, after the assistant was down

    async def read_again(self, conversation_id: str) -> None:
        """Bring what Rasa has not read to Rasa, in order, and deliver what it says, once."""
        async with self.arrivals[conversation_id]:
            if self.busy(conversation_id):
                return
            waiting = await self._unhandled(conversation_id)
            for arrival in [a for a in waiting if a.answered_through is None]:
                await (await self._begin(arrival))
        answered = [a for a in waiting if a.answered_through is not None]
        async with self.readings[conversation_id]:
            for place, arrival in enumerate(answered):
                if not await self._read_late(arrival, place, last=arrival is answered[-1]):
                    return

    async def _unhandled(self, conversation_id: str) -> list[Arrival]:
        async with self.store.write() as work:
            conversation = await work.conversations.get(conversation_id)
            if conversation is None:
                return []
            found_now = await work.conversations.unhandled(conversation)
            if conversation.status in (COUNSELLED, CLOSED):
                for one in found_now:  # the counsellor reads them in the conversation
                    await work.conversations.mark(conversation, one.seq, handled=True)
                return []
            return [await self._late_arrival(work, conversation, one) for one in found_now]

    async def _late_arrival(
        self, work: Work, conversation: Conversation, received: Received
    ) -> Arrival:
        [message] = await work.conversations.messages(conversation, received.seq - 1, received.seq)
        arrival = await self._arrival(work, conversation, received.seq, message.text)
        arrival.answered_through, arrival.reading = received.answered_through, received.reading
        return arrival

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
            await self._mark_handled(arrival)
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

    # the assistant

    async def _to_assistant(self, arrival: Arrival) -> Reply:
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
            return await self._finish(work, conversation, arrival, late=late)

    async def _interrupted(self, work: Work, conversation: Conversation) -> bool:
        """Has the edge taken the word since, to speak of danger?"""
        _, document = await work.conversations.intake(conversation)
        return Intake.from_json(document).safety.step is not None

    async def _finish(
        self,
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

    def _farewell(self, work: Work, arrival: Arrival, drafts: Sequence[Draft]) -> Reply:
        """The conversation was erased on the way: what is said last is shown and not kept."""
        now = self.clock()
        messages = [Message(arrival.seq + n, now, d) for n, d in enumerate(drafts, 1)]
        rows = [message.to_json() for message in messages]
        work.announce(arrival.id, Notice("gone", {"messages": rows}))
        return Reply(CLOSED, messages)

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
            return await self._finish(work, conversation, arrival, handled=False)

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
            return await self._finish(work, conversation, arrival)


async def found(work: Work, conversation_id: str) -> Conversation:
    conversation = await work.conversations.get(conversation_id)
    if conversation is None:
        raise Problem(404, "findes_ikke")
    return conversation


async def admitted(work: Work, conversation_id: str, token: str) -> Conversation:
    """The conversation, for whoever holds its token."""
    return let_in(await work.conversations.get(conversation_id), token)


def let_in(asked: Asked | None, token: str) -> Asked:
    """Raises Problem 404 where there is none, 401 for a token that is not its own."""
    if asked is None:
        raise Problem(404, "findes_ikke")
    if not asked.admits(token):
        raise Problem(401, "ikke_logget_ind")
    return asked


def _open_question_again(intake: Intake) -> list[Draft]:
    pending = intake.pending
    if pending is None or not pending.text:
        return []
    return [Draft(ASSISTANT, pending.text, "question", pending.id, track=pending.track)]


async def _ready(reply: Reply) -> Reply:
    return reply
