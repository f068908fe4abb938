"""What the pages listen to, so that nobody has to load them again."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from handover.accounts.login import Caller, Gate, Logins
from handover.console import shell
from handover.console.presence import Presence
from handover.conversations.feed import QUEUE, Feed, Notice
from handover.handovers.service import HandoverService
from handover.pages.alarm import alarms

HEARTBEAT = 20.0
"""Seconds between signs of life of an event stream in which nothing happens."""


def router(service: HandoverService, logins: Logins, gate: Gate, feed: Feed) -> APIRouter:
    routes, presence = shell.router(), Presence(feed)
    Counsellor = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.get("/events")
    async def events(who: Counsellor, sag: str | None = None) -> StreamingResponse:
        """Server-sent events: the queue has changed, or (``sag``) something is new in a case,
        somebody types in it, or other counsellors look at it."""
        if not sag:
            return _stream(_events(feed, QUEUE))
        topic = await service.conversation_of(sag)
        return _stream(_case_events(feed, topic, presence, who.name))

    @routes.get("/alarm")
    async def alarm(who: Counsellor) -> StreamingResponse:
        """Server-sent events: what waits, as often as the alarm needs to hear it."""
        still_in = lambda: logins.still_in(who)  # noqa: E731
        return _stream(alarms(feed, service.waiting_now, still_in, service.clock))

    return routes


def _stream(events: AsyncIterator[str]) -> StreamingResponse:
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _case_events(feed: Feed, topic: str, presence: Presence, name: str) -> AsyncIterator[str]:
    """As below, with ``{"type": "looking", "names": ["Anna", "Bo"]}``."""
    with presence.look(topic, name):
        async for event in _events(feed, topic, presence):
            yield event


async def _events(feed: Feed, topic: str, presence: Presence | None = None) -> AsyncIterator[str]:
    """``data: {"type": "news"}``; ``typing`` carries its sender."""
    with feed.listen(topic) as notices:
        yield _event(Notice("hello"))
        if presence:
            yield _event(_looking(presence, topic))
        while True:
            try:
                notice = await asyncio.wait_for(notices.get(), HEARTBEAT)
                if presence and notice.kind == "looking":
                    notice = _looking(presence, topic)
                yield _event(notice)
            except TimeoutError:
                yield ": here\n\n"


def _looking(presence: Presence, topic: str) -> Notice:
    return Notice("looking", {"names": presence.names(topic)})


SHOWN = ("sender", "names")


def _event(notice: Notice) -> str:
    """Of what a notice carries only what is meant for the page."""
    shown = {name: notice.data[name] for name in SHOWN if name in notice.data}
    return f"data: {json.dumps({'type': notice.kind, **shown})}\n\n"
