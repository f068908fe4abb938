"""The way to the municipality's own login and back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from handover.accounts.municipal import MunicipalLogin
from handover.accounts.provider import Provider, ProviderError
from handover.accounts.tickets import open_ticket, seal_ticket
from handover.console import renewal, shell
from handover.console.entry import own_address, set_session
from handover.console.places import HOME, LOGIN
from handover.console.shell import Shell
from handover.conversations.access import digest
from handover.errors import Problem, log
from handover.settings import Settings
from handover.texts import Texts

PLACE = renewal.PLACE
BACK = f"{PLACE}/svar"
TICKET_COOKIE = "handover_kommune_"
"""With a mark of the state: several pages that are opened at once are all on their way."""
TICKET_LASTS = 600.0
PURPOSE = "municipal login"
Answered = Annotated[str, Query(max_length=4000)]
WAY_OUTLASTS = 3600.0
"""Seconds after its end in which a session is still renewed without a word, for whoever was away
from an open page. Later somebody else may sit there: the login is shown."""


def router(
    desk: Shell, login: MunicipalLogin, provider: Provider, texts: Texts, settings: Settings
) -> APIRouter:
    routes, store = shell.router(), desk.logins.store

    def stopped(request: Request, code: str, status: int) -> Response:
        answer = desk.site.page(request, "login_stopped.html", error=texts.say(f"fejl_{code}"))
        answer.status_code = status
        answer.delete_cookie(renewal.COOKIE, path=HOME)
        return used(request, answer)

    def used(request: Request, answer: Response) -> Response:
        """The ticket of this way is of no use any more."""
        answer.delete_cookie(_ticket_of(request.query_params.get("state", "")), path=PLACE)
        return answer

    def down(request: Request, error: ProviderError, onward: str, quiet: bool) -> Response:
        log.warning("the municipality's login does not answer: %s", error)
        if quiet:
            return unchanged(request, onward)
        return stopped(request, "kommunens_login_nede", 503)

    def unchanged(request: Request, onward: str) -> Response:
        """Nothing was renewed: the session is as good as it was, and it is not tried again."""
        answer = desk.site.page(request, "onward.html", onward=onward, entered=None)
        answer.delete_cookie(renewal.COOKIE, path=HOME)
        return used(request, answer)

    @routes.get("/login/kommune")
    async def leave(
        request: Request, stille: bool = False, til: Annotated[str, Query(max_length=2000)] = HOME
    ) -> Response:
        """``stille``: only if nobody has to be asked, and never begun by another site; ``til``:
        where it goes on afterwards."""
        if stille and renewal.COOKIE not in request.cookies:
            return RedirectResponse(LOGIN, 303)
        onward = renewal.own_place(til)
        try:
            begun = await provider.begin(own_address(request, settings, BACK), stille)
        except ProviderError as error:
            return down(request, error, onward, stille)
        until = store.clock().timestamp() + TICKET_LASTS
        content = [begun.state, begun.nonce, begun.verifier, until, onward, stille]
        answer = RedirectResponse(begun.address, 303)
        # Lax: the browser comes back from another site, and a strict cookie would stay at home.
        answer.set_cookie(
            _ticket_of(begun.state),
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
        ticket = _opened(request, desk, state)
        if ticket is None or not state or state != ticket[0]:
            return stopped(request, "login_udloebet", 401)
        onward, quiet = ticket[4:]
        if iss not in ("", provider.known.issuer) or not code:
            if quiet:
                return unchanged(request, onward)
            return stopped(request, "kommunens_login_afbrudt", 401)
        try:
            address = own_address(request, settings, BACK)
            person = await provider.finish(code, address, ticket[1], ticket[2])
            token = await login.enter(person)
        except ProviderError as error:
            return down(request, error, onward, quiet)
        except Problem as problem:
            return stopped(request, problem.code, problem.status)
        return entered(request, token, onward)

    def entered(request: Request, token: str, onward: str) -> Response:
        # A page, not a redirect: the session's strict cookie is only sent from our own site.
        answer = desk.site.page(request, "onward.html", onward=onward, entered=True)
        used(request, answer)
        lasts = login.lasts.total_seconds()
        set_session(answer, token, lasts, settings)
        answer.set_cookie(
            renewal.COOKIE,
            "1",
            max_age=int(lasts + WAY_OUTLASTS),
            path=HOME,
            httponly=True,
            samesite="strict",
            secure=settings.https,
        )
        return answer

    return routes


def _ticket_of(state: str) -> str:
    return TICKET_COOKIE + digest(state).hex()[:16]


def _opened(request: Request, desk: Shell, state: str) -> Any | None:
    """``[state, nonce, verifier, until, onward, quiet]``"""
    store = desk.logins.store
    ticket = open_ticket(store.keyring, PURPOSE, request.cookies.get(_ticket_of(state), ""))
    return ticket if ticket and ticket[3] >= store.clock().timestamp() else None
