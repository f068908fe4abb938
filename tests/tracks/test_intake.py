"""The intake goes to its JSON form and back without losing or inventing anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tracks.intake import (
    DOES_NOT_KNOW,
    FULFILLED,
    NOT_FULFILLED,
    UNRESOLVED,
    Answer,
    Closing,
    Contact,
    Fact,
    Intake,
    Pending,
    Quote,
    Safety,
    TrackSeen,
    key_of,
)

WORDS = st.text(max_size=20)
MAYBE = st.none() | WORDS
NUMBERS = st.integers(0, 10_000)
KEYS = st.sampled_from(["faelles.alder", "krop_mad.spiseadfaerd", "uro.afbryder", "noget.helt_nyt"])
STATUS = st.sampled_from([FULFILLED, NOT_FULFILLED, UNRESOLVED])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
QUOTES = st.lists(st.builds(Quote, NUMBERS, WORDS, MAYBE), max_size=3)
EARLIER = st.lists(st.dictionaries(WORDS, JSON, max_size=2), max_size=2)
FACTS = st.none() | st.builds(Fact, WORDS | st.integers(0, 25), QUOTES, EARLIER)
ANSWERS = st.builds(Answer, STATUS, MAYBE, QUOTES, EARLIER, st.booleans())
INTAKES = st.builds(
    Intake,
    channel=st.sampled_from(["web", "sms", "phone"]),
    handled_seq=NUMBERS,
    speaker=FACTS,
    relation=MAYBE,
    age=FACTS,
    kommune=FACTS,
    tracks=st.lists(st.builds(TrackSeen, WORDS, QUOTES), max_size=2),
    concern=QUOTES,
    tried=QUOTES,
    wishes=QUOTES,
    answers=st.dictionaries(KEYS, ANSWERS, max_size=3),
    pending=st.none() | st.builds(Pending, WORDS, MAYBE, st.integers(1, 3), WORDS),
    asked=st.lists(KEYS, max_size=3),
    safety=st.builds(
        Safety,
        st.sampled_from(["none", "ask", "alarm"]),
        st.booleans(),
        MAYBE,
        st.lists(st.dictionaries(WORDS, JSON, max_size=2), max_size=2),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    closing=st.builds(
        Closing,
        MAYBE,
        st.builds(Contact, MAYBE, MAYBE, MAYBE, MAYBE),
        st.booleans(),
        st.lists(WORDS, max_size=2),
        st.booleans(),
    ),
    fallback=NUMBERS,
    topic=MAYBE,
    notes=st.dictionaries(WORDS, JSON, max_size=3),
)


@settings(deadline=None)
@given(intake=INTAKES)
def test_what_is_stored_comes_back_as_it_was(intake: Intake) -> None:
    stored = json.dumps(intake.to_json())
    assert Intake.from_json(json.loads(stored)) == intake


@pytest.mark.parametrize("document", [None, {}, {"a_key_of_tomorrow": 1, "safety": {"mood": 3}}])
def test_an_empty_or_newer_document_is_an_empty_intake(document: dict[str, object] | None) -> None:
    assert Intake.from_json(document) == Intake()


def test_an_intake_of_yesterday_takes_the_defaults_for_what_it_lacks() -> None:
    old = {"answers": {"uro.afbryder": {"status": FULFILLED}}, "closing": {"done": True}}
    intake = Intake.from_json(old)
    assert intake.answers == {"uro.afbryder": Answer(FULFILLED)}
    assert intake.closing == Closing(done=True)


def test_a_key_is_the_group_and_the_criterion() -> None:
    assert key_of("uro", "alder") == "uro.alder"
    assert key_of(None, "alder") == "faelles.alder"
    assert Pending("alder").key == "faelles.alder"


KEY = "uro.afbryder"


def test_another_answer_keeps_the_first_one_beside_it() -> None:
    intake = Intake()
    intake.settle(KEY, FULFILLED, None, Quote(3, "ja hele tiden"))
    intake.settle(KEY, NOT_FULFILLED, None, Quote(7, "nej det passer ikke"))
    intake.settle(KEY, UNRESOLVED, DOES_NOT_KNOW, Quote(9, "ved ikke"))
    answer = intake.answers[KEY]
    assert (answer.status, [q.quote for q in answer.evidence]) == (UNRESOLVED, ["ved ikke"])
    kept = [(row["status"], row["evidence"][0]["quote"]) for row in answer.previous]
    assert kept == [(FULFILLED, "ja hele tiden"), (NOT_FULFILLED, "nej det passer ikke")]


def test_the_same_answer_again_is_more_evidence_and_the_same_words_again_are_not() -> None:
    intake = Intake()
    for quote in (Quote(3, "ja"), Quote(3, "ja"), Quote(5, "ja, også i skolen")):
        intake.settle(KEY, FULFILLED, None, quote)
    assert [q.seq for q in intake.answers[KEY].evidence] == [3, 5]
    assert intake.answers[KEY].previous == []


def test_what_was_struck_counts_again_when_it_is_said_again() -> None:
    intake = Intake()
    intake.settle(KEY, FULFILLED, None, Quote(3, "ja"))
    intake.answers[KEY].struck = True
    assert intake.status(KEY) is None
    intake.settle(KEY, FULFILLED, None, Quote(9, "jo, det gør han"))
    assert intake.status(KEY) == FULFILLED


def test_a_fact_that_is_corrected_keeps_what_was_said_first() -> None:
    first = Fact(13, [Quote(1, "13")])
    assert first.corrected(13, Quote(4, "ja 13")) is first
    now = first.corrected(12, Quote(5, "nej, 12"))
    assert (now.value, [q.quote for q in now.evidence]) == (12, ["nej, 12"])
    assert [(row["value"], row["evidence"][0]["quote"]) for row in now.previous] == [(13, "13")]


def test_a_track_is_seen_once_with_the_words_that_spoke_of_it_first() -> None:
    intake = Intake()
    assert intake.see_track("uro", Quote(1, "kan ikke sidde stille"))
    assert not intake.see_track("uro", Quote(3, "urolig"))
    assert [(t.track, [q.quote for q in t.evidence]) for t in intake.tracks] == [
        ("uro", ["kan ikke sidde stille"])
    ]


def test_who_writes_is_unknown_until_it_is_known() -> None:
    assert Intake().speaker_value == "ukendt"
    assert Intake(speaker=Fact("ung")).speaker_value == "ung"
