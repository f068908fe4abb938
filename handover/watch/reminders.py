"""In the morning of a day that a counsellor has set to follow up, one mail to them.

It says how many, and nothing about whom. As with the calls to duty contacts, it is stored before it
is sent, and tried again until it is received; what is ticked off meanwhile is not sent.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, time

from handover.clock import COPENHAGEN, Clock
from handover.handovers.reminders import Reminders
from handover.pages.words import Words
from handover.storage.aftercare import FollowUp
from handover.storage.reminders import Reminder
from handover.watch.call import CallError
from handover.watch.escalation import BACKOFF, LEASE
from handover.watch.mail import Mail

log = logging.getLogger("handover.reminders")

ACTOR = "watchdog"
MORNING = (time(7, 30), time(12))
"""In Denmark. Later, whoever sets the day to today need not be told."""


class ReminderMails:
    """``mail``: None where none can be sent. ``address``: where counsellors reach the console."""

    def __init__(
        self, reminders: Reminders, mail: Mail | None, address: str, words: Words, clock: Clock
    ) -> None:
        self.reminders, self.store = reminders, reminders.store
        self.mail, self.address, self.words, self.clock = mail, address, words, clock

    async def round(self) -> None:
        local = self.clock().astimezone(COPENHAGEN)
        if self.mail is None or local.time() < MORNING[0]:
            return
        if local.time() < MORNING[1]:
            await self._plan(local.date())
        async with self.store.read() as work:
            due = await work.reminders.due(local.date())
        for one in due:
            await self._send(self.mail, one, local.date())

    async def _plan(self, today: date) -> None:
        """Looked for without holding up writers: nearly always there is nothing."""
        due = await self.reminders.now()
        names = [name for name, found in due.items() if any(_on(found, today))]
        async with self.store.read() as work:
            lacking = await work.reminders.lacking(names, today) if names else []
        if not lacking:
            return
        async with self.store.write() as work:
            await work.reminders.forget_before(today)
            for account_id in lacking:
                await work.reminders.add(account_id, today)

    async def _send(self, mail: Mail, one: Reminder, today: date) -> None:
        async with self.store.write() as work:
            if not await work.reminders.lease(one, today, self.clock() + LEASE):
                return
        due = _on(await self.reminders.of(one.name), today)
        try:
            if due:
                await self._write(mail, one, today, due)
        except CallError as error:
            await self._not_sent(one, today, error.kind)
            return
        async with self.store.write() as work:
            await work.reminders.settle(one, today)
            if due:
                await work.trail.note(ACTOR, "reminded", about=one.name)

    async def _write(self, mail: Mail, one: Reminder, today: date, due: Sequence[FollowUp]) -> None:
        own = any(found.by == one.name for found in due)
        many = "en" if len(due) == 1 else "flere"
        told = {"antal": str(len(due)), "adresse": f"{self.address}/console/opfoelgning"}
        subject = self.words.say(f"emne_{many}", "paamindelse", **told)
        text = self.words.say(f"{'egen' if own else 'ledig'}_{many}", "paamindelse", **told)
        await mail.post(one.mail, f"{one.account_id}.{today}", subject, text)

    async def _not_sent(self, one: Reminder, today: date, kind: str) -> None:
        log.error("a reminder by mail failed, try %s: %s", one.tries + 1, kind)
        pause = BACKOFF[min(one.tries, len(BACKOFF) - 1)]
        async with self.store.write() as work:
            await work.reminders.settle(one, today, self.clock() + pause)


def _on(due: Sequence[tuple[str, FollowUp]], today: date) -> list[FollowUp]:
    """Only those of the day itself: of one before a mail was sent then."""
    return [follow_up for _, follow_up in due if follow_up.due_on == today]
