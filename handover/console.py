"""The pages: the citizen's chat, and the counsellors' console behind its login."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Depends, FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from bot.safety.resources import load_resources
from handover import widget
from handover.accounts.login import COOKIE, Caller, Gate, Logins
from handover.conversations.feed import QUEUE, Feed, Notice
from handover.errors import Problem
from handover.handovers.aftercare import AftercareService
from handover.handovers.filters import read_filter
from handover.handovers.service import HandoverService
from handover.municipality import Municipality
from handover.pages.alarm import alarms
from handover.pages.case import case_view
from handover.pages.followups import follow_up_view
from handover.pages.overview import Labels, overview_view
from handover.pages.overview import rows as overview_rows
from handover.pages.queue import queue_view
from handover.pages.rendering import open_templates
from handover.pages.words import Words
from handover.settings import Settings
from handover.statistics.service import StatisticsService
from handover.statistics.sheet import MEDIA_TYPE, sheet
from handover.texts import Texts

Month = Annotated[str, Query(max_length=7)]
PAGES = Path(__file__).parent / "pages"
LOGIN_COOKIE = "handover_login"
IDLE = "X-Idle"
"""The header of a page that fetches itself again while nobody uses it."""
HEARTBEAT = 20.0
"""Seconds between signs of life of an event stream in which nothing happens."""


def mount(
    app: FastAPI,
    service: HandoverService,
    aftercare: AftercareService,
    statistics: StatisticsService,
    logins: Logins,
    gate: Gate,
    feed: Feed,
    texts: Texts,
    words: Words,
    municipality: Municipality,
    settings: Settings,
) -> None:
    templates = open_templates(PAGES / "templates", words, service.catalogue, service.clock)
    labels = Labels(words, service.catalogue)
    place = municipality.model_dump(mode="json", by_alias=True)
    shown = [r for r in load_resources() if not r.area or r.area in municipality.areas]
    resources = [*shown, *municipality.own_resources]
    cookie: dict[str, Any] = {
        "httponly": True,
        "samesite": "strict",
        "secure": settings.https,
    }
    public = APIRouter(include_in_schema=False)
    console = APIRouter(prefix="/console", include_in_schema=False)

    async def visitor(
        request: Request, handover_session: Annotated[str | None, Cookie()] = None
    ) -> Caller | None:
        return await logins.by_session(handover_session) if handover_session else None

    Visitor = Annotated[Caller | None, Depends(visitor)]  # noqa: N806
    Known = Annotated[Caller, Depends(gate)]  # noqa: N806

    def page(request: Request, name: str, **context: Any) -> HTMLResponse:
        return templates.TemplateResponse(
            request,
            name,
            {
                "municipality": place,
                "resources": resources,
                "exit_url": municipality.exit_address,
                **context,
            },
        )

    async def inside(
        request: Request, name: str, known: tuple[Caller, str], **context: Any
    ) -> HTMLResponse:
        """A page behind the login, with its bar: who it is, and how many are to be followed up."""
        caller, csrf = known
        due = await aftercare.due()
        return page(request, name, account=caller.account, csrf=csrf, due=due, **context)

    @public.get("/", response_class=HTMLResponse)
    async def chat(request: Request) -> Response:
        return page(request, "chat.html")

    if municipality.widget.hosts:
        public.add_api_route(widget.FRAME, chat, response_class=HTMLResponse)
        public.include_router(widget.router(municipality, resources, texts))

    @console.get("/login", response_class=HTMLResponse)
    async def login_page(request: Request, who: Visitor) -> Response:
        if who:
            return RedirectResponse("/console", 303)
        return login_form(request)

    def login_form(request: Request, error: str | None = None, status: int = 200) -> Response:
        own = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(16)
        answer = page(request, "login.html", csrf=logins.csrf(own), error=error)
        answer.status_code = status
        answer.set_cookie(LOGIN_COOKIE, own, path="/console", **cookie)
        return answer

    @console.post("/login", response_class=HTMLResponse)
    async def login(
        request: Request,
        name: Annotated[str, Form(max_length=100)],
        password: Annotated[str, Form(max_length=200)],
        csrf: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        own = request.cookies.get(LOGIN_COOKIE, "")
        if not own or not logins.csrf_fits(csrf, own):
            return login_form(request, texts.say("fejl_csrf"), 403)
        address = request.client.host if request.client else ""
        try:
            token = await logins.log_in(name.strip(), password, address)
        except Problem as problem:
            answer = login_form(request, texts.say(f"fejl_{problem.code}"), problem.status)
            answer.headers.update(problem.headers)
            return answer
        if token is None:
            return login_form(request, texts.say("fejl_forkert_login"), 401)
        entered = RedirectResponse("/console", 303)
        entered.delete_cookie(LOGIN_COOKIE, path="/console")
        lasts = int(logins.session_lasts.total_seconds())
        entered.set_cookie(COOKIE, token, max_age=lasts, path="/", **cookie)
        return entered

    @console.post("/logout")
    async def logout(who: Visitor, csrf: Annotated[str, Form(max_length=200)] = "") -> Response:
        if who and who.session:
            if not logins.csrf_fits(csrf, who.session):
                raise Problem(403, "csrf")
            await logins.log_out(who)
        left = RedirectResponse("/console/login", 303)
        left.delete_cookie(COOKIE, path="/")
        return left

    def behind(who: Caller | None) -> tuple[Caller, str] | None:
        """Who is logged in, with the token of the page's forms; None: to the login."""
        return (who, logins.csrf(who.session)) if who and who.session else None

    @console.get("", response_class=HTMLResponse)
    async def queue(request: Request, who: Visitor) -> Response:
        if not (known := behind(who)):
            return RedirectResponse("/console/login", 303)
        wanted = read_filter(request.query_params, service.catalogue.tracks)
        items = await service.open_cases()
        view = queue_view(items, known[0].name, wanted, service.catalogue, words)
        return await inside(request, "queue.html", known, queue=view)

    @console.get("/lukkede", response_class=HTMLResponse)
    async def closed(request: Request, who: Visitor) -> Response:
        if not (known := behind(who)):
            return RedirectResponse("/console/login", 303)
        return await inside(request, "closed.html", known, items=await service.closed_cases())

    @console.get("/opfoelgning", response_class=HTMLResponse)
    async def follow_ups(request: Request, who: Visitor) -> Response:
        if not (known := behind(who)):
            return RedirectResponse("/console/login", 303)
        view = follow_up_view(await service.follow_ups(), aftercare.rules.today)
        return await inside(request, "followups.html", known, follow_ups=view)

    @console.get("/overblik", response_class=HTMLResponse)
    async def overview(
        request: Request, who: Visitor, fra: Month = "", til: Month = ""
    ) -> Response:
        if not (known := behind(who)):
            return RedirectResponse("/console/login", 303)
        wrong = None
        try:
            period = statistics.period(fra, til)
        except Problem as problem:
            wrong, period = problem, statistics.period(None, None)
        answer = await inside(
            request,
            "overview.html",
            known,
            view=overview_view(await statistics.overview(period), labels),
            months=await statistics.months(),
            wrong=wrong,
        )
        answer.status_code = wrong.status if wrong else 200
        return answer

    @console.get("/overblik.csv")
    async def overview_sheet(who: Visitor, fra: Month = "", til: Month = "") -> Response:
        if not behind(who):
            return RedirectResponse("/console/login", 303)
        period = statistics.period(fra, til)
        name = f"overblik-{period.first:%Y-%m}-{period.last:%Y-%m}.csv"
        return Response(
            sheet(overview_rows(await statistics.overview(period), labels)),
            media_type=MEDIA_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @console.get("/sager/{handover_id}", response_class=HTMLResponse)
    async def case(request: Request, handover_id: str, who: Visitor) -> Response:
        if not (known := behind(who)):
            return RedirectResponse("/console/login", 303)
        caller, _ = known
        try:
            present = IDLE not in request.headers
            found = await service.detail(handover_id, caller.name, present=present)
        except Problem as problem:
            gone = await inside(request, "gone.html", known)
            gone.status_code = problem.status
            return gone
        return await inside(
            request,
            "case.html",
            known,
            case=found,
            view=case_view(found, words),
            colleagues=await service.colleagues(caller.name),
        )

    @console.get("/events")
    async def events(who: Known, sag: str | None = None) -> Response:
        """Server-sent events: the queue has changed, or (``sag``) something is new in a case."""
        topic = await service.conversation_of(sag) if sag else QUEUE
        return StreamingResponse(
            _events(feed, topic),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
        )

    @console.get("/alarm")
    async def alarm(who: Known) -> Response:
        """Server-sent events: what waits, as often as the alarm needs to hear it."""
        return StreamingResponse(
            alarms(feed, service.waiting_now, lambda: logins.still_in(who), service.clock),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
        )

    app.include_router(public)
    app.include_router(console)
    app.mount("/static", StaticFiles(directory=PAGES / "static"), name="static")


async def _events(feed: Feed, topic: str) -> AsyncIterator[str]:
    """``data: {"type": "news"}``; ``typing`` carries its sender."""
    with feed.listen(topic) as notices:
        yield _event(Notice("hello"))
        while True:
            try:
                yield _event(await asyncio.wait_for(notices.get(), HEARTBEAT))
            except TimeoutError:
                yield ": here\n\n"


def _event(notice: Notice) -> str:
    data = {
        "type": notice.kind,
        **({"sender": notice.data["sender"]} if notice.kind == "typing" else {}),
    }
    return f"data: {json.dumps(data)}\n\n"
