"""What every page of the console has: the templates, the login it is behind, and its bar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from handover.accounts.login import Caller, Logins
from handover.accounts.roles import RAADGIVER
from handover.console import renewal
from handover.console.drafts import DraftKeys
from handover.console.places import HOME, LOGIN
from handover.errors import Problem
from handover.handovers.aftercare import AftercareService
from handover.handovers.callbacks import CallbackService
from handover.site import Site

ELSEWHERE = "/console/overblik"
"""The first page of the bar for whoever does not work with cases."""
OWED = {"password": "/console/min-konto/adgangskode", "codes": "/console/min-konto/koder"}
"""Where what has to be done before anything else is done: see Logins.owes."""


@dataclass(frozen=True)
class Known:
    """Who is logged in, with the token of the page's forms."""

    caller: Caller
    csrf: str

    @property
    def name(self) -> str:
        return self.caller.name


class ToLoginError(Exception):
    """Nobody is logged in: to the login."""


class RenewError(Exception):
    """The session is to be renewed at the municipality's login."""


class OwesError(Exception):
    """Something about the account has to be done first."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.place = OWED[what]


class NotYoursError(Exception):
    """Somebody is logged in, and the page is for other roles."""

    def __init__(self, known: Known) -> None:
        super().__init__("a page of other roles")
        self.known = known


@dataclass(frozen=True)
class Shell:
    site: Site
    logins: Logins
    aftercare: AftercareService
    callbacks: CallbackService
    drafts: DraftKeys
    renews: bool = False
    """There is a municipality's login, at which its sessions are renewed."""

    async def visitor(
        self, request: Request, handover_session: Annotated[str | None, Cookie()] = None
    ) -> Caller | None:
        """Whoever calls, logged in or not."""
        return await self.logins.by_session(handover_session) if handover_session else None

    def known(self, *roles: str, owing: bool = False) -> Callable[..., Awaitable[Known]]:
        """A dependency: somebody who is logged in and has one of the roles (none: any).
        ``owing``: also before what is owed is done."""

        async def dependency(
            request: Request, handover_session: Annotated[str | None, Cookie()] = None
        ) -> Known:
            caller = await self.visitor(request, handover_session)
            renews = self.renews and renewal.possible(request)
            if caller is None or caller.session is None:
                raise RenewError if renews else ToLoginError
            if renews and await self.logins.half_over(caller):
                raise RenewError
            owed = self.logins.owes(caller.account)
            if owed and not owing:
                raise OwesError(owed)
            known = Known(caller, self.logins.csrf(caller.session))
            if roles and not caller.account.roles.intersection(roles):
                raise NotYoursError(known)
            return known

        return dependency

    async def page(
        self, request: Request, name: str, known: Known, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """A page with its bar: who it is, how many are to be followed up, and how many called."""
        account = known.caller.account
        works = RAADGIVER in account.roles
        told = {
            "account": account,
            "csrf": known.csrf,
            "due": await self.aftercare.due() if works else 0,
            "to_call": await self.callbacks.due() if works else 0,
            "owes": self.logins.owes(account),
            "drafts": self.drafts.owner(account),
        }
        answer = self.site.page(request, name, **told, **context)
        answer.status_code = status
        return answer

    def checked(self, known: Known, csrf: str) -> None:
        """A form of a page carries the page's token. Raises Problem 403."""
        if not self.logins.csrf_fits(csrf, known.caller.session or ""):
            raise Problem(403, "csrf")

    async def done(
        self, known: Known, csrf: str, act: Callable[[], Awaitable[None]], onward: str
    ) -> Response:
        """What a form asks for is done, and it goes on there. Raises Problem."""
        self.checked(known, csrf)
        await act()
        return RedirectResponse(onward, 303)


def router() -> APIRouter:
    return APIRouter(prefix=HOME, include_in_schema=False)


def install(app: FastAPI, desk: Shell) -> None:
    @app.exception_handler(ToLoginError)
    async def to_login(request: Request, _: ToLoginError) -> RedirectResponse:
        return RedirectResponse(LOGIN, 303)

    @app.exception_handler(RenewError)
    async def to_renewal(request: Request, _: RenewError) -> RedirectResponse:
        return RedirectResponse(renewal.address(request), 303)

    @app.exception_handler(OwesError)
    async def to_what_is_owed(request: Request, error: OwesError) -> RedirectResponse:
        return RedirectResponse(error.place, 303)

    @app.exception_handler(NotYoursError)
    async def not_yours(request: Request, error: NotYoursError) -> Response:
        """Said kindly; the first page of all leads on to one that they may see."""
        if request.url.path == HOME:
            return RedirectResponse(ELSEWHERE, 303)
        return await desk.page(request, "not_yours.html", error.known, 403)
