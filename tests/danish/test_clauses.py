"""Clauses keep every word, in its place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.danish.clauses import split_clauses
from bot.danish.words import words

PIECES = (
    *("hun", "vil", "ikke", "men", "og", "han", "spiser", "fordi", "så", "13", "år", "é", "😢"),
    *(",", ".", "\n", " - ", ": ", "?", "…", "!", "\t", "\u00a0"),
)
TALK = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map(" ".join)


@settings(deadline=None)
@given(text=TALK)
def test_clauses_stand_in_order_inside_the_text_and_are_cut_from_it(text: str) -> None:
    clauses = split_clauses(text)
    for clause in clauses:
        assert 0 <= clause.start < clause.end <= len(text)
        assert text[clause.start : clause.end] == clause.text
    for one, other in pairwise(clauses):
        assert one.end <= other.start


@settings(deadline=None)
@given(text=TALK)
def test_no_word_is_lost_between_clauses(text: str) -> None:
    assert [w for clause in split_clauses(text) for w in words(clause.text)] == words(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "Hun er 13 år. Hun spiser ikke, men hun drikker",
            ["Hun er 13 år", "Hun spiser ikke", "men hun drikker"],
        ),
        (
            "han slår de andre og han skriger tit",
            ["han slår de andre", "og han skriger tit"],
        ),
        (
            "vi er trætte af det\nhun sover slet ikke",
            ["vi er trætte af det", "hun sover slet ikke"],
        ),
        ("ja, det gør hun", ["ja, det gør hun"]),
        ("", []),
        (" ... !", []),
    ],
)
def test_a_message_is_cut_where_a_new_statement_begins(text: str, pieces: list[str]) -> None:
    assert [clause.text for clause in split_clauses(text)] == pieces


def test_a_single_word_stays_with_its_neighbour() -> None:
    assert [c.text for c in split_clauses("hun har det svært. ja. meget")] == [
        "hun har det svært. ja. meget"
    ]
