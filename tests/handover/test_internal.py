"""What the action server may do, and that nobody else may."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid

import pytest
from starlette.requests import Request

from handover.internal import _on_this_machine

from .conftest import SECRET, SUNDAY, Citizen, House

CALLS = [
    ("GET", "intake"),
    ("PUT", "intake"),
    ("POST", "handover"),
    ("POST", "end"),
    ("POST", "erase"),
]


@pytest.mark.parametrize(("method", "rest"), CALLS)
async def test_without_the_secret_every_call_is_refused(
    house: House, method: str, rest: str
) -> None:
    citizen = await house.citizen()
    path = f"/internal/conversations/{citizen.id}/{rest}"
    for headers in ({}, {"X-Internal-Secret": "wrong"}, citizen.headers):
        assert (await house.http.request(method, path, headers=headers)).status_code == 403


async def test_a_call_that_a_proxy_passed_on_is_refused(house: House) -> None:
    citizen = await house.citizen()
    path = f"/internal/conversations/{citizen.id}/intake"
    headers = {"X-Internal-Secret": SECRET, "X-Forwarded-For": "127.0.0.1"}
    assert (await house.http.get(path, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("10.0.0.1", False), ("x", False)],
)
def test_only_loopback_addresses_are_on_this_machine(host: str, here: bool) -> None:
    request = Request({"type": "http", "client": (host, 1), "headers": []})
    assert _on_this_machine(request) is here


@pytest.mark.parametrize(("method", "rest"), [("GET", "intake"), ("POST", "erase")])
async def test_an_unknown_conversation_is_not_found(house: House, method: str, rest: str) -> None:
    nobody = Citizen(house.http, str(uuid.uuid4()), "", "", [], "")
    assert (await house.internal(method, nobody, rest)).status_code == 404


async def test_the_intake_is_written_with_its_version_and_a_second_writer_is_told(
    house: House,
) -> None:
    citizen = await house.citizen()
    found = await house.intake(citizen)
    new = {"version": found["version"], "intake": found["intake"] | {"relation": "datter"}}
    first = await house.internal("PUT", citizen, "intake", json=new)
    second = await house.internal("PUT", citizen, "intake", json=new)
    assert (first.status_code, first.json()) == (200, {"version": 2})
    assert (second.status_code, second.json()) == (409, {"version": 2})
    assert (await house.intake(citizen))["intake"]["relation"] == "datter"


async def test_of_many_writers_at_once_exactly_one_gets_through(house: House) -> None:
    citizen = await house.citizen()
    found = await house.intake(citizen)
    new = {"version": found["version"], "intake": found["intake"]}
    calls = (house.internal("PUT", citizen, "intake", json=new) for _ in range(20))
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19


async def test_a_danger_level_once_reached_is_not_written_down_again(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say("jeg vil dø i aften")
    await house.change_intake(citizen, safety={"level": "none"})
    assert (await house.intake(citizen))["intake"]["safety"]["level"] == "alarm"


async def test_there_is_at_most_one_hand_over_and_a_later_alarm_makes_it_urgent(
    house: House,
) -> None:
    citizen = await house.citizen()
    first = await house.internal("POST", citizen, "handover", json={"reason": "samtykke"})
    second = await house.internal("POST", citizen, "handover", json={"reason": "alarm"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["handover_id"] == second.json()["handover_id"]
    handover = await house.handover_of(citizen)
    assert handover is not None
    assert (handover["priority"], handover["reason"]) == ("akut", "samtykke")


async def test_the_priority_follows_the_danger_in_the_intake(house: House) -> None:
    citizen = await house.citizen()
    await house.hand_over(citizen)
    await house.change_intake(citizen, safety={"level": "ask"})
    handover = await house.handover_of(citizen)
    assert handover is not None
    assert handover["priority"] == "hoej"


async def test_human_tells_the_opening_the_queue_and_the_resume_code(house: House) -> None:
    house.clock.now = SUNDAY
    for _ in range(2):
        await house.hand_over(await house.citizen())
        house.clock.advance(seconds=1)
    citizen = await house.citizen()
    body = {"reason": "menneske"}
    response = await house.internal("POST", citizen, "handover", json=body)
    assert response.json()["human"] == {
        "open_now": False,
        "opens": "mandag den 23. november kl. 9",
        "waiting": 2,
        "resume_code": citizen.resume_code,
    }


async def test_while_it_is_open_human_says_so(house: House) -> None:
    human = (await house.intake(await house.citizen()))["human"]
    assert (human["open_now"], human["opens"]) == (True, None)


async def test_ending_without_consent_closes_and_counts_anonymously_once(house: House) -> None:
    citizen = await house.citizen()
    for _ in range(2):
        ended = await house.internal("POST", citizen, "end", json={"outcome": "no_consent"})
        assert ended.status_code == 204
    assert (await citizen.read())["status"] == "closed"
    assert await house.handover_of(citizen) is None
    with sqlite3.connect(house.var / "handover.sqlite") as database:
        rows = database.execute("select * from contact_counts").fetchall()
    assert rows == [("2026-11-23", "web", "no_consent", 1)]


async def test_ending_does_not_undo_a_hand_over(house: House) -> None:
    citizen = await house.citizen()
    await house.hand_over(citizen)
    await house.internal("POST", citizen, "end", json={"outcome": "no_consent"})
    assert (await citizen.read())["status"] == "waiting"


async def test_erasing_leaves_nothing_of_a_conversation(house: House) -> None:
    citizen = await house.citizen()
    assert (await house.internal("POST", citizen, "erase")).status_code == 204
    assert (await citizen.post("hej")).status_code == 404
