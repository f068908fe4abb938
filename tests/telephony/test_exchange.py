"""The stand-in for Twilio comes to its end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tools.phone.exchange import Exchange

from .conftest import ACCOUNT, NUMBER, PUBLIC, TOKEN


@pytest.fixture
def in_time() -> Iterator[None]:
    """A loop that lets nobody else run is not ended by a timeout of asyncio."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


async def test_it_closes_when_the_last_report_is_done_at_that_moment(in_time: None) -> None:
    exchange = Exchange(ACCOUNT, TOKEN, NUMBER, PUBLIC, "")
    done = asyncio.create_task(asyncio.sleep(0))
    await done
    for under_way in (exchange.reporting, exchange.switchboard.under_way):
        under_way.add(done)
        done.add_done_callback(under_way.discard)
    assert exchange.reporting, "done, and not taken off the list yet"
    await exchange.close()
    assert exchange.http.is_closed
