"""Questions are found where people put them: at the end of a telling, without a mark."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.danish.questions import find_questions


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hvad koster det?", ["Hvad koster det"]),
        ("han vil ikke op om morgenen hvad gør vi så", ["hvad gør vi så"]),
        ("Hun græder hele tiden. Kan vi komme i morgen?", ["Kan vi komme i morgen"]),
        ("jeg ville bare høre om i holder åbent i dag", ["om i holder åbent i dag"]),
        ("han har ondt, må jeg tage ham med på arbejde", ["må jeg tage ham med på arbejde"]),
        ("det er min bror. han bliver i sengen? sådan er det hver dag", ["han bliver i sengen"]),
        ("hun er ked af det, og hun sover ikke", []),
        ("jeg ved ikke hvad", []),
        ("", []),
    ],
)
def test_a_question_is_found_wherever_it_stands(text: str, asked: list[str]) -> None:
    assert [question.text for question in find_questions(text)] == asked


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["hvad", "gør", "vi", "kan", "jeg", ", ", "?", ".", "høre om", "hun", "é"])
    ).map(" ".join)
)
def test_a_question_is_cut_from_its_place_in_the_text(text: str) -> None:
    for question in find_questions(text):
        assert text[question.start : question.end] == question.text
