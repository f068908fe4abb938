"""What is looked after when nobody looks, and what is forgotten in time."""

from __future__ import annotations

import sqlite3

from handover.municipality import Retention
from handover.watch import retention

from .conftest import House


async def test_a_case_whose_counsellor_vanished_goes_back_and_the_citizen_is_told(
    house: House,
) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    async with await house.counsellor() as anna:
        await anna.post(f"/api/handovers/{handover_id}/claim")
        house.clock.advance(minutes=19)
        await house.app.state.watchdog.free_abandoned()
        assert (await citizen.read())["status"] == "counsellor"
        house.clock.advance(minutes=2)
        await house.app.state.watchdog.free_abandoned()
        assert (await citizen.read())["status"] == "waiting"
        await citizen.wait_for("Forbindelsen til rådgiveren er væk")
        row = await house.handover_of(citizen)
        assert row is not None
        assert (row["status"], row["claimed_by"]) == ("waiting", None)
    assert (await citizen.say("hej"))[0]["text"] == "Læst: hej"


async def test_a_counsellor_who_reads_or_writes_keeps_the_case(house: House) -> None:
    citizen = await house.citizen()
    case = f"/api/handovers/{await house.hand_over(citizen)}"
    async with await house.counsellor() as anna:
        await anna.post(f"{case}/claim")
        for call in (anna.get(case), anna.post(f"{case}/notes", json={"text": "x"})):
            house.clock.advance(minutes=15)
            await call
        house.clock.advance(minutes=15)
        await house.app.state.watchdog.free_abandoned()
    assert (await citizen.read())["status"] == "counsellor"


async def test_a_conversation_without_hand_over_is_erased_after_a_day_and_counted_as_left(
    house: House,
) -> None:
    citizen = await house.citizen()
    await citizen.say("hej")
    house.clock.advance(hours=23)
    await house.app.state.watchdog.forget()
    assert (await citizen.read())["status"] == "assistant"
    house.clock.advance(hours=2)
    await house.app.state.watchdog.forget()
    assert (await citizen.post("hej")).status_code == 404
    with sqlite3.connect(house.var / "handover.sqlite") as database:
        assert database.execute("select count(*) from messages").fetchone() == (0,)
        rows = database.execute("select day, channel, outcome, count from contact_counts")
        assert rows.fetchall() == [("2026-11-23", "web", "left", 1)]


async def test_a_case_is_erased_thirty_days_after_it_was_closed_and_not_before(
    house: House,
) -> None:
    citizen = await house.citizen()
    case = f"/api/handovers/{await house.hand_over(citizen)}"
    async with await house.counsellor() as anna:
        house.clock.advance(days=40)
        await house.app.state.watchdog.forget()
        await anna.post(f"{case}/close", json={"outcome": "raadgivet"})
        house.clock.advance(days=29)
        await house.app.state.watchdog.forget()
        assert (await anna.get(case)).status_code == 200
        house.clock.advance(days=2)
        await house.app.state.watchdog.forget()
        assert (await anna.get(case)).status_code == 404


async def test_a_case_that_danger_opens_again_while_it_waits_to_be_erased_is_kept(
    house: House,
) -> None:
    citizen = await house.citizen()
    case = f"/api/handovers/{await house.hand_over(citizen)}"
    rule = Retention(dage_efter_afslutning=30, timer_uden_overdragelse=24)
    async with await house.counsellor() as anna:
        await anna.post(f"{case}/close", json={"outcome": "raadgivet"})
        house.clock.advance(days=31)
        due = retention._due(rule, house.clock())
        await citizen.say("jeg vil dø i aften")
        assert not await retention._forget(house.app.state.store, citizen.id, due)
        found = (await anna.get(case)).json()
    assert (found["status"], found["priority"]) == ("waiting", "akut")
