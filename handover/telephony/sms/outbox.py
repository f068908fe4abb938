"""What is said in a conversation goes out as SMS: stored first, sent then, each once and in order.

The row's id is reserved before sending and stands in the address that Twilio reports to. A try
whose answer got lost is not made again before Twilio has had time to report under that id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handover.clock import Clock
from handover.conversations.messages import CLOSED, COUNSELLOR, SYSTEM, Draft, Message
from handover.conversations.turn import Turns
from handover.municipality import Telephony
from handover.storage.conversations import Conversation
from handover.storage.lines import (
    BLOCKED,
    DELIVERED,
    FAILED,
    FINAL,
    QUEUED,
    SENT,
    Line,
    Outgoing,
)
from handover.storage.receipts import DELIVERED as REACHED
from handover.storage.work import Store, Work
from handover.telephony.account import Account, RefusedError
from handover.telephony.sms.alphabet import segments, split
from handover.telephony.sms.wording import CRISIS, bodies
from handover.texts import Texts

log = logging.getLogger("handover.sms")

STATUS = "/twilio/sms/status"
BACKOFF = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300))
TRIES = 12
LEASE = timedelta(minutes=2)
"""Longer than one try takes; what is still queued then was left by a process that died."""
BLOCKED_CODES = frozenset({21610, 21614, 21211, 30004, 30006})
"""Twilio: opted out, not a mobile number, no number, blocked by the carrier, a landline."""
VALID_SECONDS = 4 * 3600
"""An SMS that could not be delivered for so long says something that is no longer true."""
DAY = timedelta(days=1)
SAID_ALWAYS = (CRISIS, "handover")
"""Kinds of messages that are said whatever the daily number."""
READING = timedelta(seconds=15)
"""How long what has come in may hold back what is said."""
REPORTED = {
    "sent": SENT, "delivered": DELIVERED, "read": DELIVERED, "undelivered": FAILED,
    "failed": FAILED, "canceled": FAILED,
}  # fmt: skip


@dataclass(frozen=True)
class Sending:
    one: Outgoing
    number: str
    text: str


class Outbox:
    def __init__(
        self,
        store: Store,
        account: Account,
        turns: Turns,
        texts: Texts,
        rules: Telephony,
        clock: Clock,
    ) -> None:
        self.store, self.account, self.turns = store, account, turns
        self.texts, self.rules, self.clock = texts, rules, clock

    async def round(self) -> None:
        await self.fill()
        await self.send()

    # what is said, into the outbox

    async def fill(self) -> None:
        async with self.store.read() as work:
            news = await work.lines.with_news(self.clock() - READING)
        for line in news:
            if not self.turns.busy(line.conversation_id):  # the whole answer at once
                await self._fill(line.conversation_id)

    async def _fill(self, conversation_id: str) -> None:
        async with self.store.write() as work:
            conversation = await work.conversations.get(conversation_id)
            line = await work.lines.of(conversation_id)
            if conversation is None or line is None or not line.speaks:
                return
            said = await work.conversations.messages(conversation, line.sent_seq)
            mark = await self._mark(work, conversation, line)
            texts = [part for whole in bodies(said) for part in split(whole + mark)]
            if texts and (_must_be_said(said) or not await self._too_many(work, line)):
                counted = [(text, segments(text)) for text in texts]
                await work.lines.put(conversation, conversation.seq, counted)
            await work.lines.change(conversation_id, sent_seq=conversation.seq)

    async def _mark(self, work: Work, conversation: Conversation, line: Line) -> str:
        """What is said in another conversation than the one that is written in says so."""
        if await work.lines.chosen(line.number_hash) == conversation.id:
            return ""
        key = "sms_anden_lukket" if conversation.status == CLOSED else "sms_anden"
        return "\n" + self.texts.say(key)

    async def _too_many(self, work: Work, line: Line) -> bool:
        """A machine that answers our machine is left to itself after so many a day."""
        count = await work.lines.sent_since(line.number_hash, self.clock() - DAY)
        if count < self.rules.a_day:
            return False
        log.error("conversation %s: more SMS a day than allowed, kept back", line.conversation_id)
        return True

    # sending

    async def send(self) -> None:
        async with self.store.read() as work:
            due = await work.lines.due()
        by_conversation: dict[str, list[Outgoing]] = {}
        for one in due:
            by_conversation.setdefault(one.conversation_id, []).append(one)
        await asyncio.gather(*(self._in_order(rows) for rows in by_conversation.values()))

    async def _in_order(self, rows: list[Outgoing]) -> None:
        for one in rows:
            sending = await self._lease(one)
            if sending is None or not await self._try(sending):
                return

    async def _lease(self, one: Outgoing) -> Sending | None:
        async with self.store.write() as work:
            if await work.lines.unfinished_before(one):
                return None
            if not await work.lines.lease(one, self.clock() + LEASE):
                return None
            conversation = await work.conversations.get(one.conversation_id)
            line = await work.lines.of(one.conversation_id)
            if conversation is None or line is None or one.payload is None:
                return None
            number = conversation.sealer.open(line.payload, "number")["number"]
            if await work.lines.opted_out(number):
                await self._settle(work, one.id, state=BLOCKED, failure="stop")
                return None
            return Sending(one, number, conversation.sealer.open(one.payload, f"sms {one.id}"))

    async def _try(self, sending: Sending) -> bool:
        callback = self.account.url(f"{STATUS}?id={sending.one.id}")
        try:
            made = await self._create(sending.number, sending.text, status_callback=callback)
        except RefusedError as error:
            await self._refused(sending.one, error)
            return False
        async with self.store.write() as work:
            now = await work.lines.outgoing(sending.one.id)
            state = now.state if now and now.state in FINAL else SENT
            await self._settle(work, sending.one.id, state=state, sid=made.sid)
        return True

    async def _refused(self, one: Outgoing, error: RefusedError) -> None:
        log.error("sms %s not sent, try %s: %s", one.id, one.tries + 1, error)
        blocked = error.code in BLOCKED_CODES
        async with self.store.write() as work:
            conversation = await work.conversations.get(one.conversation_id)
            now = await work.lines.outgoing(one.id)
            if conversation is None or now is None or now.state != QUEUED:
                return  # erased; or it arrived after all, and was reported
            if blocked or error.for_good or one.tries + 1 >= TRIES:
                state = BLOCKED if blocked else FAILED
                await self._settle(work, one.id, state=state, failure=str(error.code))
                await self._note_lost(work, conversation)
                return
            pause = BACKOFF[min(one.tries, len(BACKOFF) - 1)]
            values = {"next_try_at": self.clock() + pause, "failure": str(error.code)}
            await work.lines.settle(one.id, **values)

    async def _note_lost(self, work: Work, conversation: Conversation) -> None:
        """Whoever counts on it that the citizen has read it must know, once; it is not for SMS."""
        lost = self.texts.say("sms_ikke_frem")
        line = await work.lines.of(conversation.id)
        last = await work.conversations.messages(conversation, conversation.seq - 1)
        if conversation.status == CLOSED or line is None or (last and last[-1].text == lost):
            return
        in_step = line.sent_seq == conversation.seq
        await work.conversations.append(conversation, [Draft(SYSTEM, lost)])
        if in_step:
            await work.lines.change(conversation.id, sent_seq=conversation.seq)
        work.announce(conversation.id)

    async def farewell(self, number: str, messages: Sequence[Message]) -> None:
        """The last words of a conversation that is erased, tried once: nothing of it is kept."""
        async with self.store.read() as work:
            if await work.lines.opted_out(number):
                return
        for text in [part for whole in bodies(messages) for part in split(whole)]:
            try:
                await self._create(number, text)
            except RefusedError as error:
                log.error("the last sms of an erased conversation is not sent: %s", error)
                return

    async def _create(self, number: str, text: str, **more: str) -> Any:
        return await self.account.ask(
            lambda twilio: twilio.messages.create(
                to=number,
                from_=self.account.number,
                body=text,
                validity_period=VALID_SECONDS,
                **more,
            )
        )

    # what Twilio reports

    async def report(self, outgoing_id: str, sid: str, status: str, code: str) -> None:
        """A status callback: it may come twice, late, or before the answer to our own call."""
        state = REPORTED.get(status)
        async with self.store.write() as work:
            known = await work.lines.outgoing(outgoing_id)
            conversation = await work.conversations.get(known.conversation_id) if known else None
            one = await work.lines.outgoing(outgoing_id)
            if one is None or conversation is None or state is None or one.state in FINAL:
                return
            if code.isdigit() and int(code) in BLOCKED_CODES:
                state = BLOCKED
            await self._settle(work, one.id, state=state, sid=sid, failure=code or None)
            if state == DELIVERED and await work.lines.delivered(one):
                await work.receipts.reach(conversation.id, **{REACHED: one.through_seq})
            if state in (FAILED, BLOCKED):
                await self._note_lost(work, conversation)
            work.announce(conversation.id)

    async def _settle(self, work: Work, outgoing_id: str, **values: object) -> None:
        await work.lines.settle(outgoing_id, next_try_at=None, payload=None, **values)


def _must_be_said(messages: Sequence[Message]) -> bool:
    """A counsellor's words, and what is said of danger or of who takes over."""
    return any(m.sender == COUNSELLOR or m.draft.kind in SAID_ALWAYS for m in messages)
