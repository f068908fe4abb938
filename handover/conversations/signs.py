"""Who writes right now: told to streams, and kept for some seconds for pages that ask.

It is of the moment and lies in memory only.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from handover.conversations.admission import admitted
from handover.conversations.feed import Feed, Notice
from handover.conversations.messages import CITIZEN
from handover.storage.work import Store

LASTS = 6.0
"""Seconds. A page tells it every three seconds while somebody writes."""
EVERY = 1.0
"""Seconds between two signs that are passed on."""


class Signs:
    def __init__(
        self, store: Store, feed: Feed, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.store, self.feed, self.seconds = store, feed, seconds
        self._last: dict[tuple[str, str], float] = {}

    async def citizen_types(self, conversation_id: str, token: str) -> None:
        async with self.store.read() as work:
            await admitted(work, conversation_id, token)
        self.tell(conversation_id, CITIZEN)

    def tell(self, conversation_id: str, sender: str) -> None:
        now, sign = self.seconds(), (conversation_id, sender)
        if sign in self._last and now - self._last[sign] < EVERY:
            return
        self._last = {one: at for one, at in self._last.items() if now - at <= LASTS}
        self._last[sign] = now
        self.feed.publish(conversation_id, Notice("typing", {"sender": sender}))

    def over(self, conversation_id: str, sender: str) -> None:
        """What was being written is sent."""
        self._last.pop((conversation_id, sender), None)

    def types(self, conversation_id: str, sender: str) -> bool:
        last = self._last.get((conversation_id, sender))
        return last is not None and self.seconds() - last <= LASTS
