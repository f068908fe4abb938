"""The way to the municipality's own login and back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from handover.accounts.municipal import MunicipalLogin
from handover.accounts.provider import Provider, ProviderError
from handover.accounts.tickets import open_ticket, seal_ticket
from handover.console import shell
from handover.console.entry import own_address, set_session
from handover.console.shell import HOME, LOGIN, Shell
from handover.errors import Problem, log
from handover.settings import Settings
from handover.texts import Texts

PLACE = f"{LOGIN}/kommune"
BACK = f"{PLACE}/svar"
TICKET_COOKIE = "handover_kommune"
TICKET_LASTS = 600.0
PURPOSE = "municipal login"
Answered = Annotated[str, Query(max_length=4000)]


def router(
    desk: Shell, login: MunicipalLogin, provider: Provider, texts: Texts, settings: Settings
) -> APIRouter:
    routes, store = shell.router(), desk.logins.store

    def stopped(request: Request, code: str, status: int) -> Response:
        answer = desk.site.page(request, "login_stopped.html", error=texts.say(f"fejl_{code}"))
        answer.status_code = status
        answer.delete_cookie(TICKET_COOKIE, path=PLACE)
        return answer

    @routes.get("/login/kommune")
    async def leave(request: Request) -> Response:
        try:
            begun = await provider.begin(own_address(request, settings, BACK))
        except ProviderError as error:
            log.warning("the municipality's login does not answer: %s", error)
            return stopped(request, "kommunens_login_nede", 503)
        until = store.clock().timestamp() + TICKET_LASTS
        content = [begun.state, begun.nonce, begun.verifier, until]
        answer = RedirectResponse(begun.address, 303)
        # Lax: the browser comes back from another site, and a strict cookie would stay at home.
        answer.set_cookie(
            TICKET_COOKIE,
            seal_ticket(store.keyring, PURPOSE, content),
            max_age=int(TICKET_LASTS),
            path=PLACE,
            httponly=True,
            samesite="lax",
            secure=settings.https,
        )
        return answer

    @routes.get("/login/kommune/svar", response_class=HTMLResponse)
    async def back(
        request: Request, state: Answered = "", code: Answered = "", iss: Answered = ""
    ) -> Response:
        ticket = _opened(request, desk)
        if ticket is None or not state or state != ticket[0]:
            return stopped(request, "login_udloebet", 401)
        if iss not in ("", provider.known.issuer) or not code:
            return stopped(request, "kommunens_login_afbrudt", 401)
        try:
            address = own_address(request, settings, BACK)
            person = await provider.finish(code, address, ticket[1], ticket[2])
            token = await login.enter(person)
        except ProviderError as error:
            log.warning("the municipality's login does not answer: %s", error)
            return stopped(request, "kommunens_login_nede", 503)
        except Problem as problem:
            return stopped(request, problem.code, problem.status)
        # A page, not a redirect: the session's strict cookie is only sent from our own site.
        answer = desk.site.page(request, "onward.html", onward=HOME, entered=True)
        answer.delete_cookie(TICKET_COOKIE, path=PLACE)
        set_session(answer, token, desk.logins.session_lasts.total_seconds(), settings)
        return answer

    return routes


def _opened(request: Request, desk: Shell) -> Any | None:
    """``[state, nonce, verifier, until]``"""
    store = desk.logins.store
    ticket = open_ticket(store.keyring, PURPOSE, request.cookies.get(TICKET_COOKIE, ""))
    return ticket if ticket and ticket[3] >= store.clock().timestamp() else None
