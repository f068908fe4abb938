"""Which counsellors are looking at a case right now: as long as their page is open and seen.

It lives in memory only and ends with the page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from handover.conversations.feed import Feed, Notice

LOOKING = Notice("looking")


class Presence:
    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._names: defaultdict[str, Counter[str]] = defaultdict(Counter)

    @contextmanager
    def look(self, topic: str, name: str) -> Iterator[None]:
        """Of several windows of one counsellor only the first and the last are told."""
        names = self._names[topic]
        names[name] += 1
        if names[name] == 1:
            self.feed.publish(topic, LOOKING)
        try:
            yield
        finally:
            names[name] -= 1
            if not names[name]:
                del names[name]
                self.feed.publish(topic, LOOKING)
            if not names:
                self._names.pop(topic, None)

    def names(self, topic: str) -> Sequence[str]:
        return sorted(self._names[topic]) if topic in self._names else []
