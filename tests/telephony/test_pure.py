"""Alphabet, commands, parts, numbers: without a service."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handover.telephony.numbers import e164
from handover.telephony.sms.alphabet import plain, segments, split
from handover.telephony.sms.commands import command
from handover.telephony.sms.parts import joined, patience
from tools.phone.description import problems

MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("æøåÆØÅé§" * 20, 1),
        ("æ" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ø" * 69 + "–", 1),
        ("ø" * 70 + "–", 2),
        ("😢" * 35, 1),
        ("😢" * 36, 2),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_plain_costs_less_and_reads_the_same() -> None:
    said = "Hej – “du” skrev…\u00a0Vi er her • ring 112 😊"
    assert plain(said) == 'Hej - "du" skrev... Vi er her - ring 112 😊'
    assert plain("æøåÆØÅéèü§") == "æøåÆØÅéèü§"


def test_split_loses_nothing() -> None:
    text = " ".join(f"ord{n}" for n in range(600))
    bodies = split(text)
    assert " ".join(bodies) == text
    assert all(len(body) <= 1600 for body in bodies)
    assert "".join(split("a" * 4000)) == "a" * 4000


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("STOP", "stop"), ("Slut.", "stop"), (" start ", "start"), ("Hjælp!!", "help"),
        ("stop med at spørge", None), ("han skal stoppe", None), ("", None),
    ],
)  # fmt: skip
def test_commands(text: str, meant: str | None) -> None:
    assert command(text) == meant


def test_parts() -> None:
    assert patience("jeg har det svært") == timedelta(0)
    assert patience("") == timedelta(0)
    assert patience("a" * 160) > timedelta(0)
    assert patience("1/2 hej") > timedelta(0)
    assert patience("1/1 hej") == timedelta(0)
    assert patience("3/2 af æblerne") == timedelta(0)
    assert joined(["(2/2) to", "(1/2) et"]) == "et to"
    assert joined(["et", "(1/2) to"]) == "et\n(1/2) to"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("20 12 34 56", "+4520123456"), ("+4520123456", "+4520123456"),
        ("004520123456", "+4520123456"), ("+46701234567", "+46701234567"),
        ("Anonymous", None), ("1234", None), ("", None), ("112", None),
    ],
)  # fmt: skip
def test_numbers(given: str, found: str | None) -> None:
    assert e164(given) == found


def test_the_description_refuses_what_twilio_does_not_know() -> None:
    good = [("To", "+4520123456"), ("From", "+4570707070"), ("Body", "hej")]
    assert problems(MESSAGES, good) == []
    assert problems(MESSAGES, [*good, ("Colour", "red")]) == ["Colour: is not known"]
    assert problems(MESSAGES, good[1:]) == ["'To' is a required property"]
    assert problems(MESSAGES, [("To", "20123456"), *good[1:]])
    assert problems(MESSAGES, [*good, ("ValidityPeriod", "lang tid")])
    assert problems(MESSAGES, [*good, ("StatusCallback", "not an address")])
    assert problems(MESSAGES, [*good, ("ContentRetention", "for ever")])
