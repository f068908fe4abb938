"""The citizen's own word for the child stands in every question."""

from __future__ import annotations

import re
from itertools import product

import pytest

from bot.tracks.catalogue import SPEAKERS, UNKNOWN, load_catalogue
from bot.tracks.intake import Fact, Intake
from bot.tracks.wording import placeholders, question_text

CATALOGUE = load_catalogue()
KEYS = CATALOGUE.keys()
ASKED = [key for key in KEYS if not CATALOGUE.criterion(key).derived_from]
CHILDREN = [
    (None, None),
    ("datter", "k"),
    ("søn", "m"),
    ("barn", None),
    ("barnebarn", "m"),
    ("plejebarn", None),
    ("lillebror", "m"),
    ("veninde", "k"),
    ("elev", None),
    ("elev", "k"),
]


@pytest.mark.parametrize(
    ("speaker", "relation", "sex", "child", "she", "her"),
    [
        ("foraelder", "datter", "k", "din datter", "hun", "hende"),
        ("foraelder", "søn", "m", "din søn", "han", "ham"),
        ("foraelder", "barn", None, "dit barn", "barnet", "barnet"),
        ("foraelder", "plejebarn", "m", "dit plejebarn", "han", "ham"),
        ("foraelder", None, None, "dit barn", "barnet", "barnet"),
        ("paaroerende", "lillebror", "m", "din lillebror", "han", "ham"),
        ("paaroerende", "barnebarn", "k", "dit barnebarn", "hun", "hende"),
        ("paaroerende", None, None, "barnet eller den unge", "barnet", "barnet"),
        ("fagperson", "elev", "k", "eleven", "hun", "hende"),
        ("fagperson", "dreng", "m", "drengen", "han", "ham"),
        ("fagperson", None, None, "barnet eller den unge", "barnet", "barnet"),
        ("ukendt", None, None, "barnet eller den unge", "barnet", "barnet"),
    ],
)
def test_the_child_is_called_as_the_citizen_calls_it(
    speaker: str, relation: str | None, sex: str | None, child: str, she: str, her: str
) -> None:
    words = placeholders(speaker, relation, sex)
    assert (words["barnet"], words["hun"], words["hende"]) == (child, she, her)
    assert words["Barnet"] == child[0].upper() + child[1:]
    assert words["Hun"] == she[0].upper() + she[1:]


def test_a_professional_never_hears_your_child() -> None:
    for relation, sex in CHILDREN:
        assert not re.match("di[nt] ", placeholders("fagperson", relation, sex)["barnet"])


@pytest.mark.parametrize("key", ASKED)
def test_every_question_is_whole_for_everybody(key: str) -> None:
    channels = ("web", "sms", "phone")
    criterion = CATALOGUE.criterion(key)
    for speaker, (relation, sex), channel, again in product(
        (*SPEAKERS, UNKNOWN), CHILDREN, channels, (False, True)
    ):
        who = Fact(speaker) if speaker != UNKNOWN else None
        intake = Intake(channel, speaker=who, relation=relation, notes={"sex": sex})
        text = question_text(intake, criterion, again)
        assert text[0].isupper()
        assert "{" not in text
        assert "None" not in text
        assert "  " not in text
