"""The whole questionnaire by SMS, through the exchange, against the same facts in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.dialogue.conftest import AT_ONCE, Stage
from tests.dialogue.exchange import Town
from tests.dialogue.states import rows_of
from tests.dialogue.texter import Texter
from tools.player import Played
from tools.script import Script, load_scripts
from tools.system import System

pytestmark = pytest.mark.system
MOST_SEGMENTS = 40
SETTLED = ("opfyldt", "ikke_opfyldt")


def _one_of_each() -> list[Script]:
    """For every speaker and track the first conversation that is handed over."""
    found: dict[tuple[str, str], Script] = {}
    for script in load_scripts():
        for track in script.expect.tracks:
            if script.expect.handover and script.channel == "web":
                found.setdefault((script.expect.speaker, track), script)
    return list({script.name: script for script in found.values()}.values())


SCRIPTS = _one_of_each()


@dataclass
class Booth:
    texter: Texter
    pool: ThreadPoolExecutor
    played: dict[str, Future[Played]]

    def result(self, script: Script) -> Played:
        return self.played[script.name].result()


@pytest.fixture(scope="module")
def booth(system: System, town: Town) -> Iterator[Booth]:
    pool = ThreadPoolExecutor(AT_ONCE)
    with Texter(system.url, system.token("sms"), town, system.var) as texter, pool:
        yield Booth(texter, pool, {s.name: pool.submit(texter.play, s) for s in SCRIPTS})


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_same_facts_give_the_same_summary(script: Script, booth: Booth, stage: Stage) -> None:
    by_sms, by_web = booth.result(script), stage.played(script)
    assert by_sms.error is None, by_sms.transcript
    assert by_sms.summary
    assert by_web.summary
    assert by_sms.summary["channel"] == "sms"
    assert _facts(by_sms.summary) == _facts(by_web.summary)
    texted, chatted = _states(by_sms.summary), _states(by_web.summary)
    both = texted.keys() & chatted.keys()
    assert {key: texted[key] for key in both} == {key: chatted[key] for key in both}


def _facts(summary: dict[str, Any]) -> dict[str, Any]:
    return {
        "speaker": summary["speaker"]["value"],
        "age": summary["age"]["value"],
        "tracks": sorted(track["track"] for track in summary["tracks"]),
        "risk": summary["risk"]["level"],
        "priority": summary["priority"],
    }


def _states(summary: dict[str, Any]) -> dict[str, str]:
    """What is settled, by track and criterion."""
    return {
        f"{group}.{row['id']}": row["status"]
        for group, row in rows_of(summary)
        if row.get("status") in SETTLED
    }


def test_a_whole_conversation_costs_less_than_forty_segments(booth: Booth) -> None:
    costs = {script.name: booth.texter.cost(booth.result(script)) for script in SCRIPTS}
    table = [f"{sum(c):3} in {len(c):2}: {name} {c}" for name, c in costs.items()]
    print("\n".join(table))
    assert all(0 < sum(cost) < MOST_SEGMENTS for cost in costs.values()), "\n".join(table)
