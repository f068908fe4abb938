"""What the pages listen to, so that nobody has to load them again."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from handover.accounts.login import Caller, Gate, Logins
from handover.console import shell
from handover.console.presence import Presence
from handover.conversations.feed import LEAVING, QUEUE, Feed, Notice, listeners_of
from handover.handovers.reminders import Reminders
from handover.handovers.service import HandoverService
from handover.pages.alarm import alarms

StillIn = Callable[[], Awaitable[bool]]

HEARTBEAT = 20.0
"""Seconds between signs of life of an event stream in which nothing happens."""
SHOWN = ("sender", "names")
"""Of what a notice carries only what is meant for the page."""


def router(
    service: HandoverService, reminders: Reminders, logins: Logins, gate: Gate, feed: Feed
) -> APIRouter:
    routes, presence = shell.router(), Presence(feed)
    Counsellor = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.get("/events")
    async def events(who: Counsellor, sag: str | None = None) -> StreamingResponse:
        """Server-sent events: the queue has changed, or (``sag``) something is new in a case,
        somebody types in it, or other counsellors look at it."""
        if not sag:
            return _stream(_events(feed, (QUEUE, own(who)), still_in(who)))
        topic = await service.conversation_of(sag)
        topics = (topic, own(who))
        return _stream(_case_events(feed, topics, still_in(who), presence, who.name))

    @routes.get("/alarm")
    async def alarm(who: Counsellor) -> StreamingResponse:
        """Server-sent events: what waits, as often as the alarm needs to hear it."""

        async def waiting() -> dict[str, Any]:
            due = len(await reminders.of(who.name))
            return await service.waiting_now() | {"due": due}

        return _stream(alarms(feed, own(who), waiting, still_in(who), service.clock))

    def own(who: Caller) -> str:
        return listeners_of(who.account.id)

    def still_in(who: Caller) -> StillIn:
        return lambda: logins.still_in(who, *gate.roles)

    return routes


def _stream(events: AsyncIterator[str]) -> StreamingResponse:
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _case_events(
    feed: Feed, topics: Sequence[str], still_in: StillIn, presence: Presence, name: str
) -> AsyncIterator[str]:
    """As below, with ``{"type": "looking", "names": ["Anna", "Bo"]}``."""
    with presence.look(topics[0], name):
        async for event in _events(feed, topics, still_in, presence):
            yield event


async def _events(
    feed: Feed, topics: Sequence[str], still_in: StillIn, presence: Presence | None = None
) -> AsyncIterator[str]:
    """``data: {"type": "news"}``; ``typing`` carries its sender. Ends with the session."""
    with feed.listen(*topics) as notices:
        yield _event(Notice("hello"))
        if presence:
            yield _event(_looking(presence, topics[0]))
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
                if presence and notice.kind == "looking":
                    notice = _looking(presence, topics[0])
                yield _event(notice)


def _looking(presence: Presence, topic: str) -> Notice:
    return Notice("looking", {"names": presence.names(topic)})


def _event(notice: Notice) -> str:
    shown = {name: notice.data[name] for name in SHOWN if name in notice.data}
    return f"data: {json.dumps({'type': notice.kind, **shown})}\n\n"
