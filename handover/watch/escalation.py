"""An urgent case that nobody takes is told to the duty contacts, one step after another.

What is to be sent is stored first and sent then. A try that fails is made again, later and later,
until it is received or somebody takes the case; a process that dies over it leaves it to the next.
The same call carries the same id over all its tries.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from handover.clock import Clock
from handover.municipality import Duty, Municipality, Step
from handover.pages.words import Words
from handover.settings import Settings
from handover.storage.alerts import Alert, Untaken
from handover.storage.work import Store, Work
from handover.watch.call import Call, CallError, Courier
from handover.watch.mail import Mail
from handover.watch.webhook import Webhook, secret_bytes

log = logging.getLogger("handover.escalation")

ACTOR = "vagten"
BACKOFF = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300, 600))
"""Pauses after the first, second, ... failure; the last one again and again."""
LEASE = timedelta(minutes=5)
"""Longer than any try takes. What is still unsent then was left by a process that died."""
AT_ONCE = 8


class EscalationError(ValueError):
    """The list cannot be worked off with these settings; the text says which is missing."""


class Escalation:
    def __init__(
        self,
        store: Store,
        municipality: Municipality,
        couriers: Mapping[str, Courier],
        address: str,
        clock: Clock,
    ) -> None:
        self.store, self.municipality, self.couriers = store, municipality, couriers
        self.address, self.clock = address, clock
        self.sending: set[asyncio.Task[None]] = set()
        self.lines = asyncio.Semaphore(AT_ONCE)

    @property
    def duty(self) -> Duty:
        """The list of now: a leader may change it at any time."""
        return self.municipality.duty

    @property
    def mail(self) -> Mail | None:
        found = self.couriers.get("mail")
        return found if isinstance(found, Mail) else None

    def warn_if_nobody(self) -> None:
        if not self.duty.steps:
            log.warning("vagt.kaldes is empty: nobody is called when an urgent case is not taken")

    async def round(self) -> None:
        await self.plan()
        await self.deliver()

    async def plan(self) -> None:
        """Store what has become due: each step once for each case and waiting."""
        if not await self._lacking():
            return
        async with self.store.write() as work:
            for number, step, way in self._ways():
                before = self.clock() - step.after
                for case in await work.alerts.lacking(number, way, before):
                    if await work.alerts.add(case, number, way, step.name):
                        await work.trail.note(ACTOR, f"due_{number}_{way}", case.handover_id)
                        await self._announce(work, case.handover_id)

    async def _lacking(self) -> list[Untaken]:
        """Looked for without holding up writers: nearly always there is nothing."""
        found: list[Untaken] = []
        async with self.store.read() as work:
            for number, step, way in self._ways():
                found += await work.alerts.lacking(number, way, self.clock() - step.after)
        return found

    def _ways(self) -> Iterator[tuple[int, Step, str]]:
        for number, step in enumerate(self.duty.steps, 1):
            for way in ("mail", "webhook"):
                if getattr(step, way):
                    yield number, step, way

    async def deliver(self) -> None:
        async with self.store.read() as work:
            due = await work.alerts.due()
        tasks = [asyncio.create_task(self._send(alert)) for alert in due]
        self.sending |= set(tasks)
        for task in tasks:
            task.add_done_callback(self.sending.discard)
        await asyncio.gather(*(asyncio.shield(task) for task in tasks))

    async def settle(self) -> None:
        """What is on its way arrives, and is written down as sent, before the service stops."""
        await asyncio.gather(*self.sending, return_exceptions=True)

    async def _send(self, alert: Alert) -> None:
        async with self.lines:
            async with self.store.write() as work:
                if not await work.alerts.lease(alert, self.clock() + LEASE):
                    return
            try:
                await self._courier(alert)
            except CallError as error:
                await self._failed(alert, error.kind)
            else:
                await self._sent(alert)

    async def _courier(self, alert: Alert) -> None:
        """The address is the list's of today: a wrong one is mended without losing the call."""
        step = dict(enumerate(self.duty.steps, 1)).get(alert.step)
        address = getattr(step, alert.way, "")
        if not address:
            raise CallError("not on the list")
        if alert.way not in self.couriers:
            raise CallError("not set up")
        link = f"{self.address}/console/sager/{alert.handover_id}"
        call = Call(alert.id, alert.step, "akut", alert.waiting_since, link)
        await self.couriers[alert.way].send(address, call)

    async def _sent(self, alert: Alert) -> None:
        async with self.store.write() as work:
            await self._announce(work, alert.handover_id)
            await work.alerts.settle(alert, sent_at=self.clock(), failure=None)
            await work.trail.note(ACTOR, f"called_{alert.step}_{alert.way}", alert.handover_id)

    async def _failed(self, alert: Alert, kind: str) -> None:
        log.error("step %s by %s failed, try %s: %s", alert.step, alert.way, alert.tries + 1, kind)
        pause = BACKOFF[min(alert.tries, len(BACKOFF) - 1)]
        async with self.store.write() as work:
            await self._announce(work, alert.handover_id)
            await work.alerts.settle(alert, next_try_at=self.clock() + pause, failure=kind[:60])
            await work.trail.note(ACTOR, f"failed_{alert.step}_{alert.way}", alert.handover_id)

    async def _announce(self, work: Work, handover_id: str) -> None:
        """Whoever looks at the case or the queue sees it. Asked first: it takes the case's row."""
        handover = await work.handovers.get(handover_id)
        if handover:
            work.announce(handover.conversation_id)
            work.announce_queue()


def open_escalation(
    store: Store, municipality: Municipality, settings: Settings, words: Words, clock: Clock
) -> Escalation:
    """Raises EscalationError when a step could not be carried out."""
    if fault := unworkable(municipality.duty, settings):
        raise EscalationError(f"vagt.kaldes: {fault[1]}")
    couriers: dict[str, Courier] = {}
    if not _mail_fault(settings):
        couriers["mail"] = Mail(settings, words, clock)
    if not _webhook_fault(settings):
        secret = secret_bytes(settings.webhook_secret.get_secret_value())
        couriers["webhook"] = Webhook(secret, settings.call_timeout, clock)
    return Escalation(store, municipality, couriers, settings.public_url.rstrip("/"), clock)


def unworkable(duty: Duty, settings: Settings) -> tuple[str, str] | None:
    """Why a list cannot be worked off with these settings, as the way and what is missing:
    ``("mail", "HANDOVER_SMTP_HOST is needed for mail")``."""
    for way, fault in FAULTS.items():
        if any(getattr(step, way) for step in duty.steps) and (missing := fault(settings)):
            return way, missing
    return None


def _mail_fault(settings: Settings) -> str:
    if not settings.public_url:
        return NO_LINK
    if not settings.smtp_host:
        return "HANDOVER_SMTP_HOST is needed for mail"
    return "" if settings.smtp_sender else "HANDOVER_SMTP_SENDER is needed for mail"


def _webhook_fault(settings: Settings) -> str:
    if not settings.public_url:
        return NO_LINK
    try:
        secret_bytes(settings.webhook_secret.get_secret_value())
    except ValueError as error:
        return f"HANDOVER_WEBHOOK_SECRET {error}"
    return ""


NO_LINK = "HANDOVER_PUBLIC_URL is needed for the link"
FAULTS: Mapping[str, Callable[[Settings], str]] = {"mail": _mail_fault, "webhook": _webhook_fault}
