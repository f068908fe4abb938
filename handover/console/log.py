"""The audit trail: read, looked through, taken away as a sheet. Nothing here changes it."""

import codecs
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from handover.accounts.audit import AuditTrail, days
from handover.accounts.roles import ADMINISTRATOR, LEDER
from handover.console import shell
from handover.console.shell import Known, Shell
from handover.errors import Problem
from handover.pages.trail import about, action_choices, action_word, heading, name_word, rows
from handover.pages.words import Words
from handover.statistics.sheet import MEDIA_TYPE, sheet
from handover.storage.trail import Wanted

Number = Annotated[int, Query(ge=1, lt=2**31)]
Asked = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class Looking:
    """The filters as they stand in the address."""

    hvem: Asked = ""
    hvad: Asked = ""
    sag: Asked = ""
    fra: Asked = ""
    til: Asked = ""

    def wanted(self, before: int | None = None) -> Wanted:
        since, until = days(self.fra, self.til)
        return Wanted(self.hvem, self.hvad, self.sag.strip(), since, until, before)

    def address(self, **changes: Any) -> str:
        return urlencode({k: v for k, v in {**vars(self), **changes}.items() if v})


def router(desk: Shell, trail: AuditTrail, words: Words) -> APIRouter:
    routes = shell.router()
    Reader = Annotated[Known, Depends(desk.known(LEDER, ADMINISTRATOR))]  # noqa: N806
    Asking = Annotated[Looking, Depends()]  # noqa: N806

    @routes.get("/log", response_class=HTMLResponse)
    async def log(
        request: Request, who: Reader, looking: Asking, foer: Number | None = None
    ) -> Response:
        wrong = None
        try:
            wanted = looking.wanted(foer)
        except Problem as problem:
            wrong, wanted = problem, Wanted()
        return await desk.page(
            request,
            "log.html",
            who,
            wrong.status if wrong else 200,
            page=await trail.page(wanted),
            looking=looking,
            older_than=foer,
            names={name: name_word(name, words) for name in await trail.names()},
            actions=action_choices(words),
            action_word=lambda action: action_word(action, words),
            name_word=lambda name: name_word(name, words),
            about=lambda line: about(line, words),
            wrong=wrong,
        )

    @routes.get("/log.csv")
    async def log_sheet(who: Reader, looking: Asking) -> Response:
        parts = _sheet(trail, looking.wanted(), who.name, words)
        headers = {"Content-Disposition": 'attachment; filename="log.csv"'}
        return StreamingResponse(parts, media_type=MEDIA_TYPE, headers=headers)

    return routes


async def _sheet(
    trail: AuditTrail, wanted: Wanted, actor: str, words: Words
) -> AsyncIterator[bytes]:
    yield sheet([heading(words)])
    async for lines in trail.whole(wanted, actor):
        yield sheet(rows(lines, words)).removeprefix(codecs.BOM_UTF8)
