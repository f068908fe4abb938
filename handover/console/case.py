"""One case."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from handover.accounts.roles import RAADGIVER
from handover.console import shell
from handover.console.shell import Known, Shell
from handover.errors import Problem
from handover.handovers.service import HandoverService
from handover.pages.case import case_view
from handover.pages.words import Words

IDLE = "X-Idle"
"""The header of a page that fetches itself again while nobody uses it."""


def router(
    desk: Shell, service: HandoverService, words: Words, phones: Collection[str] | None
) -> APIRouter:
    """``phones``: who has a duty telephone; None where nobody can be called from here."""
    routes = shell.router()
    Counsellor = Annotated[Known, Depends(desk.known(RAADGIVER))]  # noqa: N806

    @routes.get("/sager/{handover_id}", response_class=HTMLResponse)
    async def case(request: Request, handover_id: str, who: Counsellor) -> Response:
        try:
            present = IDLE not in request.headers
            found = await service.detail(handover_id, who.name, present=present)
        except Problem as problem:
            return await desk.page(request, "gone.html", who, problem.status)
        return await desk.page(
            request,
            "case.html",
            who,
            case=found,
            view=case_view(found, words),
            colleagues=await service.colleagues(who.name),
            telephone=phones is not None,
            own_phone=who.name in (phones or ()),
        )

    return routes
