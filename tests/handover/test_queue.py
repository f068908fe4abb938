"""What stands in the queue and what a filter makes of it; how long a case has waited; the alarm."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from bot.tracks.catalogue import load_catalogue
from handover.handovers.filters import Filter, read_filter
from handover.municipality import load_municipality
from handover.opening import open_between, open_now
from handover.pages.moments import span
from handover.settings import ROOT, Settings
from handover.storage.database import open_database
from handover.storage.migrate import configuration, migrate
from tests.patience import PATIENCE

from .conftest import SUNDAY, House
from .test_pages import counsellor_page

TRACKS = load_catalogue().tracks
HOURS = load_municipality(ROOT / "config" / "kommune.yml", TRACKS).hours
MONDAY_NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9.00 in Copenhagen: it opens
PASSWORD = "et langt kodeord"


async def case(house: House, channel: str = "web", level: str = "none", **intake: Any) -> str:
    citizen = await house.citizen(channel=channel)
    await house.change_intake(citizen, safety={"level": level}, **intake)
    return await house.hand_over(citizen)


def speaker(value: str) -> dict[str, Any]:
    return {"speaker": {"value": value, "evidence": []}}


async def listed(client: httpx.AsyncClient, **params: Any) -> set[str]:
    answer = await client.get("/api/handovers", params=params)
    assert answer.status_code == 200, answer.text
    return {row["handover_id"] for row in answer.json()["items"]}


async def test_the_api_filters_by_channel_priority_and_ones_own(house: House) -> None:
    chat, worried, phone = (
        await case(house),
        await case(house, level="ask"),
        await case(house, "phone"),
    )
    async with await house.counsellor("Anna") as anna, await house.counsellor("Bo") as bo:
        await anna.post(f"/api/handovers/{chat}/claim")
        await bo.post(f"/api/handovers/{phone}/claim")
        assert await listed(anna, channel="phone") == {phone}
        assert await listed(anna, priority="hoej") == {worried}
        assert await listed(anna, mine=True) == {chat}
        assert await listed(anna, mine=True, channel="phone") == set()
        assert await listed(anna, channel="web", status="waiting") == {worried}
        for wrong in ({"channel": "fax"}, {"priority": "0"}, {"mine": "måske"}):
            assert (await anna.get("/api/handovers", params=wrong)).status_code == 422


async def test_pages_of_a_filtered_queue_follow_each_other(house: House) -> None:
    wanted = {await case(house, "sms") for _ in range(4)} | {await case(house, "sms", "ask")}
    for _ in range(3):
        await case(house)
    seen: list[str] = []
    params: dict[str, Any] = {"channel": "sms", "limit": 2}
    async with await house.counsellor() as anna:
        while True:
            page = (await anna.get("/api/handovers", params=params)).json()
            seen += [row["handover_id"] for row in page["items"]]
            if not page["next_cursor"]:
                break
            params["cursor"] = page["next_cursor"]
    assert (len(seen), set(seen)) == (5, wanted)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "abcd"),
        ("?speaker=foraelder", "b"),
        ("?track=uro", "bc"),
        ("?track=uro&speaker=ung", "c"),
        ("?channel=sms", "c"),
        ("?priority=akut", "d"),
        ("?mine=ja", ""),
        ("?speaker=ukendt&channel=web&priority=akut", "d"),
        ("?speaker=findes+ikke&track=&nyt=1", "abcd"),
    ],
)
async def test_the_page_shows_what_fits_and_names_the_urgent_that_do_not(
    house: House, query: str, shown: str
) -> None:
    await house.account("Anna", PASSWORD)
    uro = {"tracks": [{"track": "uro", "evidence": []}]}
    ids = {
        "a": await case(house, **speaker("ung")),
        "b": await case(house, **speaker("foraelder"), **uro),
        "c": await case(house, "sms", **speaker("ung"), **uro),
        "d": await case(house, level="alarm"),
    }
    page = await counsellor_page(house, f"/console{query}")
    assert {k for k, i in ids.items() if f'id="r-{i}"' in page} == set(shown)
    hidden = "1 akut</span> vises ikke" in page or "1 akut vises ikke på grund af filteret" in page
    assert hidden == ("d" not in shown)
    assert "<title>(1 akut) Henvendelser</title>" in page


async def test_an_urgent_case_that_somebody_has_is_not_missed(house: House) -> None:
    await house.account("Anna", PASSWORD)
    taken = await case(house, level="alarm")
    async with await house.counsellor("Bo") as bo:
        await bo.post(f"/api/handovers/{taken}/claim")
    page = await counsellor_page(house, "/console?priority=normal")
    assert "vises ikke på grund af filteret" not in page


VALUES = st.sampled_from(["", "akut", "web", "uro", "ung", "ja", "<script>", "normal"])


@given(st.dictionaries(st.sampled_from(["priority", "channel", "track", "mine", "x"]), VALUES))
def test_whatever_an_address_says_it_is_a_filter(query: dict[str, str]) -> None:
    found = read_filter(query, TRACKS)
    assert found.chosen.items() <= query.items()
    assert "<script>" not in found.chosen.values()
    assert all(len(found.without(name)) == len(found.chosen) - 1 for name in found.chosen)
    assert Filter(**found.chosen) == found


# waiting


async def target(house: House, handover_id: str) -> dict[str, Any] | None:
    async with await house.counsellor("somebody") as reader:
        found = (await reader.get(f"/api/handovers/{handover_id}")).json()["target"]
    return dict(found) if found else None


async def test_danger_is_late_after_its_minutes_around_the_clock(house: House) -> None:
    house.clock.now = SUNDAY
    urgent = await case(house, level="alarm")
    house.clock.advance(minutes=5)
    assert await target(house, urgent) == {"minutes": 5, "open_hours_only": False, "over": False}
    house.clock.advance(seconds=1)
    found = await target(house, urgent)
    assert found
    assert found["over"]


async def test_what_is_not_urgent_is_not_late_because_it_is_sunday(house: House) -> None:
    house.clock.now = SUNDAY
    worried = await case(house, level="ask")
    house.clock.now = MONDAY_NINE + timedelta(minutes=30)
    found = await target(house, worried)
    assert found == {"minutes": 30, "open_hours_only": True, "over": False}
    house.clock.advance(seconds=1)
    found = await target(house, worried)
    assert found
    assert found["over"]


async def test_what_somebody_has_is_held_against_no_target(house: House) -> None:
    handover_id = await case(house, level="alarm")
    async with await house.counsellor() as anna:
        await anna.post(f"/api/handovers/{handover_id}/claim")
        assert await target(house, handover_id) is None
        house.clock.advance(minutes=10)
        await anna.post(f"/api/handovers/{handover_id}/release")
        found = await target(house, handover_id)
        assert found
        assert not found["over"]
        [row] = (await anna.get("/api/handovers")).json()["items"]
    assert row["created_at"] < row["waiting_since"]


async def test_put_back_a_case_keeps_its_place_in_the_queue(house: House) -> None:
    first = await case(house)
    house.clock.advance(minutes=1)
    second = await case(house)
    async with await house.counsellor() as anna:
        for rest in ("claim", "release"):
            house.clock.advance(minutes=1)
            await anna.post(f"/api/handovers/{first}/{rest}")
        items = (await anna.get("/api/handovers")).json()["items"]
    assert [row["handover_id"] for row in items] == [first, second]


FIRST, LAST = datetime(2026, 1, 1), datetime(2027, 12, 31)  # noqa: DTZ001 (as Hypothesis wants)
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@given(moments, st.timedeltas(timedelta(), timedelta(days=20)))
def test_open_time_is_what_a_walk_over_the_quarters_finds(
    start: datetime, lasts: timedelta
) -> None:
    start = start.replace(minute=0, second=0, microsecond=0)
    quarters = int(lasts / timedelta(minutes=15))
    end = start + quarters * timedelta(minutes=15)
    counted = sum(
        open_now(HOURS, start + number * timedelta(minutes=15)) for number in range(quarters)
    )
    assert open_between(HOURS, start, end) == counted * timedelta(minutes=15)


@pytest.mark.parametrize(
    ("minutes", "words"), [(5, "5 min"), (60, "1 t"), (90, "1 t 30 min"), (240, "4 t")]
)
def test_a_target_is_said_at_a_glance(minutes: int, words: str) -> None:
    assert span(minutes) == words


async def test_a_database_of_the_first_version_keeps_its_cases_notes_and_waiting(
    tmp_path: Path,
) -> None:
    database = open_database(Settings(var=tmp_path).database)
    old = "2026-11-20 08:00:00.000000"
    rows = (
        "INSERT INTO conversations (id, channel, status, epoch, seq, wrapped_key, token_hash, "
        "resume_hash, access, cleared_seq, created_at, active_at) VALUES ('c', 'web', 'waiting', "
        f"1, 1, x'00', x'00', x'00', x'00', 0, '{old}', '{old}')",
        "INSERT INTO handovers (id, conversation_id, kind, reason, rank, status, created_at) "
        f"VALUES ('h', 'c', 'intake', 'alarm', 0, 'waiting', '{old}')",
        "INSERT INTO notes (id, handover_id, author, payload, created_at) "
        f"VALUES ('n', 'h', 'Anna', x'00', '{old}')",
    )

    def first(connection: Connection) -> None:
        command.upgrade(configuration(connection), "0001")
        for row in rows:
            connection.execute(text(row))

    async with database.write() as connection:
        await connection.run_sync(first)
    await migrate(database)
    async with database.read() as connection:
        asked = "SELECT h.waiting_since, n.author FROM handovers h JOIN notes n ON 1 = 1"
        assert (await connection.execute(text(asked))).all() == [(old, "Anna")]
    await database.close()


# the alarm


@asynccontextmanager
async def listening(house: House, token: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    cookies = {"handover_session": token}
    async with (
        httpx.AsyncClient(base_url=house.base_url, cookies=cookies, timeout=PATIENCE) as browser,
        browser.stream("GET", "/console/alarm") as answer,
    ):
        assert answer.status_code == 200
        lines = answer.aiter_lines()
        yield (json.loads(line.removeprefix("data: ")) async for line in lines if line)


async def test_the_alarm_tells_at_once_what_waits_and_no_word_of_it(house: House) -> None:
    await house.account("Anna", PASSWORD)
    token = await house.app.state.logins.log_in("Anna", PASSWORD, "1")
    async with listening(house, token) as told:
        nothing = {"waiting": 0, "newest": "", "urgent": [], "since": None, "due": 0}
        assert await anext(told) == nothing
        async with asyncio.timeout(3):
            citizen = await house.citizen()
            await citizen.say("jeg vil dø i aften")
            state = await anext(told)
    found = await house.handover_of(citizen)
    assert found
    since = found["waiting_since"]
    assert state == {
        "waiting": 1, "newest": since, "urgent": [f"{found['handover_id']} {since}"],
        "since": "i dag kl. 10.00", "due": 0,
    }  # fmt: skip


async def test_the_alarm_of_somebody_who_has_logged_out_ends(house: House) -> None:
    await house.account("Anna", PASSWORD)
    logins = house.app.state.logins
    token = await logins.log_in("Anna", PASSWORD, "1")
    async with listening(house, token) as told:
        await anext(told)
        await logins.log_out(await logins.by_session(token))
        async with asyncio.timeout(5):
            await case(house)
            assert [state async for state in told] == []
