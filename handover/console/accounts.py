"""Who has an account, with which roles, and which programs have a token."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from handover.accounts.administration import LONGEST_NAME, LONGEST_SHOWN, Administration
from handover.accounts.roles import ADMINISTRATOR, ROLES
from handover.console import shell
from handover.console.places import HOME
from handover.console.shell import Known, Shell
from handover.errors import Problem
from handover.texts import Texts

PLACE = f"{HOME}/konti"
Csrf = Annotated[str, Form(max_length=200)]
Roles = Annotated[list[str], Form(max_length=len(ROLES))]


def router(desk: Shell, administration: Administration, texts: Texts) -> APIRouter:
    routes = shell.router()
    Administrator = Annotated[Known, Depends(desk.known(ADMINISTRATOR))]  # noqa: N806

    async def page(request: Request, who: Known, status: int = 200, **told: Any) -> Response:
        """``told``: the password that was just made, or what went wrong."""
        standing = await administration.standing()
        shown = {"standing": standing, "roles": ROLES, "longest": LONGEST_SHOWN, **told}
        return await desk.page(request, "accounts.html", who, status, **shown)

    async def refused(request: Request, who: Known, problem: Problem, **told: Any) -> Response:
        error = texts.say(f"fejl_{problem.code}")
        return await page(request, who, problem.status, error=error, **told)

    async def done(
        request: Request, who: Known, csrf: str, act: Callable[[], Awaitable[None]]
    ) -> Response:
        try:
            return await desk.done(who, csrf, act, PLACE)
        except Problem as problem:
            return await refused(request, who, problem)

    @routes.get("/konti", response_class=HTMLResponse)
    async def accounts(request: Request, who: Administrator) -> Response:
        return await page(request, who)

    @routes.post("/konti", response_class=HTMLResponse)
    async def make(
        request: Request,
        who: Administrator,
        name: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
        role: Roles = [],  # noqa: B006
        csrf: Csrf = "",
    ) -> Response:
        try:
            desk.checked(who, csrf)
            password = await administration.make(who.name, name, role)
        except Problem as problem:
            return await refused(request, who, problem, given={"name": name, "roles": role})
        return await page(request, who, fresh={"name": name.strip(), "password": password})

    @routes.post("/konti/{account_id}/adgangskode", response_class=HTMLResponse)
    async def new_password(
        request: Request, account_id: str, who: Administrator, csrf: Csrf = ""
    ) -> Response:
        try:
            desk.checked(who, csrf)
            password = await administration.new_password(who.name, account_id)
        except Problem as problem:
            return await refused(request, who, problem)
        standing = await administration.standing()
        name = next(e.account.name for e in standing.accounts if e.account.id == account_id)
        return await page(request, who, fresh={"name": name, "password": password})

    @routes.post("/konti/{account_id}/roller")
    async def change_roles(
        request: Request,
        account_id: str,
        who: Administrator,
        role: Roles = [],  # noqa: B006
        csrf: Csrf = "",
    ) -> Response:
        act = lambda: administration.change_roles(who.name, account_id, role)  # noqa: E731
        return await done(request, who, csrf, act)

    @routes.post("/konti/{account_id}/navn")
    async def show_as(
        request: Request,
        account_id: str,
        who: Administrator,
        shown: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
        csrf: Csrf = "",
    ) -> Response:
        act = lambda: administration.show_as(who.name, account_id, shown)  # noqa: E731
        return await done(request, who, csrf, act)

    @routes.post("/konti/{account_id}/luk")
    async def close(
        request: Request, account_id: str, who: Administrator, csrf: Csrf = ""
    ) -> Response:
        act = lambda: administration.close(who.name, account_id)  # noqa: E731
        return await done(request, who, csrf, act)

    @routes.post("/konti/{account_id}/aabn")
    async def open_again(
        request: Request, account_id: str, who: Administrator, csrf: Csrf = ""
    ) -> Response:
        act = lambda: administration.open_again(who.name, account_id)  # noqa: E731
        return await done(request, who, csrf, act)

    @routes.post("/konti/{account_id}/koder")
    async def forget_codes(
        request: Request, account_id: str, who: Administrator, csrf: Csrf = ""
    ) -> Response:
        act = lambda: administration.forget_codes(who.name, account_id)  # noqa: E731
        return await done(request, who, csrf, act)

    @routes.post("/konti/token/{token_id}/spaer")
    async def revoke(
        request: Request, token_id: str, who: Administrator, csrf: Csrf = ""
    ) -> Response:
        act = lambda: administration.revoke(who.name, token_id)  # noqa: E731
        return await done(request, who, csrf, act)

    return routes
