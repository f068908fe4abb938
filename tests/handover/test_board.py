"""What of a long queue is on its page, what a page that has it gets, and who shares a look."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from handover.handovers.board import Board
from handover.handovers.filters import Filter
from handover.handovers.together import Together
from handover.pages import queue
from handover.pages.queue import read_room
from handover.pages.rendering import build
from handover.storage.queue import Queue
from handover.storage.tables import intakes
from tests.patience import PATIENCE

from .conftest import House
from .test_pages import counsellor_page
from .test_queue import PASSWORD, speaker
from .test_queue import case as made

URO = {"tracks": [{"track": "uro", "evidence": []}]}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at first and two more, so that a long queue is short to make."""
    monkeypatch.setattr(queue, "FIRST", 2)
    monkeypatch.setattr(queue, "MORE", 2)


async def case(house: House, **what: Any) -> str:
    """One that has waited a second less than the one before."""
    house.clock.advance(seconds=1)
    return await made(house, **what)


def rows(page: str) -> list[str]:
    return re.findall(r'<tr id="r-([^"]+)"', page)


def link(page: str, name: str) -> str | None:
    found = re.search(rf'id="more-{name}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


async def test_every_urgent_case_is_on_the_first_page_and_the_rest_behind_a_link(
    house: House,
) -> None:
    await house.account("Anna", PASSWORD)
    calm = [await case(house) for _ in range(5)]
    urgent = [await case(house, level="alarm") for _ in range(4)]
    page = await counsellor_page(house, "/console")
    assert rows(page) == [*urgent, *calm[:2]]
    assert '<span class="count">9</span>' in page
    assert "Viser 6 af 9. Alle akutte er med." in page
    more = link(page, "waiting")
    assert more == f"/console?vis=4#r-{calm[1]}"
    page = await counsellor_page(house, more)
    assert rows(page) == [*urgent, *calm[:4]]
    assert "Vis 1 flere" in page
    page = await counsellor_page(house, link(page, "waiting") or "")
    assert rows(page) == [*urgent, *calm]
    assert link(page, "waiting") is None


async def test_a_filter_reaches_cases_that_the_first_page_does_not_show(house: House) -> None:
    await house.account("Anna", PASSWORD)
    for _ in range(4):
        await case(house)
    wanted = [await case(house, **speaker("foraelder"), **URO) for _ in range(3)]
    page = await counsellor_page(house, "/console?track=uro&speaker=foraelder")
    assert rows(page) == wanted[:2]
    assert '<span class="count">3 af 7</span>' in page
    more = link(page, "waiting")
    assert more == f"/console?track=uro&speaker=foraelder&vis=4#r-{wanted[1]}"
    assert rows(await counsellor_page(house, more)) == wanted


async def test_what_colleagues_have_is_shown_in_part_and_ones_own_whole(house: House) -> None:
    await house.account("Anna", PASSWORD)
    ids = [await case(house) for _ in range(6)]
    async with await house.counsellor("Anna") as anna, await house.counsellor("Bo") as bo:
        for number, handover_id in enumerate(ids):
            await (anna if number < 3 else bo).post(f"/api/handovers/{handover_id}/claim")
    page = await counsellor_page(house, "/console")
    assert rows(page) == ids[:5]
    assert link(page, "others") == f"/console?kolleger=4#r-{ids[4]}"


@pytest.mark.parametrize("text", ["", "x", "-5", "1", "999999999999", "²", "4.5"])
async def test_a_number_that_is_none_hides_and_breaks_nothing(text: str) -> None:
    assert queue.FIRST <= read_room({"vis": text}).waiting <= queue.MOST


async def browser(house: House, name: str = "Anna") -> httpx.AsyncClient:
    await house.account(name, PASSWORD)
    token = await house.app.state.logins.log_in(name, PASSWORD, "1")
    return httpx.AsyncClient(base_url=house.base_url, cookies={"handover_session": token})


def marks(page: str) -> str:
    return " ".join(re.findall(r'data-mark="([^"]+)"', page))


async def test_rows_that_a_page_has_are_named_and_not_sent_again(house: House) -> None:
    ids = [await case(house, **speaker("ung")) for _ in range(2)]
    async with await browser(house) as anna, await house.counsellor("Bo") as bo:
        first = (await anna.get("/console")).text
        has = marks(first)
        again = (await anna.get("/console", headers={"X-Has": has})).text
        assert rows(again) == []
        assert f'data-same="{has}"' in again
        house.clock.advance(minutes=7)
        house.app.state.store.feed.publish("queue")
        timed = (await anna.get("/console", headers={"X-Has": has, "X-Ticks": "1"})).text
        assert timed.count("7 min|kl. 10.00") == 2
        await bo.post(f"/api/handovers/{ids[1]}/claim")
        changed = (await anna.get("/console", headers={"X-Has": has})).text
        assert rows(changed) == [ids[1]]
        assert f'data-same="{has.split()[0]}"' in changed
        assert "Taget af Bo" in changed


async def test_what_the_citizen_goes_on_telling_changes_the_row(house: House) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    async with await browser(house) as anna:
        has = marks((await anna.get("/console")).text)
        await house.change_intake(citizen, **speaker("foraelder"))
        house.app.state.store.feed.publish("queue")
        page = (await anna.get("/console", headers={"X-Has": has})).text
    assert rows(page) == [handover_id]
    assert "Forælder" in page


async def test_an_erased_case_is_gone_at_the_next_look(house: House) -> None:
    citizen = await house.citizen()
    await house.hand_over(citizen)
    async with await browser(house) as anna:
        assert len(rows((await anna.get("/console")).text)) == 1
        await house.http.delete(citizen.path, headers=citizen.headers)
        assert rows((await anna.get("/console")).text) == []


async def test_what_is_filtered_by_lies_sealed_and_goes_with_the_conversation(
    house: House,
) -> None:
    citizen = await house.citizen()
    await house.change_intake(citizen, **speaker("foraelder"), **URO)
    async with house.app.state.store.read() as work:
        [[sealed]] = await work.connection.execute(
            intakes.select().with_only_columns(intakes.c.traits)
        )
    assert b"foraelder" not in sealed
    assert b"uro" not in sealed
    await house.http.delete(citizen.path, headers=citizen.headers)
    async with house.app.state.store.read() as work:
        assert (await work.connection.execute(intakes.select())).all() == []


async def test_a_case_of_the_version_before_is_filtered_too(house: House) -> None:
    await house.account("Anna", PASSWORD)
    old, _ = await case(house, **speaker("foraelder"), **URO), await case(house)
    async with house.app.state.store.write() as work:
        await work.connection.execute(update(intakes).values(traits=None))
    assert rows(await counsellor_page(house, "/console?track=uro")) == [old]
    assert rows(await counsellor_page(house, "/console?speaker=foraelder")) == [old]


async def test_fifty_consoles_that_refresh_at_once_share_a_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    real = Queue.open_cases

    async def counted(self: Queue) -> list[object]:
        nonlocal looks
        looks += 1
        return list(await real(self))

    monkeypatch.setattr(Queue, "open_cases", counted)
    await case(house)
    async with await browser(house) as anna:
        await asyncio.gather(*(anna.get("/console") for _ in range(50)))
        assert looks <= 2
        looks = 0
        await case(house)
        assert len(rows((await anna.get("/console")).text)) == 2
    assert looks == 1


async def test_another_build_has_other_marks(house: House) -> None:
    await case(house)
    seen = set()
    for name in (build(), "another"):
        board = Board(house.app.state.desk, house.app.state.store.feed, name)
        sight = await board.look("Anna", Filter(), read_room({}))
        seen.add(sight.waiting.items[0]["mark"])
    assert len(seen) == 2


# together


async def test_who_comes_while_it_is_asked_gets_the_next_answer_and_all_of_them_the_same() -> None:
    asked, go = 0, asyncio.Event()

    async def ask() -> int:
        nonlocal asked
        asked += 1
        number = asked
        await go.wait()
        return number

    together = Together(ask)
    first = asyncio.create_task(together())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.create_task(together()) for _ in range(20)]
    await asyncio.sleep(0)
    go.set()
    assert await first == 1
    assert set(await asyncio.gather(*rest)) == {2}
    assert await together() == 3


async def test_an_answer_is_kept_for_a_while_as_long_as_nothing_changes() -> None:
    asked, state = 0, 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        return asked

    together = Together(ask, lambda: state, kept=PATIENCE)
    assert [await together(), await together()] == [1, 1]
    state = 1
    assert await together() == 2
    soon = Together(ask, kept=0.05)
    assert await soon() == 3
    await asyncio.sleep(0.1)
    assert soon._answer is None
    assert await soon() == 4


async def test_a_question_that_fails_fails_for_all_and_is_asked_again() -> None:
    answers = [ValueError("no"), "yes"]

    async def ask() -> str:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    together = Together(ask, kept=1)
    both = await asyncio.gather(together(), together(), return_exceptions=True)
    assert [type(one) for one in both] == [ValueError, ValueError]
    assert await together() == "yes"
