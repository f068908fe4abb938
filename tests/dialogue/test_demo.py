from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.dialogue.conftest import Stage
from tests.dialogue.edge import message, question, script
from tools.demo import chosen, counts, page, transcript
from tools.player import Played, Turn
from tools.script import Aside, Script

DEMO = chosen(())
WIDTHS = [40, 80, 109, 110, 160]


def played() -> Played:
    long = "Jeg er bekymret for min datter, som ikke har været i skole i næsten fire uger nu."
    turns = [
        Turn(None, None, None, "assistant", [question("fylder", text="Hvad handler det om?")]),
        Turn(long, None, None, "closed", [message("Tak.\nRing 112, hvis nogen er i livsfare.")]),
    ]
    return Played(script(name="a mother of a girl of 13"), turns=turns, ending="closing")


def aside(holds: Callable[[Aside], object]) -> Callable[[Script], bool]:
    return lambda script: any(holds(each) for each in script.asides)


@pytest.mark.parametrize(
    ("what", "holds"),
    [
        ("two tracks at once", lambda s: len(s.expect.tracks) > 1),
        ("outside every track", lambda s: not s.expect.tracks and s.expect.risk == "none"),
        ("anonymous", lambda s: s.expect.handover and s.closing_answer("navn") == "anonym"),
        ("a correction", aside(lambda a: a.corrects)),
        ("an interruption in the middle", aside(lambda a: a.topic)),
        ("a wish for a human", aside(lambda a: a.human)),
        ("a refusal to answer", aside(lambda a: a.skips)),
        ("danger halfway", aside(lambda a: a.crisis)),
        ("no consent", lambda s: s.closing_answer("samtykke").startswith("nej")),
    ],
)
def test_the_demo_shows(what: str, holds: Callable[[Script], bool]) -> None:
    assert any(holds(script) for script in DEMO), what


def test_the_demo_shows_every_speaker_track_and_channel() -> None:
    assert len(DEMO) >= 12
    assert {s.expect.speaker for s in DEMO} >= {"ung", "foraelder", "paaroerende", "fagperson"}
    tracks = {track for s in DEMO for track in s.expect.tracks}
    assert tracks == {"krop_mad", "selvskade", "bekymring_tristhed", "uro"}
    assert {s.channel for s in DEMO} == {"web", "sms", "phone"}


def test_a_part_of_a_name_chooses_a_conversation() -> None:
    assert chosen([DEMO[0].name[3:20]])[0] == DEMO[0]
    assert chosen(["no conversation is called so"]) == []


def test_each_line_says_who_speaks_and_the_citizen_is_set_in() -> None:
    assert transcript(played(), 50) == [
        "Computer: Hvad handler det om?",
        "",
        "    Borger: Jeg er bekymret for min datter, som",
        "      ikke har været i skole i næsten fire uger",
        "      nu.",
        "",
        "Computer: Tak.",
        "Ring 112, hvis nogen er i livsfare.",
        "",
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = page(played(), width)
    assert max(map(len, lines)) <= width
    assert any("Ingen overdragelse" in line for line in lines)


def test_what_got_stuck_says_so() -> None:
    stuck = replace(played(), ending="stuck", error="nothing was asked")
    assert "STANDSET: nothing was asked" in page(stuck, 80)


def test_the_last_line_counts() -> None:
    urgent = replace(played(), summary={"priority": "akut"})
    assert counts([played(), urgent]).strip() == (
        "2 samtaler, 2 beskeder fra borgere, 1 overdragelser (akut 1), 0 gik i stå"
    )


@pytest.mark.system
@pytest.mark.parametrize("width", WIDTHS)
def test_the_counsellors_summary_stands_with_the_transcript(stage: Stage, width: int) -> None:
    found = stage.played(next(s for s in DEMO if s.expect.crisis))
    assert found.summary is not None
    lines = page(found, width)
    assert max(map(len, lines)) <= width
    assert any(line.endswith("Prioritet: akut") for line in lines)
    assert any("taler for" in line for line in lines)
