"""A message's way, and what may never happen on it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.patience import until

from .conftest import Citizen, FakeClock, House, RasaStandIn, WordScreen, entry, running

ALARM = "jeg vil dø i aften"
ASK = "hun siger hun gider ikke leve"


def question(text: str = "Hvor gammel er hun?", **more: Any) -> list[dict[str, Any]]:
    return entry(text, kind="question", question="alder", **more)


# danger


async def test_an_alarm_is_answered_at_once_and_handed_over_as_urgent(house: House) -> None:
    citizen = await house.citizen()
    new = await citizen.say(ALARM)
    assert new[0]["kind"] == "crisis"
    assert "112" in new[0]["text"]
    assert new[-1]["question"] == "sikkerhed_nu"
    assert citizen.status == "waiting"
    handover = await house.handover_of(citizen)
    assert handover is not None
    assert handover["priority"] == "akut"


async def test_an_alarm_needs_neither_rasa_nor_the_action_server(house: House) -> None:
    house.rasa.status = 500
    citizen = await house.citizen()
    assert (await citizen.say(ALARM))[0]["kind"] == "crisis"


async def test_an_alarm_does_not_wait_for_an_earlier_message_that_rasa_is_slow_with(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    asked, answers = asyncio.Event(), asyncio.Event()

    async def think(_: dict[str, Any]) -> None:
        asked.set()
        await answers.wait()

    async with running(tmp_path, rasa, clock, screen) as house:
        citizen = await house.citizen()
        rasa.before = think
        slow = asyncio.create_task(citizen.say("hej"))
        await asked.wait()
        new = await citizen.say(ALARM)
        assert new[0]["kind"] == "crisis"
        assert not slow.done()
        answers.set()
        late = await slow
    assert not any(m["text"].startswith("Læst") for m in late), "spoken into the crisis"


async def test_rasa_reads_the_alarming_message_and_what_it_says_to_it_is_not_shown(
    house: House,
) -> None:
    citizen = await house.citizen()
    await citizen.say(ALARM)
    await until(lambda: house.rasa.texts)
    await asyncio.sleep(0.1)
    assert house.rasa.texts == [ALARM]
    assert not any("Læst" in m["text"] for m in (await citizen.read())["messages"])


async def test_the_risk_keeps_the_citizens_words_and_why(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say(ALARM)
    safety = (await house.intake(citizen))["intake"]["safety"]
    assert safety["level"] == "alarm"
    assert safety["evidence"][0] == {"seq": 3, "quote": ALARM, "why": ["a phrase of the tests"]}


async def test_the_crisis_dialogue_goes_on_with_the_answers_and_then_the_assistant_speaks_again(
    house: House,
) -> None:
    citizen = await house.citizen()
    new = await citizen.say(ALARM)
    for _ in range(6):
        if not new[-1]["question"]:
            break
        new = await citizen.say("nej")
    assert (await house.intake(citizen))["intake"]["safety"]["step"] is None
    assert [m["text"] for m in await citizen.say("kan vi gå videre")] == ["Læst: kan vi gå videre"]
    assert citizen.status == "waiting"


async def test_after_an_alarm_that_was_a_guess_two_denials_let_the_assistant_go_on(
    house: House,
) -> None:
    house.rasa.answer = lambda text: question()
    citizen = await house.citizen()
    await citizen.say("Alt er gråt for hende")
    new = await citizen.say("nej, hun sidder her hos mig")
    assert new[-1]["question"] == "selvmordstanker"
    new = await citizen.say("nej")
    assert [m["question"] for m in new if m["question"]] == ["alder"]
    assert any(m["kind"] == "crisis" for m in new)
    assert citizen.status == "waiting"
    handover = await house.handover_of(citizen)
    assert handover is not None
    assert handover["priority"] == "akut"


@pytest.mark.parametrize("answers", [("ved ikke", "nej"), ("nej", "ved ikke"), ("ja", "nej")])
async def test_after_a_guess_that_was_not_denied_twice_the_questions_wait(
    house: House, answers: tuple[str, str]
) -> None:
    house.rasa.answer = lambda text: question()
    citizen = await house.citizen()
    await citizen.say("Alt er gråt for hende")
    await citizen.say(answers[0])
    new = await citizen.say(answers[1])
    assert "alder" not in [m["question"] for m in new]


async def test_an_answer_in_the_crisis_is_not_taken_as_an_answer_to_the_assistants_question(
    house: House,
) -> None:
    citizen = await house.citizen()
    pending = {"id": "spiseadfaerd", "track": "krop_mad", "attempt": 1, "text": "Spiser hun?"}
    await house.change_intake(citizen, pending=pending)
    await citizen.say(ALARM)
    await citizen.say("ja")
    await until(lambda: house.rasa.texts)
    await asyncio.sleep(0.1)
    assert house.rasa.texts == [ALARM]
    assert (await house.intake(citizen))["intake"]["pending"]["id"] == "krise"


async def test_an_age_said_in_a_crisis_is_kept(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say(ASK)
    await citizen.say("jeg er 14")
    age = (await house.intake(citizen))["intake"]["age"]
    assert age["value"] == 14
    assert age["evidence"][0]["quote"] in "jeg er 14"
    await citizen.say("nej, min søster er 9 år")
    assert (await house.intake(citizen))["intake"]["age"]["value"] == 14


async def test_a_parent_is_met_as_one_before_the_assistant_has_read_a_word(house: House) -> None:
    house.rasa.status = 500
    mother, unknown = await house.citizen(), await house.citizen()
    told = await mother.say("min datter på 15 har skrevet: " + ALARM)
    other = await unknown.say(ALARM)
    assert told[0]["text"] != other[0]["text"]
    assert any("din datter" in message["text"] for message in told)
    known = (await house.intake(mother))["intake"]
    assert (known["speaker"]["value"], known["relation"]) == ("foraelder", "datter")
    await unknown.say("nej, min veninde er her")
    assert (await house.intake(unknown))["intake"]["speaker"] is None


async def test_an_ask_is_asked_directly_at_once_and_makes_no_hand_over(house: House) -> None:
    citizen = await house.citizen()
    [asked] = await citizen.say(ASK)
    assert asked["question"] == "selvmordstanker"
    assert asked["kind"] == "question"
    assert citizen.status == "assistant"
    assert await house.handover_of(citizen) is None


async def test_after_a_no_to_the_direct_question_the_assistant_goes_on_in_the_same_answer(
    house: House,
) -> None:
    house.rasa.answer = lambda text: question()
    citizen = await house.citizen()
    await citizen.say(ASK)
    new = await citizen.say("nej, slet ikke")
    assert new[-1]["question"] == "alder"
    assert sum(1 for m in new if m["question"]) == 1
    found = await house.intake(citizen)
    assert found["intake"]["answers"]["faelles.selvmordstanker"]["status"] == "ikke_opfyldt"
    assert found["intake"]["handled_seq"] == new[0]["seq"] - 1


@pytest.mark.parametrize(("status", "asks"), [("ikke_opfyldt", False), ("uafklaret", True)])
async def test_who_has_said_no_is_not_asked_again_for_what_the_weights_find(
    house: House, status: str, asks: bool
) -> None:
    citizen = await house.citizen()
    answer = {"status": status, "reason": None, "evidence": [{"seq": 1, "quote": "nej"}]}
    await house.change_intake(citizen, answers={"faelles.selvmordstanker": answer})
    new = await citizen.say("Han er så sørgmodig")
    assert ("selvmordstanker" in [m["question"] for m in new]) == asks
    safety = (await house.intake(citizen))["intake"]["safety"]
    assert safety["level"] == ("ask" if asks else "none")
    assert safety["evidence"][0]["quote"] == "Han er så sørgmodig"


async def test_an_unclear_answer_to_the_direct_question_still_raises_the_level(
    house: House,
) -> None:
    citizen = await house.citizen()
    answer = {"status": "ikke_opfyldt", "reason": None, "evidence": [{"seq": 1, "quote": "nej"}]}
    pending = {"id": "selvmordstanker", "track": None, "attempt": 1, "text": "Er der tanker?"}
    await house.change_intake(citizen, answers={"faelles.selvmordstanker": answer}, pending=pending)
    await citizen.say("det ved jeg ikke, hun er så sørgmodig")
    assert (await house.intake(citizen))["intake"]["safety"]["level"] == "ask"


@pytest.mark.parametrize("asked", [False, True])
async def test_violence_told_after_a_no_to_danger_is_asked_about(house: House, asked: bool) -> None:
    citizen = await house.citizen()
    answer = {"status": "ikke_opfyldt", "reason": None, "evidence": [{"seq": 1, "quote": "nej"}]}
    await house.change_intake(citizen, answers={"faelles.sikkerhed_nu": answer})
    if asked:
        await citizen.say(ASK)
        await citizen.say("nej")
    new = await citizen.say("min far slår mig nogle gange")
    assert new[-1]["question"] == "sikkerhed_nu"


async def test_a_wish_to_die_after_a_no_is_asked_about_again(house: House) -> None:
    citizen = await house.citizen()
    answer = {"status": "ikke_opfyldt", "reason": None, "evidence": [{"seq": 1, "quote": "nej"}]}
    await house.change_intake(citizen, answers={"faelles.selvmordstanker": answer})
    [asked] = await citizen.say(ASK)
    assert asked["question"] == "selvmordstanker"


async def test_the_question_that_danger_interrupts_is_kept_for_the_message(house: House) -> None:
    citizen = await house.citizen()
    pending = {"id": "spiseadfaerd", "track": "krop_mad", "attempt": 1, "text": "Spiser hun?"}
    await house.change_intake(citizen, pending=pending)
    await citizen.say(ASK)
    await citizen.say("nej")
    note = (await house.intake(citizen))["intake"]["notes"]["afbrudt"]
    assert note["seq"] == 3  # after the two lines of the greeting
    assert note["pending"] == pending


async def test_a_yes_and_a_plan_turn_an_ask_into_an_alarm_with_a_hand_over(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say(ASK)
    new = await citizen.say("ja")
    assert new[-1]["question"] == "selvmordstanker"
    new = await citizen.say("ja")
    assert any(m["kind"] == "crisis" for m in new)
    handover = await house.handover_of(citizen)
    assert handover is not None
    assert handover["priority"] == "akut"


async def test_a_yes_to_the_assistants_own_safety_question_is_met_by_the_edge(
    house: House,
) -> None:
    citizen = await house.citizen()
    pending = {"id": "selvmordstanker", "track": None, "attempt": 1, "text": "Har hun tanker om?"}
    await house.change_intake(citizen, pending=pending)
    new = await citizen.say("ja")
    assert new[-1]["question"] == "selvmordstanker"
    answer = (await house.intake(citizen))["intake"]["answers"]["faelles.selvmordstanker"]
    assert answer["status"] == "opfyldt"
    assert answer["evidence"] == [{"seq": 3, "quote": "ja", "question": "Har hun tanker om?"}]


async def test_a_no_to_the_assistants_own_safety_question_goes_to_rasa(house: House) -> None:
    citizen = await house.citizen()
    pending = {"id": "selvmordstanker", "track": None, "attempt": 1, "text": "?"}
    await house.change_intake(citizen, pending=pending)
    assert (await citizen.say("nej"))[0]["text"] == "Læst: nej"


async def test_the_screen_gets_the_last_three_messages_and_the_open_question(
    house: House,
) -> None:
    citizen = await house.citizen()
    for text in ("en", "to", "tre", "fire"):
        await citizen.say(text)
    assert house.screen.seen[-1] == (["to", "tre", "fire"], "fylder", False)


async def test_the_screen_does_not_look_again_at_what_the_crisis_dialogue_has_dealt_with(
    house: House,
) -> None:
    citizen = await house.citizen()
    await citizen.say(ASK)
    await citizen.say("nej")
    await citizen.say("hun sover dårligt")
    recent, _, heightened = house.screen.seen[-1]
    assert recent == ["hun sover dårligt"]
    assert heightened


async def test_danger_after_the_end_opens_the_conversation_again(house: House) -> None:
    citizen = await house.citizen()
    await house.internal("POST", citizen, "end", json={"outcome": "no_consent"})
    new = await citizen.say(ALARM)
    assert new[0]["kind"] == "crisis"
    assert citizen.status == "waiting"
    assert await house.handover_of(citizen) is not None


async def test_after_the_end_an_ordinary_message_is_answered_kindly_without_rasa(
    house: House,
) -> None:
    citizen = await house.citizen()
    await house.internal("POST", citizen, "end", json={"outcome": "no_consent"})
    [message] = await citizen.say("tak for hjælpen")
    assert "begynde en ny" in message["text"]
    assert citizen.status == "closed"
    assert house.rasa.texts == []


# Rasa is down


@pytest.mark.parametrize("how", ["error", "nothing", "nonsense"])
async def test_when_rasa_fails_the_citizen_is_told_and_offered_a_human(
    house: House, how: str
) -> None:
    house.rasa.status = 500 if how == "error" else 200
    house.rasa.answer = {
        "nothing": lambda text: [],
        "nonsense": lambda text: {"not": "a list"},
    }.get(how, house.rasa.answer)
    await _told_and_offered_a_human(house)


async def _told_and_offered_a_human(house: House) -> Citizen:
    citizen = await house.citizen()
    [message] = await citizen.say("min søn er ked af det")
    assert message["sender"] == "system"
    assert "ikke svare" in message["text"]
    assert [c["value"] for c in message["choices"]] == ["menneske", "vent"]
    return citizen


@pytest.fixture
async def hasty(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> AsyncIterator[House]:
    """Where the assistant is not waited for for long."""
    async with running(tmp_path, rasa, clock, screen, rasa_timeout=0.2) as found:
        yield found


async def test_when_rasa_is_slow_the_citizen_is_told_and_offered_a_human(hasty: House) -> None:
    hasty.rasa.waits_for(asyncio.Event().wait)
    await _told_and_offered_a_human(hasty)


@pytest.mark.parametrize(
    "answer", ["menneske", "ja", "ja tak gerne", "jeg vil tale med en rådgiver"]
)
async def test_taking_the_offer_makes_the_hand_over(house: House, answer: str) -> None:
    house.rasa.status = 500
    citizen = await house.citizen()
    await citizen.say("min søn er ked af det")
    [message] = await citizen.say(answer)
    assert message["kind"] == "handover"
    assert citizen.status == "waiting"
    handover = await house.handover_of(citizen)
    assert handover is not None
    assert handover["reason"] == "sammenbrud"


async def test_asking_for_a_human_in_words_needs_no_offer_first(house: House) -> None:
    house.rasa.status = 500
    citizen = await house.citizen()
    [message] = await citizen.say("må jeg snakke med et menneske")
    assert message["kind"] == "handover"
    assert await house.handover_of(citizen) is not None


async def test_a_yes_without_an_offer_makes_no_hand_over(house: House) -> None:
    house.rasa.status = 500
    citizen = await house.citizen()
    await citizen.say("ja")
    assert await house.handover_of(citizen) is None


async def test_waiting_is_answered_and_makes_no_hand_over(house: House) -> None:
    house.rasa.status = 500
    citizen = await house.citizen()
    await citizen.say("min søn er ked af det")
    [message] = await citizen.say("vent")
    assert "så snart" in message["text"]
    assert await house.handover_of(citizen) is None


async def test_when_rasa_answers_again_the_message_is_read_and_answered_once_through_the_feed(
    house: House,
) -> None:
    house.rasa.status = 500
    citizen = await house.citizen()
    await citizen.say("min søn er ked af det")
    house.clock.advance(seconds=5)
    house.rasa.status = 200
    await citizen.wait_for("Læst: min søn er ked af det")
    await asyncio.sleep(0.3)
    texts = [m["text"] for m in (await citizen.read())["messages"]]
    assert texts.count("Læst: min søn er ked af det") == 1
    assert house.rasa.texts == ["min søn er ked af det"]


async def test_several_unread_messages_are_read_in_order_and_end_in_one_question(
    house: House,
) -> None:
    house.rasa.status = 500
    house.rasa.answer = lambda text: [*entry(f"Læst: {text}"), *question(f"Og så? ({text})")]
    citizen = await house.citizen()
    for text in ("en", "to", "tre"):
        await citizen.say(text)
    house.clock.advance(seconds=5)
    house.rasa.status = 200
    await citizen.wait_for("Og så? (tre)")
    assert house.rasa.texts == ["en", "to", "tre"]
    late = [m for m in (await citizen.read())["messages"] if m["sender"] == "assistant"][2:]
    assert [m["question"] for m in late if m["question"]] == ["alder"]
    assert late[-1]["text"] == "Og så? (tre)"


async def test_what_rasa_had_read_before_it_was_lost_is_not_read_twice(hasty: House) -> None:
    lost = asyncio.Event()
    hasty.rasa.waits_for(lost.wait)
    citizen = await _told_and_offered_a_human(hasty)
    pending = {"id": "kommune", "track": None, "attempt": 1, "text": "Hvor bor I?"}
    await hasty.change_intake(citizen, handled_seq=3, pending=pending)
    lost.set()
    await until(lambda: hasty.rasa.heard)
    hasty.clock.advance(seconds=5)
    message = await citizen.wait_for("Hvor bor I?")
    assert message["question"] == "kommune"
    assert len(hasty.rasa.heard) == 1


async def test_a_message_stored_before_a_crash_is_answered_after_the_next_start(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    async with running(tmp_path, rasa, clock, screen) as house:
        citizen = await house.citizen()
        store = house.app.state.turns._store
        arrival = await store(citizen.id, citizen.token, str(uuid.uuid4()), "er der nogen")
        assert arrival.seq == 3
    clock.advance(seconds=30)
    async with running(tmp_path, rasa, clock, screen) as house:
        citizen.http = house.http
        await citizen.wait_for("Læst: er der nogen")


async def test_danger_in_a_message_stored_before_a_crash_is_met_after_the_next_start(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    async with running(tmp_path, rasa, clock, screen) as house:
        citizen = await house.citizen()
        store = house.app.state.turns._store
        await store(citizen.id, citizen.token, str(uuid.uuid4()), ALARM)
    clock.advance(seconds=30)
    async with running(tmp_path, rasa, clock, screen) as house:
        citizen.http = house.http
        await citizen.wait_for("112")
        await until(lambda: house.handover_of(citizen), "nothing was handed over")


# who owns the conversation


async def test_while_waiting_the_assistant_goes_on(house: House) -> None:
    citizen = await house.citizen()
    await house.hand_over(citizen)
    assert (await citizen.say("hej"))[0]["text"] == "Læst: hej"
    assert citizen.status == "waiting"


async def test_when_a_counsellor_has_it_the_message_goes_to_the_counsellor_only(
    house: House,
) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    async with await house.counsellor() as anna:
        await anna.post(f"/api/handovers/{handover_id}/claim")
        assert await citizen.say("hej") == []
        assert citizen.status == "counsellor"
        assert house.rasa.texts == []
        found = (await anna.get(f"/api/handovers/{handover_id}")).json()
        assert found["transcript"][-1]["text"] == "hej"


async def test_what_the_assistant_says_after_a_counsellor_has_taken_over_is_dropped(
    house: House,
) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    anna = await house.counsellor()

    async def take_over(message: object) -> None:
        response = await anna.post(f"/api/handovers/{handover_id}/claim")
        assert response.status_code == 200

    house.rasa.before = take_over
    await citizen.say("hej")
    texts = [m["text"] for m in (await citizen.read())["messages"]]
    assert "Læst: hej" not in texts
    assert citizen.status == "counsellor"
    await anna.aclose()


async def test_danger_said_to_a_counsellor_raises_the_priority_and_nobody_speaks_over_them(
    house: House,
) -> None:
    citizen = await house.citizen()
    handover_id = await house.hand_over(citizen)
    async with await house.counsellor() as anna:
        await anna.post(f"/api/handovers/{handover_id}/claim")
        assert await citizen.say(ALARM) == []
        found = (await anna.get(f"/api/handovers/{handover_id}")).json()
    assert found["priority"] == "akut"
    assert found["risk"]["evidence"][0]["quote"] == ALARM
    assert found["claimed_by"] == "Anna"


async def test_what_is_said_while_the_chat_is_erased_is_shown_once_and_not_kept(
    house: House,
) -> None:
    citizen = await house.citizen()

    async def erase(message: object) -> None:
        assert (await house.internal("POST", citizen, "erase")).status_code == 204

    house.rasa.before = erase
    house.rasa.answer = lambda text: entry("Så er alt slettet.")
    [message] = await citizen.say("slet det hele")
    assert message["text"] == "Så er alt slettet."
    assert citizen.status == "closed"
    assert (await citizen.post("hej")).status_code == 404
