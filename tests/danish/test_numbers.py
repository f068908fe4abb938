"""Telephone numbers said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.danish.numbers import numbers_as_digits

UNITS = ["", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"]
TENS = ["", "", "tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"]


def spoken_digits(text: str) -> str:
    return "".join(filter(str.isdigit, numbers_as_digits(text)))


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("det er tolv fireogtredive seksoghalvtreds otteoghalvfjerds", "12345678"),
        ("en to tre fire fem seks syv otte", "12345678"),
        ("tolv 34 seks og halvtreds otte og halvfjerds", "12345678"),
        ("øh nul otte nitten enogtyve tres", "08192160"),
        ("to og tredive, firs, halvfems, elleve", "32809011"),
        ("jeg har ikke noget nummer", ""),
    ],
)
def test_a_number_said_in_words_is_taken(said: str, digits: str) -> None:
    assert spoken_digits(said) == digits


@given(st.lists(st.integers(20, 99), min_size=1, max_size=5), st.sampled_from(["", " "]))
def test_two_digits_at_a_time_the_unit_before_the_ten(pairs: list[int], gap: str) -> None:
    said = [
        f"{UNITS[pair % 10]}{gap}og{gap}{TENS[pair // 10]}" if pair % 10 else TENS[pair // 10]
        for pair in pairs
    ]
    assert spoken_digits(" ".join(said)) == "".join(map(str, pairs))
