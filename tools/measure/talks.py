"""How soon a citizen's words are on the counsellor's page, while many conversations are open.

Every open conversation has its citizen's stream and its counsellor's page, which does what the
script of the page does (static/console/case.js): it hears the notice, fetches what was said, and
the whole page if anything else has changed. The counsellor answers. Consoles with the queue on the
screen refresh it as queue.js does, while new urgent cases come.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from uuid import uuid4

import httpx
import websockets

from handover.accounts.login import COOKIE
from tools.report import Stop

SECONDS = 40.0
WRITES_EVERY = 45.0  # seconds between two messages of one citizen
ANSWERS_AFTER = 5.0
QUEUE_CONSOLES = 50
GATHER, SPREAD = 0.4, 1.2  # seconds before a queue page asks, as in queue.js
LOST_AFTER = 20.0
PROBES = 3.0  # seconds between two looks at the whole queue page, and between two new cases
LAST, STATE = re.compile(r'id="m(\d+)"'), re.compile(r'data-state="(\w+)"')
CSRF = re.compile(r'data-csrf="(\w+)"')
MARK, SAME = re.compile(r'data-mark="([^"]+)"'), re.compile(r'data-same="([^"]+)"')
WORDS = "Jeg sidder på mit værelse og tænker over det, du skrev"
ANSWER = "Tak, fordi du fortæller det. Hvad gør du, når det er sådan?"


@dataclass(frozen=True)
class Open:
    """A claimed conversation: its citizen's token, and the session of who has it."""

    handover_id: str
    conversation_id: str
    token: str
    session: str


@dataclass
class Load:
    """Whatever was measured, in seconds."""

    url: str
    client: httpx.AsyncClient
    seen: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    queue: list[float] = field(default_factory=list)
    refresh: list[float] = field(default_factory=list)
    refresh_bytes: list[int] = field(default_factory=list)
    lost: int = 0


@dataclass
class Page:
    """A counsellor's page of one case."""

    load: Load
    case: Open
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    awaited: dict[str, tuple[float, asyncio.Event]] = field(default_factory=dict)
    last: int = 0
    state: str = ""
    csrf: str = ""

    @property
    def cookies(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.case.session}"}

    @property
    def address(self) -> str:
        return f"/console/sager/{self.case.handover_id}"

    async def listen(self) -> None:
        await self.fetch()
        address = f"/console/events?sag={self.case.handover_id}"
        async with self.load.client.stream("GET", address, headers=self.cookies) as answer:
            async for line in answer.aiter_lines():
                if not line.startswith("data: "):
                    continue
                kind = json.loads(line.removeprefix("data: "))["type"]
                self.ready.set()
                if kind == "news":
                    await self.hear()

    async def hear(self) -> None:
        now = time.perf_counter()
        waited = [now - began for began, seen in self.awaited.values() if not seen.is_set()]
        self.load.told += waited
        if self.read(await self.get(f"{self.address}/samtale?efter={self.last}")) != self.state:
            await self.fetch()

    async def fetch(self) -> None:
        page = await self.get(self.address)
        self.state, self.csrf = self.read(page), CSRF.findall(page)[0]

    async def get(self, address: str) -> str:
        answer = await self.load.client.get(address, headers=self.cookies)
        if answer.status_code != 200:
            raise Stop(f"{address} answered {answer.status_code}")
        return answer.text

    def read(self, page: str) -> str:
        """Take in what is said; the state of the rest."""
        now = time.perf_counter()
        self.last = max([self.last, *(int(seq) for seq in LAST.findall(page))])
        for words, (began, seen) in self.awaited.items():
            if words in page and not seen.is_set():
                self.load.seen.append(now - began)
                seen.set()
        return str(STATE.findall(page)[0])

    async def write(self, until: float) -> None:
        """The citizen's part: now and then a message, as the widget sends it."""
        headers = {"Authorization": f"Bearer {self.case.token}"}
        path = f"/api/conversations/{self.case.conversation_id}/messages"
        await asyncio.sleep(random.uniform(0, WRITES_EVERY))
        while time.perf_counter() < until:
            name = "".join(random.choices(ascii_lowercase, k=24))  # digits may be masked
            body = {"client_message_id": name, "text": f"{WORDS} {name}"}
            seen = asyncio.Event()
            self.awaited[name] = (time.perf_counter(), seen)
            (await self.load.client.post(path, json=body, headers=headers)).raise_for_status()
            try:
                await asyncio.wait_for(seen.wait(), LOST_AFTER)
            except TimeoutError:
                self.load.lost += 1
            del self.awaited[name]
            await asyncio.sleep(ANSWERS_AFTER)
            await self.answer()
            await asyncio.sleep(random.uniform(0.5, 1.5) * WRITES_EVERY - ANSWERS_AFTER)

    async def answer(self) -> None:
        path = f"/api/handovers/{self.case.handover_id}/messages"
        headers = self.cookies | {"X-CSRF-Token": self.csrf}
        answer = await self.load.client.post(path, json={"text": ANSWER}, headers=headers)
        answer.raise_for_status()

    async def be_streamed_to(self) -> None:
        """The citizen's own window."""
        address = f"{self.load.url.replace('http', 'ws', 1)}/api/conversations"
        stream = f"{address}/{self.case.conversation_id}/stream?after={self.last}"
        async with websockets.connect(stream) as socket:
            await socket.send(json.dumps({"token": self.case.token}))
            async for _ in socket:
                pass


async def queue_console(load: Load, session: str, marks: list[str]) -> None:
    """A queue that is open, with some rows: it refreshes itself when the queue changes."""
    headers = {"Cookie": f"{COOKIE}={session}"}
    changed = asyncio.Event()

    async def hear() -> None:
        async with load.client.stream("GET", "/console/events", headers=headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    changed.set()

    hearing = asyncio.create_task(hear())
    try:
        while True:
            await changed.wait()
            await asyncio.sleep(GATHER + random.uniform(0, SPREAD))
            changed.clear()
            began = time.perf_counter()
            has = {"X-Has": " ".join(marks)}
            answer = await load.client.get("/console", headers=headers | has)
            load.refresh.append(time.perf_counter() - began)
            load.refresh_bytes.append(len(answer.content))
            same = [mark for some in SAME.findall(answer.text) for mark in some.split()]
            marks = [*MARK.findall(answer.text), *same]
    finally:
        hearing.cancel()


async def look_at_queue(load: Load, session: str) -> None:
    """Somebody opens the whole page now and then."""
    while True:
        began = time.perf_counter()
        answer = await load.client.get("/console", headers={"Cookie": f"{COOKIE}={session}"})
        answer.raise_for_status()
        load.queue.append(time.perf_counter() - began)
        await asyncio.sleep(PROBES)


async def newcomers(load: Load) -> None:
    """The queue changes every few seconds: somebody is in danger and is handed over at once."""
    while True:
        begun = (await load.client.post("/api/conversations", json={"channel": "web"})).json()
        path = f"/api/conversations/{begun['conversation_id']}/messages"
        body = {"client_message_id": str(uuid4()), "text": "jeg vil tage mit eget liv i aften"}
        headers = {"Authorization": f"Bearer {begun['token']}"}
        (await load.client.post(path, json=body, headers=headers)).raise_for_status()
        await asyncio.sleep(PROBES)


async def run(url: str, cases: Sequence[Open], session: str) -> dict[str, dict[str, float]]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    timeout = httpx.Timeout(60.0, read=None)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=timeout) as client:
        load = Load(url, client)
        pages = [Page(load, case) for case in cases]
        background = [asyncio.create_task(page.listen()) for page in pages]
        await asyncio.gather(*(page.ready.wait() for page in pages))
        background += [asyncio.create_task(page.be_streamed_to()) for page in pages]
        opened = await client.get("/console", headers={"Cookie": f"{COOKIE}={session}"})
        marks = MARK.findall(opened.text)
        background += [
            asyncio.create_task(queue_console(load, session, marks)) for _ in range(QUEUE_CONSOLES)
        ]
        await asyncio.sleep(2)
        background.append(asyncio.create_task(look_at_queue(load, session)))
        background.append(asyncio.create_task(newcomers(load)))
        until = time.perf_counter() + SECONDS
        await asyncio.gather(*(page.write(until) for page in pages))
        failed = [task.exception() for task in background if task.done() and not task.cancelled()]
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
    if any(failed):
        raise Stop(f"a page or a stream ended: {failed[0]!r}")
    return {
        "message": spread(load.seen) | {"lost": load.lost},
        "notice": spread(load.told),
        "queue_meanwhile": spread(load.queue),
        "queue_refresh": spread(load.refresh)
        | {"kilobytes": round(statistics.median(load.refresh_bytes) / 1000, 1)},
    }


def spread(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    place = min(len(ordered) - 1, int(0.95 * len(ordered)))
    found = {"median": statistics.median(ordered), "p95": ordered[place], "slowest": ordered[-1]}
    return {name: round(value, 3) for name, value in found.items()} | {"number": len(ordered)}
