"""One answer for all who ask at about the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """``await together()`` gives what ``ask`` answers.

    Whoever comes while it is being asked waits for the next answer, together with all who come
    meanwhile. An answer is given again for ``kept`` seconds, as long as ``state()`` is what it was
    before it was asked for; then it is forgotten.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[T]],
        state: Callable[[], object] = lambda: None,
        kept: float = 0.0,
    ) -> None:
        self._ask, self._state, self._kept = ask, state, kept
        self._running: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None
        self._answer: tuple[object, T] | None = None

    async def __call__(self) -> T:
        if self._answer and self._answer[0] == self._state():
            return self._answer[1]
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
        return await asyncio.shield(self._next)

    async def _after(self, before: asyncio.Task[T] | None) -> T:
        if before:
            await asyncio.wait({before})
        self._running, self._next = self._next, None
        state = self._state()
        answer = await self._ask()
        if self._kept:
            self._answer = (state, answer)
            asyncio.get_running_loop().call_later(self._kept, self._forget, self._answer)
        return answer

    def _forget(self, answer: tuple[object, T]) -> None:
        if self._answer is answer:
            self._answer = None
