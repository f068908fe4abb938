"""The stream: no gap, no repeat, whatever the connection does."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.patience import PATIENCE

from .conftest import Citizen, House, entry


class Line:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def next(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        return found

    async def messages(self, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < count:
            frame = await self.next()
            if "seq" in frame:
                found.append(frame)
        return found

    async def until(self, kind: str) -> dict[str, Any]:
        while True:
            frame = await self.next()
            if frame.get("type") == kind:
                return frame


async def _until_closed(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    with suppress(ConnectionClosed):
        while True:
            yield await asyncio.wait_for(socket.recv(), PATIENCE)


@asynccontextmanager
async def stream(house: House, citizen: Citizen, after: int = 0) -> AsyncIterator[Line]:
    address = house.base_url.replace("http", "ws") + f"{citizen.path}/stream?after={after}"
    async with connect(address) as socket:
        line = Line(socket)
        await line.send(token=citizen.token)
        yield line


async def test_the_stream_begins_with_everything_after_seq_and_the_status(house: House) -> None:
    citizen = await house.citizen()
    async with stream(house, citizen, after=1) as line:
        assert (await line.next())["seq"] == 2
        assert await line.next() == {"type": "status", "status": "assistant"}


async def test_a_message_sent_on_the_stream_comes_back_with_its_id_and_is_answered(
    house: House,
) -> None:
    citizen, message_id = await house.citizen(), str(uuid.uuid4())
    async with stream(house, citizen, after=2) as line:
        await line.send(type="message", client_message_id=message_id, text="hej")
        mine, answer = await line.messages(2)
    assert (mine["seq"], mine["client_message_id"]) == (3, message_id)
    assert answer["text"] == "Læst: hej"


async def test_two_windows_see_the_same_messages(house: House) -> None:
    citizen = await house.citizen()
    async with stream(house, citizen, 2) as one, stream(house, citizen, 2) as other:
        await citizen.say("hej")
        assert await one.messages(2) == await other.messages(2)


async def test_over_reconnects_nothing_is_missed_and_nothing_comes_twice(house: House) -> None:
    house.rasa.answer = lambda text: [*entry("a"), *entry("b")]
    citizen, seen = await house.citizen(), [0]
    for number in range(6):
        async with stream(house, citizen, after=seen[-1]) as line:
            await line.send(type="message", client_message_id=f"m{number}", text=f"besked {number}")
            mine = False
            while not mine:
                [message] = await line.messages(1)
                seen.append(message["seq"])
                mine = message.get("client_message_id") == f"m{number}"
    async with stream(house, citizen, after=seen[-1]) as line:
        seen += [m["seq"] for m in await line.messages(20 - seen[-1])]
    assert seen == list(range(21))


@pytest.mark.parametrize("first", ['{"token": "wrong"}', "{}", "no json", '{"token": 7}', "[]"])
async def test_without_the_right_token_first_nothing_is_shown(house: House, first: str) -> None:
    citizen = await house.citizen()
    address = house.base_url.replace("http", "ws") + f"{citizen.path}/stream"
    async with connect(address) as socket:
        await socket.send(first)
        frames = [json.loads(frame) async for frame in _until_closed(socket)]
    assert not any("seq" in frame for frame in frames)
    assert socket.close_code == 4401


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "message", "client_message_id": "1", "text": "  "}, "tom_besked"),
        ({"type": "message", "client_message_id": "1", "text": "a" * 4001}, "besked_for_lang"),
        ({"type": "message", "client_message_id": 1, "text": "a"}, "ugyldig"),
        ({"type": "dance"}, "ugyldig"),
    ],
)
async def test_what_is_wrong_is_told_on_the_stream_which_stays_open(
    house: House, frame: dict[str, Any], code: str
) -> None:
    citizen = await house.citizen()
    async with stream(house, citizen) as line:
        await line.send(**frame)
        assert (await line.until("error"))["code"] == code
        await line.send(type="message", client_message_id="2", text="hej")
        assert (await line.messages(2))[-1]["seq"] >= 2


async def test_the_counsellor_and_the_status_come_through_the_stream(house: House) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    async with stream(house, citizen, after=2) as line, await house.counsellor() as anna:
        assert (await line.until("status"))["status"] == "waiting"
        await anna.post(f"/api/handovers/{handover_id}/claim")
        assert (await line.until("status"))["status"] == "counsellor"
        await anna.post(f"/api/handovers/{handover_id}/messages", json={"text": "Hej, jeg er Anna"})
        [message] = await line.messages(1)
        assert (message["sender"], message["text"]) == ("counsellor", "Hej, jeg er Anna")


async def test_typing_is_told_to_the_other_side(house: House) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    async with stream(house, citizen, after=2) as line, await house.counsellor() as anna:
        await anna.post(f"/api/handovers/{handover_id}/claim")
        await anna.post(f"/api/handovers/{handover_id}/typing")
        assert await line.until("typing") == {"type": "typing", "sender": "counsellor"}


async def test_erasing_closes_the_stream_and_says_so(house: House) -> None:
    citizen = await house.citizen()
    async with stream(house, citizen, after=2) as line:
        await line.next()
        await house.http.delete(citizen.path, headers=citizen.headers)
        assert (await line.until("status"))["status"] == "closed"
        with pytest.raises(ConnectionClosed):
            await line.next()


async def test_the_connection_may_break_at_any_time_without_losing_the_message(
    house: House,
) -> None:
    broken = asyncio.Event()
    house.rasa.waits_for(broken.wait)
    citizen = await house.citizen()
    async with stream(house, citizen, after=2) as line:
        await line.send(type="message", client_message_id="1", text="hej")
        await line.messages(1)
    broken.set()
    await citizen.wait_for("Læst: hej")
