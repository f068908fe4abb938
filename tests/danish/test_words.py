"""One normal form for what people type."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.danish.words import normal, plain, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NEEEEJ’s", "neej's"),
        ("SÅÅÅÅ træt", "såå træt"),
        ("A\u030angst", "ångst"),
        ("Ååh", "ååh"),
        ("hun´s", "hun's"),
    ],
)
def test_case_quotes_letters_and_stretching_are_evened_out(typed: str, meant: str) -> None:
    assert normal(typed) == meant


def test_words_leave_out_punctuation_and_keep_danish_letters() -> None:
    assert words("Ja, det gør hun! (Også på søndag…) 13 år é") == [
        *("ja", "det", "gør", "hun", "også", "på", "søndag", "13", "år", "é")
    ]


def test_plain_is_the_words_with_one_space_between() -> None:
    assert plain("Nej...  det\n ik!") == "nej det ik"
    assert plain("?!") == ""


@settings(deadline=None)
@given(text=st.text(max_size=60))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@settings(deadline=None)
@given(letter=st.sampled_from("aejnåø"), times=st.integers(3, 30))
def test_no_letter_stands_more_than_twice_in_a_row(letter: str, times: int) -> None:
    assert normal("n" + letter * times + "k") in ("n" + letter * 2 + "k", "nnk")
