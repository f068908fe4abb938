"""The municipality that a citizen names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.danish.municipalities import find_municipality

OFFERING = (
    "Gladsaxe",
    "Gentofte",
    "Høje-Taastrup",
    "Frederiksberg",
    "København",
    "Lyngby-Taarbæk",
    "Bornholm",
)


@pytest.mark.parametrize("name", OFFERING)
@pytest.mark.parametrize(
    "form", ["{}", "vi bor i {}", "{} kommune", "jeg bor på {}, tror jeg", "Det er {}!"]
)
def test_the_municipalities_of_the_offer_are_found_in_any_sentence(name: str, form: str) -> None:
    text = form.format(name)
    for typed in (text, text.upper(), text.lower()):
        place = find_municipality(typed)
        assert place is not None
        assert place.name == name
        assert typed[place.start : place.end].lower() == name.lower()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kbh", "København"),
        ("vi bor på vesterbro", "København"),
        ("Valby", "København"),
        ("i Københavns Kommune", "København"),
        ("jeg bor i Hellerup", "Gentofte"),
        ("kgs lyngby", "Lyngby-Taarbæk"),
        ("høje taastrup", "Høje-Taastrup"),
        ("Rønne", "Bornholm"),
        ("Århus", "Aarhus"),
        ("frb", "Frederiksberg"),
    ],
)
def test_towns_quarters_and_short_names_lead_to_their_municipality(text: str, name: str) -> None:
    place = find_municipality(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hoeje-taastrup", "Høje-Taastrup"),
        ("koebenhavn", "København"),
        ("roenne", "Bornholm"),
        ("koege", "Køge"),
    ],
)
def test_a_keyboard_without_danish_letters_is_enough(text: str, name: str) -> None:
    place = find_municipality(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    "text", ["hun er på vejen hjem", "han har en odder", "vi går i skive takt"]
)
def test_a_name_that_is_also_a_word_counts_only_when_the_municipality_was_asked_for(
    text: str,
) -> None:
    assert find_municipality(text) is None
    assert find_municipality(text, asked=True) is not None


@pytest.mark.parametrize("text", ["", "ved ikke", "i en anden kommune", "et sted på landet"])
def test_no_name_is_no_municipality(text: str) -> None:
    assert find_municipality(text, asked=True) is None


@settings(deadline=None)
@given(text=st.text(max_size=60), name=st.sampled_from(OFFERING))
def test_whatever_stands_before_it_the_place_points_at_the_name(text: str, name: str) -> None:
    said = f"{text} {name}"
    place = find_municipality(said)
    assert place is not None
    assert 0 <= place.start < place.end <= len(said)
    if place.name == name:
        assert said[place.start : place.end].lower() == name.lower()
