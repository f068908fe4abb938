"""From SMS to the chat and back, long tellings, silence."""

from __future__ import annotations

import re
from typing import Any

import httpx
from sqlalchemy import select

from handover.storage.tables import contact_counts

from .conftest import OLE, Station, Telephone


async def _resume(station: Station, code: str) -> httpx.Response:
    body = {"resume_code": code}
    return await station.house.http.post("/api/conversations/resume", json=body)


async def _code(station: Station, ida: Telephone) -> str:
    await ida.text("hej")
    sms = await ida.gets("sikker chat")
    assert "Gå til raad.example.dk" in sms.body
    found = re.search(r"koden ([A-Z2-9]{4}-[A-Z2-9]{4})\.", sms.body)
    assert found
    return found.group(1)


async def test_the_code_of_the_first_sms_leads_to_the_same_conversation_once(
    station: Station, ida: Telephone
) -> None:
    code = await _code(station, ida)
    answer = (await _resume(station, code.lower())).json()
    assert [m["text"] for m in answer["messages"]][-1] == "Læst: hej"
    assert (await _resume(station, code)).status_code == 404
    headers = {"Authorization": f"Bearer {answer['token']}"}
    said = {"client_message_id": "1", "text": "nu i chatten"}
    path = f"/api/conversations/{answer['conversation_id']}/messages"
    await station.house.http.post(path, json=said, headers=headers)
    await station.hears("Læst: nu i chatten")
    assert len(ida.got) == 1, "what is said in the chat does not go out as SMS"
    await ida.text("nu igen på sms")
    await ida.gets("Læst: nu igen på sms")
    assert len(await station.conversations()) == 1


async def test_the_code_grows_old(station: Station, ida: Telephone, clock: Any) -> None:
    code = await _code(station, ida)
    clock.advance(hours=24, seconds=1)
    assert (await _resume(station, code)).status_code == 404


async def test_the_wording_follows_the_channel(station: Station, ida: Telephone) -> None:
    code = await _code(station, ida)
    answer = (await _resume(station, code)).json()
    async with station.house.app.state.store.read() as work:
        conversation = await work.conversations.get(answer["conversation_id"])
        _, intake = await work.conversations.intake(conversation)
    assert (conversation.channel, intake["channel"]) == ("web", "web")


async def test_with_the_resume_code_another_telephone_goes_on(
    station: Station, ida: Telephone
) -> None:
    citizen = await station.house.citizen()
    await citizen.say("det begyndte i chatten")
    ole = station.telephone(OLE)
    await ole.text(citizen.resume_code.lower())
    await ole.gets("Velkommen tilbage")
    await ole.text("og nu på sms")
    await ole.gets("Læst: og nu på sms")
    assert await station.conversations() == [citizen.id]


async def test_codes_cannot_be_tried_out(station: Station, ida: Telephone) -> None:
    citizen = await station.house.citizen()
    for _ in range(10):
        await ida.text("ABCD-EFGH-JK")
    await ida.text(citizen.resume_code)
    assert citizen.id not in await station.conversations()


async def test_parts_are_read_as_one_telling_in_their_order(
    station: Station, ida: Telephone, clock: Any
) -> None:
    await ida.text("(2/3) midten,")
    await ida.text("(1/3) begyndelsen,")
    await ida.text("(3/3) og slutningen.")
    assert station.house.rasa.texts == []
    clock.advance(seconds=7)
    await ida.gets("Læst: begyndelsen, midten, og slutningen.")
    assert len(station.house.rasa.texts) == 1


async def test_a_part_that_is_full_waits_for_the_next(
    station: Station, ida: Telephone, clock: Any
) -> None:
    full = ("Vores datter har det svært. " * 6)[:160]
    await ida.text(full)
    await ida.text("Det var det.")
    clock.advance(seconds=7)
    await ida.gets("Det var det.")
    assert station.house.rasa.texts == [f"{full.strip()}\nDet var det."]


async def test_silence_closes_once_says_so_and_is_counted(
    station: Station, ida: Telephone, clock: Any
) -> None:
    silence = station.house.app.state.telephony.silence
    await ida.text("hej")
    await ida.gets("Læst: hej")
    clock.advance(hours=8)
    await silence.round()
    assert len(ida.got) == 1
    clock.advance(hours=11)
    await silence.round()
    assert len(ida.got) == 1, "nobody is woken at night"
    clock.advance(hours=5)
    for _ in range(3):
        await silence.round()
    await ida.gets("jeg lukker samtalen nu")
    async with station.house.app.state.store.read() as work:
        rows = list(await work.connection.execute(select(contact_counts)))
    assert [(row.channel, row.outcome, row.count) for row in rows] == [("sms", "left", 1)]
    await ida.text("hej igen")
    await ida.gets("Læst: hej igen")
    assert len(await station.conversations()) == 2
    assert len(ida.got) == 3


async def test_who_waits_for_a_person_is_not_sent_away(
    station: Station, ida: Telephone, clock: Any
) -> None:
    await ida.text("jeg vil dø i aften")
    await ida.gets("112")
    clock.advance(hours=24)
    await station.house.app.state.telephony.silence.round()
    assert not [sms for sms in ida.got if "lukker samtalen" in sms.body]
