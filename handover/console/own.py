"""One's own account."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from handover.accounts.administration import LONGEST_NAME, LONGEST_SHOWN
from handover.accounts.own import LONGEST_MAIL, OwnAccount
from handover.accounts.passwords import SHORTEST
from handover.accounts.roles import ROLES
from handover.console import shell
from handover.console.places import HOME
from handover.console.shell import Known, Shell
from handover.errors import Problem
from handover.municipality import Municipality
from handover.texts import Texts

PLACE = f"{HOME}/min-konto"
Password = Annotated[str, Form(max_length=200)]
Code = Annotated[str, Form(max_length=40)]
Csrf = Annotated[str, Form(max_length=200)]


def router(
    desk: Shell, own: OwnAccount, texts: Texts, municipality: Municipality, mails: bool
) -> APIRouter:
    """``mails``: reminders can be sent by mail."""
    routes = shell.router()
    Settled = Annotated[Known, Depends(desk.known())]  # noqa: N806
    Anybody = Annotated[Known, Depends(desk.known(owing=True))]  # noqa: N806

    async def account_page(
        request: Request, who: Known, problem: Problem | None = None, **told: Any
    ) -> Response:
        shown = {
            "roles": ROLES,
            "left": await own.recovery_codes_left(who.caller),
            "named": municipality.counsellor_named,
            "longest": LONGEST_SHOWN,
            "mails": mails,
        }
        return await page(request, "own.html", who, problem, **shown, **told)

    async def password_page(
        request: Request, who: Known, problem: Problem | None = None
    ) -> Response:
        return await page(request, "own/password.html", who, problem, shortest=SHORTEST)

    async def codes_page(request: Request, who: Known, problem: Problem | None = None) -> Response:
        shown = await own.unconfirmed(who.caller)
        return await page(request, "own/codes.html", who, problem, shown=shown)

    async def page(
        request: Request, name: str, who: Known, problem: Problem | None, **told: Any
    ) -> Response:
        error, status = None, 200
        if problem:
            error = texts.say(f"fejl_{problem.code}", **problem.values)
            status = problem.status
        answer = await desk.page(request, name, who, status, error=error, **told)
        answer.headers.update(problem.headers if problem else {})
        return answer

    @routes.get("/min-konto", response_class=HTMLResponse)
    async def account(request: Request, who: Anybody) -> Response:
        return await account_page(request, who)

    async def changed(
        request: Request, who: Known, csrf: str, act: Callable[[], Awaitable[None]]
    ) -> Response:
        try:
            return await desk.done(who, csrf, act, PLACE)
        except Problem as problem:
            return await account_page(request, who, problem)

    @routes.post("/min-konto/navn", response_class=HTMLResponse)
    async def show_as(
        request: Request,
        who: Settled,
        shown: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
        csrf: Csrf = "",
    ) -> Response:
        return await changed(request, who, csrf, lambda: own.show_as(who.caller, shown))

    @routes.post("/min-konto/mail", response_class=HTMLResponse)
    async def set_mail(
        request: Request,
        who: Settled,
        mail: Annotated[str, Form(max_length=LONGEST_MAIL)] = "",
        csrf: Csrf = "",
    ) -> Response:
        return await changed(request, who, csrf, lambda: own.set_mail(who.caller, mail))

    @routes.get("/min-konto/adgangskode", response_class=HTMLResponse)
    async def password(request: Request, who: Anybody) -> Response:
        return await password_page(request, who)

    @routes.post("/min-konto/adgangskode", response_class=HTMLResponse)
    async def change_password(
        request: Request,
        who: Anybody,
        old: Password = "",
        new: Password = "",
        again: Password = "",
        csrf: Csrf = "",
    ) -> Response:
        try:
            desk.checked(who, csrf)
            await own.change_password(who.caller, old, new, again)
        except Problem as problem:
            return await password_page(request, who, problem)
        return RedirectResponse(HOME if desk.logins.owes(who.caller.account) else PLACE, 303)

    @routes.get("/min-konto/koder", response_class=HTMLResponse)
    async def codes(request: Request, who: Anybody) -> Response:
        return RedirectResponse(PLACE, 303) if settled(who) else await codes_page(request, who)

    @routes.post("/min-konto/koder", response_class=HTMLResponse)
    async def begin(
        request: Request, who: Anybody, old: Password = "", csrf: Csrf = ""
    ) -> Response:
        try:
            desk.checked(who, csrf)
            await own.begin_codes(who.caller, old)
        except Problem as problem:
            return await codes_page(request, who, problem)
        return RedirectResponse(f"{PLACE}/koder", 303)

    @routes.post("/min-konto/koder/bekraeft", response_class=HTMLResponse)
    async def confirm(request: Request, who: Anybody, code: Code = "", csrf: Csrf = "") -> Response:
        try:
            desk.checked(who, csrf)
            recovery = await own.confirm_codes(who.caller, code)
        except Problem as problem:
            return await codes_page(request, who, problem)
        return await desk.page(request, "own/recovery.html", who, recovery=recovery)

    @routes.post("/min-konto/koder/nye", response_class=HTMLResponse)
    async def new_recovery(
        request: Request, who: Anybody, code: Code = "", csrf: Csrf = ""
    ) -> Response:
        try:
            desk.checked(who, csrf)
            recovery = await own.new_recovery_codes(who.caller, code)
        except Problem as problem:
            return await account_page(request, who, problem)
        return await desk.page(request, "own/recovery.html", who, recovery=recovery)

    @routes.post("/min-konto/koder/fra", response_class=HTMLResponse)
    async def turn_off(
        request: Request, who: Anybody, code: Code = "", csrf: Csrf = ""
    ) -> Response:
        try:
            desk.checked(who, csrf)
            await own.turn_codes_off(who.caller, code)
        except Problem as problem:
            return await account_page(request, who, problem)
        return RedirectResponse(PLACE, 303)

    def settled(who: Known) -> bool:
        account = who.caller.account
        return account.codes or account.external

    return routes
