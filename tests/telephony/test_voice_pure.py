"""What is heard, which key means what, how a text is said: without a service."""

from __future__ import annotations

from typing import Any

import pytest

from bot.safety.resources import load_resources
from handover.municipality import Telephony
from handover.telephony.account import RefusedError
from handover.telephony.voice import heard, keys
from handover.telephony.voice.speech import LONGEST, Speech, digits_in_words
from tools.phone.line import TwimlError
from tools.phone.twiml import problems

from .conftest import IDA, Station

SPEECH = Speech(load_resources(), "Jeg siger numrene en gang til.")
POLARITY = [{"title": "Ja", "value": "ja"}, {"title": "Ved ikke", "value": "ved_ikke"}]


def said(text: str) -> str:
    return " ".join("".join(part.text for part in line) for line in SPEECH.lines(text))


@pytest.mark.parametrize(
    ("fields", "confidence"),
    [
        ({"Confidence": "0.31"}, 0.31), ({"Confidence": "0.0"}, 1.0), ({}, 1.0),
        ({"Confidence": "meget"}, 1.0),
    ],
)  # fmt: skip
def test_confidence(fields: dict[str, str], confidence: float) -> None:
    assert heard.read({"SpeechResult": "ja", **fields}).confidence == confidence


@pytest.mark.parametrize(
    "words",
    ["menneske", "Et menneske, tak", "jeg vil hellere tale med en rådgiver", "må jeg få en person"],
)
def test_a_wish_for_a_human(words: str) -> None:
    assert heard.Heard(words).wants_human


@pytest.mark.parametrize(
    "words", ["han er et godt menneske", "vi har en rådgiver i kommunen", "ikke et menneske", ""]
)
def test_no_wish_for_a_human(words: str) -> None:
    assert not heard.Heard(words).wants_human


@pytest.mark.parametrize("words", ["hvad", "Hvad siger du?", "sig det igen", "gentag spørgsmålet"])
def test_asked_again(words: str) -> None:
    assert heard.Heard(words).asks_again
    assert not heard.Heard(f"{words} med min datter").asks_again


def test_keys_of_choices() -> None:
    assert keys.meaning("3", "x", POLARITY) == "ved_ikke"
    assert keys.meaning("2", "x", POLARITY) is None
    assert keys.meaning("2", "alder", []) == "2"
    assert keys.meaning("2", "kropsutilfredshed", []) == "nej"
    contact = [{"title": t, "value": v} for t, v in (("Chat", "chat"), ("Ring", "call"))]
    assert keys.listed(contact) == [("1", "Ring", "call")]


def test_how_a_text_is_said() -> None:
    assert said("- Spis sammen\n- Hold pause") == "Spis sammen Hold pause"
    assert said('Ring kl. 9 til "PPR", ca. 10 min') == "Ring klokken 9 til P P R, cirka 10 min"
    assert said("Ring 112 eller 116 111.") == "Ring et et to eller et et seks, et et et."
    assert said("Det tog 1120 dage") == "Det tog 1120 dage"
    assert digits_in_words("+4520123456") == "to nul, et to, tre fire, fem seks"


def test_long_texts_are_said_in_several_goes_and_nothing_is_lost() -> None:
    text = " ".join(f"Her er sætning nummer {n}, og den er ikke helt kort." for n in range(20))
    lines = SPEECH.lines(text)
    assert len(lines) > 3
    assert all(sum(len(part.text) for part in line) <= LONGEST for line in lines)
    assert said(text) == text


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ("<Response><Hangup/></Response>", []),
        ("<Response>", ["not well-formed"]),
        ("<Answer/>", ["begins with Answer"]),
        ('<Response><Say colour="x">a</Say></Response>', ["Say: colour is not known"]),
        ("<Response><Say></Say></Response>", ["Say: says nothing, or too much"]),
        ("<Response><Number>1</Number></Response>", ["Response: Number may not stand there"]),
        ('<Response><Gather input="ears"/></Response>', ["Gather: input cannot be 'ears'"]),
        ('<Response><Pause length="a while"/></Response>', ["Pause: length is no whole"]),
    ],
)
def test_what_twilio_does_not_document_is_refused(document: str, wrong: list[str]) -> None:
    found = problems(document)
    assert len(found) == len(wrong)
    assert all(one.startswith(start) for one, start in zip(found, wrong, strict=True))


@pytest.mark.parametrize(
    "rows",
    [
        [{"navn": "Anna", "nummer": "112"}],
        [{"navn": "Anna", "nummer": "20123456"}, {"navn": "Anna", "nummer": "21123456"}],
        [{"navn": "", "nummer": "20123456"}],
    ],
)
def test_wrong_duty_telephones_stop_the_start(rows: Any) -> None:
    with pytest.raises(ValueError, match="vagttelefoner"):
        Telephony.model_validate({"vagttelefoner": rows})


async def test_the_official_client_ends_a_call_at_the_exchange(station: Station) -> None:
    account = station.house.app.state.phone.spoken.account
    line = await station.exchange.ring(IDA)
    await account.ask(lambda twilio: twilio.calls(line.sid).update(status="completed"))
    assert line.over
    with pytest.raises(RefusedError):
        await account.ask(lambda twilio: twilio.calls(line.sid).update(status="sleeping"))
    with pytest.raises(TwimlError):
        await line.say("er der nogen")
