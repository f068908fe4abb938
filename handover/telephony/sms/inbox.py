"""An SMS comes in: stored at once, read as a citizen's message, and answered through the outbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.access import new_link_code
from handover.conversations.lanes import Lanes
from handover.conversations.messages import SYSTEM, Draft, Message
from handover.conversations.service import SMS, first_intake
from handover.conversations.turn import Turns
from handover.municipality import Telephony
from handover.storage.conversations import Conversation
from handover.storage.lines import Part
from handover.storage.work import Store, Work
from handover.telephony.numbers import e164
from handover.telephony.sms.commands import HELP, START, STOP, SWITCH, command
from handover.telephony.sms.parts import AT_ONCE, joined, patience
from handover.telephony.sms.threads import Sentences, Threads
from handover.telephony.sms.wording import answer

log = logging.getLogger("handover.sms")

LAST = 12
"""Messages that are looked through for the question that a number answers."""


Farewell = Callable[[str, Sequence[Message]], Awaitable[None]]
"""Says the last words to a number whose conversation is erased."""


class Inbox:
    def __init__(
        self, store: Store, turns: Turns, said: Sentences, rules: Telephony, clock: Clock
    ) -> None:
        self.store, self.turns, self.said, self.clock = store, turns, said, clock
        self.rules = rules
        self.reading: dict[str, asyncio.Task[None]] = {}
        self.done: Callable[[], None] = lambda: None
        self.farewell: Farewell = _unsaid
        self.threads, self.senders = Threads(said, clock), Lanes()

    async def receive(self, sid: str, sender: str, text: str) -> str | None:
        """Store it, once for each ``sid``. What is returned is the answer to a command; everything
        else is answered through the outbox. None also for a sender that takes no answer."""
        number = e164(sender)
        if number is None:
            return None
        asked = command(text)
        async with self.senders[number]:
            await self._once(sid, number, text, asked)
        return self._answer(asked)

    async def _once(self, sid: str, number: str, text: str, asked: str | None) -> None:
        try:
            async with self.store.write() as work:
                if not await work.lines.received(sid):
                    await self._take(work, sid, number, text, asked)
        except IntegrityError:  # another process was faster, or something is wrong
            async with self.store.read() as work:
                if not await work.lines.received(sid):
                    raise

    async def _take(self, work: Work, sid: str, number: str, text: str, asked: str | None) -> None:
        if await self._obeyed(work, number, text, asked):
            await work.lines.receive(sid, None, "", None)
            return
        conversation = await self.threads.current(work, number)
        if conversation is None and asked == HELP:
            await work.lines.receive(sid, None, "", None)
            return
        if conversation is None:
            conversation = await self._begin(work, number)
        until = self.clock() + patience(text)
        if patience(text) > AT_ONCE:
            await work.lines.wait_for_more(conversation.id, until)
        await work.lines.receive(sid, conversation, text, until)

    async def _obeyed(self, work: Work, number: str, text: str, asked: str | None) -> bool:
        """Was it a word or a code that steers, and nothing to be read?"""
        if asked == STOP:
            await self.threads.stop(work, number)
            return True
        await self.threads.go_on(work, number)
        if asked == SWITCH:
            return await self.threads.by_word(work, number)
        return asked == START or await self.threads.by_code(work, number, text)

    def _answer(self, asked: str | None) -> str | None:
        key = {STOP: "sms_stop", START: "sms_start", HELP: "sms_hjaelp"}.get(asked or "")
        return self.said.own.say(key, linjer=self.said.lines) if key else None

    async def _begin(self, work: Work, number: str) -> Conversation:
        """A new conversation: what this is, and a safer way to write."""
        greeting, question = sentences.greeting(self.said.edge, SMS)
        intake = first_intake(SMS, None, question.text)
        conversation = await work.conversations.create(str(uuid4()), SMS, None, intake.to_json())
        await work.lines.open(conversation, number)
        code = new_link_code()
        await work.lines.add_link(conversation, code, timedelta(hours=self.rules.link_hours))
        safer = self.said.own.say(
            "sms_kode", adresse=self.said.address, kode=code, timer=self.rules.link_hours
        )
        await work.conversations.append(conversation, [greeting, Draft(SYSTEM, safer), question])
        return conversation

    # reading

    async def read(self) -> None:
        """Start on everything that is ready; a slow answer keeps nobody else waiting."""
        async with self.store.read() as work:
            waiting = await work.lines.with_parts()
        for one in waiting:
            if one not in self.reading:
                task = asyncio.create_task(self._read(one))
                self.reading[one] = task
                task.add_done_callback(partial(self._finished, one))

    def _finished(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        del self.reading[conversation_id]
        if not task.cancelled() and task.exception():
            log.error("an SMS is not read yet", exc_info=task.exception())

    async def settle(self) -> None:
        await asyncio.gather(*self.reading.values(), return_exceptions=True)

    async def _read(self, conversation_id: str) -> None:
        while found := await self._next(conversation_id):
            conversation, parts, turn, text = found
            number = await self._number(conversation)
            token = conversation.keys()["token"]
            reply = await self.turns.say(conversation_id, token, turn, text)
            async with self.store.write() as work:
                await work.lines.mark_parts(parts, ready_at=None, payload=None)
                erased = await work.conversations.get(conversation_id) is None
            if erased and number:  # with its outbox
                await self.farewell(number, reply.messages)
            self.done()

    async def _number(self, conversation: Conversation) -> str | None:
        """Where the conversation is carried on by SMS now."""
        async with self.store.read() as work:
            line = await work.lines.of(conversation.id)
        if line is None or not line.speaks:
            return None
        return str(conversation.sealer.open(line.payload, "number")["number"])

    async def _next(self, conversation_id: str) -> tuple[Conversation, list[Part], str, str] | None:
        """Parts that belong together, under one id: read again after a break-down, they are the
        same message."""
        async with self.store.write() as work:
            conversation = await work.conversations.get(conversation_id)
            waiting = await work.lines.parts(conversation_id)
            if conversation is None or not waiting:
                return None
            begun = [part for part in waiting if part.turn == waiting[0].turn]
            if not waiting[0].turn and max(p.ready_at for p in begun if p.ready_at) > self.clock():
                return None
            turn = waiting[0].turn or f"sms {waiting[0].sid_hash.hex()[:32]}"
            await work.lines.mark_parts(begun, turn=turn)
            text = joined([_words(conversation, part) for part in begun])
            before = await work.conversations.messages(conversation, conversation.seq - LAST)
            return conversation, begun, turn, answer(text, before)


async def _unsaid(number: str, messages: Sequence[Message]) -> None:
    """Until somebody sends."""


def _words(conversation: Conversation, part: Part) -> str:
    sealed = part.payload or b""
    return str(conversation.sealer.open(sealed, f"sms {part.sid_hash.hex()}"))
