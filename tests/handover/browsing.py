"""Somebody at the console without scripts: pages are read, and their forms are sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.patience import PATIENCE

from .conftest import House

PASSWORD = "et langt kodeord"


@dataclass
class Form:
    action: str
    method: str
    values: dict[str, Any]
    text: str = ""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        if tag == "form":
            self.forms.append(Form(got.get("action") or "", got.get("method") or "get", {}))
            self.inside = True
        if not self.inside or "name" not in got or tag not in ("input", "button"):
            return
        name, value = str(got["name"]), got.get("value") or ""
        if got.get("type") == "checkbox":
            chosen = self.forms[-1].values.setdefault(name, [])
            chosen += [value] if "checked" in got else []
        else:
            self.forms[-1].values[name] = value

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.forms[-1].text += data


def forms(page: str) -> list[Form]:
    reader = _Forms()
    reader.feed(page)
    return reader.forms


@dataclass
class Visitor:
    http: httpx.AsyncClient
    page: httpx.Response | None = None

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.text

    async def go(self, path: str) -> httpx.Response:
        self.page = await self.http.get(path, follow_redirects=True)
        return self.page

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.url.path

    async def send(self, action: str, **values: Any) -> httpx.Response:
        """The form of the page whose action ends so, filled in with these values."""
        [form] = [f for f in forms(self.text) if f.action.endswith(action)]
        body = form.values | values
        self.page = await self.http.request(
            form.method.upper(), form.action, data=body, follow_redirects=True
        )
        return self.page

    async def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        await self.go("/console/login")
        return await self.send("/console/login", name=name, password=password)

    def error(self) -> str:
        found = re.search(r'role="alert"[^>]*>([^<]*)<', self.text)
        return found.group(1) if found else ""


@asynccontextmanager
async def visiting(house: House) -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(base_url=house.base_url, timeout=PATIENCE) as http:
        yield Visitor(http)


@asynccontextmanager
async def logged_in(house: House, name: str, *roles: str) -> AsyncIterator[Visitor]:
    """A new account with these roles (none: a counsellor), logged in."""
    await house.account(name, PASSWORD, roles or ("raadgiver",))
    async with visiting(house) as visitor:
        await visitor.log_in(name)
        yield visitor


async def trail(house: House) -> list[tuple[str, str, str | None, str | None]]:
    """Every line of the audit trail: who, what, to whom, how."""
    from handover.storage.trail import Wanted

    async with house.app.state.store.read() as work:
        lines = await work.trail.lines(Wanted(), 10_000)
    return [(line.actor, line.action, line.about, line.detail) for line in reversed(lines)]
