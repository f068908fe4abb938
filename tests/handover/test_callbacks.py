"""Who wants to be called or texted: from the wish to the attempt, and never closed silently."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from .conftest import Citizen, House
from .test_pages import counsellor_page

PASSWORD = "et langt kodeord"
CALL = {"wants": "call", "phone": "12345678", "name": "Mona", "time": None}


async def wishing(house: House, time: str | None = None, **contact: Any) -> tuple[Citizen, str]:
    """Handed over, and then asked about the contact, as the closing steps do."""
    citizen = await house.citizen()
    case = await house.hand_over(citizen)
    await house.change_intake(citizen, closing={"contact": CALL | {"time": time} | contact})
    return citizen, case


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/api/callbacks")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def attempt(client: httpx.AsyncClient, case: str, **body: Any) -> httpx.Response:
    return await client.post(f"/api/callbacks/{case}/attempts", json=body)


async def test_a_wish_is_listed_with_its_number_and_its_time(
    house: House, anna: httpx.AsyncClient
) -> None:
    _, case = await wishing(house, "efter kl 14")
    [item] = await listed(anna)
    assert item["handover_id"] == case
    assert (item["contact"]["phone"], item["contact"]["time"]) == ("12345678", "efter kl 14")
    window = {"from": "2026-11-23T13:00:00.000000Z", "to": "2026-11-23T14:00:00.000000Z"}
    assert item["callback"]["window"] == item["contact"]["window"] == window
    assert item["when"] == "later"


@pytest.mark.parametrize(
    "contact", [{"wants": "chat"}, {"wants": "none"}, {"phone": None}, {"wants": None}]
)
async def test_without_a_wish_or_a_number_there_is_nothing_to_call(
    house: House, anna: httpx.AsyncClient, contact: dict[str, Any]
) -> None:
    await wishing(house, **contact)
    assert await listed(anna) == []


async def test_a_wish_that_was_given_before_the_handover_counts_too(
    house: House, anna: httpx.AsyncClient
) -> None:
    citizen = await house.citizen()
    await house.change_intake(citizen, closing={"contact": CALL})
    assert await listed(anna) == []
    await house.hand_over(citizen)
    assert len(await listed(anna)) == 1


async def test_what_is_late_now_and_later_is_told_apart_and_counted(
    house: House, anna: httpx.AsyncClient
) -> None:
    for time in ("inden 11", "kl. 11", "når jeg har fri", "i morgen"):
        await wishing(house, time)
    house.clock.now = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)  # 11.30 in Copenhagen
    answer = (await anna.get("/api/callbacks")).json()
    assert {item["contact"]["time"]: item["when"] for item in answer["items"]} == {
        "inden 11": "overdue", "kl. 11": "now", "når jeg har fri": "anytime", "i morgen": "later",
    }  # fmt: skip
    assert answer["due"] == 3


async def test_an_attempt_stands_in_the_case_and_a_talk_settles_it(
    house: House, anna: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    _, case = await wishing(house)
    await anna.post(f"/api/handovers/{case}/claim")
    assert (await attempt(bo, case, result="intet_svar")).status_code == 201
    [item] = await listed(anna)
    assert item["when"] == "anytime"
    assert (await attempt(anna, case, result="talte")).status_code == 201
    detail = (await anna.get(f"/api/handovers/{case}")).json()["callback"]
    assert [(one["result"], one["by"]) for one in detail["attempts"]] == [
        ("intet_svar", "Bo"), ("talte", "Anna"),
    ]  # fmt: skip
    assert detail["done_at"]
    answer = (await anna.get("/api/callbacks")).json()
    assert (answer["due"], [item["when"] for item in answer["items"]]) == (0, ["done"])
    text = (await anna.get(f"/api/handovers/{case}/export?format=text")).text
    assert "Forsøg: intet svar, mandag den 23. november kl. 10, Bo" in text


async def test_a_new_time_counts_instead_of_the_wish_and_stays_when_the_intake_is_written(
    house: House, anna: httpx.AsyncClient
) -> None:
    citizen, case = await wishing(house, "efter kl 14")
    agreed = await attempt(anna, case, result="aftalt_ny_tid", **{"from": "2026-11-24T10:00"})
    window = {"from": "2026-11-24T09:00:00.000000Z", "to": "2026-11-24T09:30:00.000000Z"}
    assert agreed.json()["callback"]["window"] == window
    await house.change_intake(citizen, closing={"contact": CALL | {"time": "kl. 13"}})
    [item] = await listed(anna)
    assert (item["callback"]["window"], item["callback"]["agreed"]) == (window, True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": "2026-11-20T10:00"},
        {"from": "2026-11-24T10:00", "to": "2026-11-24T09:00"},
        {"from": "i morgen"},
    ],
)
async def test_a_new_time_that_cannot_be_is_refused(
    house: House, anna: httpx.AsyncClient, body: dict[str, str]
) -> None:
    _, case = await wishing(house)
    assert (await attempt(anna, case, result="aftalt_ny_tid", **body)).status_code == 422


async def test_nothing_is_noted_of_a_case_without_a_wish_or_by_nobody(
    house: House, anna: httpx.AsyncClient
) -> None:
    case = await house.hand_over(await house.citizen())
    assert (await attempt(anna, case, result="talte")).status_code == 409
    assert (await attempt(anna, "findes-ikke", result="talte")).status_code == 404
    assert (await attempt(house.http, case, result="talte")).status_code == 401
    assert (await house.http.get("/api/callbacks")).status_code == 401


async def test_a_case_is_not_closed_silently_with_an_open_callback(
    house: House, anna: httpx.AsyncClient
) -> None:
    _, case = await wishing(house)
    ending = {"outcome": "raadgivet", "callback_seen": False}
    refused = await anna.post(f"/api/handovers/{case}/close", json=ending)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "aabent_opkald")
    closed = await anna.post(f"/api/handovers/{case}/close", json={"outcome": "raadgivet"})
    assert closed.json()["callback_left_open"] is True
    assert await listed(anna) == []
    assert (await anna.get("/api/callbacks")).json()["due"] == 0


async def test_an_urgent_case_stays_urgent_in_the_queue(
    house: House, anna: httpx.AsyncClient
) -> None:
    _, case = await wishing(house)
    urgent, _ = await wishing(house)
    await urgent.say("jeg vil dø i aften")
    rows = (await anna.get("/api/handovers")).json()["items"]
    assert [row["priority"] for row in rows] == ["akut", "normal"]
    assert rows[1]["handover_id"] == case


async def test_the_number_stands_on_the_page_of_callbacks_and_in_the_case_only(
    house: House,
) -> None:
    await house.account("Anna", PASSWORD)
    _, case = await wishing(house)
    shown = {
        path: "12345678" in await counsellor_page(house, path)
        for path in ("/console", "/console/ring-op", f"/console/sager/{case}")
    }
    assert shown == {"/console": False, "/console/ring-op": True, f"/console/sager/{case}": True}


async def test_a_waiting_citizen_leaves_a_number_and_is_not_asked_for_it_again(
    house: House, anna: httpx.AsyncClient
) -> None:
    citizen = await house.citizen()
    case = await house.hand_over(citizen, "menneske")
    address = f"{citizen.path}/contact"
    known = (await house.http.get(address, headers=citizen.headers)).json()
    chosen = known["windows"][0]
    wish = {"wants": "call", "phone": "12 34 56 78", "time": chosen["title"]}
    left = await house.http.put(address, json=wish, headers=citizen.headers)
    assert left.status_code == 200, left.text
    [item] = await listed(anna)
    assert (item["handover_id"], item["contact"]["phone"]) == (case, "12345678")
    assert item["callback"]["window"] == {"from": chosen["from"], "to": chosen["to"]}
    await citizen.wait_for("Nu ved rådgiverne, at du gerne vil ringes op")
    intake = (await house.intake(citizen))["intake"]
    assert {"telefonnummer", "tidspunkt"} <= set(intake["closing"]["steps"])
    await attempt(anna, case, result="talte")
    await house.http.put(address, json=wish | {"time": None}, headers=citizen.headers)
    [again] = await listed(anna)
    assert (again["when"], again["callback"]["window"]) == ("anytime", None)


async def test_a_number_is_refused_that_is_none_and_before_anything_is_passed_on(
    house: House,
) -> None:
    citizen = await house.citizen()
    address, wish = f"{citizen.path}/contact", {"wants": "sms", "phone": "12345678"}
    early = await house.http.put(address, json=wish, headers=citizen.headers)
    assert early.json()["error"]["code"] == "ikke_i_koe"
    await house.hand_over(citizen)
    wrong = await house.http.put(address, json=wish | {"phone": "1234"}, headers=citizen.headers)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "telefonnummer")
    assert (await house.http.put(address, json=wish)).status_code == 401
