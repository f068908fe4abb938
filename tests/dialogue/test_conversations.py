"""Whole conversations through the running system, from the first word to the summary."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Stage
from tests.dialogue.promises import broken
from tests.dialogue.states import ENOUGH, judged
from tools.player import Played
from tools.script import Script, load_scripts

pytestmark = pytest.mark.system
SCRIPTS = load_scripts()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_conversation_keeps_every_promise(script: Script, stage: Stage) -> None:
    played = stage.played(script)
    faults = broken(played)
    assert not faults, "\n".join(["", *faults, "", *shown(played)])


def test_nearly_all_answers_speak_for_the_right_state(stage: Stage) -> None:
    states = {script.name: judged(stage.played(script)) for script in SCRIPTS}
    wrong = {name: [s for s in found if not s.right] for name, found in states.items()}
    total, bad = (sum(map(len, group.values())) for group in (states, wrong))
    listed = [line for name, rows in wrong.items() if rows for line in ("", name, *map(str, rows))]
    assert bad <= (1 - ENOUGH) * total, "\n".join([f"{bad} of {total} are wrong", *listed])


def shown(played: Played) -> list[str]:
    return [f"{'  > ' if sender == 'citizen' else ''}{text}" for sender, text in played.transcript]
