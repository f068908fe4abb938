"""How often something may be tried: a sliding window per key, kept in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from handover.clock import Clock
from handover.conversations.lanes import Lanes
from handover.errors import Problem

MANY_KEYS = 10_000


class Limit:
    """At most ``times`` failures within ``window``; then refused until one ages out."""

    def __init__(self, times: int, window: timedelta, clock: Clock) -> None:
        self.times, self.window, self.clock = times, window, clock
        self._failures: dict[str, deque[float]] = {}
        self._turns = Lanes()

    @asynccontextmanager
    async def turn(self, *keys: str) -> AsyncIterator[None]:
        """One try at a time for each key, after a check: whoever tries many at once is counted
        before the next of them is looked at. Several keys are always given in the same order."""
        async with AsyncExitStack() as stack:
            for key in keys:
                await stack.enter_async_context(self._turns[key])
            for key in keys:
                self.check(key)
            yield

    def check(self, key: str) -> None:
        """Raises Problem 429 with Retry-After."""
        failures = self._recent(key)
        if len(failures) >= self.times:
            oldest = failures[-self.times]
            wait = oldest + self.window.total_seconds() - self.clock().timestamp()
            headers = {"Retry-After": str(max(1, int(wait) + 1))}
            raise Problem(429, "for_mange_forsoeg", headers=headers)

    def failed(self, key: str) -> None:
        if len(self._failures) > MANY_KEYS:
            self._sweep()
        self._failures.setdefault(key, deque(maxlen=self.times)).append(self.clock().timestamp())

    def _recent(self, key: str) -> deque[float]:
        failures = self._failures.get(key, deque())
        since = self.clock().timestamp() - self.window.total_seconds()
        while failures and failures[0] <= since:
            failures.popleft()
        if not failures:
            self._failures.pop(key, None)
        return failures

    def _sweep(self) -> None:
        for key in list(self._failures):
            self._recent(key)
