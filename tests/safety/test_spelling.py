"""One spelling for what people type, with the way back to their own letters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.spelling import COMMA, STOP, Spelling, fold, one_slip, rendered

SPELLING = Spelling(
    {"ikke": ["ik", "ikk"], "i dag": ["idag"], "piller": ["💊"], "smil": ["haha"]},
    ["selvmord", "afskedsbrev", "kort"],
)


def words(text: str) -> list[str]:
    return [token.word for token in SPELLING.tokens(text)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("DØD", "død"),
        ("doed", "død"),
        ("maaske", "måske"),
        ("saar", "sår"),
        ("skaere", "skære"),
        ("dødddd", "død"),
        ("hund’s", "hunds"),
        ("a\u030angst", "ångst"),
    ],
)
def test_case_keyboard_and_stretching_are_evened_out(typed: str, meant: str) -> None:
    assert fold(typed) == meant


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ik", ["ikke"]),
        ("IKK", ["ikke"]),
        ("idag", ["i", "dag"]),
        ("💊", ["piller"]),
        ("hahahaha", ["hahahaha"]),
        ("selvmrd", ["selvmord"]),
        ("selvmodr", ["selvmord"]),
        ("sevlmodr", ["sevlmodr"]),
        ("afskedbrev", ["afskedsbrev"]),
        ("kork", ["kork"]),
        ("ja, nej.", ["ja", COMMA, "nej", STOP]),
        ("😢", []),
    ],
)
def test_slang_slips_and_emojis_are_read(typed: str, read: list[str]) -> None:
    assert words(typed) == read


@settings(deadline=None)
@given(text=st.text(max_size=60))
def test_every_word_is_read_from_a_place_in_the_text(text: str) -> None:
    tokens = SPELLING.tokens(text)
    for token in tokens:
        assert token.word
        assert 0 <= token.start < token.end <= len(text)
    assert [t.start for t in tokens] == sorted(t.start for t in tokens)


@settings(deadline=None)
@given(text=st.text(max_size=60))
def test_a_line_has_an_offset_for_every_word(text: str) -> None:
    tokens = SPELLING.tokens(text)
    line, offsets = rendered(tokens, set())
    assert len(offsets) == len(tokens)
    for token, at in zip(tokens, offsets, strict=True):
        assert line[at : at + len(token.word) + 1] == token.word + " "


def test_what_is_masked_keeps_its_place_in_the_line() -> None:
    tokens = SPELLING.tokens("en to tre")
    line, offsets = rendered(tokens, {1})
    assert line == "en ~ tre "
    assert offsets == [0, 3, 5]


LETTERS = st.text(alphabet="selvmordæøå", min_size=2, max_size=10)


@settings(deadline=None)
@given(word=LETTERS, at=st.integers(0, 9), letter=st.sampled_from("xyz"))
def test_one_letter_missing_added_or_changed_is_one_slip(word: str, at: int, letter: str) -> None:
    at %= len(word)
    for typed in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
    ):
        assert one_slip(typed, word)
        assert one_slip(word, typed)


@settings(deadline=None)
@given(word=LETTERS)
def test_two_letters_more_are_no_slip(word: str) -> None:
    assert not one_slip(word + "xy", word)
