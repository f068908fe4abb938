"""The telephone exchange beside the running system, for tests that wait and do not await."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import uvicorn

from tools.phone.exchange import Exchange

T = TypeVar("T")
ACCOUNT, TOKEN, NUMBER = "AC" + "0b" * 16, "a token of the tests", "+4570707070"
PUBLIC = "https://raad.example.dk"
PATIENCE = 120.0
"""Seconds; a busy machine is no fault of the assistant's."""


def settings(port: int) -> dict[str, str]:
    """The handover service's, so that it takes the exchange for Twilio. The assistant has all the
    time that it wants: here counts what it says."""
    return {
        "HANDOVER_PUBLIC_URL": PUBLIC,
        "HANDOVER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "HANDOVER_TWILIO_AUTH_TOKEN": TOKEN,
        "HANDOVER_TWILIO_NUMBER": NUMBER,
        "HANDOVER_TWILIO_API_URL": f"http://127.0.0.1:{port}",
        "HANDOVER_SMS_EVERY": "0.1",
        "HANDOVER_RASA_TIMEOUT": "60",
        "HANDOVER_VOICE_ANSWER_WITHIN": "14",
    }


class Town:
    """An exchange that runs in a thread of its own."""

    def __init__(self, exchange: Exchange, loop: asyncio.AbstractEventLoop) -> None:
        self.exchange, self._loop = exchange, loop

    def do(self, act: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(PATIENCE)


@contextmanager
def running(port: int, reached_at: str) -> Iterator[Town]:
    loop, ready = asyncio.new_event_loop(), threading.Event()
    exchange = Exchange(ACCOUNT, TOKEN, NUMBER, PUBLIC, reached_at)
    server = uvicorn.Server(uvicorn.Config(exchange.app(), port=port, log_level="warning"))

    async def serve() -> None:
        loop.call_later(0.1, ready.set)
        await server.serve()
        await exchange.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield Town(exchange, loop)
    finally:
        server.should_exit = True
        thread.join(30)
        loop.close()
