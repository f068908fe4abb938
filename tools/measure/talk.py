"""Conversations that are timed: with the assistant through its public API, with stock Rasa."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Protocol

import httpx

PATIENCE = 60.0  # seconds for one answer
MATTER = "min søn på 8 kan ikke sidde stille i skolen og bliver afbrudt af alt hvad han ser"
TOLD = {"alder": "8", "kommune": "Gladsaxe", "fylder": MATTER}
SOMETHING = "vi har talt med hans lærer om det et par gange"
ASIDES = ("hvad koster det?", "hvornår har I åbent?", "er det anonymt?", "er der ventetid?")
CHALLENGES = ("are you a bot?", "are you a human?", "am I talking to a bot?")
HARMLESS = "nej"


class Partner(Protocol):
    """Somebody to talk with; ``answer`` replies to what was asked last, ``interrupt`` does not."""

    async def begin(self) -> None: ...

    async def answer(self) -> None: ...

    async def interrupt(self, turn: int) -> None: ...


class Assistant:
    """A conversation that answers the assistant's questions."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._path = ""
        self._admitted: dict[str, str] = {}
        self._asked: Mapping[str, Any] = {}

    async def begin(self) -> None:
        begun = await self._post("/api/conversations", {"channel": "web"})
        self._path = f"/api/conversations/{begun['conversation_id']}/messages"
        self._admitted = {"Authorization": f"Bearer {begun['token']}"}
        self._asked = begun["messages"][-1]

    async def answer(self) -> None:
        await self._say(reply_to(self._asked))

    async def interrupt(self, turn: int) -> None:
        await self._say(ASIDES[turn % len(ASIDES)])

    async def _say(self, text: str) -> None:
        new = {"client_message_id": str(uuid.uuid4()), "text": text}
        self._asked = (await self._post(self._path, new))["messages"][-1]

    async def _post(self, path: str, content: Mapping[str, Any]) -> Any:
        answer = await self._client.post(path, json=content, headers=self._admitted)
        answer.raise_for_status()
        return answer.json()


def reply_to(asked: Mapping[str, Any]) -> str:
    """A harmless answer to a question, so that the next one comes."""
    values = [choice["value"] for choice in asked["choices"]]
    if HARMLESS in values:
        return HARMLESS
    known = TOLD.get(asked["question"] or "")
    return known or next(iter(values), SOMETHING)


class StockRasa:
    """A conversation in which every turn is answered by the example action."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client, self._sender = client, ""

    async def begin(self) -> None:
        self._sender = str(uuid.uuid4())

    async def answer(self) -> None:
        await self.interrupt(0)

    async def interrupt(self, turn: int) -> None:
        new = {"sender": self._sender, "message": CHALLENGES[turn % len(CHALLENGES)]}
        answer = await self._client.post("/webhooks/rest/webhook", json=new)
        answer.raise_for_status()
        if not answer.json():
            raise ValueError("stock Rasa said nothing")


async def seconds(turn: Awaitable[None]) -> float:
    started = time.perf_counter()
    await turn
    return time.perf_counter() - started


async def answers(partner: Partner, turns: int) -> list[float]:
    """Seconds for each answer of one conversation from its beginning."""
    await partner.begin()
    return [await seconds(partner.answer()) for _ in range(turns)]


async def at_once(partners: Sequence[Partner], turns: int) -> list[float]:
    """The same in several conversations at once."""
    found = await asyncio.gather(*(answers(partner, turns) for partner in partners))
    return [each for one in found for each in one]


async def growing(partner: Partner, turns: int) -> list[float]:
    """Seconds for each message of one conversation that never gets to its end."""
    first = await answers(partner, 1)
    return first + [await seconds(partner.interrupt(turn)) for turn in range(1, turns)]


def client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False)
