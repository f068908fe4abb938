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
from collections.abc import Coroutine
from typing import Any

from bot.safety.dialogue import Turn
from bot.safety.screen import Verdict
from bot.tracks.intake import Intake
from handover.conversations import sentences
from handover.conversations.admission import admitted, found
from handover.conversations.arrival import Arrival, Reply, arrival_of, finish
from handover.conversations.lanes import Lanes
from handover.conversations.masking import masked
from handover.conversations.messages import (
    ASSISTED,
    CITIZEN,
    CLOSED,
    COUNSELLED,
    Draft,
)
from handover.conversations.relay import Relay
from handover.conversations.safety import (
    Guard,
    drafts_of,
    has_denied,
    note_turn,
    note_verdict,
)
from handover.handovers import desk
from handover.storage.conversations import (
    RESUME,
    SILENT,
    Conversation,
    Received,
)
from handover.storage.work import Store, Work
from handover.texts import Texts


class Turns:
    """Takes citizens' messages through their turn."""

    def __init__(self, store: Store, guard: Guard, relay: Relay, texts: Texts) -> None:
        self.store, self.guard, self.relay, self.texts = store, guard, relay, texts
        self.arrivals = Lanes()
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
            arrival = await arrival_of(work, conversation, seq, text)
            arrival.answered_through = answered
            return arrival

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
            return self._start(arrival, self.relay.answer(arrival))
        if not reply.answered:
            self._later(self.relay.read_silently(arrival))
        return self._start(arrival, _ready(reply))

    async def _ordinary(self, arrival: Arrival, verdict: Verdict) -> asyncio.Task[Reply]:
        if verdict.level != "none":
            await self._note_danger(arrival, verdict, has_denied(arrival.intake))
        if arrival.conversation.status == CLOSED:
            return self._start(arrival, self._after_the_end(arrival))
        return self._start(arrival, self.relay.answer(arrival))

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
            return await finish(work, conversation, arrival)

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
        await self.relay.read_late(conversation_id, answered)

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
        arrival = await arrival_of(work, conversation, received.seq, message.text)
        arrival.answered_through, arrival.reading = received.answered_through, received.reading
        return arrival


async def _ready(reply: Reply) -> Reply:
    return reply
