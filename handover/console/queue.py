"""The queue, the closed cases, and what is to be followed up."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from handover.accounts.roles import RAADGIVER
from handover.console import shell
from handover.console.shell import Known, Shell
from handover.conversations.feed import Feed
from handover.handovers.board import Board
from handover.handovers.filters import read_filter
from handover.handovers.reminders import Reminders
from handover.handovers.service import HandoverService
from handover.pages.followups import follow_up_view
from handover.pages.queue import queue_view, read_room
from handover.pages.rendering import build
from handover.pages.words import Words

HAS = "X-Has"
"""The header with the marks of the rows that a page has already: they are not sent again."""
TICKS = "X-Ticks"
"""The header of a page whose rows are to tell the time anew."""


def router(
    desk: Shell, service: HandoverService, reminders: Reminders, feed: Feed, words: Words
) -> APIRouter:
    routes, board = shell.router(), Board(service, feed, build())
    turn = asyncio.Lock()  # after a change all ask at once; a message must not wait for them all
    Counsellor = Annotated[Known, Depends(desk.known(RAADGIVER))]  # noqa: N806

    @routes.get("", response_class=HTMLResponse)
    async def queue(request: Request, who: Counsellor) -> Response:
        wanted = read_filter(request.query_params, service.catalogue.tracks)
        room, has = read_room(request.query_params), request.headers.get(HAS, "")
        async with turn:
            sight = await board.look(who.name, wanted, room, frozenset(has.split()))
            now = service.clock() if TICKS in request.headers else None
            view = queue_view(sight, wanted, room, service.catalogue, words, now)
            remind = await reminders.items(who.name)
            return await desk.page(request, "queue.html", who, queue=view, remind=remind)

    @routes.get("/lukkede", response_class=HTMLResponse)
    async def closed(request: Request, who: Counsellor) -> Response:
        return await desk.page(request, "closed.html", who, items=await service.closed_cases())

    @routes.get("/opfoelgning", response_class=HTMLResponse)
    async def follow_ups(request: Request, who: Counsellor) -> Response:
        view = follow_up_view(await service.follow_ups(), desk.aftercare.rules.today)
        return await desk.page(request, "followups.html", who, follow_ups=view)

    return routes
