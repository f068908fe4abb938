"""Reads what has come in and sends what has been said, as long as the service runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from handover.clock import Clock
from handover.storage.work import Store
from handover.telephony.sms.inbox import Inbox
from handover.telephony.sms.outbox import Outbox
from handover.telephony.sms.silence import Silence

log = logging.getLogger("handover.sms")

REMEMBERED = timedelta(days=30)
"""How long an SMS that comes again is known to have come before."""
MINUTE, SELDOM = 60.0, 300.0
"""Seconds between looks for what is not urgent, and never is."""


class Worker:
    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        outbox: Outbox,
        silence: Silence,
        every: float,
        clock: Clock,
        others: Sequence[tuple[Callable[[], Awaitable[None]], float]] = (),
    ) -> None:
        """``others``: rounds of somebody else's, each with the seconds between them."""
        self.store, self.inbox, self.outbox, self.silence = store, inbox, outbox, silence
        self.every, self.clock, self.others = every, clock, others
        self._bells: list[asyncio.Event] = []
        inbox.done, inbox.farewell = self.wake, outbox.farewell

    def wake(self) -> None:
        """There is something to do now."""
        for bell in self._bells:
            bell.set()

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(
            self._loop(self.inbox.read, self.every),
            self._loop(self.outbox.round, self.every),
            self._loop(self.silence.round, SELDOM),
            self._loop(self._sweep, SELDOM),
            *(self._loop(*other) for other in self.others),
        )

    async def _sweep(self) -> None:
        async with self.store.write() as work:
            await work.lines.forget_old(self.clock() - REMEMBERED)
            await work.calls.forget_old(self.clock() - REMEMBERED)

    async def _loop(self, act: Callable[[], Awaitable[None]], every: float) -> None:
        """A round that fails is logged and tried again at the next."""
        bell = asyncio.Event()
        self._bells.append(bell)
        while True:
            try:
                await act()
            except Exception:  # the one place that keeps SMS going; nothing is hidden
                log.exception("a round failed: %s", act)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), every)
            bell.clear()
