"""The whole questionnaire by telephone, through the signed webhooks, against the same facts in the
chat: one conversation for every speaker and track."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.dialogue.caller import Caller, spoken
from tests.dialogue.conftest import AT_ONCE, Stage
from tests.dialogue.exchange import Town
from tests.dialogue.states import rows_of
from tests.dialogue.test_sms import SCRIPTS
from tools.player import Played
from tools.script import Script
from tools.system import System

pytestmark = pytest.mark.system
Row = Mapping[str, Any]
OPEN = "uafklaret"
CONTACT = ("wants", "phone", "name", "time")
SAME = 0.98
"""The share of answers that are read as in the chat. What a recogniser writes has no signs, and
some answers of several sentences are not clear without: they stay open, with the words."""


@dataclass
class Booth:
    caller: Caller
    played: dict[str, Future[Played]]

    def result(self, script: Script) -> Played:
        return self.played[script.name].result()


@pytest.fixture(scope="module")
def booth(system: System, town: Town) -> Iterator[Booth]:
    pool = ThreadPoolExecutor(AT_ONCE)
    with Caller(system.url, system.token("phone"), town, system.var) as caller, pool:
        yield Booth(caller, {s.name: pool.submit(caller.play, s) for s in SCRIPTS})


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_same_facts_give_the_same_summary(script: Script, booth: Booth, stage: Stage) -> None:
    by_phone, by_web = booth.result(script), stage.played(script)
    assert by_phone.error is None, by_phone.transcript
    assert by_phone.summary
    assert by_web.summary
    assert by_phone.summary["channel"] == "phone"
    both = _asked(by_phone) & _asked(by_web)
    assert len(both) >= 5, (_asked(by_phone), _asked(by_web))
    assert _facts(by_phone.summary, both) == _facts(by_web.summary, both)
    told, written = _states(by_phone.summary, both), _states(by_web.summary, both)
    assert not {key: state for key, state in told.items() if _opposite(state, written[key])}


def test_nearly_every_answer_is_read_as_in_the_chat(booth: Booth, stage: Stage) -> None:
    total, other = 0, []
    for script in SCRIPTS:
        by_phone, by_web = booth.result(script), stage.played(script)
        assert by_phone.summary
        assert by_web.summary
        both = _asked(by_phone) & _asked(by_web)
        told, written = _states(by_phone.summary, both), _states(by_web.summary, both)
        total += len(told)
        other += [(script.name, key) for key in told if told[key] != written.get(key)]
    assert total > 100
    assert len(other) <= (1 - SAME) * total, other


def _asked(played: Played) -> set[str]:
    """The questions by id; one of a track counts for that track."""
    return {f"{asked.track or ''}.{asked.question}" for asked in played.asked if asked.question}


def _facts(summary: Row, both: set[str]) -> dict[str, Any]:
    """Everything in the summary but the criteria, in the words as they are heard."""
    contact = summary["contact"]
    reached = contact["wants"] in ("call", "sms")
    asked = {"tried": ".proevet", "wishes": ".oensker"}
    return {
        "speaker": summary["speaker"]["value"],
        "age": summary["age"]["value"],
        "kommune": summary["kommune"]["value"],
        "tracks": sorted(track["track"] for track in summary["tracks"]),
        "risk": summary["risk"]["level"],
        "priority": summary["priority"],
        "consent": summary["consent"],
        "concern": _words(summary["concern"]),
        **{name: _words(summary[name]) for name, question in asked.items() if question in both},
        "contact": [spoken(contact[name] or "") for name in CONTACT] if reached else None,
    }


def _words(quotes: Sequence[Row]) -> str:
    return spoken(" ".join(quote["quote"] for quote in quotes))


def _states(summary: Row, both: set[str]) -> dict[str, tuple[str, str | None]]:
    """Status and reason of what was asked in both, by track and criterion."""
    return {
        f"{group}.{row['id']}": (row["status"], row["reason"])
        for group, row in rows_of(summary)
        if row.get("status") and {f".{row['id']}", f"{group}.{row['id']}"} & both
    }


def _opposite(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    return OPEN not in (one[0], other[0]) and one[0] != other[0]
