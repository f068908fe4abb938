"""Who wants to be called or texted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from handover.accounts.roles import RAADGIVER
from handover.console import shell
from handover.console.shell import Known, Shell
from handover.pages.callbacks import callback_view


def router(desk: Shell) -> APIRouter:
    routes = shell.router()
    Counsellor = Annotated[Known, Depends(desk.known(RAADGIVER))]  # noqa: N806

    @routes.get("/ring-op", response_class=HTMLResponse)
    async def callbacks(request: Request, who: Counsellor) -> Response:
        view = callback_view(await desk.callbacks.listed())
        return await desk.page(request, "callbacks.html", who, callbacks=view)

    return routes
