"""Who wants to know that something is new: one feed for streams, polling and console alike.

A notice never carries content that is stored: the listener reads the messages behind its own last
``seq``, so nothing is missed and nothing comes twice, whatever is lost on the way.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

QUEUE = "queue"
"""The topic of everything that changes the counsellors' queue."""

BACKLOG = 200


@dataclass(frozen=True)
class Notice:
    """``kind``: ``news`` (read what is new), ``typing``, ``gone`` (the conversation is erased),
    ``leaving`` (a listener may not be allowed to listen any longer: it asks)."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)


NEWS = Notice("news")
LEAVING = Notice("leaving")


def listeners_of(account_id: str) -> str:
    """The topic of what one account, or one program's token, listens to."""
    return f"account {account_id}"


class Feed:
    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Queue[Notice]]] = defaultdict(set)
        self.changes = 0
        """How often the queue has changed."""

    @contextmanager
    def listen(self, *topics: str) -> Iterator[asyncio.Queue[Notice]]:
        queue: asyncio.Queue[Notice] = asyncio.Queue(BACKLOG)
        for topic in topics:
            self._listeners[topic].add(queue)
        try:
            yield queue
        finally:
            for topic in topics:
                self._listeners[topic].discard(queue)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def publish(self, topic: str, notice: Notice = NEWS) -> None:
        self.changes += topic == QUEUE
        for queue in tuple(self._listeners.get(topic, ())):
            if queue.full():  # a listener that lags reads everything at its next turn
                queue.get_nowait()
            queue.put_nowait(notice)
