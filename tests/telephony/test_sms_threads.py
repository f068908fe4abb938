"""Several open conversations of one number: no word is lost, and none reaches the wrong one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.handover.conftest import Citizen
from tests.patience import until

from .conftest import OLE, Station, Telephone

DANGER = "jeg vil dø i aften"
OTHER = "(Fra din anden samtale. Skriv skift, hvis du vil svare i den.)"
BELONGS = "Dine sms'er hører nu til denne samtale."


class Desk:
    """The counsellor who has the conversation that began by SMS."""

    def __init__(self, http: Any, case: str) -> None:
        self.http, self.case = http, case

    async def says(self, text: str) -> None:
        answer = await self.http.post(f"{self.case}/messages", json={"text": text})
        assert answer.status_code == 201, answer.text

    async def heard(self) -> list[str]:
        found = (await self.http.get(self.case)).json()["transcript"]
        return [one["text"] for one in found if one["sender"] == "citizen"]

    async def hears(self, words: str) -> None:
        async def stands() -> bool:
            return words in await self.heard()

        await until(stands, f"no {words!r}")


@asynccontextmanager
async def counselled(station: Station, phone: Telephone) -> AsyncIterator[Desk]:
    """The telephone has a conversation with Anna."""
    await phone.text(DANGER)
    await phone.gets("112")
    async with await station.house.counsellor("Anna") as anna:
        [row] = (await anna.get("/api/handovers")).json()["items"]
        desk = Desk(anna, f"/api/handovers/{row['handover_id']}")
        await anna.post(f"{desk.case}/claim")
        await phone.gets("en rådgiver her")
        yield desk


async def in_chat(station: Station) -> Citizen:
    citizen = await station.house.citizen()
    await citizen.say("det begyndte i chatten")
    return citizen


async def told(citizen: Citizen) -> list[str]:
    """What the citizen has said in a conversation."""
    found = (await citizen.read())["messages"]
    return [one["text"] for one in found if one["sender"] == "citizen"]


async def test_texts_belong_to_the_conversation_that_the_code_names(
    station: Station, ida: Telephone
) -> None:
    async with counselled(station, ida) as anna:
        citizen = await in_chat(station)
        await ida.text(citizen.resume_code)
        sms = await ida.gets(BELONGS)
        assert sms.body.startswith("Velkommen tilbage")
        before = len(ida.got)
        await ida.text("jeg er 14")
        assert (await ida.gets("Læst: jeg er 14")).body == "Læst: jeg er 14"
        assert len(ida.got) == before + 1, "told once"
        assert await told(citizen) == ["det begyndte i chatten", "jeg er 14"]
        assert await anna.heard() == [DANGER]


async def test_what_the_other_counsellor_writes_arrives_and_says_where_from(
    station: Station, ida: Telephone
) -> None:
    async with counselled(station, ida) as anna:
        citizen = await in_chat(station)
        await ida.text(citizen.resume_code)
        await ida.gets(BELONGS)
        await anna.says("Er du der stadig?")
        assert (await ida.gets("Er du der stadig?")).body == f"Er du der stadig?\n{OTHER}"
        await ida.text("ja")
        await ida.gets("Læst: ja")
        assert await anna.heard() == [DANGER], "who does not switch has not answered her"
        await ida.text("Skift")
        await ida.gets_more(len(ida.got))
        await ida.text("ja, jeg er her")
        await anna.hears("ja, jeg er her")
        assert await told(citizen) == ["det begyndte i chatten", "ja"]
        await anna.says("Godt")
        assert (await ida.gets("Godt")).body == "Godt"


async def test_a_replayed_code_does_not_choose_again(station: Station, ida: Telephone) -> None:
    async with counselled(station, ida) as anna:
        citizen, sid = await in_chat(station), "SM" + "7" * 32
        await ida.text(citizen.resume_code, sid)
        await ida.gets(BELONGS)
        await anna.says("Er du der?")
        await ida.gets("Er du der?")
        await ida.text("skift")
        await ida.text(citizen.resume_code, sid)
        await ida.text("ja")
        await anna.hears("ja")


async def test_switching_needs_another_conversation(station: Station, ida: Telephone) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    await ida.text("skift")
    await ida.gets("Læst: skift")


async def test_what_is_not_sent_yet_is_sent_when_its_own_code_comes(
    station: Station, ida: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counselled(station, ida) as anna:
        [conversation_id] = await station.conversations()
        async with station.house.app.state.store.read() as work:
            conversation = await work.conversations.get(conversation_id)
            code = conversation.keys()["resume_code"]
        with monkeypatch.context() as held:
            held.setattr(station.house.app.state.telephony.outbox, "fill", _nothing)
            await anna.says("Jeg er her hos dig")
            await ida.text(code)
        sms = await ida.gets("Velkommen tilbage")
        assert sms.body.startswith("Jeg er her hos dig\n")


async def _nothing() -> None:
    """The outbox is not filled yet."""


async def _chat_code(station: Station, phone: Telephone) -> str:
    await phone.text("hej")
    found = re.search(r"koden ([A-Z2-9]{4}-[A-Z2-9]{4})\.", (await phone.gets("sikker chat")).body)
    assert found
    return found.group(1)


async def _resume(station: Station, code: str) -> Any:
    return await station.house.http.post("/api/conversations/resume", json={"resume_code": code})


async def test_a_conversation_that_moved_to_the_chat_stays_there(
    station: Station, ida: Telephone
) -> None:
    moved = (await _resume(station, await _chat_code(station, ida))).json()
    citizen = await in_chat(station)
    await ida.text(citizen.resume_code)
    await ida.gets("Velkommen tilbage")
    said = {"client_message_id": "1", "text": "videre i chatten"}
    headers = {"Authorization": f"Bearer {moved['token']}"}
    path = f"/api/conversations/{moved['conversation_id']}/messages"
    await station.house.http.post(path, json=said, headers=headers)
    await ida.text("videre på sms")
    await ida.gets("Læst: videre på sms")
    assert all("videre i chatten" not in sms.body for sms in ida.got)


async def test_the_code_to_the_chat_written_as_sms_is_not_read_and_still_works(
    station: Station, ida: Telephone
) -> None:
    code = await _chat_code(station, ida)
    await ida.text(code.lower())
    await ida.gets("Koden skal bruges på raad.example.dk")
    assert station.house.rasa.texts == ["hej"]
    assert (await _resume(station, code)).status_code == 200


async def test_the_code_to_the_chat_lets_another_telephone_in_once(
    station: Station, ida: Telephone
) -> None:
    code, ole = await _chat_code(station, ida), station.telephone(OLE)
    await ole.text("min søn sover ikke")
    await ole.gets("Læst: min søn")
    await ole.text(code)
    await ole.gets(BELONGS)
    await ole.text("fra en anden telefon")
    await ole.gets("Læst: fra en anden telefon")
    assert [one.text for one in await station.said(-1)][-1] == "Læst: fra en anden telefon"
    assert (await _resume(station, code)).status_code == 404


async def test_stop_is_said_in_every_conversation_and_ends_for_all(
    station: Station, ida: Telephone
) -> None:
    async with counselled(station, ida) as anna:
        citizen = await in_chat(station)
        await ida.text(citizen.resume_code)
        await ida.gets(BELONGS)
        await ida.text("stop")
        transcript = (await anna.http.get(anna.case)).json()["transcript"]
        assert transcript[-1]["text"].startswith("Der blev skrevet stop")
        assert (await citizen.read())["messages"][-1]["text"].startswith("Der blev skrevet stop")
        await anna.says("kommer ikke frem")
        await ida.text("jeg er her igen")
        await ida.gets("Læst: jeg er her igen")
        await anna.says("kommer frem")
        await ida.gets("kommer frem")
    assert all("kommer ikke frem" not in sms.body for sms in ida.got)


@pytest.mark.parametrize("closed_before", [True, False])
async def test_a_conversation_that_is_over_takes_no_texts(
    station: Station, ida: Telephone, closed_before: bool
) -> None:
    """What is written then goes to the one that is still open, and this is said."""
    async with counselled(station, ida) as anna:
        citizen = await in_chat(station)
        end = {"json": {"outcome": "finished"}}
        if closed_before:
            await station.house.internal("POST", citizen, "end", **end)
        await ida.text(citizen.resume_code)
        await ida.gets("Denne samtale er afsluttet" if closed_before else BELONGS)
        if not closed_before:
            await station.house.internal("POST", citizen, "end", **end)
        before = len(ida.got)
        await ida.text("er du der?")
        await anna.hears("er du der?")
        assert BELONGS in (await ida.gets_more(before + 1))[-1].body
        assert await told(citizen) == ["det begyndte i chatten"]
