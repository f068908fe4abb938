from __future__ import annotations

from typing import Any

import pytest

from tools.measure.cases import Prediction
from tools.measure.deployed import prediction_of, risk_of


def message(kind: str = "text", question: str | None = None, topic: str | None = None) -> Any:
    return {"kind": kind, "question": question, "topic": topic}


def intake(level: str = "none", **understood: Any) -> dict[str, Any]:
    return {"safety": {"level": level}, "tracks": [], **understood}


DIRECT = message("question", "selvmordstanker")


def test_the_crisis_message_is_an_alarm() -> None:
    assert risk_of([message("crisis"), message("crisis", "sikkerhed_nu")], "alarm") == "alarm"


@pytest.mark.parametrize("question", ["selvmordstanker", "sikkerhed_nu"])
def test_a_safety_question_first_of_all_is_asking_directly(question: str) -> None:
    assert risk_of([message("question", question)], "ask") == "ask"


def test_the_safety_question_of_the_ordinary_path_is_not_asking_directly() -> None:
    assert risk_of([DIRECT], "none") == "none"


def test_a_safety_question_behind_something_else_is_not_asking_at_once() -> None:
    assert risk_of([message("text"), DIRECT], "ask") == "none"


def test_danger_that_was_noted_and_not_spoken_of_is_no_alarm() -> None:
    assert risk_of([message("text"), message("question", "alder")], "alarm") == "none"


def test_silence_is_the_ordinary_path() -> None:
    assert risk_of([], "ask") == "none"


def test_what_was_understood_is_spelled_as_in_the_label_files() -> None:
    known = intake(
        speaker={"value": "paaroerende"},
        age={"value": 7},
        tracks=[{"track": "uro"}, {"track": "bekymring_tristhed"}],
    )
    assert prediction_of("x", [message("answer", topic="pris")], known) == Prediction(
        "x", "none", "pårørende", 7, ("uro", "bekymring_tristhed"), "pris"
    )


def test_what_was_not_understood_is_unknown() -> None:
    nothing = intake(speaker=None, age=None)
    assert prediction_of("x", [message()], nothing) == Prediction("x")


def test_after_a_crisis_the_topic_is_what_was_understood() -> None:
    messages = [message("crisis"), message("crisis", "sikkerhed_nu")]
    assert prediction_of("x", messages, intake("alarm", topic="raad_nu")).topic == "raad_nu"


def test_the_reply_to_another_language_is_no_topic() -> None:
    assert prediction_of("x", [message("answer", topic="andet_sprog")], intake()).topic is None
