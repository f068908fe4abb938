"""A clear time is read from somebody's words, and what might mean something else is not."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.handovers.times import When, find_time

FORENOON, AFTERNOON = (time(6), time(12)), (time(12), time(18))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("efter kl 14", When(first=time(14))),
        ("Efter klokken to", When(first=time(14))),
        ("mellem ti og tolv", When(first=time(10), last=time(12))),
        ("efter to på fredag", When(weekday=4, first=time(14))),
        ("hver dag efter fire", When(first=time(16))),
        ("i morgen formiddag", When(1, None, *FORENOON)),
        ("i eftermiddag", When(0, None, *AFTERNOON)),
        ("om formiddagen", When(None, None, *FORENOON)),
        ("tirsdag", When(weekday=1)),
        ("på fredag efter 12", When(weekday=4, first=time(12))),
        ("mandag mellem 8 og 10", When(None, 0, time(8), time(10))),
        ("kl. 9.30-11", When(first=time(9, 30), last=time(11))),
        ("I dag kl. 13-15", When(0, None, time(13), time(15))),
        ("senest kl 14", When(last=time(14))),
        ("inden 12 i morgen", When(day=1, last=time(12))),
        ("kl. 12 præcis", When(at=time(12))),
    ],
)
def test_a_clear_time_is_read(text: str, when: When) -> None:
    assert find_time(text) == when


@pytest.mark.parametrize(
    "text",
    [
        "ikke onsdag", "mandag eller tirsdag", "om aftenen", "efter skole", "hele dagen", "nu",
        "næste mandag", "hverdage efter 13", "tirsdag den 1. december", "om to dage kl 10",
        "jeg har fri til tre", "mellem 8 og 10 eller efter 14", "ring kl. 13 på 12345678",
        "efter et møde", "om to timer", "efter to timer", "halv to",
        "i morgen tidlig", "det er lige meget", "14.30", "mellem 14 og 12", "",
    ],
)  # fmt: skip
def test_what_is_not_clear_stays_words(text: str) -> None:
    assert find_time(text) is None


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_left_alone(text: str) -> None:
    found = find_time(text)
    assert found is None or found != When()
