"""Danger in every position of a call, and a hang-up in every position."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from handover.municipality import Retention
from handover.storage.tables import contact_counts
from handover.watch.retention import forget_old
from tests.handover.conftest import SUNDAY, FakeClock, entry
from tools.phone.line import Line

from .conftest import ANNA, IDA, Station
from .test_voice import YES_NO, asks, told

DANGER = "jeg vil dø i aften"
TWICE = ("halvfjerds, to nul et, to nul et", "et et seks, et et et")
Way = Callable[[Station], Awaitable[Line]]


async def at_once(station: Station) -> Line:
    return await station.exchange.ring(IDA)


async def in_a_telling(station: Station) -> Line:
    line = await at_once(station)
    return await line.say("det er svært derhjemme")


async def at_a_question(station: Station) -> Line:
    station.house.rasa.answer = asks("Spiser du morgenmad?", choices=YES_NO)
    return await told(station)


async def while_confirming(station: Station) -> Line:
    line = await at_a_question(station)
    return await line.say("skrat og støj", confidence=0.1)


async def while_a_human_is_offered(station: Station) -> Line:
    line = await at_a_question(station)
    for _ in range(3):
        await line.silence()
    return line


async def at_the_end(station: Station) -> Line:
    station.house.rasa.answer = lambda _: entry("Farvel.", kind="closing")
    return await told(station)


async def asked_whether_to_be_called(station: Station) -> Line:
    line = await at_once(station)
    return await line.press("0")


async def asked_for_the_number(station: Station) -> Line:
    line = await asked_whether_to_be_called(station)
    await line.press("1")
    return await line.press("2")


async def asked_for_the_time(station: Station) -> Line:
    line = await asked_whether_to_be_called(station)
    await line.press("1")
    return await line.press("1")


BEFORE: tuple[Way, ...] = (
    at_once, in_a_telling, at_a_question, while_confirming, while_a_human_is_offered, at_the_end,
)  # fmt: skip
AFTER: tuple[Way, ...] = (
    asked_whether_to_be_called, asked_for_the_number, asked_for_the_time,
)  # fmt: skip
POSITIONS = pytest.mark.parametrize("position", [*BEFORE, *AFTER], ids=lambda way: way.__name__)


@POSITIONS
@pytest.mark.parametrize("confidence", [0.9, 0.05])
async def test_danger_is_met_at_once_at_any_confidence(
    station: Station, position: Way, confidence: float
) -> None:
    line = await position(station)
    await line.say(DANGER, confidence)
    for number in TWICE:
        assert line.text.count(number) == 2, line.text
    assert "Jeg siger numrene en gang til" in line.text
    case = await station.case()
    assert case is not None
    assert (case["priority"], case["reason"] in ("alarm", "menneske")) == ("akut", True)
    assert DANGER in case["risk"]["evidence"][-1]["quote"]


@POSITIONS
async def test_a_hang_up_after_danger_leaves_the_case_in_the_queue(
    station: Station, clock: FakeClock, position: Way
) -> None:
    line = await position(station)
    await line.say(DANGER)
    await line.hang_up()
    clock.advance(days=40)
    await forget_old(station.house.app.state.store, _retention(), clock())
    case = await station.case()
    assert case is not None
    assert case["status"] == "waiting"
    assert any(DANGER in message["text"] for message in case["transcript"])


@pytest.mark.parametrize("position", BEFORE, ids=lambda way: way.__name__)
async def test_a_hang_up_before_consent_is_counted_and_erased(
    station: Station, clock: FakeClock, position: Way
) -> None:
    line = await position(station)
    await line.hang_up()
    assert await station.case() is None
    clock.advance(hours=25)
    await forget_old(station.house.app.state.store, _retention(), clock())
    assert await station.called() == []
    async with station.house.app.state.store.read() as work:
        rows = await work.connection.execute(select(contact_counts))
        counted = [(row.channel, row.outcome, row.count) for row in rows]
    assert counted == [("phone", "left", 1)]


@pytest.mark.parametrize("position", AFTER, ids=lambda way: way.__name__)
async def test_a_hang_up_after_asking_for_a_human_leaves_the_case(
    station: Station, position: Way
) -> None:
    line = await position(station)
    await line.hang_up()
    case = await station.case()
    assert case is not None
    assert case["reason"] == "menneske"
    assert case["contact"]["phone"] is None, "no number without the whole way to it"


async def test_the_last_words_of_a_case_are_kept(station: Station) -> None:
    """Said, and hung up before the telling was over, when a counsellor will read it."""
    line = await station.exchange.ring(IDA)
    await line.say(DANGER)
    station.house.rasa.answer = asks("Fortæl mere.", "fylder")
    for _ in range(5):
        await line.say("nej")
        if "Fortæl mere" in line.text:
            break
    await line.say("min mor ved det ikke")
    await line.hang_up()
    case = await station.case()
    assert case is not None
    assert "min mor ved det ikke" in case["transcript"][-1]["text"]


async def test_a_counsellor_is_offered_now_when_it_is_open(office: Station) -> None:
    line = await office.exchange.ring(IDA)
    await line.say(DANGER)
    assert "Vil du tale med en rådgiver nu, så tryk 0" in line.text
    await line.press("0")
    assert office.exchange.switchboard.rung[0] == ANNA


async def test_nobody_is_promised_when_it_is_closed(office: Station, clock: FakeClock) -> None:
    clock.now = SUNDAY
    line = await office.exchange.ring(IDA)
    await line.say(DANGER)
    assert "tryk 0" not in line.text
    await line.press("0")
    assert office.exchange.switchboard.rung == []
    assert "når der er åbent" in line.text


async def test_silence_in_danger_is_put_through_by_itself(office: Station) -> None:
    line = await office.exchange.ring(IDA)
    await line.say(DANGER)
    for _ in range(4):
        await line.silence()
    assert office.exchange.switchboard.rung[0] == ANNA


async def test_danger_does_not_wait_for_a_dead_assistant(station: Station) -> None:
    station.house.rasa.delay = 3.0
    line = await station.exchange.ring(IDA)
    begun = asyncio.get_running_loop().time()
    await line.say(DANGER)
    assert asyncio.get_running_loop().time() - begun < 2.0
    assert TWICE[0] in line.text


def _retention() -> Retention:
    return Retention(dage_efter_afslutning=30, timer_uden_overdragelse=24)
