"""The crisis dialogue, every branch of it, for everybody and on every channel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

import pytest
import yaml

from bot.safety.dialogue import (
    KEYS,
    SAFE_NOW,
    STEPS,
    THOUGHTS,
    Dialogue,
    Said,
    Setting,
    State,
    Turn,
)
from bot.safety.resources import load_resources
from bot.safety.screen import ALARM, ASK, NONE, Verdict
from bot.safety.texts import FILE, TextError, Texts

DIALOGUE = Dialogue.load()
RESOURCES = load_resources()
SPEAKERS = ("ung", "foraelder", "paaroerende", "fagperson", "ukendt")
CHANNELS = ("web", "sms", "phone")
THEMES = ("selvmord", "skade", "gift", "krop", "vold", "andre")
HUMANS: tuple[dict[str, Any], ...] = (
    {},
    {"human": {"open_now": True, "opens": None}},
    {"human": {"open_now": False, "opens": "mandag kl. 9"}},
)
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def saw(level: str, theme: str, **more: Any) -> Verdict:
    """What the screen says of a danger of this kind."""
    return Verdict(
        level,
        themes=(theme,),
        by_rule=True,
        poison=theme == "gift",
        violence=theme == "vold",
        suicidal=theme == "selvmord",
        **more,
    )


BEGINNINGS = [
    *(saw(level, theme) for level, theme in product((ALARM, ASK), THEMES)),
    *(replace(saw(ALARM, theme), suicidal=True) for theme in ("gift", "vold")),
    saw(ASK, "selvmord", disclosed=True),
    saw(ALARM, "selvmord", own=True),
    Verdict(ALARM),
    Verdict(ASK),
]
REFUTED = {"status": "ikke_opfyldt", "reason": None}
ANSWERS = (
    ("ja", Verdict()),
    ("nej", Verdict(denied=True)),
    ("ved ikke", Verdict()),
    ("måske", Verdict()),
    ("det vil jeg ikke svare på", Verdict()),
    ("hvorfor spørger du om det", Verdict()),
    ("det var bare for sjov", Verdict()),
    ("jeg vil dø", saw(ASK, "selvmord")),
    ("jeg vil tage mit liv i aften", saw(ALARM, "selvmord")),
    ("han slår mig lige nu", saw(ALARM, "vold")),
)


@dataclass(frozen=True)
class Step:
    """One turn of a possible conversation."""

    before: State | None
    said: str
    verdict: Verdict
    turn: Turn
    setting: Setting


def settings_of(speaker: str, channel: str) -> Iterator[Setting]:
    yield from (Setting(speaker, channel, config=human) for human in HUMANS)
    yield Setting(speaker, channel, age=5)


def after(step: Step) -> State | None:
    """Where the dialogue stands then, kept as the edge keeps it."""
    turn, before, verdict = step.turn, step.before, step.verdict
    if turn.step is None:
        return None
    known = before or State(turn.step, poison=False, violence=False, suicidal=False)
    again = before is not None and before.step == turn.step
    return State(
        step=turn.step,
        level=turn.level,
        poison=known.poison or verdict.poison,
        violence=known.violence or verdict.violence,
        suicidal=known.suicidal or verdict.suicidal,
        attempt=known.attempt + 1 if again else 1,
        own=known.own or verdict.own,
        guessed=not verdict.by_rule and (before is None or before.guessed),
        safe=known.safe or turn.answers.get(KEYS[SAFE_NOW]) == REFUTED,
    )


@lru_cache
def steps(speaker: str, channel: str) -> tuple[Step, ...]:
    """Every turn that any beginning and any answers can lead to."""
    found: list[Step] = []
    for setting in settings_of(speaker, channel):
        fresh = [
            Step(None, "", verdict, DIALOGUE.begin(verdict, setting), setting)
            for verdict in BEGINNINGS
        ]
        seen: set[State] = set()
        while fresh:
            found += fresh
            states = {state for step in fresh if (state := after(step))} - seen
            seen |= states
            fresh = [
                Step(state, text, verdict, DIALOGUE.answer(state, text, verdict, setting), setting)
                for state in sorted(states, key=repr)
                for text, verdict in ANSWERS
            ]
    return tuple(found)


everybody = pytest.mark.parametrize("speaker", SPEAKERS)
everywhere = pytest.mark.parametrize("channel", CHANNELS)


def crises(step: Step) -> list[Said]:
    return [said for said in step.turn.messages if said.kind == "crisis"]


def numbers_in(text: str) -> set[str]:
    return {r.id for r in RESOURCES if r.number in text or r.spoken in text}


# always


@everybody
@everywhere
def test_every_step_is_reached(speaker: str, channel: str) -> None:
    assert {step.turn.step for step in steps(speaker, channel)} == {None, *STEPS}


@everybody
@everywhere
def test_no_text_is_empty_or_holds_a_placeholder_or_shouts(speaker: str, channel: str) -> None:
    for step in steps(speaker, channel):
        assert step.turn.messages
        for said in step.turn.messages:
            assert said.text.strip()
            assert not set("{}!") & set(said.text)
            assert "None" not in said.text


@everybody
@everywhere
def test_a_question_has_choices_and_stands_alone_in_the_last_message(
    speaker: str, channel: str
) -> None:
    for step in steps(speaker, channel):
        asked = [said for said in step.turn.messages if said.question]
        assert len(asked) == (step.turn.step is not None)
        for said in asked:
            assert said is step.turn.messages[-1]
            assert said.question == (SAFE_NOW if step.turn.step == "sikkerhed_nu" else THOUGHTS)
            assert [c.value for c in said.choices] == ["ja", "nej", "ved ikke"]
            assert all(choice.title for choice in said.choices)
            assert said.text.endswith("?")


@everybody
@everywhere
def test_it_asks_on_or_is_done(speaker: str, channel: str) -> None:
    for step in steps(speaker, channel):
        assert step.turn.done == (step.turn.step is None)


@everybody
@everywhere
def test_an_alarm_is_never_taken_down(speaker: str, channel: str) -> None:
    for step in steps(speaker, channel):
        if step.before and step.before.level == ALARM:
            assert step.turn.level == ALARM
        if step.verdict.level == ALARM:
            assert step.turn.level == ALARM
        assert step.turn.level in (ASK, ALARM)


@everybody
@everywhere
def test_whoever_reaches_an_alarm_gets_more_than_one_number(speaker: str, channel: str) -> None:
    for step in steps(speaker, channel):
        newly = step.before is None or step.before.level != ALARM
        if step.turn.level == ALARM and newly:
            first = crises(step)[0]
            shown = numbers_in(first.text)
            assert "alarm_112" in shown
            assert len(shown) >= 2


@everybody
@everywhere
def test_in_an_alarm_everything_is_said_as_crisis(speaker: str, channel: str) -> None:
    for step in steps(speaker, channel):
        if step.turn.level == ALARM:
            assert len(crises(step)) == len(step.turn.messages)


@everybody
@everywhere
def test_no_one_is_closed_out_an_alarm_ends_with_the_way_on(speaker: str, channel: str) -> None:
    for step in steps(speaker, channel):
        if step.turn.level == ALARM and step.turn.done and not step.turn.goes_on:
            last = step.turn.messages[-1]
            assert [choice.value for choice in last.choices] == ["fortsaet"]
            assert "Du kan blive ved med at" in last.text


@everybody
@everywhere
def test_the_questions_go_on_after_an_alarm_only_if_it_was_a_guess_and_denied_twice(
    speaker: str, channel: str
) -> None:
    denied = [
        step for step in steps(speaker, channel) if step.turn.level == ALARM and step.turn.goes_on
    ]
    assert denied
    for step in denied:
        assert step.before == State("tanker", guessed=True, safe=True, suicidal=False)
        assert step.said == "nej"
        assert step.turn.answers == {KEYS[THOUGHTS]: REFUTED}
        [told] = step.turn.messages
        assert "et et to" in told.text or "112" in told.text
        assert "rådgiver" in told.text


@everybody
@everywhere
def test_whatever_is_answered_it_comes_to_an_end(speaker: str, channel: str) -> None:
    for text, verdict in ANSWERS:
        if verdict.level == ALARM:
            continue
        setting = Setting(speaker, channel)
        for beginning in BEGINNINGS:
            step = Step(None, "", beginning, DIALOGUE.begin(beginning, setting), setting)
            for _ in range(len(STEPS) + 1):
                if state := after(step):
                    turn = DIALOGUE.answer(state, text, verdict, setting)
                    step = Step(state, text, verdict, turn, setting)
            assert step.turn.done


@everybody
@everywhere
def test_what_an_answer_settles_has_a_state_or_a_reason(speaker: str, channel: str) -> None:
    for step in steps(speaker, channel):
        assert set(step.turn.answers) <= set(KEYS.values())
        for found in step.turn.answers.values():
            settled = found["status"] in ("opfyldt", "ikke_opfyldt")
            assert settled or found["reason"] in ("ved_ikke", "vil_ikke_svare", "uklart")
            assert not settled or found["reason"] is None


@everybody
def test_by_sms_only_letters_that_a_plain_message_can_carry(speaker: str) -> None:
    for step in steps(speaker, "sms"):
        for said in step.turn.messages:
            assert set(said.text) <= GSM


@everybody
def test_on_the_phone_numbers_are_spoken_in_words(speaker: str) -> None:
    for step in steps(speaker, "phone"):
        for said in step.turn.messages:
            assert not re.search(r"\d{3}", said.text)
            assert not re.search(r"\bskriv", said.text)


@everybody
def test_the_human_is_promised_only_when_somebody_is_there(speaker: str) -> None:
    for step in steps(speaker, "web"):
        human = step.setting.config.get("human") or {}
        last = step.turn.messages[-1]
        if step.turn.done and step.turn.level == ALARM and not step.turn.goes_on:
            assert ("mandag kl. 9" in last.text) == (human.get("open_now") is False)
            assert ("Vent ikke" in last.text) == (human.get("open_now") is not True)


# what each danger begins with


@everybody
@pytest.mark.parametrize(
    ("theme", "number"),
    [("gift", "82 12 12 12"), ("vold", "1888"), ("selvmord", "70 201 201"), ("andre", "114")],
)
def test_an_alarm_shows_the_numbers_for_its_kind_of_danger(
    speaker: str, theme: str, number: str
) -> None:
    turn = DIALOGUE.begin(saw(ALARM, theme), Setting(speaker))
    assert number in turn.messages[0].text
    assert turn.messages[-1].question == SAFE_NOW


def test_poison_comes_before_everything_else_that_was_seen() -> None:
    both = Verdict(ALARM, themes=("selvmord", "gift"), poison=True, suicidal=True)
    told, poison = (DIALOGUE.begin(v, Setting("ung")) for v in (both, saw(ALARM, "gift")))
    words, _, numbers = told.messages[0].text.partition("\n\n")
    assert words == poison.messages[0].text.partition("\n\n")[0]
    assert {"82 12 12 12", "70 201 201"} <= set(re.findall(r": ([\d ]+\d)", numbers))


@pytest.mark.parametrize("speaker", ["foraelder", "paaroerende", "fagperson"])
def test_an_adult_is_told_how_to_keep_the_child_safe(speaker: str) -> None:
    turn = DIALOGUE.begin(saw(ALARM, "selvmord"), Setting(speaker))
    assert [said.kind for said in turn.messages] == ["crisis"] * 3
    assert "Indtil der kommer hjælp" in turn.messages[1].text


@everybody
def test_whoever_tells_of_violence_hears_what_a_counsellor_has_to_do(speaker: str) -> None:
    turn = DIALOGUE.begin(saw(ALARM, "vold"), Setting(speaker))
    assert any("pligt" in said.text for said in turn.messages)


def test_an_adult_in_danger_themself_is_not_asked_about_the_child() -> None:
    own = DIALOGUE.begin(saw(ALARM, "selvmord", own=True), Setting("foraelder"))
    child = DIALOGUE.begin(saw(ALARM, "selvmord"), Setting("foraelder"))
    assert "barn" in child.messages[-1].text
    assert "barn" not in own.messages[-1].text


def test_the_citizens_own_word_for_the_child_is_used() -> None:
    words = {"barnet": "din datter", "hun": "hun", "hende": "hende", "hendes": "hendes"}
    turn = DIALOGUE.begin(saw(ALARM, "selvmord"), Setting("foraelder", words=words))
    assert turn.messages[-1].text == "Er din datter i fare lige nu?"


@everybody
@pytest.mark.parametrize(
    ("theme", "step"),
    [
        ("selvmord", "tanker"),
        ("skade", "tanker"),
        ("andre", "tanker"),
        ("vold", "sikkerhed_nu"),
        ("krop", "sikkerhed_nu"),
    ],
)
def test_less_than_an_alarm_is_asked_about_directly_at_once(
    speaker: str, theme: str, step: str
) -> None:
    turn = DIALOGUE.begin(saw(ASK, theme), Setting(speaker))
    [said] = turn.messages
    assert (turn.step, turn.level, said.kind) == (step, ASK, "question")


# and what the answers lead to


def answer(state: State, text: str, verdict: Verdict = Verdict(), **setting: Any) -> Turn:
    return DIALOGUE.answer(state, text, verdict, Setting(**{"speaker": "ung", **setting}))


def test_after_an_alarm_about_life_come_plan_preparation_and_when() -> None:
    state, asked = State("sikkerhed_nu"), []
    while state.step:
        turn = answer(state, "nej")
        asked.append(turn.step)
        if turn.step is None:
            break
        state = replace(state, step=turn.step)
    assert asked == ["plan", "forberedt", "hvornaar", None]


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        ("ja", "opfyldt", None),
        ("nej", "ikke_opfyldt", None),
        ("ved ikke", "uafklaret", "ved_ikke"),
        ("det vil jeg ikke svare på", "uafklaret", "vil_ikke_svare"),
    ],
)
def test_the_answer_to_danger_now_is_kept(said: str, status: str, reason: str | None) -> None:
    answers = answer(State("sikkerhed_nu"), said).answers
    assert answers[KEYS[SAFE_NOW]] == {"status": status, "reason": reason}


def test_whoever_is_in_danger_now_is_sent_to_112_first() -> None:
    turn = answer(State("sikkerhed_nu"), "ja")
    assert "112" in turn.messages[0].text


def test_after_poison_it_is_asked_whether_it_was_meant_unless_the_child_is_small() -> None:
    state = State("sikkerhed_nu", poison=True, suicidal=False)
    assert answer(state, "nej", age=14).step == "tanker"
    assert answer(state, "nej", age=3).done


def test_after_violence_alone_nothing_more_is_asked() -> None:
    state = State("sikkerhed_nu", violence=True, suicidal=False)
    assert answer(state, "nej").done
    assert answer(replace(state, suicidal=True), "nej").step == "plan"


def test_a_yes_to_the_direct_question_brings_numbers_and_the_next_question() -> None:
    turn = answer(State("tanker", ASK), "ja")
    assert (turn.step, turn.level) == ("plan", ASK)
    assert len(numbers_in(turn.messages[0].text)) >= 2
    assert turn.answers[KEYS[THOUGHTS]]["status"] == "opfyldt"


def test_a_wish_to_die_in_the_answer_is_a_yes() -> None:
    turn = answer(State("tanker", ASK), "jeg vil bare dø", saw(ASK, "selvmord"))
    assert turn.answers[KEYS[THOUGHTS]]["status"] == "opfyldt"


def test_a_no_to_the_direct_question_lets_the_conversation_go_on() -> None:
    turn = answer(State("tanker", ASK), "nej", Verdict(denied=True))
    assert (turn.done, turn.level) == (True, ASK)
    assert turn.answers[KEYS[THOUGHTS]]["status"] == "ikke_opfyldt"


def test_an_unclear_answer_is_asked_about_once_more_in_other_words_and_then_let_be() -> None:
    first = answer(State("tanker", ASK), "hvorfor spørger du")
    assert (first.step, first.messages[-1].reworded) == ("tanker", True)
    assert first.messages[-1].text != answer(State("tanker", ASK), "ja").messages[-1].text
    second = answer(State("tanker", ASK, attempt=2), "hvorfor spørger du")
    assert second.done
    assert len(numbers_in(second.messages[0].text)) >= 2
    assert second.answers[KEYS[THOUGHTS]] == {"status": "uafklaret", "reason": "uklart"}


def test_a_refusal_is_not_pressed() -> None:
    turn = answer(State("tanker", ASK), "det vil jeg ikke svare på")
    assert turn.done
    assert turn.answers[KEYS[THOUGHTS]] == {"status": "uafklaret", "reason": "vil_ikke_svare"}


@pytest.mark.parametrize("step", ["plan", "forberedt", "hvornaar"])
def test_a_plan_a_preparation_or_a_time_turns_asking_into_an_alarm(step: str) -> None:
    turn = answer(State(step, ASK), "ja")
    assert turn.level == ALARM
    assert len(numbers_in(turn.messages[0].text)) >= 2
    quiet = answer(State(step, ASK), "nej")
    assert quiet.level == ASK


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("level", [ASK, ALARM])
def test_new_danger_in_any_answer_is_an_alarm(step: str, level: str) -> None:
    turn = answer(State(step, level), "jeg gør det i aften", saw(ALARM, "selvmord"))
    assert turn.level == ALARM


@pytest.mark.parametrize("text", ["det var bare for sjov", "glem det", "jeg mente det ikke"])
@pytest.mark.parametrize("step", STEPS)
def test_what_is_taken_back_is_noted_and_an_alarm_stands(text: str, step: str) -> None:
    alarm = answer(State(step), text)
    assert (alarm.retracted, alarm.level, alarm.done) == (True, ALARM, True)
    asked = answer(State(step, ASK), text)
    assert (asked.retracted, asked.level) == (True, ASK)
    assert asked.answers[KEYS[THOUGHTS]]["status"] == "uafklaret"
    assert len(numbers_in(asked.messages[0].text)) >= 2


def test_danger_is_not_taken_back_by_the_same_message() -> None:
    turn = answer(State("plan"), "det var ikke for sjov", saw(ALARM, "selvmord"))
    assert not turn.retracted


@pytest.mark.parametrize("level", [ASK, ALARM])
def test_yes_to_danger_after_violence_or_illness_is_an_alarm(level: str) -> None:
    for state in (
        State("sikkerhed_nu", level, violence=True, suicidal=False),
        State("sikkerhed_nu", level, suicidal=False),
    ):
        turn = answer(state, "ja")
        assert turn.level == ALARM
        assert turn.answers[KEYS[SAFE_NOW]]["status"] == "opfyldt"


# outside the crisis


@everybody
def test_a_yes_to_the_ordinary_safety_questions_begins_the_dialogue(speaker: str) -> None:
    setting = Setting(speaker)
    danger = DIALOGUE.ordinary(SAFE_NOW, "ja", Verdict(ALARM), setting)
    assert danger is not None
    assert (danger.level, danger.step) == (ALARM, "sikkerhed_nu")
    thoughts = DIALOGUE.ordinary(THOUGHTS, "ja", Verdict(ASK, disclosed=True), setting)
    assert thoughts is not None
    assert (thoughts.level, thoughts.step) == (ASK, "plan")


@pytest.mark.parametrize("question", [SAFE_NOW, THOUGHTS])
@pytest.mark.parametrize("text", ["nej", "ved ikke", "det vil jeg ikke svare på"])
def test_any_other_answer_to_them_is_left_to_the_assistant(question: str, text: str) -> None:
    assert DIALOGUE.ordinary(question, text, Verdict(), Setting("ung")) is None


def test_more_words_after_the_crisis_are_answered_and_new_danger_begins_again() -> None:
    quiet = DIALOGUE.waiting("jeg er bange", Verdict(), Setting("ung"))
    assert (quiet.level, quiet.done) == (ALARM, True)
    assert DIALOGUE.waiting("i aften", saw(ALARM, "selvmord"), Setting("ung")).step == SAFE_NOW
    assert DIALOGUE.waiting("det var for sjov", Verdict(), Setting("ung")).retracted


@pytest.mark.parametrize(
    "text", ["fortsaet", "Fortsæt", "ja fortsæt", "næste spørgsmål", "videre tak"]
)
def test_whoever_wants_the_other_questions_gets_them(text: str) -> None:
    assert DIALOGUE.goes_on(text)


@pytest.mark.parametrize("text", ["nej", "jeg vil ikke fortsætte", "hvad nu", ""])
def test_nobody_is_led_back_to_the_questions_unasked(text: str) -> None:
    assert not DIALOGUE.goes_on(text)


# the texts


def spoilt(old: str, new: str) -> dict[str, Any]:
    text = FILE.read_text("utf-8")
    assert old in text
    found: dict[str, Any] = yaml.safe_load(text.replace(old, new, 1))
    return found


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        (
            "    ung:\n      web: Er du i fare",
            "    unge:\n      web: Er du",
            "sikkerhed_nu",
            "unge",
        ),
        ("      web: Er du i fare lige nu?", "      mail: x", "sikkerhed_nu.ung", "web text"),
        ("      web: Er du i fare", "      brev: x\n      web: Er du", "sikkerhed_nu.ung", "brev"),
        ("Er {barnet} i fare", "Er {navnet} i fare", "sikkerhed_nu.foraelder.web", "navnet"),
        ('    godkendt: ""\n', "", "alarm_selvmord", "godkendt is missing"),
        ("tekster:", "ord:", "tekster", "must be a mapping"),
    ],
)
def test_a_wrong_text_stops_with_its_place_and_the_reason(
    old: str, new: str, place: str, reason: str
) -> None:
    with pytest.raises(TextError) as caught:
        Texts(spoilt(old, new))
    assert "krise.yml" in str(caught.value)
    assert place in str(caught.value)
    assert reason in str(caught.value)


def test_no_level_is_below_an_ask_once_it_has_begun() -> None:
    for verdict in BEGINNINGS:
        assert DIALOGUE.begin(verdict, Setting()).level != NONE
