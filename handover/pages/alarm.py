"""What the alarm of a counsellor's browser hears: how many wait, and which of them are urgent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from handover.clock import Clock
from handover.conversations.feed import QUEUE, Feed
from handover.pages import moments

OFTEN, SELDOM = 5.0, 20.0
"""Seconds between two tellings while nothing changes, with and without an urgent case. The rhythm
is the server's: a browser lets the clock of a tab that is not looked at run slowly."""
TOGETHER = 0.2
"""Seconds in which several changes become one telling."""


async def alarms(
    feed: Feed,
    own: str,
    waiting: Callable[[], Awaitable[dict[str, Any]]],
    still_in: Callable[[], Awaitable[bool]],
    clock: Clock,
) -> AsyncIterator[str]:
    """``data: {"waiting": 3, "newest": "<RFC 3339>", "urgent": ["<id> <since>"], "since": "i dag
    kl. 9.05", "due": 1}`` until the session ends; ``since``: the urgent one that has waited
    longest; ``due``: how many this counsellor is to follow up. ``own``: the topic that tells when
    the session may have ended."""
    with feed.listen(QUEUE, own) as notices:
        while await still_in():
            state = dict(await waiting())  # others hear the same
            if state["since"]:
                state["since"] = moments.when(state["since"], clock())
            yield f"data: {json.dumps(state)}\n\n"
            await asyncio.sleep(TOGETHER)
            try:
                await asyncio.wait_for(notices.get(), OFTEN if state["urgent"] else SELDOM)
            except TimeoutError:
                continue
            while not notices.empty():
                notices.get_nowait()
