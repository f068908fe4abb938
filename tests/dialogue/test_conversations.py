"""Whole conversations through the running system, from the first word to the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.dialogue.conftest import Stage
from tests.dialogue.promises import READINGS, broken
from tests.dialogue.states import REACHED, judged
from tools.player import Played
from tools.script import Script, load_scripts

pytestmark = pytest.mark.system
SCRIPTS = load_scripts()
Reading = Callable[[Played], Iterator[str]]
LEAST = {
    "nothing_told_is_asked": 0.75,
    "asides_are_answered_and_the_open_question_returns": 0.92,
    "the_summary_says_who_what_and_how_urgent": 0.72,
    "there_is_no_false_alarm": 0.95,
}
"""Shares of conversations without any fault of the kind."""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_conversation_keeps_every_promise(script: Script, stage: Stage) -> None:
    played = stage.played(script)
    faults = broken(played)
    assert not faults, "\n".join(["", *faults, "", *shown(played)])


def test_no_fewer_answers_speak_for_the_right_state_than_before(stage: Stage) -> None:
    states = {script.name: judged(stage.played(script)) for script in SCRIPTS}
    wrong = {name: [s for s in found if not s.right] for name, found in states.items()}
    total, bad = (sum(map(len, group.values())) for group in (states, wrong))
    listed = [line for name, rows in wrong.items() if rows for line in ("", name, *map(str, rows))]
    assert bad <= (1 - REACHED) * total, "\n".join([f"{bad} of {total} are wrong", *listed])


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.__name__)
def test_nearly_every_conversation_is_read_right(reading: Reading, stage: Stage) -> None:
    """The least shares are what was reached; see docs/sikkerhed.md and the decision records."""
    faults = {script.name: list(reading(stage.played(script))) for script in SCRIPTS}
    wrong = {name: found for name, found in faults.items() if found}
    listed = [line for name, found in wrong.items() for line in ("", name, *found)]
    right = 1 - len(wrong) / len(faults)
    assert right >= LEAST[reading.__name__], "\n".join([f"{right:.3f} are right", *listed])


def shown(played: Played) -> list[str]:
    return [f"{'  > ' if sender == 'citizen' else ''}{text}" for sender, text in played.transcript]
