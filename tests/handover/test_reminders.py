"""On the day that was set to follow up, whoever set it is reminded: on the queue, and by mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from handover.handovers.reminders import reminded

from .browsing import Visitor, logged_in, trail, visiting
from .conftest import FakeClock, House, RasaStandIn, WordScreen, running
from .mailhost import MailHost, mail_host

CONCERN = "min datter spiser næsten ikke"
TODAY, TOMORROW = "2026-11-23", "2026-11-24"
SIX, NINE = datetime(2026, 11, 24, 5, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""Of the next morning, in Denmark."""
HEADING = 'id="remind-title"'


@pytest.fixture
async def post() -> AsyncIterator[MailHost]:
    async with mail_host() as host:
        yield host


@pytest.fixture
async def house(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen, post: MailHost
) -> AsyncIterator[House]:
    settings: dict[str, Any] = {
        "public_url": "https://raad.eksempel.dk",
        "smtp_host": "127.0.0.1",
        "smtp_port": post.port,
        "smtp_security": "none",
        "smtp_sender": "raadgivning@eksempel.dk",
        "call_timeout": 2.0,
        "session_hours": 100.0,
        "counsellor_away_minutes": 10_000,
    }
    async with running(tmp_path, rasa, clock, screen, **settings) as found:
        yield found


@asynccontextmanager
async def somebody(
    house: House, name: str, *roles: str, mail: str | None = None
) -> AsyncIterator[Visitor]:
    async with logged_in(house, name, *roles) as visitor:
        if mail:
            await visitor.go("/console/min-konto")
            await visitor.send("/mail", mail=mail)
        yield visitor


async def a_day(house: House, by: str, day: str = TOMORROW) -> str:
    """The path of a case, with a day to follow up that somebody has set."""
    citizen = await house.citizen()
    await citizen.say(CONCERN)
    case = f"/api/handovers/{await house.hand_over(citizen)}"
    async with await house.counsellor(by) as counsellor:
        set_ = await counsellor.put(f"{case}/follow-up", json={"date": day})
        assert set_.status_code == 200, set_.text
    return case


async def done(house: House, case: str, by: str) -> None:
    async with await house.counsellor(by) as counsellor:
        assert (await counsellor.post(f"{case}/follow-up/done")).status_code == 200


async def morning(house: House, at: datetime = NINE) -> None:
    house.clock.now = at
    await house.app.state.watchdog.reminders.round()


def test_who_is_gone_leaves_the_reminder_to_the_leaders() -> None:
    assert set(reminded("Bo", {"Bo", "Eva"}, {"Lis"})) == {"Bo"}
    assert set(reminded("Bo", {"Eva"}, {"Lis"})) == {"Lis"}
    assert set(reminded("Bo", {"Eva"}, ())) == {"Eva"}


# on the queue


async def test_the_day_stands_on_top_of_the_queue_of_whoever_set_it(house: House) -> None:
    async with somebody(house, "Bo") as bo, somebody(house, "Eva") as eva:
        case = await a_day(house, "Bo")
        assert HEADING not in (await bo.go("/console")).text
        house.clock.now = NINE
        page = (await bo.go("/console")).text
        assert "Følg op i dag" in page
        assert page.index(HEADING) < page.index('id="waiting-title"')
        assert f'href="/console/sager/{case.rpartition("/")[2]}"' in page
        assert "<title>(2) Henvendelser" in page
        assert HEADING not in (await eva.go("/console")).text
        await done(house, case, "Bo")
        assert HEADING not in (await bo.go("/console")).text


async def test_a_day_that_was_missed_stays_and_says_so(house: House) -> None:
    async with somebody(house, "Bo") as bo:
        await a_day(house, "Bo")
        house.clock.now = NINE
        house.clock.advance(days=1)
        assert "Skulle være fulgt op i går." in (await bo.go("/console")).text


async def test_the_leader_gets_what_a_counsellor_who_is_gone_has_set(house: House) -> None:
    async with somebody(house, "Lis", "raadgiver", "leder") as lis, somebody(house, "Bo"):
        await a_day(house, "Bo")
        house.clock.now = NINE
        assert HEADING not in (await lis.go("/console")).text
        async with house.app.state.store.write() as work:
            bo = await work.accounts.by_name("Bo")
            await work.accounts.set_closed(bo[0].id, True)
        assert "Sat af Bo, som ikke er her længere." in (await lis.go("/console")).text


async def test_the_alarm_tells_each_console_its_own_number(house: House) -> None:
    async with somebody(house, "Bo") as bo, somebody(house, "Eva") as eva:
        await a_day(house, "Bo")
        house.clock.now = NINE
        assert [await alarm(one.http) for one in (bo, eva)] == [1, 0]


async def alarm(http: httpx.AsyncClient) -> int:
    async with http.stream("GET", "/console/alarm") as stream:
        async for line in stream.aiter_lines():
            if '"due": ' in line:
                return int(line.partition('"due": ')[2].rstrip("}"))
    raise AssertionError("nothing was told")


# by mail


async def test_one_mail_in_the_morning_says_how_many_and_nothing_else(
    house: House, post: MailHost
) -> None:
    async with somebody(house, "Bo", mail="bo@kommune.dk"):
        await a_day(house, "Bo")
        await a_day(house, "Bo")
        await morning(house, SIX)
        assert not post.letters
        for _ in range(3):
            await morning(house)
        [letter] = post.letters
    assert post.recipients == ["bo@kommune.dk"]
    assert letter["Subject"] == "Du har 2 opfølgninger i dag"
    assert "https://raad.eksempel.dk/console/opfoelgning" in letter.get_content()
    assert CONCERN not in letter.as_string()
    assert ("watchdog", "reminded", "Bo", None) in await trail(house)


async def test_nothing_is_sent_without_an_address_or_when_it_is_done(
    house: House, post: MailHost
) -> None:
    async with somebody(house, "Bo", mail="bo@kommune.dk"), somebody(house, "Eva"):
        case = await a_day(house, "Bo")
        await a_day(house, "Eva")
        await done(house, case, "Eva")
        await morning(house)
    assert not post.letters


async def test_what_is_left_over_is_not_mailed_again_the_next_day(
    house: House, post: MailHost
) -> None:
    async with somebody(house, "Bo", mail="bo@kommune.dk"):
        await a_day(house, "Bo")
        await morning(house)
        house.clock.advance(days=1)
        await morning(house, house.clock.now)
    assert len(post.letters) == 1


async def test_a_mail_that_fails_is_tried_again_and_not_sent_when_it_is_done_meanwhile(
    house: House, post: MailHost
) -> None:
    async with (
        somebody(house, "Bo", mail="bo@kommune.dk"),
        somebody(house, "Eva", mail="eva@kommune.dk"),
    ):
        case = await a_day(house, "Bo")
        await a_day(house, "Eva")
        post.refuse = "450 later"
        await morning(house)
        post.refuse = ""
        await morning(house)
        assert not post.letters, "it waits before it tries again"
        await done(house, case, "Bo")
        house.clock.advance(seconds=16)
        await morning(house, house.clock.now)
    assert post.recipients == ["eva@kommune.dk"]


async def test_a_leader_is_mailed_for_a_colleague_who_is_gone(house: House, post: MailHost) -> None:
    async with somebody(house, "Lis", "leder", mail="lis@kommune.dk"):
        await a_day(house, "Bo")
        await morning(house)
    [letter] = post.letters
    assert "er her ikke længere" in letter.get_content()


async def test_a_closed_account_is_mailed_nothing(house: House, post: MailHost) -> None:
    async with somebody(house, "Bo", mail="bo@kommune.dk"), visiting(house):
        await a_day(house, "Bo")
        post.refuse = "450 later"
        await morning(house)
        async with house.app.state.store.write() as work:
            bo = await work.accounts.by_name("Bo")
            await work.accounts.set_closed(bo[0].id, True)
        post.refuse = ""
        house.clock.advance(minutes=1)
        await morning(house, house.clock.now)
    assert not post.letters
