"""The overview for leaders, as a page and as a sheet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from handover.console import shell
from handover.console.shell import Known, Shell
from handover.errors import Problem
from handover.pages.overview import Labels, overview_view, rows
from handover.statistics.service import StatisticsService
from handover.statistics.sheet import MEDIA_TYPE, sheet

Month = Annotated[str, Query(max_length=7)]


def router(desk: Shell, statistics: StatisticsService, labels: Labels) -> APIRouter:
    routes = shell.router()
    Anybody = Annotated[Known, Depends(desk.known())]  # noqa: N806

    @routes.get("/overblik", response_class=HTMLResponse)
    async def overview(
        request: Request, who: Anybody, fra: Month = "", til: Month = ""
    ) -> Response:
        wrong = None
        try:
            period = statistics.period(fra, til)
        except Problem as problem:
            wrong, period = problem, statistics.period(None, None)
        return await desk.page(
            request,
            "overview.html",
            who,
            wrong.status if wrong else 200,
            view=overview_view(await statistics.overview(period), labels),
            months=await statistics.months(),
            wrong=wrong,
        )

    @routes.get("/overblik.csv")
    async def overview_sheet(who: Anybody, fra: Month = "", til: Month = "") -> Response:
        period = statistics.period(fra, til)
        name = f"overblik-{period.first:%Y-%m}-{period.last:%Y-%m}.csv"
        return Response(
            sheet(rows(await statistics.overview(period), labels)),
            media_type=MEDIA_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return routes
