"""Who guesses many at once is stopped as one who guesses one after the other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from handover.accounts.login import CodeNeeded
from handover.errors import Problem
from handover.limits import Limit
from handover.storage.tables import sessions
from tests.handover.conftest import FakeClock, House

PASSWORD = "et langt kodeord"


async def test_codes_are_not_guessed_at_once(house: House) -> None:
    await house.account("Anna", PASSWORD)
    logins = house.app.state.logins
    async with house.app.state.store.write() as work:
        account, _ = await work.accounts.by_name("Anna")
        await logins.codes.begin(work, account.id)
        await work.accounts.confirm_otp(account.id)
    with pytest.raises(CodeNeeded) as needed:
        await logins.log_in("Anna", PASSWORD, "1.2.3.4")
    tried = 0
    accept = logins.codes.accept

    async def counted(*given: object) -> object:
        nonlocal tried
        tried += 1
        return await accept(*given)

    logins.codes.accept = counted
    guesses = [logins.second_step(needed.value.ticket, f"{n:06}", f"10.0.0.{n}") for n in range(60)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert tried <= 10
    assert sum(isinstance(one, Problem) and one.status == 429 for one in answers) >= 50


async def test_passwords_are_not_guessed_at_once(house: House) -> None:
    await house.account("Anna", PASSWORD)
    logins = house.app.state.logins
    guesses = [logins.log_in("Anna", f"et kodeord {n}", f"10.0.0.{n}") for n in range(30)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(one, Problem) and one.status == 429 for one in answers) == 20


async def test_resume_codes_are_not_guessed_at_once(house: House) -> None:
    async def guess() -> int:
        body = {"resume_code": "ABCD-EFGH-JK"}
        return (await house.http.post("/api/conversations/resume", json=body)).status_code

    answers = await asyncio.gather(*(guess() for _ in range(40)))
    assert answers.count(404) == 10
    assert answers.count(429) == 30


async def test_what_was_right_is_no_failure(clock: FakeClock) -> None:
    limit = Limit(2, timedelta(minutes=5), clock)
    for _ in range(5):
        async with limit.turn("Anna"):
            pass
    for _ in range(2):
        async with limit.turn("Anna"):
            limit.failed("Anna")
    with pytest.raises(Problem):
        async with limit.turn("Bo", "Anna"):
            pass
    clock.advance(minutes=6)
    async with limit.turn("Anna"):
        pass


async def test_whoever_is_closed_out_between_the_steps_does_not_come_in(house: House) -> None:
    """Not even later, when the account is opened again."""
    await house.account("Anna", PASSWORD)
    state = house.app.state
    async with state.store.write() as work:
        account, _ = await work.accounts.by_name("Anna")
        await work.accounts.set_closed(account.id, True)
    with pytest.raises(Problem):
        async with state.store.write() as work:
            await state.logins.enter(work, account)
    async with state.store.write() as work:
        await work.accounts.set_closed(account.id, False)
        kept = select(func.count()).select_from(sessions)
        assert (await work.connection.execute(kept)).scalar_one() == 0
