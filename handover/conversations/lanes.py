"""One thing at a time for each conversation, in order of arrival."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Lanes:
    """``lanes[conversation_id]`` is a lock that is forgotten when nobody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __getitem__(self, conversation_id: str) -> asyncio.Lock:
        lock = self._locks.get(conversation_id)
        if lock is None:
            lock = self._locks[conversation_id] = asyncio.Lock()
        return lock
