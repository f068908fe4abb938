"""A number is found among other numbers, and what is not plain is left to be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.danish.contact import Reached, read_contact, telephone_number


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
        ("10.00-12.30", None),
        ("10:00 - 12:30", None),
        ("1000-1230", None),
        ("24-11-2026", None),
        ("24.11.2026 kl. 9", None),
        ("2026-11-24", None),
        ("den 24/11/2026 på 12345678", "12345678"),
        ("mellem 8.30 og 15.30 på 12 34 56 78", "12345678"),
        ("1234-5678", "12345678"),
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "ja tak, vil gerne ringes op på 12345678 efter kl 16",
            Reached("call", "12345678", "efter kl 16"),
        ),
        ("Ring til mig i morgen formiddag", Reached("call", None, "i morgen formiddag")),
        (
            "ja, ring bare efter kl. 16.30. Mit nummer er 12 34 56 78",
            Reached("call", "12345678", "efter kl. 16.30"),
        ),
        ("ring mellem 14 og 16 på 12345678", Reached("call", "12345678", "mellem 14 og 16")),
        (
            "ja, ring i morgen 10.30 - 12.00 på 12345678",
            Reached("call", "12345678", "i morgen 10.30 - 12.00"),
        ),
        ("ja, send en sms til 12345678", Reached("sms", "12345678", None)),
        ("ja det må I gerne", Reached()),
        ("ja, hun ringede til jer i mandags", Reached()),
        ("ja, men ring ikke før kl 16", Reached()),
        ("ring til min mor på 12345678 efter kl 16", Reached()),
        ("måske, ring til mig på 12345678", Reached()),
        ("må I ringe til mig?", Reached()),
        ("ja, ring til skolen på 12345678", Reached()),
        ("ja, ring til min mormor, 12345678", Reached()),
        ("ja det er fint, jeg har ringet efter hjælp før", Reached()),
        ("ja, jeg fik også en sms fra jer i går", Reached()),
        ("ja men sms er bedst", Reached("sms")),
        ("ja, skriv en sms til mig", Reached("sms")),
        ("ja, jeg er på arbejde til kl 16, så ring til mig bagefter", Reached("call")),
        ("ja, han er værst om aftenen, ring til mig", Reached("call")),
        ("vi har fri fredag. ring til mig kl. 9.30", Reached("call", None, "kl. 9.30")),
        (
            "ja, ring på 12345678, helst efter kl 16",
            Reached("call", "12345678", "helst efter kl 16"),
        ),
        ("ja tak, i dag er en svær dag for mig", Reached()),
        ("12 34 56 78 efter klokken fire", Reached(None, "12345678", "efter klokken fire")),
        ("ja, ring kun hvis det er vigtigt", Reached()),
        ("ja, ring efter kl 16, når far har hentet mig", Reached()),
        ("ja, ring til os på hverdage efter 15", Reached("call", None, "på hverdage efter 15")),
        ("nej", Reached()),
    ],
)
def test_how_to_be_reached_where_it_is_plain(text: str, found: Reached) -> None:
    assert read_contact(text) == found
