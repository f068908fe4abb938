"""What happens at the same moment on PostgreSQL, where writers do not queue as on SQLite.

The server is one of its own, or the one that ``TEST_POSTGRESQL`` names:
``postgresql+psycopg://postgres@127.0.0.1:5432``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from handover.accounts.administration import Administration
from handover.accounts.login import CodeNeeded
from tests.database import needs_postgresql
from tests.handover.conftest import FakeClock, House, RasaStandIn, WordScreen, entry, running

pytestmark = needs_postgresql
TIMES = 25
DANGER, PASSWORD = "jeg vil dø i aften", "et langt kodeord"


@pytest.fixture
async def house(
    tmp_path: Path,
    rasa: RasaStandIn,
    clock: FakeClock,
    screen: WordScreen,
    database_url: str,
) -> AsyncIterator[House]:
    async with running(tmp_path, rasa, clock, screen, database_url=database_url) as found:
        yield found


async def test_danger_while_a_counsellor_takes_the_case(house: House) -> None:
    async with await house.counsellor("Anna") as anna:
        for _ in range(TIMES):
            citizen = await house.citizen()
            case = f"/api/handovers/{await house.hand_over(citizen)}"
            said, taken = await asyncio.gather(citizen.post(DANGER), anna.post(f"{case}/claim"))
            assert (said.status_code, taken.status_code) == (200, 200), said.text + taken.text
            found = (await anna.get(case)).json()
            assert (found["priority"], found["claimed_by"]) == ("akut", "Anna")


async def test_nobody_closes_a_case_that_somebody_takes(house: House) -> None:
    async with await house.counsellor("Anna") as anna, await house.counsellor("Bo") as bo:
        for _ in range(TIMES):
            case = f"/api/handovers/{await house.hand_over(await house.citizen())}"
            taken, closed = await asyncio.gather(
                anna.post(f"{case}/claim"),
                bo.post(f"{case}/close", json={"outcome": "lukket_med_raad"}),
            )
            assert sorted((taken.status_code, closed.status_code)) == [200, 409]


async def test_a_case_is_given_away_once(house: House) -> None:
    async with await house.counsellor("Anna") as anna:
        await house.account("Carl", "et langt kodeord")
        for _ in range(TIMES):
            case = f"/api/handovers/{await house.hand_over(await house.citizen())}"
            await anna.post(f"{case}/claim")
            answers = await asyncio.gather(
                anna.post(f"{case}/release"), anna.post(f"{case}/transfer", json={"to": "Carl"})
            )
            assert sorted(one.status_code for one in answers) == [200, 409]


async def test_much_at_once_in_one_conversation(house: House) -> None:
    house.rasa.answer = lambda text: entry(f"Læst: {text}")
    async with await house.counsellor("Anna") as anna:
        for _ in range(TIMES):
            citizen = await house.citizen()
            case = f"/api/handovers/{await house.hand_over(citizen)}"
            await anna.post(f"{case}/claim")
            answers = await asyncio.gather(
                citizen.post(DANGER),
                anna.post(f"{case}/messages", json={"text": "hej"}),
                anna.post(f"{case}/notes", json={"text": "en note"}),
                anna.post(f"{case}/release"),
                anna.get(case),
                citizen.post("og mere"),
            )
            codes = [one.status_code for one in answers]
            assert all(code < 500 for code in codes), codes
            assert (await anna.get(case)).json()["priority"] == "akut"


async def test_an_account_that_is_closed_holds_no_case(house: House) -> None:
    """Whoever takes a case while the account is closed either has it taken away or gets none."""
    app = house.app
    administration = Administration(app.state.store, app.state.desk.put_back_all)
    await house.account("Admin", PASSWORD, ("administrator",))
    for number in range(10):
        await house.account(f"Anna {number}", PASSWORD)
        async with app.state.store.read() as work:
            account, _ = await work.accounts.by_name(f"Anna {number}")
        handover_id = await house.hand_over(await house.citizen())
        await asyncio.gather(
            app.state.desk.claim(handover_id, account.name),
            administration.close("Admin", account.id),
            return_exceptions=True,
        )
        assert (await app.state.desk.glance(handover_id))["claimed_by"] is None


async def test_one_code_lets_in_once(house: House) -> None:
    await house.account("Anna", PASSWORD)
    logins, store = house.app.state.logins, house.app.state.store
    async with store.write() as work:
        account, _ = await work.accounts.by_name("Anna")
        await logins.codes.begin(work, account.id)
        secret = await logins.codes.unconfirmed(work, account.id)
        await work.accounts.confirm_otp(account.id)
    with pytest.raises(CodeNeeded) as needed:
        await logins.log_in("Anna", PASSWORD, "1.2.3.4")
    code = pyotp.TOTP(secret).at(house.clock())

    async def enter() -> str | None:
        async with store.write() as work:
            return await logins.codes.accept(work, account.id, code)

    answers = await asyncio.gather(*(enter() for _ in range(8)))
    assert sorted(map(str, answers)) == [*["None"] * 7, "code"]
    assert await logins.second_step(needed.value.ticket, code, "1.2.3.4") is None


async def test_a_setting_is_saved_by_one_of_two(house: House) -> None:
    store = house.app.state.store

    async def add() -> bool:
        async with store.write() as work:
            return await work.decisions.add("svar", 1, {}, "Anna")

    assert sorted(await asyncio.gather(*(add() for _ in range(6)))) == [*[False] * 5, True]


async def test_erasing_while_a_counsellor_is_at_work(house: House) -> None:
    async with await house.counsellor("Anna") as anna:
        for number in range(TIMES):
            citizen = await house.citizen()
            urgent = number % 2 == 0
            if urgent:
                await citizen.say(DANGER)
            case = f"/api/handovers/{await house.hand_over(citizen)}"
            answers = await asyncio.gather(
                house.http.delete(citizen.path, headers=citizen.headers),
                anna.post(f"{case}/claim"),
                anna.post(f"{case}/notes", json={"text": "en note"}),
                anna.get("/api/handovers"),
            )
            codes = [one.status_code for one in answers]
            assert all(code < 500 for code in codes), codes
            left = await anna.get(case)
            assert left.status_code == (200 if urgent else 404)
            if urgent:
                assert left.json()["priority"] == "akut"
