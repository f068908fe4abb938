"""Which question comes next, which never comes, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tracks.catalogue import load_catalogue
from bot.tracks.intake import (
    COMMON,
    DOES_NOT_KNOW,
    FULFILLED,
    NOT_ASKED,
    NOT_FULFILLED,
    SETTLED,
    UNRESOLVED,
    Answer,
    Fact,
    Intake,
    Quote,
    key_of,
)
from bot.tracks.questionnaire import (
    Question,
    next_question,
    open_questions,
    out_of_question,
    progress,
    state,
)

CATALOGUE = load_catalogue()
TRACKS = tuple(CATALOGUE.tracks)
LIMITS = {"web": 18, "sms": 12, "phone": 12}
ORDER = ("sikkerhed", "fakta", "inklusion", "eksklusion", "proevet", "oensker")
FACTS = {
    "henvender": ("speaker", "foraelder"),
    "alder": ("age", 13),
    "kommune": ("kommune", "Herlev"),
}
TELLINGS = {"fylder": "concern", "proevet": "tried", "oensker": "wishes"}
SETS = [chosen for n in range(len(TRACKS) + 1) for chosen in combinations(TRACKS, n)]


def named(tracks: tuple[str, ...]) -> str:
    return "+".join(tracks) or "no track"


SAID = Quote(1, "det er svært herhjemme")


def intake_of(*tracks: str, channel: str = "web", age: int | None = None) -> Intake:
    """Somebody who has told what it is about."""
    intake = Intake(channel, concern=[SAID])
    if age is not None:
        intake.age = Fact(age, [SAID])
    for track in tracks:
        intake.see_track(track, SAID)
    return intake


def answer(intake: Intake, question: Question, status: str = NOT_FULFILLED) -> None:
    """Ask it and take the answer in."""
    name, said = question.criterion.id, Quote(len(intake.asked) + 2, "sådan er det")
    intake.asked.append(question.key)
    if question.group == COMMON and name in FACTS:
        setattr(intake, FACTS[name][0], Fact(FACTS[name][1], [said]))
    elif question.group == COMMON and name in TELLINGS:
        getattr(intake, TELLINGS[name]).append(said)
    else:
        reason = DOES_NOT_KNOW if status == UNRESOLVED else None
        intake.settle(question.key, status, reason, said)


@dataclass
class Walk:
    """A conversation in which every question gets the same answer."""

    intake: Intake
    status: str = NOT_FULFILLED
    questions: list[Question] = field(default_factory=list)
    numbers: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        while question := next_question(self.intake, CATALOGUE):
            self.questions.append(question)
            self.numbers.append(progress(self.intake, CATALOGUE, question.key))
            answer(self.intake, question, self.status)

    @property
    def keys(self) -> list[str]:
        return [question.key for question in self.questions]


def phase(question: Question) -> int:
    name = question.criterion.id
    return ORDER.index(name if name in ORDER else question.criterion.kind)


# order


@pytest.mark.parametrize("tracks", SETS, ids=named)
@pytest.mark.parametrize("status", [FULFILLED, NOT_FULFILLED, UNRESOLVED])
def test_safety_comes_first_then_facts_inclusion_exclusion_what_was_tried_and_hoped(
    tracks: tuple[str, ...], status: str
) -> None:
    walk = Walk(intake_of(*tracks), status)
    phases = [phase(question) for question in walk.questions]
    assert phases == sorted(phases)
    assert walk.keys[:2] == ["faelles.sikkerhed_nu", "faelles.selvmordstanker"]


def test_before_anything_is_told_it_is_asked_what_it_is_about() -> None:
    question = next_question(Intake(), CATALOGUE)
    assert question is not None
    assert question.key == "faelles.fylder"
    assert question.track is None


def test_a_tracks_question_says_which_track_it_is_of() -> None:
    tracks = {q.criterion.id: q.track for q in Walk(intake_of("uro")).questions}
    assert tracks["afbryder"] == "uro"
    assert tracks["selvmordstanker"] is None


@pytest.mark.parametrize("tracks", SETS, ids=named)
def test_no_question_comes_twice(tracks: tuple[str, ...]) -> None:
    keys = Walk(intake_of(*tracks), UNRESOLVED).keys
    assert len(keys) == len(set(keys))


# what is known


def test_nothing_known_is_asked() -> None:
    intake = intake_of("bekymring_tristhed", age=9)
    intake.speaker, intake.kommune = Fact("foraelder", [SAID]), Fact("Herlev", [SAID])
    intake.tried, intake.wishes = [SAID], [SAID]
    intake.settle("bekymring_tristhed.tegn_tristhed", FULFILLED, None, SAID)
    intake.settle("faelles.funktionsniveau", FULFILLED, None, SAID)
    assert Walk(intake).keys == [
        "faelles.sikkerhed_nu",
        "faelles.selvmordstanker",
        "faelles.psykiatriens_maalgruppe",
    ]


@pytest.mark.parametrize("name", [*FACTS, "proevet", "oensker", "funktionsniveau"])
def test_what_was_not_known_or_not_said_is_not_asked_again(name: str) -> None:
    intake = intake_of("uro")
    intake.settle(key_of(COMMON, name), UNRESOLVED, DOES_NOT_KNOW, SAID)
    assert key_of(COMMON, name) not in Walk(intake).keys


@pytest.mark.parametrize("tracks", SETS, ids=named)
def test_what_follows_from_something_else_is_never_asked(tracks: tuple[str, ...]) -> None:
    for question in Walk(intake_of(*tracks)).questions:
        assert question.criterion.derived_from is None


# groups of signs


@pytest.mark.parametrize("track", ["krop_mad", "bekymring_tristhed", "uro"])
def test_one_sign_of_a_group_is_enough(track: str) -> None:
    walk = Walk(intake_of(track), FULFILLED)
    signs = [q for q in walk.questions if q.track == track and q.criterion.group]
    assert len(signs) == 1


@pytest.mark.parametrize("track", ["krop_mad", "bekymring_tristhed", "uro"])
@pytest.mark.parametrize("status", [NOT_FULFILLED, UNRESOLVED])
def test_without_a_yes_every_sign_is_asked_about(track: str, status: str) -> None:
    signs = [c.id for c in CATALOGUE.tracks[track].criteria if c.group]
    walk = Walk(intake_of(track), status)
    assert [q.criterion.id for q in walk.questions if q.criterion.group] == signs


def test_a_sign_that_is_struck_counts_no_more() -> None:
    intake = intake_of("uro")
    intake.settle("uro.let_afledt", FULFILLED, None, SAID)
    assert "uro.afbryder" not in Walk(intake, FULFILLED).keys
    struck = intake_of("uro")
    struck.settle("uro.let_afledt", FULFILLED, None, SAID)
    struck.answers["uro.let_afledt"].struck = True
    assert {"uro.afbryder", "uro.svaert_at_sidde_stille"} & set(Walk(struck, FULFILLED).keys)


# out of the question


DETAILS = {"krop_mad.kun_selektiv_spisning", "krop_mad.kun_livsstil"}


@pytest.mark.parametrize(("age", "asked"), [(9, False), (10, True), (17, True), (18, False)])
def test_outside_its_ages_a_track_asks_no_more_details(age: int, asked: bool) -> None:
    intake = intake_of("krop_mad", age=age)
    assert out_of_question(intake, CATALOGUE.tracks["krop_mad"]) is not asked
    keys = set(Walk(intake, NOT_FULFILLED).keys)
    assert (set() if not asked else DETAILS) == keys & DETAILS
    assert "krop_mad.betydeligt_vaegttab" in keys


@pytest.mark.parametrize(
    "treated", ["krop_mad.tidl_beh_spiseforstyrrelse", "faelles.psykiatriens_maalgruppe"]
)
def test_after_treatment_a_track_asks_no_more_details(treated: str) -> None:
    intake = intake_of("krop_mad", age=13)
    intake.settle(treated, FULFILLED, None, SAID)
    assert not DETAILS & set(Walk(intake).keys)


def test_a_municipalitys_own_ages_decide_what_is_in_question() -> None:
    intake = intake_of("selvskade", age=15)
    own = CATALOGUE.with_ages({"selvskade": (12, 14)})
    assert not out_of_question(intake, CATALOGUE.tracks["selvskade"])
    assert out_of_question(intake, own.tracks["selvskade"])


def test_treatment_for_an_eating_disorder_puts_no_other_track_out_of_the_question() -> None:
    intake = intake_of("krop_mad", "selvskade", age=13)
    intake.settle("krop_mad.tidl_beh_spiseforstyrrelse", FULFILLED, None, SAID)
    assert out_of_question(intake, CATALOGUE.tracks["krop_mad"])
    assert not out_of_question(intake, CATALOGUE.tracks["selvskade"])


# how many


@pytest.mark.parametrize("tracks", SETS, ids=named)
@pytest.mark.parametrize(
    ("channel", "status"), [*product(LIMITS, (FULFILLED, NOT_FULFILLED, UNRESOLVED))]
)
def test_there_are_never_more_questions_than_the_channel_bears(
    tracks: tuple[str, ...], channel: str, status: str
) -> None:
    assert len(Walk(intake_of(*tracks, channel=channel), status).keys) <= LIMITS[channel]


@pytest.mark.parametrize("channel", LIMITS)
def test_what_matters_least_is_dropped_first(channel: str) -> None:
    for tracks in SETS:
        kept, dropped = open_questions(intake_of(*tracks, channel=channel), CATALOGUE)
        left_out = [q.criterion.drop_order or 0 for q in dropped]
        stays = [q.criterion.drop_order for q in kept if q.criterion.drop_order]
        assert left_out == sorted(left_out)
        assert 0 not in left_out
        assert not left_out or not stays or max(left_out) < min(stays)


def test_by_sms_the_hopes_go_before_the_municipality_and_safety_never_goes() -> None:
    kept, dropped = open_questions(intake_of("krop_mad", channel="sms"), CATALOGUE)
    gone = [question.criterion.id for question in dropped]
    assert gone[0] == "oensker"
    assert {"sikkerhed_nu", "selvmordstanker", "alder"} <= {q.criterion.id for q in kept}


def test_on_the_web_one_track_drops_nothing() -> None:
    for track in TRACKS:
        assert open_questions(intake_of(track), CATALOGUE)[1] == []


# progress


@pytest.mark.parametrize("tracks", SETS, ids=named)
@pytest.mark.parametrize("status", [FULFILLED, NOT_FULFILLED])
def test_the_numbers_count_up_one_by_one_and_the_last_is_the_total(
    tracks: tuple[str, ...], status: str
) -> None:
    numbers = Walk(intake_of(*tracks), status).numbers
    assert [number for number, _ in numbers] == list(range(1, len(numbers) + 1))
    assert all(number <= about for number, about in numbers)
    assert numbers[-1][0] == numbers[-1][1]


@pytest.mark.parametrize("tracks", SETS, ids=named)
def test_the_first_total_promises_no_fewer_questions_than_a_yes_to_all_brings(
    tracks: tuple[str, ...],
) -> None:
    numbers = Walk(intake_of(*tracks, age=13), FULFILLED).numbers
    assert numbers[0][1] >= len(numbers)


def test_a_question_asked_once_more_keeps_its_number() -> None:
    intake = intake_of("uro")
    first = next_question(intake, CATALOGUE)
    assert first is not None
    intake.asked.append(first.key)
    once = progress(intake, CATALOGUE, first.key)
    assert once == progress(intake, CATALOGUE, first.key)
    assert once[0] == 1


# states


STATUSES = st.sampled_from([FULFILLED, NOT_FULFILLED, UNRESOLVED])
EVERY = CATALOGUE.keys()
KEYS = st.sampled_from([key for key in EVERY if not CATALOGUE.criterion(key).derived_from])


@settings(max_examples=60, deadline=None)
@given(
    tracks=st.sets(st.sampled_from(TRACKS)),
    said=st.lists(st.tuples(KEYS, STATUSES), max_size=12),
    struck=st.sets(KEYS, max_size=4),
    asked=st.lists(KEYS, max_size=6),
    age=st.none() | st.integers(0, 20),
)
def test_a_state_without_evidence_does_not_exist(
    tracks: set[str],
    said: list[tuple[str, str]],
    struck: set[str],
    asked: list[str],
    age: int | None,
) -> None:
    intake = intake_of(*sorted(tracks), age=age)
    intake.asked = asked
    for seq, (key, status) in enumerate(said):
        reason = DOES_NOT_KNOW if status == UNRESOLVED else None
        intake.settle(key, status, reason, Quote(seq, "ord"))
    for key in struck & intake.answers.keys():
        intake.answers[key].struck = True
    for track in (CATALOGUE.common, *CATALOGUE.tracks.values()):
        for criterion in track.criteria:
            found = state(intake, track, criterion)
            if found.status in SETTLED:
                assert found.evidence
            else:
                assert found.reason


def test_what_was_never_talked_about_is_unresolved_because_it_was_not_asked() -> None:
    track = CATALOGUE.tracks["uro"]
    assert state(Intake(), track, track["afbryder"]) == Answer(UNRESOLVED, NOT_ASKED)


@pytest.mark.parametrize(
    ("age", "status"), [(2, NOT_FULFILLED), (3, FULFILLED), (11, NOT_FULFILLED)]
)
def test_the_state_of_the_age_follows_from_the_age_and_its_words(age: int, status: str) -> None:
    track = CATALOGUE.tracks["uro"]
    found = state(intake_of("uro", age=age), track, track["alder"])
    assert (found.status, found.evidence) == (status, [SAID])


def test_the_risk_of_suicide_follows_from_the_direct_question() -> None:
    intake, track = intake_of("selvskade"), CATALOGUE.tracks["selvskade"]
    intake.settle("faelles.selvmordstanker", NOT_FULFILLED, None, Quote(5, "nej"))
    found = state(intake, track, track["selvmordsrisiko"])
    assert (found.status, [q.quote for q in found.evidence]) == (NOT_FULFILLED, ["nej"])
