"""The whole danger screen, rules and trained weights together, on messages as they come."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.rules import Rules
from bot.safety.screen import ALARM, ASK, LEVELS, NONE, SAFETY_QUESTIONS, Screen, Verdict

SCREEN = Screen.load()
ORDINARY = ("funktionsniveau", "kommune", "proevet", "oensker", "alder")


def read(*recent: str, pending: str | None = None, heightened: bool = False) -> Verdict:
    return SCREEN.read(recent, pending=pending, heightened=heightened)


def at_least(level: str, other: str) -> bool:
    return LEVELS.index(level) >= LEVELS.index(other)


def test_the_screen_of_these_tests_is_the_trained_one() -> None:
    assert SCREEN.classifier is not None, "train first: make train"


def test_without_a_trained_model_the_rules_still_read() -> None:
    bare = Screen(Rules.load(), None)
    assert bare.read(["jeg vil tage mit liv i aften"]).level == ALARM
    assert bare.read(["hun skærer i sig selv"]).level == ASK
    assert bare.read(["hun går i fjerde klasse"]).level == NONE


# first messages


@pytest.mark.parametrize(
    "text",
    [
        "jeg vil tage mit eget liv i aften",
        "JEG VIL DØ I NAT",
        "jg vl doe inat",
        "blodet vil ikke stoppe",
        "hun har skrevet et afskedsbrev",
        "jeg tør ikke gå hjem, far slår mig",
        "min stedfar banker os hver aften",
        "min datter har taget en masse piller",
        "hun vågner ikke, når jeg rusker i hende",
        "hun ligger på gulvet og reagerer ikke",
        "han er ikke i skole og vil tage sit liv",
    ],
)
def test_danger_now_sets_off_the_alarm(text: str) -> None:
    assert read(text).level == ALARM


@pytest.mark.parametrize(
    "text",
    [
        "hun siger, at hun ikke vil være her mere",
        "jeg har lyst til at skære i mig selv",
        "jeg kan ikke lade være med at skære i mig selv",
        "min søn siger 'jeg vil dø', når han taber",
        "jeg gider ik leve mer",
        "hun går ikke i skole og skærer i sig selv",
        "hun er aldrig glad og har selvmordstanker",
        "han har forsøgt selvmord før",
    ],
)
def test_signs_of_danger_are_asked_about_directly(text: str) -> None:
    assert at_least(read(text).level, ASK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hej",
        "min datter er ked af det og vil ikke i skole",
        "min søn på 8 kan ikke sidde stille",
        "hvad koster det",
        "jeg er ved at dø af grin",
        "min mor dræber mig, hvis jeg kommer for sent",
        "vi fik tæsk i fodbold i går",
        "batteriet er dødt",
        "vores hund er død, og han savner den",
        "jeg skal skrive en opgave om selvmord i dansk",
        "hun skar sig på en brødkniv, da hun lavede mad",
        "han sover dårligt og er træt om morgenen",
        "hun har aldrig haft tanker om selvmord",
    ],
)
def test_an_ordinary_message_is_let_through(text: str) -> None:
    verdict = read(text)
    assert (verdict.level, verdict.evidence) == (NONE, ())


@pytest.mark.parametrize(
    "text",
    [
        "vi har taget toget til Aarhus for at besøge mormor",
        "hun har taget en bolle mere",
        "jeg tog en cykeltur i går",
        "jeg har taget fri fra arbejde",
        "jeg har taget hendes telefon",
        "han har ikke taget piller",
    ],
)
def test_taking_something_harmless_or_nothing_is_no_alarm(text: str) -> None:
    assert read(text).level != ALARM


# messages in pieces


@pytest.mark.parametrize(
    "pieces",
    [
        ("jeg vil ikke", "være her mere"),
        ("jeg vil ikke", "være", "her mere"),
        ("jeg gider", "ikke", "leve mere"),
        ("jeg vil", "bare", "dø"),
    ],
)
@pytest.mark.parametrize("pending", [None, "fylder"])
def test_a_cry_in_pieces_is_read_as_one(pieces: tuple[str, ...], pending: str | None) -> None:
    verdict = read(*pieces, pending=pending)
    assert at_least(verdict.level, ASK)
    assert verdict.evidence[0].quote == pieces[-1]


@pytest.mark.parametrize(
    "pieces",
    [
        ("jeg vil", "tage mit liv i aften"),
        ("hun har skrevet", "et afskedsbrev"),
        ("farvel", "alle sammen"),
    ],
)
def test_an_alarm_in_pieces_is_an_alarm(pieces: tuple[str, ...]) -> None:
    assert read(*pieces).level == ALARM


@pytest.mark.parametrize(
    "answers",
    [
        ("nej", "ja"),
        ("ja", "13"),
        ("ved ikke", "nej"),
        ("ingen", "hun er 9"),
        ("hun spiser ikke morgenmad", "nej"),
        ("nej", "hun vil gerne hjem"),
        ("Herlev", "nej ikke mere"),
        ("ja lidt", "hun er væk om dagen"),
        ("nej", "aldrig"),
        ("i aften", "ja"),
        ("nej det har hun ikke", "hun sover her"),
        ("hun går i skole", "og slår de andre"),
        ("nej", "hun vil ikke i skole mere"),
        ("hun er meget alene", "at hun får nogen at være sammen med"),
        ("ved ikke", "at hun kommer hjem igen"),
        ("hun er 9", "hun vil helst være her"),
        ("hun sover her", "at han bliver sig selv"),
    ],
)
@pytest.mark.parametrize("pending", ["funktionsniveau", "kommune", "oensker"])
def test_two_harmless_answers_in_a_row_are_not_joined_into_danger(
    answers: tuple[str, ...], pending: str
) -> None:
    assert read(*answers, pending=pending).level == NONE


def test_long_messages_are_not_joined() -> None:
    first = "jeg vil ikke have at nogen skal tro at det er min skyld at vi skændes så meget"
    assert read(first, "være her mere").evidence == read("være her mere").evidence


# answers to the safety questions


@pytest.mark.parametrize("text", ["ja", "JA", "ja lidt", "ja, han slår hende lige nu", "jo", "jep"])
def test_a_yes_to_danger_now_is_an_alarm(text: str) -> None:
    verdict = read(text, pending="sikkerhed_nu")
    assert verdict.level == ALARM
    assert verdict.evidence[0].quote == text
    assert "svar: ja på sikkerhed_nu" in verdict.evidence[0].why


@pytest.mark.parametrize("text", ["nogle gange", "måske", "både og"])
@pytest.mark.parametrize("question", SAFETY_QUESTIONS)
def test_half_a_yes_to_a_safety_question_is_asked_about(text: str, question: str) -> None:
    assert read(text, pending=question).level == ASK


@pytest.mark.parametrize("text", ["ja", "ja, hun har sagt det", "jo desværre"])
def test_a_yes_to_thoughts_of_not_living_is_asked_about_and_counts_as_told(text: str) -> None:
    verdict = read(text, pending="selvmordstanker")
    assert at_least(verdict.level, ASK)
    assert verdict.disclosed
    assert verdict.evidence[0].quote == text


@pytest.mark.parametrize(
    "text",
    [
        "nej",
        "Nej.",
        "næ",
        "nej slet ikke",
        "nej, hun har det fint",
        "det tror jeg ikke",
        "ikke så vidt jeg ved",
        "ingen er i fare",
    ],
)
@pytest.mark.parametrize("question", SAFETY_QUESTIONS)
def test_a_plain_no_is_no_danger(text: str, question: str) -> None:
    verdict = read(text, pending=question)
    assert (verdict.level, verdict.evidence, verdict.denied) == (NONE, (), True)


@pytest.mark.parametrize("text", ["selvfølgelig ikke", "helt sikkert ikke"])
def test_a_no_that_begins_like_a_yes_is_no_alarm(text: str) -> None:
    assert read(text, pending="sikkerhed_nu").level == NONE


@pytest.mark.parametrize(
    "text", ["ved ikke", "ingen anelse", "spring over", "det vil jeg ikke sige"]
)
@pytest.mark.parametrize("question", SAFETY_QUESTIONS)
def test_not_knowing_and_not_saying_deny_nothing(text: str, question: str) -> None:
    verdict = read(text, pending=question)
    assert (verdict.level, verdict.denied) == (NONE, False)


@pytest.mark.parametrize(
    "text",
    [
        "nej, men hun skærer i sig selv",
        "nej men jeg vil dø",
        "nej jeg vil bare dø",
        "nej jeg gider ikke leve mere",
        "nej jeg vil tage mit liv i aften",
        "nej far slår mig hver dag",
        "nej det tror jeg ikke, hun skærer i sig selv",
    ],
)
@pytest.mark.parametrize("question", SAFETY_QUESTIONS)
def test_a_no_with_danger_behind_it_is_danger(text: str, question: str) -> None:
    verdict = read(text, pending=question)
    assert at_least(verdict.level, ASK)
    assert not verdict.denied


def test_an_alarm_in_an_answer_is_an_alarm_whatever_was_asked() -> None:
    for pending in (None, "fylder", *ORDINARY, *SAFETY_QUESTIONS):
        assert read("jeg vil tage mit eget liv i aften", pending=pending).level == ALARM


# what it says of its reasons


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("jeg vil tage mit liv i aften", "selvmord"),
        ("hun skærer i sig selv", "skade"),
        ("jeg har taget en hel pakke piller", "gift"),
        ("far slår mig hver dag", "vold"),
        ("hun har ikke spist noget i fem dage", "krop"),
        ("han vil skyde alle i klassen i morgen", "andre"),
    ],
)
def test_the_theme_says_what_kind_of_danger_it_is(text: str, theme: str) -> None:
    verdict = read(text)
    assert theme in verdict.themes
    assert verdict.by_rule
    assert verdict.sure
    assert verdict.poison == (theme == "gift")
    assert verdict.violence == (theme == "vold")
    assert verdict.suicidal == (theme == "selvmord")


def test_it_hears_whether_somebody_speaks_of_themself() -> None:
    assert read("jeg vil ikke leve mere").own
    assert not read("min datter vil ikke leve mere").own


def test_the_evidence_is_the_sentence_in_the_citizens_own_letters_and_says_why() -> None:
    text = "Hej. Min datter er 13. Hun SKÆRER i sig selv :( Hvad gør jeg?"
    evidence = read(text).evidence
    assert any("SKÆRER i sig selv" in finding.quote for finding in evidence)
    for finding in evidence:
        assert finding.quote in text
        assert all(why.startswith(("regel: ", "vægt: ")) for why in finding.why)
        assert finding.why
    assert any(why.startswith("regel: skader sig selv") for f in evidence for why in f.why)


def test_after_danger_less_is_needed() -> None:
    for text in ("hun giver sine ting væk", "jeg ved, hvordan jeg gør det"):
        assert at_least(read(text, heightened=True).level, read(text).level)


WORDS = ["jeg", "vil", "ikke", "leve", "dø", "nej", "ja", "hun", "er", "skærer", "i", "sig", "selv"]
TALK = st.lists(st.sampled_from([*WORDS, "i aften", ".", ",", "💊", "13"]), max_size=10).map(
    " ".join
)


@settings(max_examples=60, deadline=None)
@given(
    recent=st.lists(TALK | st.text(max_size=30), min_size=1, max_size=4),
    pending=st.sampled_from([None, "fylder", *ORDINARY, *SAFETY_QUESTIONS]),
    heightened=st.booleans(),
)
def test_whatever_is_written_danger_has_evidence_in_the_citizens_own_words(
    recent: list[str], pending: str | None, heightened: bool
) -> None:
    verdict = read(*recent, pending=pending, heightened=heightened)
    assert verdict.level in LEVELS
    assert bool(verdict.evidence) == (verdict.level != NONE)
    assert not (verdict.denied and verdict.level != NONE)
    for finding in verdict.evidence:
        assert finding.why
        assert finding.quote in recent[-1]
