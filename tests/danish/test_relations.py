"""Who writes, and which word they use for the child."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.danish.relations import (
    Relation,
    find_relation,
    find_speakers,
    identified,
    plain_speaker,
    shows_youth,
)


def speaker(text: str) -> str | None:
    found = find_speakers(text)
    return found[0].value if found else None


@pytest.mark.parametrize(
    "text",
    [
        "min datter på 13 er ked af det",
        "Min søn vil ikke i skole",
        "mit barn sover ikke",
        "jeg er mor til en dreng på 8",
        "jeg er far til to",
        "vores yngste har ondt i maven",
        "Far her, jeg er bekymret for vores teenager",
        "jeg har en søn, som slår de andre",
        "min bonusdatter på 12",
        "vores plejebarn på 6",
    ],
)
def test_words_about_ones_own_child_show_a_parent(text: str) -> None:
    assert speaker(text) == "foraelder"


@pytest.mark.parametrize(
    "text",
    [
        "min lillebror sover ikke mere",
        "min veninde spiser ikke",
        "jeg er mormor til en pige på 9",
        "mit barnebarn er bange",
        "jeg er bekymret for en pige fra min klasse",
        "jeg er nabo til en familie",
        "min niece på 15",
        "jeg er hans farmor",
    ],
)
def test_words_about_a_relative_or_a_friend_show_a_relative(text: str) -> None:
    assert speaker(text) == "paaroerende"


@pytest.mark.parametrize(
    "text",
    [
        "jeg er lærer i en 4. klasse",
        "jeg arbejder som pædagog",
        "en elev i min klasse er begyndt at trække sig",
        "PPR her, vi har en dreng",
        "jeg er sundhedsplejerske og har mødt en familie",
        "undertegnede er skolepsykolog",
        "vi er en børnehave med en dreng på 4",
        "jeg er praktiserende læge",
    ],
)
def test_words_about_ones_work_show_a_professional(text: str) -> None:
    assert speaker(text) == "fagperson"


@pytest.mark.parametrize(
    "text",
    [
        "jeg er 14 og har det dårligt",
        "jeg går i 8. klasse",
        "min mor forstår mig ikke",
        "jeg er en dreng på 12",
        "det er mig selv",
        "mine forældre skændes",
    ],
)
def test_words_about_oneself_show_a_young_person(text: str) -> None:
    assert speaker(text) == "ung"


@pytest.mark.parametrize("text", ["", "hej", "det er svært for tiden"])
def test_where_nothing_shows_it_nothing_is_guessed(text: str) -> None:
    assert speaker(text) is None


def test_the_words_that_show_it_are_pointed_at() -> None:
    text = "Hej. Min datter på 13 er ked af det"
    [found] = find_speakers(text)
    assert text[found.start : found.end] == "Min datter"


@pytest.mark.parametrize(
    ("text", "word", "sex"),
    [
        ("min datter er ked af det", "datter", "k"),
        ("min søn", "søn", "m"),
        ("min ældste datter", "datter", "k"),
        ("vores plejebarn", "plejebarn", None),
        ("mit barn er sygt, og hun græder", "barn", "k"),
        ("en elev, han slår", "elev", "m"),
        ("mit barnebarn, ham er jeg glad for", "barnebarn", "m"),
        ("min lillebror på 5", "lillebror", "m"),
        ("hun er ked af det", "", "k"),
    ],
)
def test_the_citizens_own_word_for_the_child_is_kept_with_the_sex_it_shows(
    text: str, word: str, sex: str | None
) -> None:
    assert find_relation(text) == Relation(word, sex)


def test_no_word_and_no_pronoun_is_no_relation() -> None:
    assert find_relation("jeg er ked af det") is None


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("jeg er hans morfar, og min datter vil ikke høre på mig", "paaroerende"),
        ("hej det er farmor her, jeg passer min søns drenge", "paaroerende"),
        ("nabo her. der bliver råbt meget", "paaroerende"),
        ("jeg er mor til en pige med en meget syg lillebror", "foraelder"),
        ("Jeg er psykolog og skriver om en ung, jeg ser", "fagperson"),
        ("er tolv og har ikke lyst til at gå i skole", "ung"),
        ("det er svært i klassen, går i 7.", "ung"),
        ("hej kan ik sove om natten er 13", "ung"),
        ("hun sover ikke. hun er 13", None),
        ("min lillebror er bange. jeg er 12", None),
        ("jeg har ringet 12 gange", None),
        ("jeg er far til en af de andre drenge på holdet", None),
        ("jeg er ikke pædagog, men jeg kan se, at noget er galt", None),
        ("jeg er ikke mor til hende", None),
        ("elev har slået mig i frikvarteret", None),
        ("jeg er ked af min lærer", None),
        ("pigen er bange, går i 7. klasse", None),
        ("jeg er 15 minutter væk", None),
        ("min onkel råber, og min bedstemor her gør ikke noget", None),
        ("jeg bor ved siden af dem og hører det hele", "paaroerende"),
        ("jeg er ikke fagperson, bare træner om lørdagen", "paaroerende"),
        ("jeg arbejder på en efterskole, og en af de unge spiser ikke", "fagperson"),
        ("jeg arbejder på en skole, og min søn går der", None),
        ("hvornår kan I tale med os? mvh PPR", "fagperson"),
        ("Elev sidder under bordet hele timen", "fagperson"),
        ("jeg er lærer, og jeg er mor til en dreng", None),
        ("jeg er selv lærer, men det her er min søn", None),
        ("min morfar er syg", None),
        ("det er farfar der råber", None),
    ],
)
def test_whoever_says_who_they_are_is_believed(text: str, who: str | None) -> None:
    assert identified(text) == who


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("min datter har taget noget", "foraelder"),
        ("min veninde svarer ikke", "paaroerende"),
        ("jeg er 14 og kan ikke mere", "ung"),
        ("min mor er på arbejde, og jeg kan ikke mere", None),
        ("jeg er bange for mor, hun slår mig", None),
        ("min bror slår, og jeg tør ikke gå hjem", None),
        ("min nabo rører ved mig", None),
        ("min lille bror vil ikke leve", "paaroerende"),
        ("min lillesøster og min datter leger", None),
        ("jeg kan ikke mere", None),
    ],
)
def test_in_a_hurry_only_plain_words_show_who_writes(text: str, who: str | None) -> None:
    assert plain_speaker(text) == who


@pytest.mark.parametrize(
    "text",
    [
        "er 12 og ked af det",
        "jeg går i syvende og har ingen venner",
        "min far råber hver aften",
        "de griner ad mig i frikvarteret",
        "har ik lavet mine lektier",
        "Mor kommer nu",
    ],
)
def test_an_age_a_class_or_a_parent_shows_a_child_or_young_person(text: str) -> None:
    assert shows_youth(text)


@pytest.mark.parametrize(
    "text", ["jeg er så træt af det hele", "jeg har ondt i hovedet", "vil bare sove", "hej"]
)
def test_anybody_may_be_sad(text: str) -> None:
    assert not shows_youth(text)


@settings(deadline=None)
@given(text=st.text(max_size=80))
def test_whatever_is_written_the_signs_lie_inside_the_text(text: str) -> None:
    find_relation(text)
    for found in find_speakers(text):
        assert 0 <= found.start < found.end <= len(text)
