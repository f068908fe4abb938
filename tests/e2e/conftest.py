"""A real browser on the running service, over a wire that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from sqlalchemy import select

from handover.storage.tables import conversations
from tests.handover.conftest import (
    Citizen,
    FakeClock,
    House,
    RasaStandIn,
    WordScreen,
    running,
    serving,
)
from tests.patience import PATIENCE, until
from tools import browser as chromium
from tools.ports import free_port

MILLISECONDS = PATIENCE * 1000
expect.set_options(timeout=MILLISECONDS)
HERE = Path(__file__).parent
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PASSWORD = "et langt kodeord"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    found = chromium.find()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if not found:
                item.add_marker(pytest.mark.skip(reason=chromium.WITHOUT))


@dataclass
class Wire:
    """Between browser and service, and can be cut: all at once, or only what is answered."""

    upstream: int
    port: int = 0
    cut: bool = False
    deaf: bool = False
    lines: set[asyncio.StreamWriter] = field(default_factory=set)
    server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        self.server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def lose(self) -> None:
        self.cut = True
        for line in tuple(self.lines):
            line.transport.abort()

    def lose_answers(self) -> None:
        """What is asked still arrives and nothing comes back: the worst way to lose a network."""
        self.deaf = True

    def mend(self) -> None:
        for line in tuple(self.lines) if self.deaf else ():
            line.transport.abort()
        self.cut = self.deaf = False

    async def close(self) -> None:
        self.lose()
        if self.server:
            self.server.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.upstream)
        self.lines |= {writer, back}
        with suppress(ConnectionError):
            await asyncio.gather(self._carry(reader, back, False), self._carry(there, writer, True))
        self.lines -= {writer, back}

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, answers: bool
    ) -> None:
        while data := await source.read(65536):
            if answers and self.deaf:
                continue
            target.write(data)
            await target.drain()
        target.close()


@dataclass
class Place(House):
    """The service, and the wire that browsers reach it by."""

    wire: Wire = field(default_factory=lambda: Wire(0))
    browser: Browser | None = None
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def window(self, **look: Any) -> Page:
        """A new browser window of its own; what its scripts do wrong ends up in ``complaints``."""
        assert self.browser is not None
        context = await self.browser.new_context(locale="da-DK", base_url=self.wire.url, **look)
        context.set_default_timeout(MILLISECONDS)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._hear(message.text))
        return page

    def _hear(self, line: str) -> None:
        if "Content Security Policy" in line:
            self.complaints.append(line)

    async def heard(self, text: str) -> None:
        """Return once the stand-in has heard it."""
        await until(lambda: text in self.rasa.texts, f"nobody said {text!r}")

    async def heard_by_service(self, text: str) -> None:
        """Return once it is stored, whatever the wire does."""

        async def arrived() -> bool:
            async with self.app.state.store.read() as work:
                all_of_them = [
                    await work.conversations.get(i) for i in await work.conversations.ids()
                ]
                said = [await work.conversations.messages(one) for one in all_of_them if one]
            return any(message.text == text for messages in said for message in messages)

        await until(arrived, f"{text!r} never arrived")

    async def only_conversation(self) -> Citizen:
        """The one conversation there is, begun by a browser."""
        async with self.app.state.store.read() as work:
            rows = await work.connection.execute(select(conversations.c.id))
        return Citizen(self.http, rows.scalar_one(), "", "", [], "")

    async def counsellor_at(self, name: str = "Anna", **look: Any) -> Page:
        """Logged in, through the login page, with the queue before them."""
        await self.account(name, PASSWORD)
        page = await self.window(**(DESK | look))
        await page.goto("/console")
        await page.get_by_label("Navn").fill(name)
        await page.get_by_label("Adgangskode").fill(PASSWORD)
        await page.get_by_role("button", name="Log ind").click()
        await page.wait_for_url("**/console")
        return page


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(loop_scope="session")
async def rasa() -> AsyncIterator[RasaStandIn]:
    stand_in = RasaStandIn(port=free_port())
    async with serving(stand_in.app(), stand_in.port):
        yield stand_in


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


@pytest.fixture
def changes() -> dict[str, Any]:
    """The settings that differ from what all tests run with."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def place(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, chrome: Browser, changes: dict[str, Any]
) -> AsyncIterator[Place]:
    async with running(tmp_path, rasa, clock, WordScreen(), **changes) as house:
        wire = Wire(int(house.base_url.rsplit(":", 1)[1]))
        await wire.open()
        place = Place(**vars(house), wire=wire, browser=chrome)
        yield place
        for context in place.contexts:
            await context.close()
        await wire.close()
        assert not place.complaints
