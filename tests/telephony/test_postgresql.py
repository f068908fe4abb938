"""SMS that come at the same moment on PostgreSQL (see tests/handover/test_postgresql.py)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handover.storage.calls import THROUGH
from tests.database import needs_postgresql
from tests.handover.conftest import FakeClock, RasaStandIn, WordScreen

from .conftest import Station, Telephone, opened

pytestmark = needs_postgresql


@pytest.fixture
async def station(
    tmp_path: Path,
    rasa: RasaStandIn,
    clock: FakeClock,
    screen: WordScreen,
    database_url: str,
) -> AsyncIterator[Station]:
    async with opened(tmp_path, rasa, clock, screen, database_url=database_url) as found:
        yield found


async def test_the_same_sms_many_times_at_once(station: Station, ida: Telephone) -> None:
    sid = "SM" + "1" * 32
    await asyncio.gather(*(ida.text("hej", sid) for _ in range(8)))
    await ida.gets("Læst: hej")
    assert station.house.rasa.texts == ["hej"]
    assert len(await station.conversations()) == 1


async def test_a_telling_in_several_sms_at_once_is_one_conversation(
    station: Station, ida: Telephone
) -> None:
    await asyncio.gather(*(ida.text(f"del {n}") for n in range(8)))
    await station.hears("del")
    assert len(await station.conversations()) == 1


async def test_stop_many_times_at_once(station: Station, ida: Telephone) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    answers = await asyncio.gather(*(ida.text("stop") for _ in range(8)))
    assert all("<Message>" in one.text for one in answers)
    assert [m.text for m in await station.said() if "skrevet stop" in m.text] != []


async def test_a_one_time_code_lets_in_once(station: Station, ida: Telephone) -> None:
    await ida.text("hej")
    sms = await ida.gets("koden")
    code = sms.body.split("koden ")[1][:9]
    service = [
        station.house.http.post("/api/conversations/resume", json={"resume_code": code})
        for _ in range(8)
    ]
    store = station.house.app.state.store

    async def use() -> str | None:
        async with store.write() as work:
            return await work.lines.use_link(code)

    found = await asyncio.gather(*(use() for _ in range(8)))
    assert len([one for one in found if one]) == 1
    assert (await asyncio.gather(*service))[0].status_code == 404


async def test_an_erased_conversation_leaves_its_recording_to_be_deleted(
    station: Station, ida: Telephone
) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    [conversation_id] = await station.conversations()
    async with station.house.app.state.store.write() as work:
        leg_id = await work.calls.add_leg(conversation_id, THROUGH, "Anna", True)
        recording_id = await work.recordings.add(conversation_id, leg_id)
        await work.recordings.named(recording_id, "RE" + "1" * 32)
        assert await work.recordings.due() == []
        await work.conversations.erase(conversation_id)
        [due] = await work.recordings.due()
    assert (due.id, due.sid) == (recording_id, "RE" + "1" * 32)


async def test_the_conversation_that_a_code_names_is_written_in(
    station: Station, ida: Telephone
) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    citizen = await station.house.citizen()
    await ida.text(citizen.resume_code)
    await ida.gets("Dine sms'er hører nu til denne samtale.")
    await ida.text("skift")
    await ida.gets_more(3)
    await ida.text("i den første")
    await ida.gets("Læst: i den første")
    assert (await station.conversations())[0] == citizen.id
