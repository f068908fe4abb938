"""The promises see what breaks them: a conversation that keeps all, and one change at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.dialogue import promises
from tests.dialogue.edge import Json, closing, message, question, script
from tests.dialogue.states import judged
from tools.player import Asked, Played, Turn, questions
from tools.script import Aside

TOLD = "min dreng på 14 er trist"
ASIDE: Json = {"before": "kommune", "say": "hvad koster det", "topic": "pris"}
EXPECT: Json = {
    "handover": True,
    "speaker": "foraelder",
    "age": 14,
    "tracks": ["bekymring_tristhed"],
    "risk": "none",
    "states": {
        "faelles": {"sikkerhed_nu": "ikke_opfyldt"},
        "bekymring_tristhed": {"tegn_tristhed": "opfyldt", "tegn_angst": "ikke_opfyldt"},
    },
    "given": ["alder"],
    "contact": {"wants": "chat"},
}


def quote(seq: int, words: str) -> list[Json]:
    return [{"seq": seq, "quote": words}]


def row(name: str, status: str | None, evidence: list[Json], **fields: Any) -> Json:
    plain = {"id": name, "status": status, "reason": None, "group": None, "evidence": evidence}
    return {**plain, **fields}


def handed_over() -> Json:
    said = [(1, TOLD), (3, "nej"), (5, "hvad koster det"), (8, "Herlev"), (10, "videre")]
    signs = [
        row("tegn_tristhed", "opfyldt", quote(1, "er trist"), group="tegn"),
        row("tegn_angst", "uafklaret", [], group="tegn", reason="ikke_spurgt"),
    ]
    track = {"track": "bekymring_tristhed", "evidence": quote(1, TOLD), "criteria": signs}
    return {
        "speaker": {"value": "foraelder", "evidence": quote(1, "min dreng")},
        "age": {"value": 14, "evidence": quote(1, "14")},
        "kommune": {"value": "Herlev", "evidence": quote(8, "Herlev")},
        "risk": {"level": "none", "evidence": []},
        "kind": "intake",
        "priority": "normal",
        "channel": "web",
        "tracks": [track],
        "common": [row("sikkerhed_nu", "ikke_opfyldt", quote(3, "nej"))],
        "concern": quote(1, TOLD),
        "tried": [],
        "wishes": [],
        "contact": {"wants": "chat", "phone": None},
        "consent": "ja",
        "transcript": [{"seq": n, "sender": "citizen", "text": text} for n, text in said],
    }


def talk(*said: tuple[str, str, list[Json]], aside: Aside | None = None) -> list[Turn]:
    """(words, status, messages) in order, after the greeting."""
    turns = [Turn(None, None, None, "assistant", [question("fylder")])]
    for words, status, messages in said:
        meant = aside if aside and words == aside.say else None
        turns.append(Turn(words, turns[-1].asked, meant, status, messages))
    return turns


def kept(asides: tuple[Json, ...] = (ASIDE,), **expect: Any) -> Played:
    """A conversation in which everything went as it should."""
    told = script(asides=list(asides), expect={**EXPECT, **expect})
    turns = talk(
        (TOLD, "assistant", [question("sikkerhed_nu")]),
        ("nej", "assistant", [question("kommune")]),
        ("hvad koster det", "assistant", [message(topic="pris"), question("kommune")]),
        ("Herlev", "assistant", [question("opsummering", kind="summary")]),
        ("videre", "assistant", [question("samtykke")]),
        ("ja", "waiting", [question("kontaktform")]),
        ("chat", "waiting", [closing()]),
        aside=told.asides[0] if told.asides else None,
    )
    return Played(told, turns=turns, ending="closing", summary=handed_over())


def says(played: Played, place: int, *messages: Json, status: str | None = None) -> Played:
    """Other messages in one turn; what is said next answers what is asked now."""
    turn = played.turns[place]
    played.turns[place] = replace(turn, messages=messages, status=status or turn.status)
    if place + 1 < len(played.turns):
        after = played.turns[place + 1]
        played.turns[place + 1] = replace(after, to=played.turns[place].asked)
    return played


def summarised(change: Callable[[Json], object]) -> Played:
    played = kept()
    assert played.summary is not None
    change(played.summary)
    return played


def ended(ending: str, error: str | None = None) -> Played:
    played = kept()
    played.ending, played.error = ending, error
    return played


def without_summary() -> Played:
    played = kept()
    played.summary = None
    return played


def handed_over_early() -> Played:
    return says(kept(), 4, question("opsummering", kind="summary"), status="waiting")


def asked_again_at_the_end() -> Played:
    return says(kept(), 5, question("kommune"))


BROKEN: Mapping[str, tuple[Callable[[], Played], Callable[..., object]]] = {
    "stuck": (lambda: ended("stuck", "why"), promises.it_goes_to_its_end),
    "left without a farewell": (lambda: ended("waiting"), promises.it_goes_to_its_end),
    "an aside never said": (
        lambda: kept(asides=(ASIDE, {"before": "oensker", "say": "x"})),
        promises.it_goes_to_its_end,
    ),
    "two questions at once": (
        lambda: says(kept(), 1, question("kommune"), question("sikkerhed_nu")),
        promises.one_question_a_turn_in_the_last_message,
    ),
    "words after the question": (
        lambda: says(kept(), 1, question("sikkerhed_nu"), message()),
        promises.one_question_a_turn_in_the_last_message,
    ),
    "a question twice": (asked_again_at_the_end, promises.no_question_comes_twice),
    "a direct question twice": (
        lambda: says(kept(), 5, question("sikkerhed_nu", text="Er nogen i fare?")),
        promises.no_question_comes_twice,
    ),
    "reworded twice": (
        lambda: says(
            says(kept(), 4, question("kommune", reworded=True)),
            5,
            question("kommune", reworded=True),
        ),
        promises.no_question_comes_twice,
    ),
    "asked what was told": (
        lambda: says(kept(), 4, question("alder")),
        promises.nothing_told_is_asked,
    ),
    "another topic": (
        lambda: says(kept(), 3, message(topic="ventetid"), question("kommune")),
        promises.asides_are_answered_and_the_open_question_returns,
    ),
    "the open question is lost": (
        lambda: says(kept(), 3, message(topic="pris"), question("oensker")),
        promises.asides_are_answered_and_the_open_question_returns,
    ),
    "no human comes": (
        lambda: kept(asides=({"before": "kommune", "say": "hvad koster det", "human": True},)),
        promises.asides_are_answered_and_the_open_question_returns,
    ),
    "danger is passed over": (
        lambda: kept(asides=({"before": "kommune", "say": "hvad koster det", "crisis": True},)),
        promises.danger_is_met_at_once,
    ),
    "a skipped question comes again": (
        lambda: kept(asides=({"before": "kommune", "say": "hvad koster det", "skips": True},)),
        promises.skipped_questions_stay_away,
    ),
    "the first value is lost": (
        lambda: kept(asides=({**ASIDE, "topic": None, "corrects": "alder"},)),
        promises.corrections_keep_the_first_value,
    ),
    "no hand-over": (without_summary, promises.a_hand_over_exists_exactly_when_it_should),
    "a hand-over against the will": (
        lambda: kept(handover=False),
        promises.a_hand_over_exists_exactly_when_it_should,
    ),
    "handed over before consent": (
        handed_over_early,
        promises.nothing_is_passed_on_without_consent,
    ),
    "handed over although refused": (
        lambda: summarised(lambda s: s.update(consent="nej")),
        promises.nothing_is_passed_on_without_consent,
    ),
    "closing steps out of order": (
        lambda: says(kept(), 4, question("kontaktform")),
        promises.the_closing_steps_come_in_order,
    ),
    "a state without words": (
        lambda: summarised(lambda s: s["common"][0].update(evidence=[])),
        promises.every_state_rests_on_words_really_written,
    ),
    "words that nobody wrote": (
        lambda: summarised(lambda s: s["age"].update(evidence=quote(1, "han er 14"))),
        promises.every_state_rests_on_words_really_written,
    ),
    "words of another message": (
        lambda: summarised(lambda s: s["tracks"][0].update(evidence=quote(8, TOLD))),
        promises.every_state_rests_on_words_really_written,
    ),
    "another age": (
        lambda: summarised(lambda s: s["age"].update(value=13)),
        promises.the_summary_says_who_what_and_how_urgent,
    ),
    "a track too many": (
        lambda: kept(tracks=[]),
        promises.the_summary_says_who_what_and_how_urgent,
    ),
    "an alarm nobody raised": (
        lambda: says(kept(), 2, message(kind="crisis"), question("kommune")),
        promises.there_is_no_false_alarm,
    ),
    "a crisis message that never came": (
        lambda: kept(crisis=True),
        promises.the_crisis_message_is_shown_when_it_should,
    ),
    "danger that is not urgent": (
        lambda: kept(risk="alarm"),
        promises.danger_reaches_the_counsellor_as_urgent,
    ),
    "another way of contact": (
        lambda: kept(contact={"wants": "call"}),
        promises.contact_is_as_chosen,
    ),
    "a worry about a child taken for a request": (
        lambda: kept(kind="undervisning"),
        promises.the_case_is_of_the_right_kind,
    ),
}


def test_a_conversation_in_which_all_is_well_breaks_no_promise() -> None:
    assert promises.broken(kept()) == []
    assert [fault for reading in promises.READINGS for fault in reading(kept())] == []


@pytest.mark.parametrize("what", BROKEN)
def test_what_goes_wrong_is_seen_by_its_promise(what: str) -> None:
    played, promise = BROKEN[what]
    name = promise.__name__.replace("_", " ")
    if promise in promises.READINGS:
        assert list(promise(played()))
    else:
        assert any(fault.startswith(f"{name}: ") for fault in promises.broken(played()))


def test_every_promise_is_broken_by_something() -> None:
    every = {*promises.PROMISES, *promises.READINGS}
    assert {promise for _, promise in BROKEN.values()} == every


def test_a_correction_with_the_first_value_beside_it_is_kept() -> None:
    played = kept(asides=({**ASIDE, "topic": None, "corrects": "alder"},))
    assert played.summary is not None
    played.summary["age"]["previous"] = [{"value": 13, "evidence": []}]
    assert promises.broken(played) == []


def test_follow_ups_of_a_direct_question_are_no_repetition() -> None:
    follow_ups = [question("selvmordstanker", text=text) for text in ("tanker", "plan", "hvornår")]
    turns = talk(*(("nej", "assistant", [asked]) for asked in follow_ups))
    played = Played(script(), turns=turns)
    assert list(promises.no_question_comes_twice(played)) == []


def test_a_sign_left_unasked_does_not_count_when_another_was_enough() -> None:
    assert [(state.key, state.right) for state in judged(kept())] == [
        ("faelles.sikkerhed_nu", True),
        ("bekymring_tristhed.tegn_tristhed", True),
    ]


def test_a_listed_state_that_nobody_asked_about_counts_as_wrong() -> None:
    def forget(summary: Json) -> None:
        summary["common"][0].update(status="uafklaret", reason="ikke_spurgt", evidence=[])

    assert [state.right for state in judged(summarised(forget))] == [False, True]


@pytest.mark.parametrize(("danger", "counted"), [(True, 1), (False, 2)])
def test_open_states_are_excused_when_danger_cut_the_talk_short_and_not_by_a_false_alarm(
    danger: bool, counted: int
) -> None:
    played = kept(crisis=danger)
    assert played.summary is not None
    played.summary["common"][0].update(status="uafklaret", reason="ikke_spurgt", evidence=[])
    played.ending = "waiting"
    assert len(judged(played)) == counted


def test_a_hand_over_that_is_missing_makes_all_its_states_wrong() -> None:
    assert [state.found for state in judged(without_summary())] == ["missing"] * 3


def test_questions_without_an_id_are_questions_too() -> None:
    assert list(questions([question(None)])) == [Asked(None, None, "None?", False)]
