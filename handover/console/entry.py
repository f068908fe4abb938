"""In and out: the login and the logout."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from handover.accounts.login import COOKIE, Caller
from handover.console import shell
from handover.console.shell import HOME, LOGIN, Shell
from handover.errors import Problem
from handover.settings import Settings
from handover.texts import Texts

LOGIN_COOKIE = "handover_login"


def router(desk: Shell, texts: Texts, settings: Settings) -> APIRouter:
    routes, logins = shell.router(), desk.logins
    Visitor = Annotated[Caller | None, Depends(desk.visitor)]  # noqa: N806
    cookie: dict[str, Any] = {"httponly": True, "samesite": "strict", "secure": settings.https}

    @routes.get("/login", response_class=HTMLResponse)
    async def login_page(request: Request, who: Visitor) -> Response:
        return RedirectResponse(HOME, 303) if who else login_form(request)

    def login_form(request: Request, error: str | None = None, status: int = 200) -> Response:
        own = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(16)
        answer = desk.site.page(request, "login.html", csrf=logins.csrf(own), error=error)
        answer.status_code = status
        answer.set_cookie(LOGIN_COOKIE, own, path=HOME, **cookie)
        return answer

    @routes.post("/login", response_class=HTMLResponse)
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
        entered = RedirectResponse(HOME, 303)
        entered.delete_cookie(LOGIN_COOKIE, path=HOME)
        lasts = int(logins.session_lasts.total_seconds())
        entered.set_cookie(COOKIE, token, max_age=lasts, path="/", **cookie)
        return entered

    @routes.post("/logout")
    async def logout(who: Visitor, csrf: Annotated[str, Form(max_length=200)] = "") -> Response:
        if who and who.session:
            if not logins.csrf_fits(csrf, who.session):
                raise Problem(403, "csrf")
            await logins.log_out(who)
        left = RedirectResponse(LOGIN, 303)
        left.delete_cookie(COOKIE, path="/")
        return left

    return routes
