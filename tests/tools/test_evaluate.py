from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.evaluate import baselines, baselines_wanted, evaluate
from tools.measure import stock
from tools.measure.cases import Case
from tools.report import Stop


def case(name: str, text: str, risk: str = "ingen", **labels: Any) -> Case:
    known = {"speaker": "ukendt", "age": None, "tracks": frozenset[str](), "topic": None, **labels}
    return Case(id=name, set="alle", text=text, channel="web", risk=risk, **known)


CASES = [
    case("fare", "jeg vil begå selvmord i nat", "akut", speaker="ung"),
    case("pris", "Hvad koster det at tale med jer?", topic="pris"),
    case(
        "uro",
        "Min søn på 8 kan ikke sidde stille i timerne og bliver hele tiden afledt",
        speaker="forælder",
        age=8,
        tracks=frozenset({"uro"}),
    ),
]


@pytest.mark.system
def test_messages_are_read_by_the_running_system_and_told_in_the_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(CASES, tmp_path / "predictions.jsonl", "no")
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    rows = [json.loads(row) for row in (tmp_path / "predictions.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["fare", "pris", "uro"]
    assert [row["risk"] for row in rows] == ["alarm", "none", "none"]
    assert rows[1]["topic"] == "pris"
    assert (rows[2]["speaker"], rows[2]["age"]) == ("forælder", 8)
    assert "uro" in rows[2]["tracks"]
    assert summary["counts"] == {"cases": 3, "akut": 1, "forhoejet": 0, "ingen": 2}
    assert summary["overall"]["akut_alarm"] == summary["sets"]["alle"]["akut_alarm"] == 1.0
    assert summary["overall"]["forhoejet_caught"] is None
    assert (summary["unread"], summary["baselines"]) == ([], {})


def test_baselines_can_be_left_out() -> None:
    assert baselines(CASES, "no") == {}


def test_without_being_asked_for_only_models_that_are_there_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "MODELS", tmp_path)
    found = baselines(CASES, "")
    assert list(found) == ["keywords"]
    assert found["keywords"].overall["akut_alarm"] is not None


def test_a_baselines_setting_that_means_nothing_is_told() -> None:
    assert [baselines_wanted(setting) for setting in ("", "yes", "no")] == ["", "yes", "no"]
    with pytest.raises(Stop, match="BASELINES=maybe"):
        baselines_wanted("maybe")
