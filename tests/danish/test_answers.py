"""Yes, no and everything between, as people answer a direct question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.danish.answers import DONT_KNOW, NO, PARTLY, WONT_SAY, YES, is_a_maybe, read_polarity

ANSWERS = (YES, NO, PARTLY, DONT_KNOW, WONT_SAY, None)


@pytest.mark.parametrize(
    "text",
    [
        "ja",
        "Ja!",
        "JA",
        "jaaaaa",
        "jo",
        "jep",
        "mhm",
        "øh ja",
        "ja tak",
        "ja desværre",
        "desværre ja",
        "ja, hver dag",
        "Ja, det tror jeg",
        "jo det gør hun",
        "det gør hun",
        "det har han",
        "helt sikkert",
        "selvfølgelig",
        "i høj grad",
        "det kan du tro",
        "uden tvivl",
        "ja nogle gange",
        "jo, lidt",
        "ja, og jeg ved ikke hvad jeg skal gøre",
        "ja for søren",
        "100 procent, det fylder alt",
    ],
)
def test_a_yes_is_a_yes_however_it_is_said(text: str) -> None:
    assert read_polarity(text) == YES


@pytest.mark.parametrize(
    "text",
    [
        "nej",
        "Nej.",
        "NEJ",
        "neeeej",
        "næ",
        "næh",
        "nææ",
        "niks",
        "nej tak",
        "gud nej",
        "ik rigtig",
        "ikke rigtig",
        "ikke rigtigt",
        "ikke endnu",
        "ikke så vidt jeg ved",
        "ikke hvad jeg har set",
        "hundrede procent ikke",
        "100 procent aldrig",
        "nej ikke hvad jeg ved af",
        "slet ikke",
        "overhovedet ikke",
        "aldrig",
        "på ingen måde",
        "ikke mig bekendt",
        "jamen nej",
        "det tror jeg ikke",
        "det gør hun ikke",
        "det har hun ik",
        "næ det tror jeg ik",
        "nej, det er ikke fordi hun ikke vil",
        "nej heldigvis",
        "heldigvis ikke",
    ],
)
def test_a_no_is_a_no_however_it_is_said(text: str) -> None:
    assert read_polarity(text) == NO


@pytest.mark.parametrize(
    "text",
    [
        "både og",
        "både ja og nej",
        "ja og nej",
        "Nogle gange!",
        "nogen gange",
        "en gang imellem",
        "af og til",
        "indimellem",
        "sommetider",
        "lidt",
        "en smule",
        "til dels",
        "måske",
        "det kommer an på dagen",
        "kommer an på dagen",
        "det svinger",
        "det er forskelligt",
    ],
)
def test_half_a_yes_is_neither_yes_nor_no(text: str) -> None:
    assert read_polarity(text) == PARTLY


@pytest.mark.parametrize("text", ["tja", "måske", "Tja, måske", "det kan godt være", "muligvis"])
def test_a_maybe_is_told_from_half_a_yes(text: str) -> None:
    assert is_a_maybe(text)


@pytest.mark.parametrize(
    "text", ["nogle gange", "måske lidt", "tja, han sover ikke", "både og", "ja måske", "nej"]
)
def test_more_than_a_maybe_is_none(text: str) -> None:
    assert not is_a_maybe(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ja altså nej", NO),
        ("ja, men nej", NO),
        ("nej ved ikke", DONT_KNOW),
        ("nej, det ved jeg ikke", DONT_KNOW),
        ("nej, det ved jeg ikke noget om at hun har", NO),
        ("ja eller nej", None),
        ("haha nej, hun er kun fire", NO),
        ("Sikke et spørgsmål! Nej, han er glad for livet", NO),
        ("Livsstil? Ja, det er det nok", YES),
        ("Han taler mærkeligt om himlen. Nej, han vil ikke forklare det", None),
        ("Ja. Nej jeg kan ikke få fat i nogen", YES),
        ("ja men nej der er ikke nogen hjemme hos mig", YES),
        ("jeg tror ikke at det gør", None),
        ("det må manden svare på", DONT_KNOW),
        ("det må vikaren svare på", DONT_KNOW),
        ("Jo tak, så det må jeg sige at det gør", YES),
        ("det må hendes far svare på", DONT_KNOW),
    ],
)
def test_a_yes_and_a_no_in_one_answer(text: str, meant: str | None) -> None:
    assert read_polarity(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "ved ikke",
        "det ved jeg ikke",
        "ved det ik",
        "aner det ikke",
        "idk",
        "jeg ved sgu ikke",
        "det ved vi ikke",
        "jeg ved det faktisk ikke",
        "ingen idé",
        "ingen ide",
        "ingen anelse",
        "har ingen anelse",
        "ikke sikker",
        "jeg er ikke helt sikker",
        "svært at sige",
        "det er svært at svare på",
        "det kan jeg ikke svare på",
        "det kan jeg ikke vurdere",
        "det må hans mor svare på",
        "det må hendes far svare på",
        "det må lægen svare på",
        "det må du spørge hans mor om",
        "det fremgår ikke",
        "jeg kan ikke huske det",
        "jeg forstår ikke spørgsmålet",
        "måske måske ikke",
    ],
)
def test_not_knowing_is_no_answer_and_no_refusal(text: str) -> None:
    assert read_polarity(text) == DONT_KNOW


@pytest.mark.parametrize(
    "text",
    [
        "det vil jeg ikke svare på",
        "nej det vil jeg ikke svare på",
        "vil ikke svare",
        "jeg vil helst ikke svare",
        "jeg ønsker ikke at svare",
        "det svarer jeg ikke på",
        "jeg har ikke lyst til at svare på det",
        "det har jeg ikke lyst til at svare på",
        "det vil jeg helst ikke sige",
        "det vil jeg ikke snakke om",
        "spring over",
        "spring det over",
        "kan vi springe det over",
        "næste spørgsmål",
        "skip",
        "det rager ikke dig",
        "det kommer ikke dig ved",
        "det er privat",
    ],
)
def test_a_refusal_is_heard_as_one(text: str) -> None:
    assert read_polarity(text) == WONT_SAY


@pytest.mark.parametrize("text", ["", "   ", "...", "13", "hej", "hun er begyndt i skole"])
def test_what_says_neither_is_read_as_neither(text: str) -> None:
    assert read_polarity(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nej jo det gør hun", YES),
        ("det er ikke fordi hun ikke spiser, så nej", NO),
        ("jeg siger ikke nej, så ja", YES),
        ("ja det har hun ikke lagt skjul på", YES),
        ("nej hun har aldrig ikke villet", NO),
    ],
)
def test_two_denials_in_one_answer_do_not_turn_it_round(text: str, said: str) -> None:
    assert read_polarity(text) == said


@pytest.mark.parametrize(
    "text",
    ["selvfølgelig ikke", "helt sikkert ikke", "absolut ikke", "bestemt ikke", "klart nej"],
)
def test_a_no_that_begins_like_a_yes_is_a_no(text: str) -> None:
    assert read_polarity(text) == NO


@pytest.mark.parametrize(
    "text",
    [
        "ja, hun vil ikke snakke om det",
        "ja, han vil ikke sige, hvad der er galt",
        "ja hun lukker sig inde og vil ikke snakke med nogen",
        "ja, han kan ikke sige fra",
    ],
)
def test_what_a_child_will_not_talk_about_is_no_refusal_of_the_one_who_tells_it(text: str) -> None:
    assert read_polarity(text) == YES


@pytest.mark.parametrize("unsure", ["ingen anelse", "aner det ikke", "ved ikke", "ingen idé"])
def test_not_knowing_about_danger_is_never_taken_for_a_no(unsure: str) -> None:
    assert read_polarity(unsure) != NO


@settings(deadline=None)
@given(text=st.text(max_size=60))
def test_whatever_is_written_the_answer_is_one_of_the_five_or_none(text: str) -> None:
    assert read_polarity(text) in ANSWERS


SHOUTED = st.sampled_from(["ja", "nej", "nej slet ikke", "ved ikke", "spring over", "både og"])


@settings(deadline=None)
@given(text=SHOUTED, tail=st.sampled_from(["", ".", "!!", " ...", "  ", " 😅", "\n"]))
def test_capitals_stops_and_smileys_change_nothing(text: str, tail: str) -> None:
    assert read_polarity(text.upper() + tail) == read_polarity(text)
