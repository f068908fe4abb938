"""In and out: the login, its second step, and the logout."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from handover.accounts.login import COOKIE, SECOND_STEP_LASTS, Caller, CodeNeeded
from handover.accounts.municipal import MunicipalLogin
from handover.accounts.provider import Provider, ProviderError
from handover.console import renewal, shell
from handover.console.places import HOME, LOGIN
from handover.console.shell import Shell
from handover.errors import Problem, log
from handover.settings import Settings
from handover.texts import Texts

LOGIN_COOKIE = "handover_login"
STEP_COOKIE, STEP = "handover_step", "/console/login/kode"
Csrf = Annotated[str, Form(max_length=200)]


def router(
    desk: Shell,
    texts: Texts,
    settings: Settings,
    municipal: MunicipalLogin,
    provider: Provider | None,
) -> APIRouter:
    routes, logins = shell.router(), desk.logins
    Visitor = Annotated[Caller | None, Depends(desk.visitor)]  # noqa: N806
    cookie: dict[str, Any] = {"httponly": True, "samesite": "strict", "secure": settings.https}

    @routes.get("/login", response_class=HTMLResponse)
    async def login_page(request: Request, who: Visitor) -> Response:
        if who:
            return RedirectResponse(HOME, 303)
        if desk.renews and renewal.possible(request):
            return RedirectResponse(renewal.address(request), 303)
        return login_form(request)

    def login_form(request: Request, error: str | None = None, status: int = 200) -> Response:
        own = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(16)
        shown = {"csrf": logins.csrf(own), "error": error, "municipal": provider is not None}
        answer = desk.site.page(request, "login.html", **shown)
        answer.status_code = status
        answer.set_cookie(LOGIN_COOKIE, own, path=HOME, **cookie)
        return answer

    def refused(form: Response, problem: Problem) -> Response:
        form.headers.update(problem.headers)
        return form

    @routes.post("/login", response_class=HTMLResponse)
    async def login(
        request: Request,
        name: Annotated[str, Form(max_length=100)],
        password: Annotated[str, Form(max_length=200)],
        csrf: Csrf = "",
    ) -> Response:
        own = request.cookies.get(LOGIN_COOKIE, "")
        if not own or not logins.csrf_fits(csrf, own):
            return login_form(request, texts.say("fejl_csrf"), 403)
        try:
            token = await logins.log_in(name.strip(), password, address(request))
        except CodeNeeded as needed:
            return second_step(needed.ticket)
        except Problem as problem:
            form = login_form(request, texts.say(f"fejl_{problem.code}"), problem.status)
            return refused(form, problem)
        if token is None:
            return login_form(request, texts.say("fejl_forkert_login"), 401)
        return entered(token)

    def second_step(ticket: str) -> Response:
        answer = RedirectResponse(STEP, 303)
        lasts = int(SECOND_STEP_LASTS.total_seconds())
        answer.set_cookie(STEP_COOKIE, ticket, max_age=lasts, path=STEP, **cookie)
        return answer

    @routes.get("/login/kode", response_class=HTMLResponse)
    async def code_page(request: Request) -> Response:
        if STEP_COOKIE not in request.cookies:
            return RedirectResponse(LOGIN, 303)
        return code_form(request)

    def code_form(request: Request, error: str | None = None, status: int = 200) -> Response:
        csrf = logins.csrf(request.cookies.get(STEP_COOKIE, ""))
        answer = desk.site.page(request, "login_code.html", csrf=csrf, error=error)
        answer.status_code = status
        return answer

    @routes.post("/login/kode", response_class=HTMLResponse)
    async def code(
        request: Request, code: Annotated[str, Form(max_length=40)], csrf: Csrf = ""
    ) -> Response:
        ticket = request.cookies.get(STEP_COOKIE, "")
        if not ticket or not logins.csrf_fits(csrf, ticket):
            return login_form(request, texts.say("fejl_csrf"), 403)
        try:
            token = await logins.second_step(ticket, code, address(request))
        except Problem as problem:
            form = login_form if problem.status == 401 else code_form
            answer = form(request, texts.say(f"fejl_{problem.code}"), problem.status)
            return refused(answer, problem)
        if token is None:
            return code_form(request, texts.say("fejl_forkert_kode"), 401)
        return entered(token)

    def entered(token: str) -> Response:
        answer = RedirectResponse(HOME, 303)
        answer.delete_cookie(LOGIN_COOKIE, path=HOME)
        answer.delete_cookie(STEP_COOKIE, path=STEP)
        set_session(answer, token, logins.session_lasts.total_seconds(), settings)
        return answer

    @routes.post("/logout")
    async def logout(request: Request, who: Visitor, csrf: Csrf = "") -> Response:
        onward = None
        if who and who.session:
            if not logins.csrf_fits(csrf, who.session):
                raise Problem(403, "csrf")
            onward = await elsewhere(request, who.session)
            await logins.log_out(who)
        # A form may not lead to another site (form-action); a page with a link may.
        left: Response = (
            desk.site.page(request, "onward.html", onward=onward, entered=False)
            if onward
            else RedirectResponse(LOGIN, 303)
        )
        left.delete_cookie(COOKIE, path="/")
        left.delete_cookie(renewal.COOKIE, path=HOME)
        return left

    async def elsewhere(request: Request, session: str) -> str | None:
        """Where the session at the municipality's login ends, if this one began there."""
        id_token = await municipal.id_token(session)
        if provider is None or id_token is None:
            return None
        try:
            return await provider.logout_address(id_token, own_address(request, settings, LOGIN))
        except ProviderError as error:
            log.warning("the municipality's login does not answer: %s", error)
            return None

    return routes


def own_address(request: Request, settings: Settings, path: str) -> str:
    """As others know us."""
    return (settings.public_url or str(request.base_url)).rstrip("/") + path


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def set_session(answer: Response, token: str, lasts: float, settings: Settings) -> None:
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(lasts),
        path="/",
        httponly=True,
        samesite="strict",
        secure=settings.https,
    )
