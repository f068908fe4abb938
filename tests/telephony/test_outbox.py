"""What is said goes out once, in order, and what became of it is known."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from handover.storage.tables import sms_out
from tests.handover.conftest import entry
from tests.patience import until
from tools.phone.exchange import Sms

from .conftest import IDA, Station, Telephone


async def _rows(station: Station) -> list[Any]:
    async with station.house.app.state.store.read() as work:
        found = select(sms_out).order_by(sms_out.c.created_at, sms_out.c.through_seq)
        return list(await work.connection.execute(found))


async def _all(station: Station, state: str) -> list[Any]:
    """Until every SMS is in this state."""

    async def look() -> list[Any] | None:
        rows = await _rows(station)
        return rows if all(row.state == state for row in rows) else None

    return await until(look, f"not all are {state}")


async def test_what_became_of_it_is_known_and_its_words_are_forgotten(
    station: Station, ida: Telephone
) -> None:
    await ida.text("hej")
    [row] = await _all(station, "delivered")
    assert row.payload is None
    assert row.sid == ida.got[0].sid
    assert row.next_try_at is None


async def test_a_late_or_repeated_report_changes_nothing(station: Station, ida: Telephone) -> None:
    await ida.text("hej")
    await _all(station, "delivered")
    for state in ("sent", "queued", "failed", "nonsense"):
        answer = await station.exchange.report(ida.got[0], state)
        assert answer.status_code == 204
    assert [row.state for row in await _rows(station)] == ["delivered"]


async def test_it_is_tried_again_until_twilio_takes_it(
    station: Station, ida: Telephone, clock: Any
) -> None:
    station.exchange.failures = [(500, 20500), (429, 20429)]
    await ida.text("hej")
    for code in ("20500", "20429"):
        await _tried(station, code)
        clock.advance(minutes=2)
    await _all(station, "delivered")
    assert len(ida.got) == 1


async def _tried(station: Station, code: str) -> None:
    async def look() -> bool:
        return any(row.failure == code for row in await _rows(station))

    await until(look, f"none failed with {code}")


async def test_a_lost_answer_is_no_second_sms(station: Station, ida: Telephone, clock: Any) -> None:
    """Twilio took it, we never heard so: its report under our reserved id tells us."""
    station.exchange.failures = [(0, 0)]
    await ida.text("hej")
    await _all(station, "delivered")
    clock.advance(minutes=10)
    await asyncio.sleep(0.3)
    assert len(ida.got) == 1


async def test_what_twilio_never_takes_is_given_up_and_seen(
    station: Station, ida: Telephone
) -> None:
    station.exchange.failures = [(400, 21211)]
    await ida.text("hej")
    [row] = await _all(station, "blocked")
    assert row.failure == "21211"


async def test_a_blocked_number_is_seen(station: Station, ida: Telephone) -> None:
    station.exchange.blocked = {IDA}
    await ida.text("hej")
    [row] = await _all(station, "blocked")
    assert row.failure == "21610"


async def test_they_leave_in_order(station: Station, ida: Telephone, clock: Any) -> None:
    await ida.text("hej")
    await _all(station, "delivered")
    station.exchange.failures = [(500, 20500)]
    await ida.text("et")
    await _tried(station, "20500")
    await ida.text("to")
    await station.hears("Læst: to")
    await asyncio.sleep(0.3)
    assert len(ida.got) == 1, "the second waits for the first"
    clock.advance(minutes=1)
    got = await ida.gets_more(3)
    assert [sms.body for sms in got[1:]] == ["Læst: et", "Læst: to"]


async def test_what_a_process_that_died_had_begun_is_sent(
    station: Station, ida: Telephone, clock: Any
) -> None:
    station.exchange.failures = [(500, 20500)]
    await ida.text("hej")
    await _tried(station, "20500")
    async with station.house.app.state.store.write() as work:
        later = clock() + timedelta(minutes=2)
        await work.connection.execute(update(sms_out).values(next_try_at=later))
    await asyncio.sleep(0.2)
    assert ida.got == []
    clock.advance(minutes=3)
    await ida.gets("Læst: hej")


async def test_two_machines_do_not_write_to_each_other_for_ever(
    station: Station, ida: Telephone
) -> None:
    station.house.rasa.answer = lambda text: entry(f"Svar {text}")
    for turn in range(60):
        await ida.text(f"nummer {turn}")
        await station.hears(f"Svar nummer {turn}")
        await ida.gets_more(turn + 1)
    await ida.text("en mere")
    await station.hears("Svar en mere")
    await asyncio.sleep(0.3)
    assert len(ida.got) == 60


async def test_a_long_answer_is_cut_where_twilio_cuts_it_off(
    station: Station, ida: Telephone
) -> None:
    long = " ".join(["et ord og"] * 300)
    station.house.rasa.answer = lambda text: entry(long)
    await ida.text("hej")
    got: list[Sms] = await ida.gets_more(3)
    assert all(len(sms.body) <= 1600 for sms in got)
    assert long in " ".join(sms.body for sms in got).replace("\n", " ")


async def test_the_counsellor_sees_that_it_arrived_or_did_not(
    station: Station, ida: Telephone
) -> None:
    await ida.text("jeg vil dø i aften")
    await ida.gets("Jeg er en computer")
    async with await station.house.counsellor() as anna:
        [case] = (await anna.get("/api/handovers")).json()["items"]
        path = f"/api/handovers/{case['handover_id']}"
        await anna.post(f"{path}/claim")
        await anna.post(f"{path}/messages", json={"text": "Jeg er her nu"})
        await ida.gets("Jeg er her nu")
        await _all(station, "delivered")
        found = (await anna.get(path)).json()
        newest = found["transcript"][-1]["seq"]
        assert (found["receipts"]["delivered"], found["sms"]["state"]) == (newest, "delivered")
        station.exchange.blocked = {IDA}
        await anna.post(f"{path}/messages", json={"text": "Er du der?"})
        await station.hears("Er du der?")
        await _blocked(station)
        found = (await anna.get(path)).json()
    assert found["sms"] == {"state": "blocked", "failure": "21610"}
    assert found["receipts"]["delivered"] == newest


async def _blocked(station: Station) -> None:
    async def look() -> bool:
        return any(row.state == "blocked" for row in await _rows(station))

    await until(look, "none is blocked")
