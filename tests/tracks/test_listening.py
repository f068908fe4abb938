"""A message goes into the intake with its own words, and nothing that was said is lost."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tracks.catalogue import load_catalogue
from bot.tracks.intake import (
    COMMON,
    DOES_NOT_KNOW,
    FULFILLED,
    NOT_FULFILLED,
    SETTLED,
    UNCLEAR,
    UNRESOLVED,
    WILL_NOT_SAY,
    Answer,
    Fact,
    Intake,
    Pending,
    Quote,
    TrackSeen,
)
from bot.tracks.listening import Heard, listen
from bot.tracks.reading import CORRECTS, NO, YES, Found, Reading

CATALOGUE = load_catalogue()
MATTER = "Min datter på 13 hader sin krop, og vi bor i Herlev"
TOLD = Quote(1, "det er svært herhjemme")
QUESTION = "Går det ud over hverdagen?"
FUNCTION = "faelles.funktionsniveau"
SUICIDE = "faelles.selvmordstanker"


def found(text: str, part: str, value: Any, share: float = 1.0, role: str | None = None) -> Found:
    """Where ``part`` stands in the text."""
    start = text.index(part)
    return Found(value, start, start + len(part), share, role)


def opening(text: str = MATTER, **more: Any) -> Reading:
    return Reading(
        text,
        age=found(text, "13", 13),
        speaker=found(text, "Min datter", "foraelder"),
        relation="datter",
        sex="k",
        kommune=found(text, "Herlev", "Herlev"),
        tracks=(found(text, text, "krop_mad", 0.9),),
        signs=(found(text, "hader sin krop", "krop_mad.kropsutilfredshed", 0.9, YES),),
        **more,
    )


def asking(key: str = FUNCTION, attempt: int = 1, **known: Any) -> Intake:
    """An intake in which this question is open."""
    group, name = key.split(".")
    pending = Pending(name, None if group == COMMON else group, attempt, QUESTION)
    return Intake(concern=[TOLD], pending=pending, asked=[key], **known)


def hear(intake: Intake, reading: Reading, seq: int = 5, aside: bool = False) -> Heard:
    return listen(intake, CATALOGUE, reading, seq, aside)


def words(quotes: list[Quote]) -> list[str]:
    return [quote.quote for quote in quotes]


# the matter


def test_what_is_told_first_fills_facts_track_and_sign_each_with_its_own_words() -> None:
    intake = Intake()
    heard = hear(intake, opening(), seq=3)
    assert heard.answered
    assert intake.age == Fact(13, [Quote(3, "13")])
    assert intake.speaker == Fact("foraelder", [Quote(3, "Min datter")])
    assert intake.kommune == Fact("Herlev", [Quote(3, "Herlev")])
    assert (intake.relation, intake.notes["sex"]) == ("datter", "k")
    assert intake.track_ids == ["krop_mad"]
    sign = intake.answers["krop_mad.kropsutilfredshed"]
    assert (sign.status, sign.evidence) == (FULFILLED, [Quote(3, "hader sin krop")])
    assert intake.concern == [Quote(3, MATTER)]
    assert set(heard.inferred) >= {"alder", "henvender", "kommune", "krop_mad"}


def test_a_track_that_is_only_guessed_at_is_not_seen() -> None:
    intake, text = Intake(), "han er så sur for tiden og vil ingenting"
    hear(intake, Reading(text, tracks=(found(text, text, "uro", 0.2),)))
    assert intake.track_ids == []


def test_a_sign_of_a_track_that_is_not_spoken_of_is_left_alone() -> None:
    intake, text = Intake(), "han kan ikke vente på tur, når vi spiller spil"
    hear(intake, Reading(text, signs=(found(text, text, "uro.afbryder", 0.95, YES),)))
    assert intake.answers == {}


CALMING = (
    "krop_mad.stabil_somatisk",
    "krop_mad.kan_spise_med_stoette",
    "krop_mad.familien_motiveret",
)


@pytest.mark.parametrize(("share", "settled"), [(0.4, False), (0.9, True)])
@pytest.mark.parametrize("key", CALMING)
def test_what_calms_is_asked_about_unless_it_was_plainly_told(
    key: str, share: float, settled: bool
) -> None:
    intake, text = Intake(), "hun springer måltider over og løber hver aften"
    signs = (found(text, "løber hver aften", key, share, YES),)
    hear(intake, Reading(text, tracks=(found(text, text, "krop_mad", 0.9),), signs=signs))
    assert (key in intake.answers) == settled


@pytest.mark.parametrize("key", [SUICIDE, "faelles.sikkerhed_nu"])
def test_a_safety_question_is_never_answered_by_inference(key: str) -> None:
    intake, text = Intake(), "alt er fint, hun har det godt og er glad for livet"
    hear(intake, Reading(text, signs=(found(text, text, key, 1.0, NO),)))
    assert key not in intake.answers


def test_a_track_or_a_sign_that_nobody_knows_is_passed_over() -> None:
    intake, text = Intake(), "det er noget helt andet, som vi ikke har ord for"
    strange = (found(text, text, "ukendt_spor", 1.0),)
    signs = (found(text, text, "faelles.ukendt", 1.0, YES),)
    hear(intake, Reading(text, tracks=strange, signs=signs))
    assert (intake.track_ids, intake.answers) == ([], {})


@pytest.mark.parametrize("track", CATALOGUE.tracks)
def test_choosing_a_track_is_telling_what_it_is_about(track: str) -> None:
    intake = Intake(pending=Pending("fylder", None, 2))
    assert hear(intake, Reading(track)).answered
    assert intake.track_ids == [track]
    assert intake.concern


def test_choosing_something_else_is_an_answer_without_a_track() -> None:
    intake = Intake(pending=Pending("fylder", None, 2))
    assert hear(intake, Reading("andet")).answered
    assert (intake.track_ids, words(intake.concern)) == ([], ["andet"])


def test_a_word_that_tells_nothing_is_asked_about_again_and_at_last_let_be() -> None:
    intake = Intake(pending=Pending("fylder"))
    assert hear(intake, Reading("øh")).again
    intake.pending = Pending("fylder", None, 3)
    assert not hear(intake, Reading("altså"), seq=7).again
    assert intake.answers["faelles.fylder"].reason == UNCLEAR


def test_whoever_will_not_say_what_it_is_about_is_not_asked_again() -> None:
    intake = Intake(pending=Pending("fylder"))
    heard = hear(intake, Reading("spring over"))
    assert (heard.skipped, heard.again) == (True, False)
    assert intake.answers["faelles.fylder"].reason == WILL_NOT_SAY


def test_two_children_in_one_message_are_noticed() -> None:
    text = "mine to drenge på 6 og 9 slås hele tiden, og det er hårdt"
    both = (found(text, "6", 6), found(text, "9", 9))
    assert hear(Intake(), Reading(text, children=both)).two_children
    assert not hear(Intake(), Reading(text, children=both[:1])).two_children


# answers


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        ("ja", FULFILLED, None),
        ("nej", NOT_FULFILLED, None),
        ("ved_ikke", UNRESOLVED, DOES_NOT_KNOW),
        ("spring_over", UNRESOLVED, WILL_NOT_SAY),
        ("Ja, det gør det.", FULFILLED, None),
        ("næ, egentlig ikke", NOT_FULFILLED, None),
        ("det ved jeg ikke", UNRESOLVED, DOES_NOT_KNOW),
        ("det vil jeg ikke svare på", UNRESOLVED, WILL_NOT_SAY),
    ],
)
def test_a_button_or_plain_words_settle_the_open_question_with_the_words_as_evidence(
    said: str, status: str, reason: str | None
) -> None:
    intake = asking()
    heard = hear(intake, Reading(said), seq=9)
    assert (heard.answered, heard.again) == (True, False)
    assert intake.answers[FUNCTION] == Answer(status, reason, [Quote(9, said, QUESTION)])
    assert heard.skipped == (reason == WILL_NOT_SAY)


def test_what_a_telling_speaks_for_settles_it_without_a_yes_or_no() -> None:
    intake, said = asking(), "hun er holdt op med at gå til svømning og ser ingen"
    hear(intake, Reading(said, answers={FUNCTION: {YES: 0.9, NO: 0.05, "aaben": 0.05}}))
    assert intake.answers[FUNCTION].status == FULFILLED
    assert words(intake.answers[FUNCTION].evidence) == [said]


def test_a_short_no_is_a_no_whatever_the_reader_makes_of_it() -> None:
    intake = asking()
    hear(intake, Reading("nej", answers={FUNCTION: {YES: 0.99, NO: 0.01}}))
    assert intake.answers[FUNCTION].status == NOT_FULFILLED


def test_an_unclear_answer_is_asked_about_once_more_and_then_kept_as_unclear() -> None:
    intake = asking()
    first = hear(intake, Reading("det er jo sådan noget"), seq=5)
    assert (first.again, first.answered) == (True, False)
    assert intake.answers == {}
    intake.pending = Pending("funktionsniveau", None, 2, QUESTION)
    second = hear(intake, Reading("det kan man sige på flere måder"), seq=7)
    assert (second.again, second.answered) == (False, True)
    answer = intake.answers[FUNCTION]
    assert (answer.status, answer.reason) == (UNRESOLVED, UNCLEAR)
    assert words(answer.evidence) == ["det kan man sige på flere måder"]


def test_sometimes_says_that_a_sign_is_there_but_not_that_an_exclusion_is() -> None:
    sign, exclusion = asking("uro.afbryder"), asking("krop_mad.betydeligt_vaegttab")
    hear(sign, Reading("nogle gange"))
    assert sign.answers["uro.afbryder"].status == FULFILLED
    assert hear(exclusion, Reading("nogle gange")).again


def test_a_maybe_is_asked_about_once_more_whatever_the_reader_guesses() -> None:
    sign = asking("uro.afbryder")
    guess = {"uro.afbryder": {"ja": 0.9, "nej": 0.05, "aaben": 0.05}}
    assert hear(sign, Reading("tja", answers=guess)).again
    assert sign.answers == {}


@pytest.mark.parametrize(("share", "status"), [(0.8, None), (0.97, NOT_FULFILLED)])
def test_a_no_to_a_safety_question_takes_plain_words_or_all_but_certainty(
    share: float, status: str | None
) -> None:
    intake = asking(SUICIDE)
    said = "hun er glad og leger med de andre"
    heard = hear(intake, Reading(said, answers={SUICIDE: {NO: share, YES: 0.0}}))
    assert intake.status(SUICIDE) == status
    assert heard.again == (status is None)


def test_a_yes_to_a_safety_question_takes_far_less() -> None:
    intake = asking(SUICIDE)
    said = "hun har skrevet noget i sin dagbog, som skræmmer mig"
    hear(intake, Reading(said, answers={SUICIDE: {YES: 0.7, NO: 0.2}}))
    assert intake.status(SUICIDE) == FULFILLED


@pytest.mark.parametrize(
    ("key", "said", "where"),
    [("proevet", "vi har talt med skolen", "tried"), ("oensker", "ro", "wishes")],
)
def test_a_telling_is_kept_as_it_was_told(key: str, said: str, where: str) -> None:
    intake = asking(f"faelles.{key}")
    assert hear(intake, Reading(said)).answered
    assert words(getattr(intake, where)) == [said]


# facts that were asked for


@pytest.mark.parametrize(("said", "years"), [("tolv", 12), ("12", 12), ("hun er lige fyldt 9", 9)])
def test_the_age_may_be_a_bare_number_when_it_was_asked_for(said: str, years: int) -> None:
    intake = asking("faelles.alder")
    assert hear(intake, Reading(said)).answered
    assert intake.age == Fact(years, [Quote(5, said, QUESTION)])


def test_the_municipality_is_known_by_its_name_or_its_quarter() -> None:
    intake = asking("faelles.kommune")
    assert hear(intake, Reading("vi bor på Vesterbro")).answered
    assert intake.kommune is not None
    assert (intake.kommune.value, words(intake.kommune.evidence)) == (
        "København",
        ["vi bor på Vesterbro"],
    )


@pytest.mark.parametrize("who", ["ung", "foraelder", "paaroerende", "fagperson"])
def test_a_button_says_who_is_writing(who: str) -> None:
    intake = asking("faelles.henvender")
    assert hear(intake, Reading(who)).answered
    assert intake.speaker_value == who


@pytest.mark.parametrize("name", ["alder", "kommune", "henvender"])
@pytest.mark.parametrize(
    ("said", "reason"), [("ved ikke", DOES_NOT_KNOW), ("spring over", WILL_NOT_SAY)]
)
def test_a_fact_that_is_not_known_or_not_told_is_let_be(name: str, said: str, reason: str) -> None:
    intake = asking(f"faelles.{name}")
    assert hear(intake, Reading(said)).answered
    assert intake.answers[f"faelles.{name}"].reason == reason


@pytest.mark.parametrize("name", ["alder", "kommune", "henvender"])
def test_a_fact_that_cannot_be_read_is_asked_for_once_more(name: str) -> None:
    intake = asking(f"faelles.{name}")
    assert hear(intake, Reading("det er jo klart")).again
    again = asking(f"faelles.{name}", attempt=2)
    assert hear(again, Reading("det er jo klart")).answered
    assert again.answers[f"faelles.{name}"].reason == UNCLEAR


# said by the way


def test_an_age_told_by_the_way_is_taken_and_the_question_answered() -> None:
    intake, said = asking(), "ja, og hun er 13 og vil ikke i skole mere"
    hear(intake, Reading(said, age=found(said, "13", 13)))
    assert intake.age == Fact(13, [Quote(5, "13", QUESTION)])
    assert intake.answers[FUNCTION].status == FULFILLED


def test_a_long_answer_settles_another_question_only_when_that_is_said_surely() -> None:
    said = "ja, og han rejser sig hele tiden og kan ikke blive siddende ved bordet"
    for share, status in ((0.6, None), (0.99, FULFILLED)):
        intake = asking()
        intake.see_track("uro", TOLD)
        part = found(said, "rejser sig hele tiden", "uro.svaert_at_sidde_stille", share, YES)
        hear(intake, Reading(said, signs=(part,)))
        assert intake.status("uro.svaert_at_sidde_stille") == status
        assert intake.status(FUNCTION) == FULFILLED


# corrections


def known() -> dict[str, Any]:
    return {
        "age": Fact(13, [Quote(1, "13")]),
        "speaker": Fact("paaroerende", [Quote(1, "min")]),
        "kommune": Fact("Herlev", [Quote(1, "Herlev")]),
    }


def test_a_correction_changes_the_fact_and_keeps_the_first_beside_it() -> None:
    intake, said = asking(**known()), "undskyld, hun er 12, og vi bor i Gladsaxe, jeg er hendes mor"
    heard = hear(
        intake,
        Reading(
            said,
            correction=True,
            age=found(said, "12", 12),
            kommune=found(said, "Gladsaxe", "Gladsaxe"),
            speaker=found(said, "jeg er hendes mor", "foraelder"),
        ),
    )
    assert heard.corrected == ["alder", "kommune", "henvender"]
    assert intake.age is not None
    assert intake.kommune is not None
    assert intake.speaker is not None
    facts = (intake.age, intake.kommune, intake.speaker)
    assert [f.value for f in facts] == [12, "Gladsaxe", "foraelder"]
    assert [f.previous[0]["value"] for f in facts] == [13, "Herlev", "paaroerende"]
    assert [words(f.evidence) for f in facts] == [[said]] * 3


def test_a_correction_answers_no_question() -> None:
    intake, said = asking(**known()), "nej vent, hun er 12"
    heard = hear(intake, Reading(said, correction=True, age=found(said, "12", 12)))
    assert (heard.answered, heard.corrected) == (False, ["alder"])
    assert FUNCTION not in intake.answers
    assert intake.pending is not None


def test_a_few_words_with_another_age_correct_it_without_saying_so() -> None:
    intake, said = asking(**known()), "hun er faktisk 12"
    assert hear(intake, Reading(said, age=found(said, "12", 12))).corrected == ["alder"]


def test_another_childs_age_in_a_long_answer_corrects_nothing() -> None:
    said = "ja, og hendes lillebror på 5 er begyndt at græde om aftenen over det"
    intake = asking(**known())
    heard = hear(intake, Reading(said, age=found(said, "5", 5)))
    assert heard.corrected == []
    assert intake.age == Fact(13, [Quote(1, "13")])


def test_an_answer_that_is_taken_back_is_changed_and_the_first_is_kept() -> None:
    said = "jeg tog fejl, hun spiser godt, når jeg sidder hos hende"
    intake, key = asking(), "krop_mad.kan_spise_med_stoette"
    intake.settle(key, NOT_FULFILLED, None, Quote(3, "nej, heller ikke med mig"))
    sign = found(said, "hun spiser godt", key, 0.9, YES)
    assert hear(intake, Reading(said, intent=CORRECTS, correction=True, signs=(sign,))).corrected
    answer = intake.answers[key]
    assert answer.status == FULFILLED
    assert answer.previous[0]["evidence"][0]["quote"] == "nej, heller ikke med mig"


def test_a_correction_that_names_nothing_turns_the_latest_answer_it_contradicts() -> None:
    intake, first, latest = asking(), "uro.afbryder", "krop_mad.familien_motiveret"
    intake.settle(first, NOT_FULFILLED, None, Quote(3, "nej"))
    intake.settle(latest, NOT_FULFILLED, None, Quote(5, "nej, de skal ikke være med"))
    intake.asked += [first, latest]
    yes = {"ja": 0.9, "nej": 0.1, "aaben": 0.0}
    said = Reading(
        "jeg sagde forkert, min mor vil gerne",
        correction=True,
        answers=dict.fromkeys((first, latest), yes),
    )
    assert hear(intake, said).corrected == [latest]
    assert intake.status(latest) == FULFILLED
    assert intake.status(first) == NOT_FULFILLED


def test_a_correction_turns_what_it_hints_at_rather_than_the_latest() -> None:
    said = "jeg sagde forkert, min mor vil gerne være med"
    intake, hinted, latest = asking(), "krop_mad.familien_motiveret", "uro.afbryder"
    intake.settle(hinted, NOT_FULFILLED, None, Quote(3, "nej"))
    intake.settle(latest, NOT_FULFILLED, None, Quote(5, "nej"))
    intake.asked += [hinted, latest]
    yes = {"ja": 0.9, "nej": 0.1, "aaben": 0.0}
    answers = dict.fromkeys((hinted, latest), yes)
    signs = (found(said, said, hinted, 0.06, YES),)
    reading = Reading(said, correction=True, signs=signs, answers=answers)
    assert hear(intake, reading).corrected == [hinted]
    assert intake.status(latest) == NOT_FULFILLED


def test_what_a_correction_says_is_read_as_an_answer_to_its_question() -> None:
    said = "vent, hun klarer sig helt som de andre"
    intake, key = asking(), "uro.funktionsnedsaettende"
    intake.settle(key, FULFILLED, None, Quote(3, "ja"))
    sign = found(said, "hun klarer sig helt som de andre", key, 0.4, YES)
    answers = {key: {"ja": 0.3, "nej": 0.7, "aaben": 0.0}}
    assert hear(intake, Reading(said, correction=True, signs=(sign,), answers=answers)).corrected
    assert intake.status(key) == NOT_FULFILLED


def test_danger_once_told_is_not_corrected_away() -> None:
    said = "det passer ikke det jeg sagde, hun har det fint"
    intake = asking()
    intake.settle(SUICIDE, FULFILLED, None, Quote(3, "ja, hun siger hun vil dø"))
    sign = found(said, "hun har det fint", SUICIDE, 1.0, NO)
    hear(intake, Reading(said, correction=True, signs=(sign,)))
    assert intake.status(SUICIDE) == FULFILLED


def test_a_correction_that_corrects_nothing_known_is_taken_as_an_answer() -> None:
    intake = asking()
    assert hear(intake, Reading("jeg mente ja", correction=True)).corrected == []
    assert intake.status(FUNCTION) == FULFILLED


# asides and repeats


def test_an_aside_answers_no_question_and_leaves_it_open() -> None:
    intake = asking()
    before = deepcopy(intake.pending)
    said = "ja men hvad koster det egentlig"
    heard = hear(intake, Reading(said, answers={FUNCTION: {YES: 0.99}}), aside=True)
    assert (heard.answered, heard.again, intake.answers) == (False, False, {})
    assert intake.pending == before
    assert intake.handled_seq == 5


def test_a_message_that_was_read_before_changes_nothing() -> None:
    intake = Intake()
    hear(intake, opening(), seq=3)
    before = deepcopy(intake)
    for seq in (1, 2, 3):
        assert hear(intake, opening(), seq=seq).answered
        assert hear(intake, Reading("nej hun er 12", age=Found(12, 11, 13)), seq=seq).answered
    assert intake == before


# whatever is said


LETTERS = "ja nej min datter er 13 ved ikke og så kan hun"
KEYS = st.sampled_from([*CATALOGUE.keys(), "faelles.ukendt", "uro.ukendt"])
SHARE = st.floats(0, 1)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    text = " ".join(draw(st.lists(st.sampled_from(LETTERS.split()), min_size=1, max_size=15)))

    def part(value: Any, role: str | None = None) -> Found:
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        return Found(value, start, end, draw(SHARE), role)

    keys = draw(st.lists(KEYS, max_size=3))
    roles = st.sampled_from([YES, NO])
    return Reading(
        text,
        age=draw(st.none() | st.builds(lambda n: part(n), st.integers(0, 20))),
        speaker=draw(st.none() | st.sampled_from(["ung", "foraelder"]).map(part)),
        tracks=tuple(part(t) for t in draw(st.lists(st.sampled_from(["uro", "krop_mad"])))),
        signs=tuple(part(key, draw(roles)) for key in keys),
        correction=draw(st.booleans()),
        answers={key: {YES: draw(SHARE), NO: draw(SHARE)} for key in keys},
    )


PENDING = st.sampled_from(
    ["", "faelles.fylder", FUNCTION, SUICIDE, "faelles.alder", "uro.afbryder"]
)


@settings(deadline=None)
@given(said=st.lists(st.tuples(readings(), PENDING, st.booleans()), max_size=6))
def test_no_state_without_words_and_every_quote_is_the_citizens_own(
    said: list[tuple[Reading, str, bool]],
) -> None:
    intake, texts = Intake(), {}
    for seq, (reading, key, aside) in enumerate(said, start=1):
        group, _, name = key.partition(".")
        intake.pending = Pending(name, None if group == COMMON else group) if key else None
        texts[seq] = reading.text
        hear(intake, reading, seq, aside)
        assert intake.handled_seq == seq
    assert Intake.from_json(intake.to_json()) == intake
    for quote in quotes_of(intake):
        assert quote.quote
        assert quote.quote in texts[quote.seq]
    for answer in intake.answers.values():
        assert answer.evidence
        assert answer.status in SETTLED or answer.reason


def quotes_of(intake: Intake) -> list[Quote]:
    facts = [fact for fact in (intake.age, intake.speaker, intake.kommune) if fact]
    held: list[Fact | Answer | TrackSeen] = [*facts, *intake.answers.values(), *intake.tracks]
    found = [quote for one in held for quote in one.evidence]
    return [*intake.concern, *intake.tried, *intake.wishes, *found]


def test_a_track_besides_the_surest_takes_more_unless_a_clause_plainly_tells_of_it() -> None:
    said = "hun er trist, og hun kan ikke lide sin mave"
    tracks = (found(said, said, "bekymring_tristhed", 0.8), found(said, said, "krop_mad", 0.5))
    intake = Intake()
    hear(intake, Reading(said, tracks=tracks))
    assert intake.track_ids == ["bekymring_tristhed"]
    sign = found(said, "hun kan ikke lide sin mave", "krop_mad.kropsutilfredshed", 1.0, YES)
    intake = Intake()
    hear(intake, Reading(said, tracks=tracks, signs=(sign,)))
    assert set(intake.track_ids) == {"bekymring_tristhed", "krop_mad"}
