"""What every page of the console has: the templates, the login it is behind, and its bar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from handover.accounts.login import Caller, Logins
from handover.accounts.roles import needs
from handover.errors import Problem
from handover.handovers.aftercare import AftercareService
from handover.handovers.callbacks import CallbackService
from handover.site import Site

HOME, LOGIN = "/console", "/console/login"


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


@dataclass(frozen=True)
class Shell:
    site: Site
    logins: Logins
    aftercare: AftercareService
    callbacks: CallbackService

    async def visitor(
        self, request: Request, handover_session: Annotated[str | None, Cookie()] = None
    ) -> Caller | None:
        """Whoever calls, logged in or not."""
        return await self.logins.by_session(handover_session) if handover_session else None

    def known(self, *roles: str) -> Callable[..., Awaitable[Known]]:
        """A dependency: somebody who is logged in and has one of the roles (none: any)."""

        async def dependency(
            request: Request, handover_session: Annotated[str | None, Cookie()] = None
        ) -> Known:
            caller = await self.visitor(request, handover_session)
            if caller is None or caller.session is None:
                raise ToLoginError
            if roles:
                needs(caller.account, *roles)
            return Known(caller, self.logins.csrf(caller.session))

        return dependency

    async def page(
        self, request: Request, name: str, known: Known, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """A page with its bar: who it is, how many are to be followed up, and how many called."""
        due = await self.aftercare.due()
        context["to_call"] = await self.callbacks.due()
        account, csrf = known.caller.account, known.csrf
        answer = self.site.page(request, name, account=account, csrf=csrf, due=due, **context)
        answer.status_code = status
        return answer

    def checked(self, known: Known, csrf: str) -> None:
        """A form of a page carries the page's token. Raises Problem 403."""
        if not self.logins.csrf_fits(csrf, known.caller.session or ""):
            raise Problem(403, "csrf")


def router() -> APIRouter:
    return APIRouter(prefix=HOME, include_in_schema=False)


def install(app: FastAPI) -> None:
    @app.exception_handler(ToLoginError)
    async def to_login(request: Request, _: ToLoginError) -> RedirectResponse:
        return RedirectResponse(LOGIN, 303)
