"""Where SMS meets what else may happen to a conversation."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from sqlalchemy import func, select

from handover.storage.tables import contact_counts, sms_in, sms_out
from tests.handover.conftest import SECRET, Citizen, entry
from tests.patience import until

from .conftest import IDA, Station, Telephone

CHOICES = [{"title": "Ung", "value": "ung"}, {"title": "Forælder", "value": "foraelder"}]
DANGER = "jeg vil dø i aften"


async def _case(station: Station, counsellor: Any) -> str:
    items = (await counsellor.get("/api/handovers")).json()["items"]
    return f"/api/handovers/{items[0]['handover_id']}"


async def _citizen(station: Station) -> Citizen:
    [conversation_id] = await station.conversations()
    async with station.house.app.state.store.read() as work:
        conversation = await work.conversations.get(conversation_id)
        keys = conversation.keys()
    return Citizen(station.house.http, conversation_id, keys["token"], keys["resume_code"], [], "")


async def test_a_number_written_to_a_counsellor_stays_a_number(
    station: Station, ida: Telephone
) -> None:
    """It answers what the counsellor asked, not what the assistant asked before."""
    station.house.rasa.answer = lambda text: entry(
        "Hvem er du?", question="henvender", choices=CHOICES
    )
    await ida.text("hej")
    await ida.gets("Hvem er du?")
    await station.house.hand_over(await _citizen(station))
    async with await station.house.counsellor("Anna") as anna:
        case = await _case(station, anna)
        await anna.post(f"{case}/claim")
        await anna.post(f"{case}/messages", json={"text": "Hvor mange timer sover du?"})
        await ida.gets("Hvor mange timer sover du?")
        await ida.text("2")

        async def answered() -> str | None:
            last = (await anna.get(case)).json()["transcript"][-1]
            new = last["sender"] == "citizen" and last["text"] != "hej"
            return str(last["text"]) if new else None

        assert await until(answered) == "2"


async def test_waiting_for_the_rest_of_a_telling_is_no_work(
    station: Station, ida: Telephone, monkeypatch: Any
) -> None:
    inbox = station.house.app.state.telephony.inbox
    looks, look = [], inbox._next

    async def counted(conversation_id: str) -> Any:
        looks.append(conversation_id)
        return await look(conversation_id)

    monkeypatch.setattr(inbox, "_next", counted)
    await ida.text("1/2 det begyndte")
    await asyncio.sleep(1.0)
    assert len(looks) <= 25, f"{len(looks)} looks within a second"


async def test_what_must_be_said_is_said_beyond_the_daily_number(
    station: Station, ida: Telephone
) -> None:
    station.house.app.state.telephony.outbox.rules = (
        station.house.app.state.telephony.outbox.rules.model_copy(update={"a_day": 1})
    )
    await ida.text("hej")
    await ida.gets("Læst: hej")
    await ida.text("og mere")
    await station.hears("Læst: og mere")
    await ida.text(DANGER)
    await ida.gets("alvorligt")
    async with await station.house.counsellor("Anna") as anna:
        case = await _case(station, anna)
        await anna.post(f"{case}/claim")
        await anna.post(f"{case}/messages", json={"text": "Jeg er her hos dig"})
        await ida.gets("Jeg er her hos dig")
    assert all("Læst: og mere" not in sms.body for sms in ida.got)


async def test_whoever_erases_by_sms_is_told(station: Station, ida: Telephone) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    citizen = await _citizen(station)

    async def erases(message: dict[str, Any]) -> None:
        if "slet" in message["message"]:
            await station.house.internal("POST", citizen, "erase")

    station.house.rasa.before = erases
    station.house.rasa.answer = lambda text: entry("Det er slettet.")
    await ida.text("slet alt")
    await ida.gets("Det er slettet.")
    async with station.house.app.state.store.read() as work:
        kept = select(func.count()).select_from(sms_out)
        assert (await work.connection.execute(kept)).scalar_one() == 0
        words = select(func.count()).select_from(sms_in).where(sms_in.c.payload.is_not(None))
        assert (await work.connection.execute(words)).scalar_one() == 0


async def test_an_ended_conversation_that_moves_is_counted_where_it_was(
    station: Station, ida: Telephone
) -> None:
    """Ended by SMS, taken up in the chat, where danger makes it go on."""
    await ida.text("hej")
    await ida.gets("Læst: hej")
    citizen = await _citizen(station)
    await station.house.internal("POST", citizen, "end", json={"outcome": "finished"})
    code = {"resume_code": citizen.resume_code}
    await station.house.http.post("/api/conversations/resume", json=code)
    await citizen.say(DANGER)
    async with station.house.app.state.store.read() as work:
        rows = list(await work.connection.execute(select(contact_counts)))
    assert [row for row in rows if row.count] == []


async def test_a_counsellor_sees_what_came_through_and_what_did_not(
    station: Station, ida: Telephone
) -> None:
    await ida.text(DANGER)
    await ida.gets("alvorligt")
    async with await station.house.counsellor("Anna") as anna:
        case = await _case(station, anna)
        await anna.post(f"{case}/claim")
        said = (await anna.post(f"{case}/messages", json={"text": "Jeg er her"})).json()
        await ida.gets("Jeg er her")

        async def delivered() -> bool:
            return (await anna.get(case)).json()["receipts"]["delivered"] == said["seq"]

        await until(delivered)
        station.exchange.blocked.add(IDA)
        await anna.post(f"{case}/messages", json={"text": "Er du der?"})

        async def told() -> dict[str, Any] | None:
            last = (await anna.get(case)).json()["transcript"][-1]
            return dict(last) if "ikke" in last["text"] else None

        last = await until(told)
    assert last["sender"] == "system"
    assert "sms" in last["text"]
    assert all("Er du der?" not in sms.body for sms in ida.got)


async def test_no_number_and_no_words_in_the_log(
    station: Station, ida: Telephone, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    station.exchange.failures = [(400, 21211)]
    words = f"noget hemmeligt {uuid.uuid4().hex}"
    await ida.text(words)
    await station.hears("Læst")
    await asyncio.sleep(0.3)
    logged = caplog.text
    assert words not in logged
    assert IDA[3:] not in logged
    assert SECRET not in logged
