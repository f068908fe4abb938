"""After the talk: the outcome, the underretning, and what is to be followed up when."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fpdf import FPDF
from sqlalchemy import func, select

from handover.pages.words import load_words
from handover.storage.tables import audit, follow_ups, underretninger

from .conftest import Citizen, House

OUTCOMES = load_words().groups["udfald"]
TODAY, TOMORROW, YESTERDAY = "2026-11-23", "2026-11-24", "2026-11-22"
LAST_DAY = "2026-12-22"  # thirty days after closing it is erased


async def trail(house: House) -> list[tuple[str, str]]:
    async with house.app.state.store.read() as work:
        rows = await work.connection.execute(select(audit.c.actor, audit.c.action))
        return [tuple(row) for row in rows]


async def stored(house: House, table: Any) -> int:
    async with house.app.state.store.read() as work:
        statement = select(func.count()).select_from(table)
        return int((await work.connection.execute(statement)).scalar_one())


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_every_outcome_of_the_list_closes_a_case(
    anna: httpx.AsyncClient, case: str, outcome: str
) -> None:
    closed = await anna.post(f"{case}/close", json={"outcome": outcome})
    assert (closed.status_code, closed.json()["outcome"]) == (200, outcome)


async def test_an_outcome_of_a_programs_own_is_kept_and_told(
    anna: httpx.AsyncClient, case: str
) -> None:
    closed = await anna.post(f"{case}/close", json={"outcome": "visiteret"})
    assert (closed.status_code, closed.json()["outcome"]) == (200, "visiteret")
    assert "visiteret" in (await anna.get(f"{case}/export?format=text")).text
    assert '"code":"visiteret"' in (await anna.get(f"{case}/export?format=fhir")).text


@pytest.mark.parametrize("outcome", ["", "' or 1=1", "x" * 65, "sendt  til PPR", "egen "])
async def test_an_outcome_that_is_no_id_is_refused(
    anna: httpx.AsyncClient, case: str, outcome: str
) -> None:
    refused = await anna.post(f"{case}/close", json={"outcome": outcome})
    assert refused.status_code == 422
    assert (await anna.get(case)).json()["status"] == "waiting"


async def test_an_underretning_is_noted_as_the_counsellors_own_act(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    ending = {"outcome": "andet", "underretning": YESTERDAY}
    assert (await anna.post(f"{case}/close", json=ending)).status_code == 200
    assert (await anna.get(case)).json()["underretning"] == {
        "date": YESTERDAY, "by": "Anna", "at": "2026-11-23T09:00:00.000000Z",
    }  # fmt: skip
    assert ("Anna", "underretning_noted") in await trail(house)


async def test_an_underretning_can_be_noted_before_closing_and_taken_back(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    noted = await anna.put(f"{case}/underretning", json={"date": TODAY})
    assert noted.json()["underretning"]["by"] == "Anna"
    await anna.post(f"{case}/close", json={"outcome": "andet"})
    assert (await anna.get(case)).json()["underretning"]["date"] == TODAY
    assert (await anna.delete(f"{case}/underretning")).json()["underretning"] is None
    assert ("Anna", "underretning_removed") in await trail(house)


async def test_nobody_has_made_an_underretning_tomorrow(anna: httpx.AsyncClient, case: str) -> None:
    ending = {"outcome": "andet", "underretning": TOMORROW}
    for answer in (
        await anna.put(f"{case}/underretning", json={"date": TOMORROW}),
        await anna.post(f"{case}/close", json=ending),
    ):
        assert answer.status_code == 422
        assert "fremtiden" in answer.json()["error"]["message"]
    found = (await anna.get(case)).json()
    assert (found["status"], found["underretning"]) == ("waiting", None)


async def test_only_who_has_the_case_notes_something_about_it(
    anna: httpx.AsyncClient, bo: httpx.AsyncClient, case: str
) -> None:
    await anna.post(f"{case}/claim")
    for path in ("underretning", "follow-up"):
        refused = await bo.put(f"{case}/{path}", json={"date": TODAY})
        assert (refused.status_code, refused.json()["held_by"]) == (409, "Anna")
        assert (await bo.delete(f"{case}/{path}")).status_code == 409
        assert (await anna.put(f"{case}/{path}", json={"date": TODAY})).status_code == 200


async def test_a_day_to_follow_up_survives_closing_and_is_done_once(
    house: House, anna: httpx.AsyncClient, bo: httpx.AsyncClient, case: str
) -> None:
    await anna.put(f"{case}/follow-up", json={"date": TOMORROW})
    await anna.post(f"{case}/close", json={"outcome": "andet"})
    listed = (await bo.get("/api/follow-ups")).json()
    assert listed["due"] == 0
    assert [(i["follow_up"]["date"], i["last_day"]) for i in listed["items"]] == [
        (TOMORROW, LAST_DAY)
    ]
    house.clock.advance(days=1)
    assert (await bo.get("/api/follow-ups")).json()["due"] == 1
    for _ in range(2):
        done = (await bo.post(f"{case}/follow-up/done")).json()["follow_up"]
        assert (done["by"], done["done_by"]) == ("Anna", "Bo")
    assert [entry for entry in await trail(house) if "follow" in entry[1]] == [
        ("Anna", "follow_up_set"), ("Bo", "follow_up_done"),
    ]  # fmt: skip
    assert (await bo.get("/api/follow-ups")).json()["due"] == 0
    assert (await bo.delete(f"{case}/follow-up/done")).json()["follow_up"]["done_by"] is None
    assert (await bo.get("/api/follow-ups")).json()["due"] == 1


async def test_what_was_done_is_listed_that_day_and_not_the_next(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    await anna.put(f"{case}/follow-up", json={"date": TODAY})
    await anna.post(f"{case}/follow-up/done")
    assert len((await anna.get("/api/follow-ups")).json()["items"]) == 1
    house.clock.advance(days=1)
    assert (await anna.get("/api/follow-ups")).json() == {"items": [], "due": 0}


async def test_closing_changes_the_day_only_when_it_says_so(
    house: House, anna: httpx.AsyncClient
) -> None:
    for ending, day in [
        ({}, TODAY), ({"follow_up": TOMORROW}, TOMORROW), ({"follow_up": None}, None),
    ]:  # fmt: skip
        case = f"/api/handovers/{await house.hand_over(await house.citizen())}"
        await anna.put(f"{case}/follow-up", json={"date": TODAY})
        await anna.post(f"{case}/close", json={"outcome": "andet", **ending})
        follow_up = (await anna.get(case)).json()["follow_up"]
        assert (follow_up and follow_up["date"]) == day


async def test_the_day_must_come_and_the_case_must_still_be_there_then(
    anna: httpx.AsyncClient, case: str
) -> None:
    for day in (YESTERDAY, "2026-12-23", "2062-01-01"):
        refused = await anna.post(f"{case}/close", json={"outcome": "andet", "follow_up": day})
        assert refused.status_code == 422
        assert "22.12.2026" in refused.json()["error"]["message"]
    ending = {"outcome": "andet", "follow_up": LAST_DAY}
    assert (await anna.post(f"{case}/close", json=ending)).status_code == 200


async def test_the_last_day_counts_from_when_the_case_was_closed(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    await anna.post(f"{case}/close", json={"outcome": "andet"})
    house.clock.advance(days=10)
    path = f"{case}/follow-up"
    assert (await anna.put(path, json={"date": "2026-12-23"})).status_code == 422
    assert (await anna.put(path, json={"date": LAST_DAY})).status_code == 200
    house.clock.advance(days=19, hours=14)  # the evening of the last day
    await house.app.state.watchdog.forget()
    assert (await anna.get("/api/follow-ups")).json()["due"] == 1


async def test_reminder_and_underretning_end_with_the_case_when_its_time_is_over(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    ending = {"outcome": "andet", "underretning": TODAY, "follow_up": LAST_DAY}
    await anna.post(f"{case}/close", json=ending)
    house.clock.advance(days=31)
    await house.app.state.watchdog.forget()
    assert (await anna.get("/api/follow-ups")).json() == {"items": [], "due": 0}
    assert [await stored(house, table) for table in (follow_ups, underretninger)] == [0, 0]
    assert ("Anna", "underretning_noted") in await trail(house)


async def test_a_citizen_who_erases_takes_the_reminder_along(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    await anna.put(f"{case}/follow-up", json={"date": TOMORROW})
    await house.http.delete(citizen.path, headers=citizen.headers)
    assert await stored(house, follow_ups) == 0


async def test_an_erased_urgent_case_has_no_reminder_and_gets_none(
    house: House, anna: httpx.AsyncClient, citizen: Citizen
) -> None:
    await citizen.say("jeg vil dø i aften")
    found = await house.handover_of(citizen)
    assert found is not None
    case = f"/api/handovers/{found['handover_id']}"
    await anna.put(f"{case}/follow-up", json={"date": TOMORROW})
    await house.http.delete(citizen.path, headers=citizen.headers)
    assert (await anna.get(case)).json()["follow_up"] is None
    ending = {"outcome": "andet", "follow_up": TOMORROW}
    refused = await anna.post(f"{case}/close", json=ending)
    assert refused.status_code == 422
    assert "slettet samtalen" in refused.json()["error"]["message"]
    assert (await anna.post(f"{case}/close", json={"outcome": "andet"})).status_code == 200


async def test_text_and_pdf_tell_what_it_came_to(
    anna: httpx.AsyncClient, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = {"outcome": "ppr_netvaerksmoede", "underretning": YESTERDAY, "follow_up": TOMORROW}
    await anna.post(f"{case}/close", json=ending)
    told = [
        "Udfald: Aftalt PPR eller netværksmøde",
        f"Underretning, lavet af rådgiveren: {YESTERDAY}, noteret af Anna",
        f"Opfølgning: {TOMORROW}, ikke fulgt op endnu",
    ]
    text = (await anna.get(f"{case}/export?format=text")).text
    assert [line for line in told if line not in text] == []
    written: list[str] = []
    write = FPDF.multi_cell

    def listen(page: FPDF, width: float, height: float, line: str, **more: Any) -> Any:
        written.append(line)
        return write(page, width, height, line, **more)

    monkeypatch.setattr(FPDF, "multi_cell", listen)
    assert (await anna.get(f"{case}/export?format=pdf")).content.startswith(b"%PDF")
    assert [line for line in told if line not in written] == []
    await anna.post(f"{case}/follow-up/done")
    assert "fulgt op af Anna" in (await anna.get(f"{case}/export?format=text")).text
