"""Looks after what nobody looks after: unread messages, vanished counsellors, untaken cases."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.assistant import Assistant
from handover.conversations.messages import WAITING
from handover.conversations.turn import Turns
from handover.handovers.service import open_question
from handover.municipality import Municipality
from handover.settings import Settings
from handover.storage.handovers import Handover
from handover.storage.work import Store
from handover.texts import Texts
from handover.watch.escalation import Escalation
from handover.watch.reminders import ReminderMails
from handover.watch.retention import forget_old

log = logging.getLogger("handover.watchdog")

SETTLING = timedelta(seconds=1)
"""A message younger than this is still on its ordinary way."""


class Watchdog:
    def __init__(
        self,
        store: Store,
        turns: Turns,
        assistant: Assistant,
        texts: Texts,
        municipality: Municipality,
        settings: Settings,
        escalation: Escalation,
        reminders: ReminderMails,
        clock: Clock,
    ) -> None:
        self.store, self.turns, self.assistant = store, turns, assistant
        self.texts, self.municipality = texts, municipality
        self.settings, self.escalation, self.clock = settings, escalation, clock
        self.reminders = reminders

    async def run(self) -> None:
        """Until cancelled; a round that fails is logged and tried again at its next time."""
        await asyncio.gather(
            _every(self.settings.redrive_every, self.read_unread),
            _every(self.settings.watch_every, self.free_abandoned),
            _every(self.settings.retention_every, self.forget),
            _every(self.settings.escalate_every, self.escalation.round),
            _every(self.settings.watch_every, self.reminders.round),
        )

    async def read_unread(self) -> None:
        """Messages that Rasa has not read are brought to it as soon as it answers."""
        async with self.store.read() as work:
            waiting = await work.conversations.with_unhandled(self.clock() - SETTLING)
        waiting = [one for one in waiting if not self.turns.busy(one)]
        if not waiting or not await self.assistant.alive():
            return
        for conversation_id in waiting:
            await self.turns.read_again(conversation_id)

    async def free_abandoned(self) -> None:
        """A case whose counsellor has vanished goes back to the queue, and the citizen is told."""
        away = timedelta(minutes=self.settings.counsellor_away_minutes)
        before = self.clock() - away
        async with self.store.read() as work:
            abandoned = await work.handovers.vanished(before)
        for handover in abandoned:
            await self._free(handover)

    async def _free(self, handover: Handover) -> None:
        away = timedelta(minutes=self.settings.counsellor_away_minutes)
        async with self.store.write() as work:
            now = await work.handovers.get(handover.id)
            if now is None or now.claimed_by is None or now.seen_at is None:
                return
            if now.seen_at >= self.clock() - away:
                return
            conversation = await work.conversations.get(now.conversation_id)
            assert conversation is not None  # a hand-over goes with its conversation
            await work.handovers.requeue(now.id)
            told = sentences.said(self.texts, "raadgiver_vaek", conversation.channel, "handover")
            drafts = [told, *await open_question(work, conversation)]
            epoch = conversation.epoch + 1
            await work.conversations.append(conversation, drafts, status=WAITING, epoch=epoch)
            await work.trail.note("watchdog", "freed", now.id)
            work.announce(conversation.id)
            work.announce_queue()

    async def forget(self) -> None:
        await forget_old(self.store, self.municipality.retention, self.clock())


async def _every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await act()
        except Exception:  # the one place that keeps the watch going; nothing is hidden
            log.exception("a round of the watchdog failed: %s", act)
