"""Deny by default: every route is walked, and who may come in without being known is a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIWebSocketRoute
from starlette.routing import BaseRoute, Mount

from .conftest import House

PUBLIC = {
    ("POST", "/api/conversations"),
    ("POST", "/api/conversations/resume"),
    ("GET", "/"),
    ("GET", "/healthz"),
    ("GET", "/openapi.json"),
    ("GET", "/console/login"),
    ("POST", "/console/login"),  # checks the form's own token and the password
    ("POST", "/console/login/kode"),  # checks the first step's ticket, its form token and the code
    ("POST", "/console/logout"),  # only forgets a session that is given with its form token
}
BODY = {"text": "x", "status": None, "outcome": "x", "to": "x", "client_message_id": "1"}


def _routes(house: House) -> Iterator[tuple[str, str]]:
    found: list[BaseRoute] = []
    stack = list(house.app.routes)
    while stack:
        route = stack.pop()
        nested = getattr(route, "routes", None) or getattr(
            getattr(route, "original_router", None), "routes", None
        )
        if nested and not isinstance(route, Mount):
            stack += nested
        else:
            found.append(route)
    for route in found:
        if isinstance(route, Mount | APIWebSocketRoute):
            continue
        for method in getattr(route, "methods", None) or ():
            if method != "HEAD":
                yield method, str(getattr(route, "path", ""))


async def test_every_route_that_is_not_on_the_list_refuses_strangers(house: House) -> None:
    schema = set(_routes(house))
    walked = 0
    for method, path in sorted(schema - PUBLIC):
        address = re.sub(r"\{[^}]*\}", "x", path)
        response = await house.http.request(method, address, json=BODY)
        refused = response.status_code in (401, 403) or (
            response.status_code == 303 and response.headers["Location"] == "/console/login"
        )
        assert refused, f"{method} {path}: {response.status_code}"
        walked += 1
    assert walked >= 18, "the walk has lost sight of the routes"
    assert {path for _, path in PUBLIC} <= {path for _, path in schema}


async def test_a_citizens_token_opens_no_hand_over(house: House) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    for path in ("/api/handovers", f"/api/handovers/{handover_id}"):
        assert (await house.http.get(path, headers=citizen.headers)).status_code == 401


async def test_a_session_without_the_form_token_changes_nothing(house: House) -> None:
    await house.account("Anna", "et langt kodeord")
    token = await house.app.state.logins.log_in("Anna", "et langt kodeord", "1")
    handover_id = await house.hand_over(await house.citizen())
    cookies = {"handover_session": token}
    async with httpx.AsyncClient(base_url=house.base_url, cookies=cookies) as browser:
        path = f"/api/handovers/{handover_id}"
        assert (await browser.get(path)).status_code == 200
        assert (await browser.post(f"{path}/claim")).status_code == 403
        headers = {"X-CSRF-Token": house.app.state.logins.csrf(token)}
        assert (await browser.post(f"{path}/claim", headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/static/../app.py", "/static/%2e%2e/app.py"])
async def test_nothing_else_is_published(house: House, path: str) -> None:
    assert (await house.http.get(path)).status_code == 404


async def test_a_session_ends_after_its_time(house: House) -> None:
    await house.account("Anna", "et langt kodeord")
    token = await house.app.state.logins.log_in("Anna", "et langt kodeord", "1")
    cookies = {"handover_session": token}
    async with httpx.AsyncClient(base_url=house.base_url, cookies=cookies) as browser:
        assert (await browser.get("/api/handovers")).status_code == 200
        house.clock.advance(hours=11)
        assert (await browser.get("/api/handovers")).status_code == 401
