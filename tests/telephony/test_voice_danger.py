"""Danger in every position of a call, and a hang-up in every position."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from handover.conversations.access import digest
from handover.municipality import Retention
from handover.storage.tables import contact_counts
from handover.telephony.voice.spoken import STEP
from handover.telephony.voice.state import Mode
from handover.watch.retention import forget_old
from tests.handover.conftest import SUNDAY, FakeClock, entry
from tools.phone.line import Line

from .conftest import ANNA, IDA, Station, thinks_until_it_is_waited_for
from .test_voice import STEPS, YES_NO, asks, told

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


async def asked_for_an_age(station: Station) -> Line:
    station.house.rasa.answer = asks("Hvor gammel er du?", "alder")
    return await told(station)


async def at_the_summary(station: Station) -> Line:
    station.house.rasa.answer = asks("Passer det?", "opsummering", choices=STEPS)
    return await told(station)


async def asked_for_consent(station: Station) -> Line:
    station.house.rasa.answer = asks("Må jeg give det videre?", "samtykke", choices=YES_NO[:2])
    return await told(station)


async def while_confirming(station: Station) -> Line:
    line = await at_a_question(station)
    return await line.say("skrat og støj", confidence=0.1)


async def while_a_human_is_offered(station: Station) -> Line:
    line = await at_a_question(station)
    for _ in range(3):
        await line.silence()
    return line


async def after_the_assistant_did_not_answer(station: Station) -> Line:
    station.house.rasa.answer = asks("Spiser du morgenmad?")
    station.house.rasa.status = 500
    return await told(station)


async def at_the_end(station: Station) -> Line:
    station.house.rasa.answer = lambda _: entry("Farvel.", kind="closing")
    return await told(station)


async def while_the_assistant_thinks(station: Station) -> Line:
    """The caller hears that we are still there, and nobody listens."""
    line = await in_a_telling(station)
    thinks_until_it_is_waited_for(station, line)
    step = len(line.documents)
    answer = await station.exchange.call(f"{STEP}?step={step}", line.fields_of(Digits="#"))
    line.documents.append(answer.text)
    return line


async def asked_whether_to_be_called(station: Station) -> Line:
    line = await at_once(station)
    return await line.press("0")


async def asked_whether_on_this_number(station: Station) -> Line:
    line = await asked_whether_to_be_called(station)
    return await line.press("1")


async def asked_for_the_number(station: Station) -> Line:
    line = await asked_whether_on_this_number(station)
    return await line.press("2")


async def asked_whether_the_number_is_right(station: Station) -> Line:
    line = await asked_for_the_number(station)
    return await line.press("21222324")


async def asked_for_the_time(station: Station) -> Line:
    line = await asked_whether_on_this_number(station)
    return await line.press("1")


async def after_the_call_back_is_agreed(station: Station) -> Line:
    line = await asked_for_the_time(station)
    return await line.press("1")


async def while_a_counsellor_is_rung(station: Station) -> Line:
    """The caller hears the ringing tone, and nobody listens."""
    line = await at_once(station)
    somebody_on_duty(station)
    answer = await station.exchange.call(f"{STEP}?step=1", line.fields_of(Digits="0"))
    line.documents.append(answer.text)
    return line


async def asked_whether_it_may_be_recorded(station: Station) -> Line:
    line = await at_once(station)
    phone = station.house.app.state.phone
    somebody_on_duty(station, optagelse={"slaaet_til": "ja"})
    phone.recorder.rules = phone.transfer.municipality.telephony.recording
    return await line.press("0")


def somebody_on_duty(station: Station, **more: Any) -> None:
    transfer = station.house.app.state.phone.transfer
    rules = {"vagttelefoner": [{"navn": "Anna", "nummer": ANNA}], **more}
    changed = transfer.municipality.telephony.model_validate(rules)
    transfer.municipality = transfer.municipality.model_copy(update={"telephony": changed})


DEAF = (Mode.WAIT, Mode.DIAL)
"""Steps at which nobody can say anything to us."""


@dataclass(frozen=True)
class Position:
    """``handed_over``: the caller has asked for a human on the way."""

    mode: Mode
    way: Way
    handed_over: bool = False

    async def reach(self, station: Station) -> Line:
        line = await self.way(station)
        async with station.house.app.state.store.read() as work:
            call = await work.calls.get(line.sid)
            assert call is not None
            conversation = await work.conversations.get(str(call.conversation_id))
            assert conversation is not None
            state = conversation.sealer.open(call.payload, f"call {digest(line.sid).hex()}")
        assert state["mode"] == self.mode
        assert ("<Gather" in line.documents[-1]) is (self.mode not in DEAF)
        return line


POSITIONS = (
    Position(Mode.TELL, at_once),
    Position(Mode.TELL, in_a_telling),
    Position(Mode.ANSWER, at_a_question),
    Position(Mode.ANSWER, asked_for_an_age),
    Position(Mode.ANSWER, at_the_summary),
    Position(Mode.ANSWER, asked_for_consent),
    Position(Mode.ANSWER, after_the_assistant_did_not_answer),
    Position(Mode.CONFIRM, while_confirming),
    Position(Mode.OFFER, while_a_human_is_offered),
    Position(Mode.WAIT, while_the_assistant_thinks),
    Position(Mode.END, at_the_end),
    Position(Mode.DIAL, while_a_counsellor_is_rung, handed_over=True),
    Position(Mode.ASK_RECORD, asked_whether_it_may_be_recorded, handed_over=True),
    Position(Mode.ASK_CALL, asked_whether_to_be_called, handed_over=True),
    Position(Mode.ASK_FROM, asked_whether_on_this_number, handed_over=True),
    Position(Mode.ASK_NUMBER, asked_for_the_number, handed_over=True),
    Position(Mode.CHECK_NUMBER, asked_whether_the_number_is_right, handed_over=True),
    Position(Mode.ASK_TIME, asked_for_the_time, handed_over=True),
    Position(Mode.END, after_the_call_back_is_agreed, handed_over=True),
)


def positions(chosen: Callable[[Position], bool]) -> pytest.MarkDecorator:
    found = [position for position in POSITIONS if chosen(position)]
    return pytest.mark.parametrize("position", found, ids=lambda position: position.way.__name__)


LISTENING = positions(lambda position: position.mode not in DEAF)


def test_every_step_that_a_call_can_be_in_is_gone_through() -> None:
    assert {position.mode for position in POSITIONS} == set(Mode)


@LISTENING
@pytest.mark.parametrize("confidence", [0.9, 0.05])
async def test_danger_is_met_at_once_and_stays_in_the_queue_after_a_hang_up(
    station: Station, clock: FakeClock, position: Position, confidence: float
) -> None:
    line = await position.reach(station)
    await line.say(DANGER, confidence)
    for number in TWICE:
        assert line.text.count(number) == 2, line.text
    assert "Jeg siger numrene en gang til" in line.text
    case = await station.case()
    assert case is not None
    assert (case["priority"], case["reason"] in ("alarm", "menneske")) == ("akut", True)
    assert DANGER in case["risk"]["evidence"][-1]["quote"]
    await line.hang_up()
    clock.advance(days=40)
    await forget_old(station.house.app.state.store, _retention(), clock())
    case = await station.case()
    assert case is not None
    assert case["status"] == "waiting"
    assert any(DANGER in message["text"] for message in case["transcript"])


@positions(lambda position: not position.handed_over)
async def test_a_hang_up_before_consent_is_counted_and_erased(
    station: Station, clock: FakeClock, position: Position
) -> None:
    line = await position.reach(station)
    await line.hang_up()
    await station.house.app.state.phone.talk.settle()
    assert await station.case() is None
    clock.advance(hours=25)
    await forget_old(station.house.app.state.store, _retention(), clock())
    assert await station.called() == []
    async with station.house.app.state.store.read() as work:
        rows = await work.connection.execute(select(contact_counts))
        counted = [(row.channel, row.outcome, row.count) for row in rows]
    assert counted == [("phone", "left", 1)]


@positions(lambda position: position.handed_over)
async def test_a_hang_up_after_asking_for_a_human_leaves_the_case(
    station: Station, clock: FakeClock, position: Position
) -> None:
    line = await position.reach(station)
    await line.hang_up()
    clock.advance(days=40)
    await forget_old(station.house.app.state.store, _retention(), clock())
    case = await station.case()
    assert case is not None
    assert (case["reason"], case["status"]) == ("menneske", "waiting")
    agreed = position.way is after_the_call_back_is_agreed
    assert (case["contact"]["phone"] is not None) is agreed, "no number without the whole way"


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
    met = asyncio.Event()
    station.house.rasa.waits_for(met.wait)
    line = await station.exchange.ring(IDA)
    await line.say(DANGER)
    assert TWICE[0] in line.text
    met.set()


def _retention() -> Retention:
    return Retention(dage_efter_afslutning=30, timer_uden_overdragelse=24)
