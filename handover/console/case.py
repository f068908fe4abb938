"""One case."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from handover.accounts.roles import RAADGIVER
from handover.console import shell
from handover.console.shell import Known, Shell
from handover.errors import Problem
from handover.handovers.answers import AnswerBook
from handover.handovers.service import HandoverService
from handover.pages.case import case_view, lines_after, state_of
from handover.pages.words import Words

IDLE = "X-Idle"
"""The header of a page that fetches itself again while nobody uses it."""


def router(
    desk: Shell,
    service: HandoverService,
    words: Words,
    ready: AnswerBook,
    phones: Collection[str] | None,
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
            state=state_of(found),
            view=case_view(found, words),
            colleagues=await service.colleagues(who.name),
            answers=ready.answers,
            draft_key=desk.drafts.key(who.caller.account, handover_id),
            telephone=phones is not None,
            own_phone=who.name in (phones or ()),
        )

    @routes.get("/sager/{handover_id}/samtale", response_class=HTMLResponse)
    async def talk(
        request: Request,
        handover_id: str,
        who: Counsellor,
        efter: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        """What has been said since, for a page that is open already: it is a case that was read, so
        it changes nothing, and its writing waits for nobody."""
        found = await service.glance(handover_id)
        view = lines_after(case_view(found, words), efter)
        return desk.site.page(
            request,
            "talk.html",
            account=who.caller.account,
            case=found,
            state=state_of(found),
            view=view,
        )

    return routes
