"""The running service on a real SQLite file and a real port, with a stand-in for Rasa."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bot.safety.screen import Finding, Verdict
from handover.accounts.login import issue_token
from handover.accounts.passwords import hash_password
from handover.app import create_app
from handover.settings import Settings
from handover.storage.database import open_database
from handover.storage.migrate import migrate
from tests import once
from tests.patience import PATIENCE, until
from tools.ports import free_port

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "the internal secret of the tests"

Answers = list[dict[str, Any]]


@dataclass
class FakeClock:
    now: datetime = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class WordScreen:
    """Sees danger in a few phrases, so that the edge's tests do not hang on the real screen's."""

    ALARMS = ("jeg vil dø i aften",)
    GUESSES = ("alt er gråt",)
    ASKS = ("gider ikke leve",)

    def __init__(self) -> None:
        self.seen: list[tuple[list[str], str | None, bool]] = []

    def read(
        self, recent: Sequence[str], *, pending: str | None = None, heightened: bool = False
    ) -> Verdict:
        self.seen.append((list(recent), pending, heightened))
        text = recent[-1].lower()
        for phrase in self.ALARMS:
            if phrase in text:
                return _verdict("alarm", recent[-1])
        if any(phrase in text for phrase in self.GUESSES):
            return Verdict("alarm", (Finding(recent[-1], ("weights",)),))
        if "slår mig" in text:
            finding = Finding(recent[-1], ("a phrase of the tests",))
            more = {"themes": ("vold",), "violence": True, "by_rule": True, "sure": True}
            return Verdict("ask", (finding,), **more)
        if "sørgmodig" in text:
            return Verdict("ask", (Finding(recent[-1], ("weights",)),))
        if any(phrase in text for phrase in self.ASKS):
            return _verdict("ask", recent[-1])
        return Verdict(denied=text.startswith("nej"))


def _verdict(level: str, quote: str) -> Verdict:
    finding = Finding(quote, ("a phrase of the tests",))
    return Verdict(level, (finding,), themes=("selvmord",), suicidal=True, by_rule=True)


def entry(text: str, **custom: Any) -> Answers:
    """What Rasa's REST channel answers for one utterance."""
    return [{"recipient_id": "x", "text": text}, *([{"custom": custom}] if custom else [])]


@dataclass
class RasaStandIn:
    """Answers as it is told; ``before`` runs while the edge waits for the answer."""

    answer: Callable[[str], Answers] = lambda text: entry(f"Læst: {text}")
    status: int = 200
    delay: float = 0.0
    before: Callable[[dict[str, Any]], Awaitable[None]] | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0

    @property
    def texts(self) -> list[str]:
        return [message["message"] for message in self.heard]

    def waits_for(self, over: Callable[[], Awaitable[Any]]) -> None:
        """It answers when ``over()`` is."""

        async def think(_: dict[str, Any]) -> None:
            await over()

        self.before = think

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/")
        async def alive() -> str:
            return "Hello from Rasa"

        @app.post("/webhooks/rest/webhook")
        async def webhook(request: Request) -> Any:
            message = await request.json()
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                if self.before:
                    await self.before(message)
                await asyncio.sleep(self.delay)
            finally:
                self.at_once -= 1
            if self.status != 200:
                return JSONResponse({"error": "x"}, self.status)
            self.heard.append(message)
            return self.answer(message["message"])

        return app


@asynccontextmanager
async def serving(app: Any, port: int) -> AsyncIterator[uvicorn.Server]:
    config = uvicorn.Config(app, "127.0.0.1", port, log_level="warning", lifespan="on")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.005)
    try:
        yield server
    finally:
        server.should_exit = True
        await task


@dataclass
class Citizen:
    """Somebody writing; remembers every message that came back."""

    http: httpx.AsyncClient
    id: str
    token: str
    resume_code: str
    messages: list[dict[str, Any]]
    status: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def path(self) -> str:
        return f"/api/conversations/{self.id}"

    async def post(self, text: Any, message_id: str | None = None) -> httpx.Response:
        sent = {"client_message_id": message_id or str(uuid.uuid4()), "text": text}
        return await self.http.post(f"{self.path}/messages", json=sent, headers=self.headers)

    async def say(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        response = await self.post(text, message_id)
        assert response.status_code == 200, response.text
        self.status = response.json()["status"]
        new: list[dict[str, Any]] = response.json()["messages"]
        self.messages += new
        return new

    async def read(self, after: int = 0) -> dict[str, Any]:
        params = {"after": after}
        response = await self.http.get(f"{self.path}/messages", params=params, headers=self.headers)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def wait_for(self, said: str) -> dict[str, Any]:
        """The first message in the feed that holds these words."""

        async def heard() -> dict[str, Any] | None:
            messages = (await self.read())["messages"]
            return next((dict(one) for one in messages if said in one["text"]), None)

        return await until(heard, f"nobody said {said!r}")


@dataclass
class House:
    """The whole service, and the ways in."""

    app: FastAPI
    http: httpx.AsyncClient
    rasa: RasaStandIn
    clock: FakeClock
    screen: WordScreen
    base_url: str
    var: Path

    async def citizen(self, **body: Any) -> Citizen:
        response = await self.http.post("/api/conversations", json={"channel": "web"} | body)
        assert response.status_code == 201, response.text
        found = response.json()
        return Citizen(
            self.http,
            found["conversation_id"],
            found["token"],
            found["resume_code"],
            list(found["messages"]),
            found["status"],
        )

    async def counsellor(self, name: str = "Anna") -> httpx.AsyncClient:
        token = await issue_token(self.app.state.store, name)
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=self.base_url, headers=headers, timeout=PATIENCE)

    async def account(
        self, name: str, password: str, roles: Sequence[str] = ("raadgiver",)
    ) -> None:
        hashed = await hash_password(password)
        async with self.app.state.store.write() as work:
            await work.accounts.add(name, hashed, roles)

    async def internal(self, method: str, citizen: Citizen, rest: str, **kw: Any) -> httpx.Response:
        return await self.http.request(
            method,
            f"/internal/conversations/{citizen.id}/{rest}",
            headers={"X-Internal-Secret": SECRET},
            **kw,
        )

    async def intake(self, citizen: Citizen) -> dict[str, Any]:
        response = await self.internal("GET", citizen, "intake")
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def change_intake(self, citizen: Citizen, **changes: Any) -> None:
        found = await self.intake(citizen)
        new = {"version": found["version"], "intake": found["intake"] | changes}
        response = await self.internal("PUT", citizen, "intake", json=new)
        assert response.status_code == 200, response.text

    async def hand_over(self, citizen: Citizen, reason: str = "samtykke") -> str:
        response = await self.internal("POST", citizen, "handover", json={"reason": reason})
        assert response.status_code in (200, 201), response.text
        return str(response.json()["handover_id"])

    async def handover_of(self, citizen: Citizen) -> dict[str, Any] | None:
        async with await self.counsellor("somebody") as counsellor:
            rows = (await counsellor.get("/api/handovers")).json()["items"]
        return next((row for row in rows if row["conversation_id"] == citizen.id), None)


def settings_for(var: Path, rasa_port: int, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "var": var,
        "internal_secret": SECRET,
        "rasa_url": f"http://127.0.0.1:{rasa_port}",
        "rasa_timeout": PATIENCE,
        "redrive_every": 0.05,
        "watch_every": 3600.0,
        "retention_every": 3600.0,
    }
    return Settings(**(values | changes))


@pytest.fixture
async def house(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> AsyncIterator[House]:
    async with running(tmp_path, rasa, clock, screen) as found:
        yield found


async def with_tables(path: Path) -> None:
    """A new database with the newest tables: migrated once by this process, then copied.
    The service finds nothing left to migrate; test_storage.py goes the whole way."""
    if not _empty:
        database = open_database(f"sqlite:///{path}")
        await migrate(database)
        await database.close()
        with closing(sqlite3.connect(path)) as file:
            _empty.append(file.serialize())
    else:
        _copy(_empty[0], path)


_empty: list[bytes] = []


def _copy(content: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@asynccontextmanager
async def running(
    var: Path,
    rasa: RasaStandIn,
    clock: FakeClock,
    screen: WordScreen,
    port: int | None = None,
    **changes: Any,
) -> AsyncIterator[House]:
    port = port or free_port()
    base_url = f"http://127.0.0.1:{port}"
    settings = settings_for(var, rasa.port, **changes)
    file = settings.var / "handover.sqlite"
    if not settings.database_url and not file.exists():
        await with_tables(file)
    app = create_app(settings, clock=clock, screen=screen)
    try:
        async with (
            serving(app, port),
            httpx.AsyncClient(base_url=base_url, timeout=PATIENCE) as http,
        ):
            yield House(app, http, rasa, clock, screen, base_url, var)
    finally:
        once.forget()


@pytest.fixture
async def anna(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await house.counsellor("Anna") as client:
        yield client


@pytest.fixture
async def bo(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await house.counsellor("Bo") as client:
        yield client


@pytest.fixture
async def citizen(house: House) -> Citizen:
    return await house.citizen()


@pytest.fixture
async def case(house: House, citizen: Citizen) -> str:
    """Its address in the API."""
    return f"/api/handovers/{await house.hand_over(citizen)}"
