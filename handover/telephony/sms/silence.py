"""After long silence a conversation by SMS is closed, and this is said once."""

from __future__ import annotations

from datetime import timedelta

from handover.clock import COPENHAGEN, Clock
from handover.conversations import sentences
from handover.conversations.messages import ASSISTED, CLOSED
from handover.municipality import Telephony
from handover.storage.work import Store
from handover.texts import Texts

DAY_BEGINS, DAY_ENDS = 8, 21
"""Hours in which an SMS that nobody waits for may arrive."""
LEFT = "left"


class Silence:
    def __init__(self, store: Store, texts: Texts, rules: Telephony, clock: Clock) -> None:
        self.store, self.texts, self.rules, self.clock = store, texts, rules, clock

    async def round(self) -> None:
        """Only where the assistant has the talk: who waits for a person is not sent away."""
        now = self.clock()
        if not DAY_BEGINS <= now.astimezone(COPENHAGEN).hour < DAY_ENDS:
            return
        before = now - timedelta(hours=self.rules.silent_hours)
        async with self.store.read() as work:
            silent = await work.lines.silent(before)
        for conversation_id in silent:
            await self._close(conversation_id)

    async def _close(self, conversation_id: str) -> None:
        async with self.store.write() as work:
            conversation = await work.conversations.get(conversation_id)
            before = self.clock() - timedelta(hours=self.rules.silent_hours)
            still = conversation_id in await work.lines.silent(before)
            if conversation is None or conversation.status != ASSISTED or not still:
                return
            told = sentences.said(self.texts, "sms_stilhed", conversation.channel, "closing")
            changes = {"status": CLOSED, "outcome": LEFT, "closed_at": self.clock()}
            await work.conversations.append(conversation, [told], **changes)
            await work.counts.add(conversation.created_at, conversation.channel, LEFT)
            work.announce(conversation_id)
