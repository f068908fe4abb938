"""What the pages listen to, so that nobody has to load them again."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from handover.accounts.login import Caller, Gate, Logins
from handover.console import shell
from handover.conversations.feed import LEAVING, QUEUE, Feed, Notice, listeners_of
from handover.handovers.service import HandoverService
from handover.pages.alarm import alarms

StillIn = Callable[[], Awaitable[bool]]

HEARTBEAT = 20.0
"""Seconds between signs of life of an event stream in which nothing happens."""


def router(service: HandoverService, logins: Logins, gate: Gate, feed: Feed) -> APIRouter:
    routes = shell.router()
    Counsellor = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.get("/events")
    async def events(who: Counsellor, sag: str | None = None) -> StreamingResponse:
        """Server-sent events: the queue has changed, or (``sag``) something is new in a case."""
        topic = await service.conversation_of(sag) if sag else QUEUE
        return _stream(_events(feed, (topic, own(who)), still_in(who)))

    @routes.get("/alarm")
    async def alarm(who: Counsellor) -> StreamingResponse:
        """Server-sent events: what waits, as often as the alarm needs to hear it."""
        waiting = service.waiting_now
        return _stream(alarms(feed, own(who), waiting, still_in(who), service.clock))

    def own(who: Caller) -> str:
        return listeners_of(who.account.id)

    def still_in(who: Caller) -> StillIn:
        return lambda: logins.still_in(who, *gate.roles)

    return routes


def _stream(events: AsyncIterator[str]) -> StreamingResponse:
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(feed: Feed, topics: Sequence[str], still_in: StillIn) -> AsyncIterator[str]:
    """``data: {"type": "news"}``; ``typing`` carries its sender. Ends with the session."""
    with feed.listen(*topics) as notices:
        yield _event(Notice("hello"))
        while True:
            try:
                notice = await asyncio.wait_for(notices.get(), HEARTBEAT)
            except TimeoutError:
                notice = None
            if notice in (None, LEAVING) and not await still_in():
                return
            if notice is None:
                yield ": here\n\n"
            elif notice != LEAVING:
                yield _event(notice)


def _event(notice: Notice) -> str:
    data = {
        "type": notice.kind,
        **({"sender": notice.data["sender"]} if notice.kind == "typing" else {}),
    }
    return f"data: {json.dumps(data)}\n\n"
