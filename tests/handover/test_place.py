"""What somebody who waits is told: their place, how long it takes, and never more than is known."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from websockets.asyncio.client import connect

from handover.handovers.place import Pace, in_words, pace
from handover.opening import soon_in_words
from handover.settings import ROOT

from .conftest import Citizen, FakeClock, House, RasaStandIn, WordScreen, running

CHRISTMAS_EVE = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)  # a Thursday the municipality has closed


async def place(citizen: Citizen) -> dict[str, Any] | None:
    return (await citizen.read()).get("queue")


async def waiting(house: House, **intake: Any) -> tuple[Citizen, str]:
    citizen = await house.citizen()
    if intake:
        await house.change_intake(citizen, **intake)
    return citizen, await house.hand_over(citizen)


def minutes(*spans: float) -> list[timedelta]:
    return [timedelta(minutes=span) for span in spans]


def test_of_fewer_than_five_waits_nothing_is_said() -> None:
    assert pace(minutes(1, 2, 3, 4)) is None


def test_the_median_and_the_slow_end_are_rounded_up() -> None:
    assert pace(minutes(7, 8, 9, 9, 55)) == Pace(10, 60)
    assert pace(minutes(*range(1, 11))) == Pace(10, 10)
    assert pace(minutes(400, 500, 600, 700, 800)) == Pace(720, 1440)
    assert pace(minutes(1500, 1600, 1700, 1800, 1900)) == Pace(None, None)


@pytest.mark.parametrize(
    ("found", "words"),
    [(10, "10 minutter"), (60, "en time i åbningstiden"), (None, "mere end en dag")],
)
def test_a_wait_in_words(found: int | None, words: str) -> None:
    assert in_words(found) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "i dag kl. 10"), (24, "i morgen kl. 10"), (72, "torsdag kl. 10"),
     (7 * 24, "mandag den 30. november kl. 10")],
)  # fmt: skip
def test_when_somebody_comes_is_said_as_people_say_it(hours: int, words: str) -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert soon_in_words(now + timedelta(hours=hours), now) == words


async def test_who_does_not_wait_is_told_nothing_of_a_queue(house: House) -> None:
    citizen = await house.citizen()
    assert "queue" not in await citizen.read()


async def test_the_place_moves_when_somebody_is_taken_and_danger_goes_first(house: House) -> None:
    first, first_case = await waiting(house)
    house.clock.advance(minutes=1)
    second, _ = await waiting(house)
    assert [(await place(c) or {})["place"] for c in (first, second)] == [
        "Du er den næste.", "Der er 1 før dig.",
    ]  # fmt: skip
    await waiting(house, safety={"level": "alarm"})
    assert (await place(second) or {})["place"] == "Der er 2 før dig."
    async with await house.counsellor() as anna:
        await anna.post(f"/api/handovers/{first_case}/claim")
    assert await place(first) is None
    assert (await place(second) or {})["ahead"] == 1


async def test_with_few_known_waits_no_time_is_told(house: House) -> None:
    citizen, _ = await waiting(house)
    found = await place(citizen)
    assert found
    assert (found["typical_minutes"], found["slow_minutes"], found["time"]) == (None, None, "")


async def claimed_after(house: House, *spans: int) -> None:
    async with await house.counsellor("Bo") as bo:
        for span in spans:
            _, case = await waiting(house)
            house.clock.advance(minutes=span)
            await bo.post(f"/api/handovers/{case}/claim")


async def test_how_long_others_waited_is_told(house: House) -> None:
    await claimed_after(house, 8, 8, 9, 9, 50)
    citizen, _ = await waiting(house)
    found = await place(citizen)
    assert found
    assert (found["typical_minutes"], found["slow_minutes"]) == (10, 60)
    assert "typisk ventet 10 minutter, og nogle har ventet en time" in found["time"]
    urgent, _ = await waiting(house, safety={"level": "alarm"})
    assert (await place(urgent) or {})["typical_minutes"] is None


async def test_waits_of_last_week_are_forgotten(house: House) -> None:
    await claimed_after(house, 8, 8, 9, 9, 9)
    house.clock.advance(days=8)
    citizen, _ = await waiting(house)
    assert (await place(citizen) or {})["time"] == ""


async def test_shortly_before_closing_it_is_told_when_somebody_is_there_again(house: House) -> None:
    house.clock.now = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # half an hour before closing
    citizen, _ = await waiting(house)
    found = await place(citizen)
    assert found
    assert "Vi lukker kl. 15" in found["time"]
    assert found["time"].endswith("er der en rådgiver igen i morgen kl. 9.")


async def test_on_a_closed_day_it_is_told_when_somebody_is_there_over_the_holidays(
    house: House,
) -> None:
    house.clock.now = CHRISTMAS_EVE
    citizen, _ = await waiting(house)
    found = await place(citizen)
    assert found
    assert not found["open"]
    assert found["opens_at"] == "2026-12-28T08:00:00.000000Z"
    assert found["time"] == "Der er lukket lige nu. Der er en rådgiver igen mandag kl. 9."


async def test_another_device_is_told_the_same(house: House) -> None:
    citizen, _ = await waiting(house)
    answer = await house.http.post(
        "/api/conversations/resume", json={"resume_code": citizen.resume_code}
    )
    assert answer.json()["queue"] == await place(citizen)
    said = await citizen.post("er I der?")
    assert said.json()["queue"]["ahead"] == 0


async def test_the_stream_tells_the_place_when_it_changes_and_only_then(house: House) -> None:
    _, first = await waiting(house)
    house.clock.advance(minutes=1)
    citizen, own = await waiting(house)
    address = house.base_url.replace("http", "ws") + f"{citizen.path}/stream?after=99"
    async with connect(address) as socket, await house.counsellor() as anna:
        await socket.send(json.dumps({"token": citizen.token}))
        assert (await queue_frame(socket))["ahead"] == 1
        house.app.state.store.feed.publish("queue")
        await anna.post(f"/api/handovers/{first}/claim")
        assert (await queue_frame(socket))["place"] == "Du er den næste."
        await anna.post(f"/api/handovers/{own}/claim")
        assert await queue_frame(socket) is None


async def queue_frame(socket: Any) -> Any:
    async with asyncio.timeout(5):
        while True:
            frame = json.loads(await socket.recv())
            if frame.get("type") == "queue":
                return frame["queue"]


async def test_a_role_takes_over_and_no_name(house: House) -> None:
    citizen, case = await waiting(house)
    async with await house.counsellor("Anna Berg") as anna:
        await anna.post(f"/api/handovers/{case}/claim")
    assert "Anna" not in str(await citizen.read())


async def test_a_municipality_may_let_the_name_be_told(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    path = tmp_path / "kommune.yml"
    data = yaml.safe_load((ROOT / "config" / "kommune.yml").read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(data | {"raadgiver_navn": "ja"}), encoding="utf-8")
    async with running(tmp_path, rasa, clock, screen, municipality=path) as house:
        citizen, case = await waiting(house)
        await show(house, **{"Anna Berg": "Anna", "Bo Lund": "", "Eva Dam": "Eva fra rådgivningen"})
        async with await house.counsellor("Anna Berg") as anna:
            await anna.post(f"/api/handovers/{case}/claim")
            await citizen.wait_for("Nu er Anna her")
            await anna.post(f"/api/handovers/{case}/transfer", json={"to": "Bo Lund"})
        await citizen.wait_for("En anden rådgiver tager over nu")
        async with await house.counsellor("Bo Lund") as bo:
            await bo.post(f"/api/handovers/{case}/transfer", json={"to": "Eva Dam"})
        await citizen.wait_for("Nu tager Eva fra rådgivningen over")
        said = str(await citizen.read())
        assert not [name for name in ("Berg", "Lund", "Dam") if name in said], "no login names"


async def show(house: House, **names: str) -> None:
    """Accounts, and the name that each of them shows."""
    for name, shown in names.items():
        await house.account(name, "et langt kodeord")
        async with house.app.state.store.write() as work:
            known = await work.accounts.by_name(name)
            assert known is not None
            await work.accounts.set_shown_name(known[0].id, shown)
