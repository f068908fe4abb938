"""Whole calls through the signed webhooks; the line refuses TwiML that Twilio does not document."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handover.conftest import entry
from tools.phone.line import Line

from .conftest import IDA, Station

YES_NO = [
    {"title": "Ja", "value": "ja"},
    {"title": "Nej", "value": "nej"},
    {"title": "Ved ikke", "value": "ved ikke"},
]
STEPS = [
    {"title": "Ja, gå videre", "value": "videre"},
    {"title": "Ret noget", "value": "ret"},
    {"title": "Stryg en linje", "value": "stryg"},
]


def asks(text: str, question: str = "kropsutilfredshed", **custom: Any) -> Any:
    return lambda _: entry(text, kind="question", question=question, **custom)


async def told(station: Station, words: str = "min datter på 13 spiser næsten ikke") -> Line:
    """A call in which the first telling is over."""
    line = await station.exchange.ring(IDA)
    await line.say(words)
    return await line.say("nej, det var det")


async def test_the_greeting_says_what_this_is_and_offers_a_human(station: Station) -> None:
    line = await station.exchange.ring(IDA)
    assert "Du taler med en computer, ikke et menneske" in line.text
    assert "tryk 0, eller sig menneske" in line.text
    assert line.heard[-1].startswith("Fortæl med dine egne ord")
    [document] = line.documents
    assert 'input="dtmf speech"' in document
    assert 'language="da-DK"' in document
    assert 'speechTimeout="3"' in document
    assert 'bargeIn="true"' in document
    assert "krop og mad" in document, "hints from the catalogue"
    assert IDA.removeprefix("+45") not in document


async def test_a_long_telling_comes_in_pieces_and_is_one_message(station: Station) -> None:
    line = await station.exchange.ring(IDA)
    await line.say("det er min datter på 13")
    assert "Er der mere" in line.text
    await line.say("hun spiser næsten ikke")
    await line.say("nej, det var det")
    assert station.house.rasa.texts == ["det er min datter på 13. hun spiser næsten ikke"]
    assert line.heard[-1] == "Læst: det er min datter på 13. hun spiser næsten ikke"


async def test_a_long_pause_ends_the_telling(station: Station) -> None:
    line = await station.exchange.ring(IDA)
    await line.say("jeg sover ikke")
    await line.silence()
    assert station.house.rasa.texts == ["jeg sover ikke"]


async def test_the_key_ends_the_telling(station: Station) -> None:
    line = await station.exchange.ring(IDA)
    await line.say("jeg sover ikke")
    await line.press("#")
    assert station.house.rasa.texts == ["jeg sover ikke"]


@pytest.mark.parametrize(
    ("key", "means"), [("1", "ja"), ("2", "nej"), ("3", "ved ikke"), ("#", "spring over")]
)
async def test_yes_and_no_by_key(station: Station, key: str, means: str) -> None:
    station.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await told(station)
    assert "Spiser hun morgenmad?" in line.text
    assert "trykke 1 for ja, 2 for nej og 3 for ved ikke" in line.text
    await line.press(key)
    assert station.house.rasa.texts[-1] == means
    assert "trykke 1 for ja" not in line.text, "keys are explained once"


async def test_other_choices_are_said_with_their_keys(station: Station) -> None:
    station.house.rasa.answer = asks("Er det rigtigt?", "opsummering", choices=STEPS)
    line = await told(station)
    assert "Tryk 1 for ja, gå videre. Tryk 2 for ret noget. Tryk 3 for stryg en linje." in line.text
    await line.press("2")
    assert station.house.rasa.texts[-1] == "ret"
    await line.say("videre")
    assert station.house.rasa.texts[-1] == "videre"


async def test_a_number_is_typed(station: Station) -> None:
    station.house.rasa.answer = asks("Hvor gammel er hun?", "alder")
    line = await told(station)
    assert 'numDigits="2"' in line.documents[-1]
    await line.press("13")
    assert station.house.rasa.texts[-1] == "13"


async def test_a_line_of_the_summary_is_named_by_its_number(station: Station) -> None:
    station.house.rasa.answer = lambda _: entry("Hvad skal stryges? Sig nummeret.", kind="question")
    line = await told(station)
    await line.press("12")
    assert station.house.rasa.texts[-1] == "12"


@pytest.mark.parametrize(("sender", "sent"), [(IDA, "20123456"), ("", "det nummer jeg ringer fra")])
async def test_the_number_they_call_from_only_if_they_say_so(
    station: Station, sender: str, sent: str
) -> None:
    station.house.rasa.answer = asks("Hvilket telefonnummer?", "telefonnummer")
    line = await station.exchange.ring(sender)
    await line.say("ring til mig")
    await line.silence()
    assert ("det nummer, jeg ringer fra" in line.text) == bool(sender)
    await line.say("det nummer jeg ringer fra")
    assert station.house.rasa.texts[-1] == sent


async def test_what_is_erased_in_the_call_is_gone(station: Station) -> None:
    line = await told(station)

    async def erase(message: dict[str, Any]) -> None:
        async with station.house.app.state.store.write() as work:
            await work.conversations.erase(message["sender"])

    station.house.rasa.before = erase
    station.house.rasa.answer = lambda _: entry("Det er slettet.", kind="closing")
    await line.say("slet det hele")
    assert line.over
    assert line.text.startswith("Det er slettet.")
    assert await station.called() == []


@pytest.mark.parametrize("words", ["hvad sagde du?", "Gentag", "undskyld, hvad?", "*"])
async def test_said_again_is_no_answer(station: Station, words: str) -> None:
    station.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await told(station)
    before = len(station.house.rasa.texts)
    await (line.press("*") if words == "*" else line.say(words))
    assert "Spiser hun morgenmad?" in line.text
    assert len(station.house.rasa.texts) == before
    await line.say("ja")
    assert station.house.rasa.texts[-1] == "ja"


async def test_silence_is_asked_again_then_with_keys_then_a_human_then_over(
    station: Station,
) -> None:
    station.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await told(station)
    await line.silence()
    assert line.text.startswith("Jeg hørte ikke noget. Spiser hun morgenmad?")
    await line.silence()
    assert "trykke på tasterne" in line.text
    assert "Tryk 1 for ja. Tryk 2 for nej." in line.text
    await line.silence()
    assert "Vil du hellere tale med et menneske?" in line.text
    await line.silence()
    assert line.over
    assert "ring et et to" in line.text
    assert await station.case() is None, "nobody was asked"


async def test_no_human_wanted_goes_on_with_the_question(station: Station) -> None:
    station.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await told(station)
    for _ in range(3):
        await line.silence()
    await line.press("2")
    assert line.text == "Spiser hun morgenmad? " + line.heard[-1]
    await line.press("1")
    assert station.house.rasa.texts[-1] == "ja"


async def test_what_is_hardly_heard_is_read_back_and_not_guessed(station: Station) -> None:
    station.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await told(station)
    before = len(station.house.rasa.texts)
    await line.say("kun om søndagen", confidence=0.21)
    assert "Jeg hørte: kun om søndagen. Er det rigtigt?" in line.text
    assert len(station.house.rasa.texts) == before
    await line.press("1")
    assert station.house.rasa.texts[-1] == "kun om søndagen"


async def test_what_was_heard_wrong_is_said_anew(station: Station) -> None:
    station.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await told(station)
    await line.say("kun om sommeren", confidence=0.21)
    await line.say("nej")
    assert "Spiser hun morgenmad?" in line.text
    await line.say("kun om søndagen", confidence=0.3)
    await line.say("jeg sagde kun om søndagen")
    assert station.house.rasa.texts[-1] == "jeg sagde kun om søndagen"
    assert "kun om sommeren" not in station.house.rasa.texts


async def test_noise_for_ever_ends(station: Station) -> None:
    station.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await told(station)
    for turn in range(12):
        if line.over:
            break
        await line.say(f"skrat {turn}", confidence=0.1)
    assert line.over
    assert not [text for text in station.house.rasa.texts if "skrat" in text]


async def test_keys_that_mean_nothing_are_told(station: Station) -> None:
    line = await station.exchange.ring(IDA)
    await line.press("7")
    assert line.text.startswith("Det forstod jeg ikke. Fortæl med dine egne ord")


async def test_the_end_can_be_heard_again(station: Station) -> None:
    code = "Din kode er ABCD-EFGH-JK."
    station.house.rasa.answer = lambda _: entry(f"Tak.\n\n{code}", kind="closing")
    line = await told(station)
    assert "A, B, C, D. E, F, G, H. J, K" in line.text
    await line.press("*")
    assert "A, B, C, D. E, F, G, H. J, K" in line.text
    await line.silence()
    assert line.over
    assert line.text == "Tak, fordi du ringede. Pas godt på dig selv."


async def test_numbers_are_said_as_numbers_are_said(station: Station) -> None:
    station.house.rasa.answer = asks("Ring til BørneTelefonen på 116 111 el. 20 12 34 56, kl. 9.")
    line = await told(station)
    said = "på et et seks, et et et el. to nul, et to, tre fire, fem seks , klokken 9."
    assert said.replace(" ,", ",") in line.text.replace(" ,", ",")
    assert '<prosody rate="slow">et et seks, et et et</prosody>' in line.documents[-1]


async def test_a_hidden_number_can_call(station: Station) -> None:
    line = await station.exchange.ring("")
    await line.say("jeg sover ikke")
    await line.silence()
    assert line.heard[-1] == "Læst: jeg sover ikke"


async def test_each_call_is_a_conversation_of_its_own(station: Station) -> None:
    await told(station, "det ene")
    await told(station, "det andet")
    assert len(set(await station.called())) == 2


async def test_the_console_sees_the_call_as_it_goes(station: Station) -> None:
    line = await told(station)
    [conversation_id] = await station.called()
    said = [(m.sender, m.text) for m in await station.messages(conversation_id)]
    assert said[-2:] == [
        ("citizen", "min datter på 13 spiser næsten ikke"),
        ("assistant", "Læst: min datter på 13 spiser næsten ikke"),
    ]
    await line.press("0")
    case = await station.case()
    assert case is not None
    assert case["channel"] == "phone"
    assert case["on_phone"] is True
    await line.hang_up()
    case = await station.case()
    assert case is not None
    assert case["on_phone"] is False
