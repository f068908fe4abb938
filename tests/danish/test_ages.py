"""Ages in running text: the many ways Danes say them, and the numbers that are none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.danish.ages import NUMBERS, find_age, find_ages, find_bare_age

SPOKEN = (
    *("tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv", "tretten"),
    *("fjorten", "femten", "seksten", "sytten"),
)
WORDS = dict(enumerate(SPOKEN, start=3))
FORMS = (
    "min datter på {n} har ondt i maven",
    "Min datter er {n}, og hun vil ikke i skole",
    "vores søn er {n} år gammel",
    "min lillebror er lige fyldt {n}",
    "jeg er {n} år og ked af det",
    "det handler om en dreng på {n} år",
    "min datter ({n} år) sover dårligt",
    "hun er {n}. Hun græder hver aften",
    "HUN ER {n} ÅR",
    "eleven, der er {n} år, går hjem før tid",
    "han blev {n} i går",
    "nu er hun {n}",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("spelled", [False, True], ids=["digits", "words"])
@settings(deadline=None)
@given(years=st.integers(3, 17))
def test_an_age_from_3_to_17_is_found_in_digits_and_in_words(
    form: str, spelled: bool, years: int
) -> None:
    said = WORDS[years] if spelled else str(years)
    text = form.format(n=said)
    age = find_age(text)
    assert age is not None, text
    assert (age.years, text[age.start : age.end]) == (years, said), text


@pytest.mark.parametrize("form", ["en {n}-årig", "en {n} årig pige", "min {n}årige søn"])
@settings(deadline=None)
@given(years=st.integers(3, 17))
def test_a_child_of_so_many_years_is_that_old(form: str, years: int) -> None:
    age = find_age(form.format(n=years))
    assert age is not None
    assert age.years == years


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("hun fylder 10 i næste uge", 9),
        ("han bliver snart syv", 6),
        ("hun er snart 13", 12),
        ("min datter er 4 og et halvt", 4),
        ("min søn er 7,5 år", 7),
        ("han er 7 1/2 år", 7),
        ("en dreng på 5 år og 3 måneder", 5),
        ("min søn på 6½", 6),
        ("hun er næsten 12 år", 12),
        ("pige 14", 14),
        ("dreng, 11 år", 11),
        ("en pige i 10-årsalderen", 10),
        ("Alder: 12", 12),
        ("jeg er 15 btw", 15),
        ("vores tvillinger på 8", 8),
        ("mit barnebarn på fire", 4),
        ("jeg er 13 aar", 13),
        ("han er kun 5", 5),
    ],
)
def test_half_years_birthdays_to_come_and_short_forms_are_understood(text: str, years: int) -> None:
    age = find_age(text)
    assert age is not None
    assert age.years == years


@pytest.mark.parametrize(
    "text",
    [
        "hun går i 7. klasse",
        "han går i 3.b",
        "jeg går i 9 klasse",
        "hun går i syvende",
        "det er en elev fra 5.a",
        "hun fik 12 i dansk",
    ],
)
def test_a_school_class_or_a_mark_is_no_age(text: str) -> None:
    assert find_age(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "det har stået på i 2 år",
        "i tre år har hun haft ondt i maven",
        "for 3 år siden",
        "det er 8 år siden",
        "de sidste 4 år",
        "gennem 3 år",
        "vi har haft det sådan i 5 år",
        "vi har ventet i 8 måneder",
        "det startede for 6 måneder siden",
        "jeg har arbejdet her i 12 år",
        "han har haft 14 fraværsdage",
        "de sidste 14 dage",
        "i 11 dage",
    ],
)
def test_how_long_something_has_lasted_is_no_age(text: str) -> None:
    assert find_age(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "det koster 15 kr",
        "klokken 14",
        "kl. 12",
        "mødet er kl 13.30",
        "den 12. marts",
        "hun træner 2 timer om dagen",
        "efter 5 minutter",
        "hun vågner 4 gange om natten",
        "han har tabt 8 kg",
        "hun har tabt 6 kilo på 3 uger",
        "vi har 3 børn",
        "vi er 5 i familien",
        "de er 24 elever",
        "jeg spiser 5 mandler om dagen",
        "på en skala fra 1 til 10 er det 9",
        "ring 112",
        "jeg er den ældste af 4",
        "der er 17 % der siger det",
    ],
)
def test_money_clock_dates_weights_and_counts_are_no_ages(text: str) -> None:
    assert find_age(text) is None


@pytest.mark.parametrize(
    "text", ["det begyndte da han var 5 år", "da hun var 6", "siden hun var 4"]
)
def test_an_age_long_gone_is_not_the_age_now(text: str) -> None:
    assert find_age(text) is None


def test_the_age_now_stands_above_the_age_long_gone() -> None:
    age = find_age("Min datter er 13. Det begyndte, da hun var 11 år.")
    assert age is not None
    assert age.years == 13


def test_several_children_are_all_found() -> None:
    ages = find_ages("Mine to drenge på 6 og en pige på 9 år")
    assert {age.years for age in ages} == {6, 9}


def test_an_adults_age_is_not_the_childs() -> None:
    assert find_age("hendes storebror er 24 år") is None


@pytest.mark.parametrize(
    ("answer", "years"),
    [
        ("12", 12),
        ("tolv", 12),
        ("17!", 17),
        ("hun er vist 9", 9),
        ("13 tror jeg", 13),
        ("omkring de 11", 11),
        ("femten", 15),
        ("hun fylder 8 i maj", 7),
        ("snart 13", 12),
        ("16½", 16),
        ("hun er 12, går i 6. klasse", 12),
        ("Hun er 5 år gammel", 5),
    ],
)
def test_an_answer_to_how_old_needs_no_more_than_a_number(answer: str, years: int) -> None:
    age = find_bare_age(answer)
    assert age is not None
    assert age.years == years


@pytest.mark.parametrize(
    "answer", ["det ved jeg ikke", "7. klasse", "han går i 5. klasse", "", "40", "hun er ung"]
)
def test_an_answer_without_an_age_is_none(answer: str) -> None:
    assert find_bare_age(answer) is None


PIECES = (
    *("min", "datter", "er", "på", "14", "år", "i", "7.", "klasse", "fylder", "snart", "½", "ti"),
    *("siden", "kl.", "-årig", ",", "(", ")", "İ", "Å", "ß", "👧", "\n", "1.500", "da", "var"),
)
TALK = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=14).map(" ".join)


@settings(deadline=None)
@given(text=st.text(max_size=80) | TALK)
@example("İİİ min datter på 13")
def test_whatever_is_written_every_age_points_at_the_number_in_the_text(text: str) -> None:
    for age in [*find_ages(text), *filter(None, [find_age(text), find_bare_age(text)])]:
        said = text[age.start : age.end].lower()
        assert said.isdigit() or said in NUMBERS
        assert 0 <= age.years <= 25


@settings(deadline=None)
@given(text=TALK)
def test_no_number_is_counted_twice(text: str) -> None:
    spans = sorted((age.start, age.end) for age in find_ages(text))
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
