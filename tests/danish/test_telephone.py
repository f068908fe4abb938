"""A number is found among other numbers, and what is not plain is left to be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.danish.telephone import telephone_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12345678", "12345678"),
        ("12 34 56 78", "12345678"),
        ("1234 5678", "12345678"),
        ("12.34.56.78", "12345678"),
        ("+45 12 34 56 78", "12345678"),
        ("4512345678", "12345678"),
        ("004512345678", "12345678"),
        ("12345678 efter kl 16", "12345678"),
        ("12 34 56 78, helst efter kl. 16.30", "12345678"),
        ("mellem 14 og 16 på 12345678", "12345678"),
        ("jeg er 14, og mit nummer er 12345678", "12345678"),
        ("tlf.12345678,tak", "12345678"),
        (
            "det er tolv fireogtredive seksoghalvtreds otteoghalvfjerds efter klokken fire",
            "12345678",
        ),
        ("to og tredive, firs, halvfems, elleve", "32809011"),
        ("en to tre fire fem seks syv otte", "12345678"),
        ("+46 12 345 67 89", "+46123456789"),
        ("1234567", None),
        ("120212-1234", None),
        ("1202121234", None),
        ("jeg er 14 og hun er 12", None),
        ("den 12. januar 2026 kl. 16", None),
        ("mellem 10.00 og 12.30", None),
        ("24.11.2026 kl. 9", None),
        ("den 24/11/2026 på 12345678", "12345678"),
        ("mellem 8.30 og 15.30 på 12 34 56 78", "12345678"),
        ("1234-5678", "12345678"),
        ("43-22-06-60", "43220660"),
        ("2130-2215", "21302215"),
        ("20.30 40 50", "20304050"),
        ("ring ikke på 87654321 men 12345678", None),
        ("vi har børn på 10, 12, 14 og 16 år", None),
        ("det vil jeg ikke sige", None),
        ("", None),
    ],
)
def test_the_number_in_a_text(text: str, number: str | None) -> None:
    assert telephone_number(text) == number


@given(
    st.integers(20_000_000, 99_999_999),
    st.sampled_from(["kl {}", "efter klokken {}", "fra {}", "kl. {}.30", "{}:15", "{}.00-24.00"]),
    st.integers(1, 23),
)
def test_no_time_of_the_day_becomes_part_of_a_number(number: int, when: str, hour: int) -> None:
    said = when.format(hour)
    assert telephone_number(f"{number} {said}") == str(number)
    assert telephone_number(f"{said} på {number}") == str(number)
