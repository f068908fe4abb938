from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.bench import EARLY, LATE, around, milliseconds, rounded
from tools.measure.folder import scratch
from tools.measure.memory import resident_mb
from tools.measure.reader import run_reader
from tools.measure.stock_system import ACTION, amend
from tools.measure.talk import answers, growing, reply_to
from tools.places import APP_PYTHON, BOT_ENVIRONMENT
from tools.report import Stop


def question(name: str | None, *values: str) -> dict[str, Any]:
    return {"question": name, "choices": [{"title": v, "value": v} for v in values]}


def test_a_question_with_a_no_is_answered_with_it_so_that_nobody_is_in_danger() -> None:
    assert reply_to(question("sikkerhed_nu", "ja", "nej", "ved_ikke")) == "nej"


def test_a_question_without_a_no_gets_what_is_known_or_the_first_choice_or_some_words() -> None:
    assert reply_to(question("alder")) == "8"
    assert reply_to(question("henvender", "ung", "foraelder")) == "ung"
    assert reply_to(question("proevet")).startswith("vi har talt")


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

    async def begin(self) -> None:
        self.heard.append("begin")

    async def answer(self) -> None:
        self.heard.append("answer")

    async def interrupt(self, turn: int) -> None:
        self.heard.append(f"interrupt {turn}")


async def test_the_beginning_of_a_conversation_is_not_timed() -> None:
    listener = Listener()
    took = await answers(listener, 2)
    assert listener.heard == ["begin", "answer", "answer"]
    assert len(took) == 2


async def test_a_long_conversation_has_as_many_messages_as_asked_for() -> None:
    listener = Listener()
    took = await growing(listener, 4)
    assert listener.heard == ["begin", "answer", "interrupt 1", "interrupt 2", "interrupt 3"]
    assert len(took) == 4


def test_the_fifth_and_the_hundred_and_fiftieth_message_are_taken_with_their_neighbours() -> None:
    took = [float(number) for number in range(1, 153)]
    assert around(took, EARLY) == [3, 4, 5, 6, 7]
    assert around(took, LATE) == [148, 149, 150, 151, 152]


def test_percentiles_are_told_in_milliseconds() -> None:
    took = [number / 1000 for number in range(1, 102)]
    assert milliseconds(took, 50) == pytest.approx(51)
    assert milliseconds(took, 95) == pytest.approx(96)


def test_figures_are_told_with_three_digits() -> None:
    assert rounded({"a": {"x": 88.2351, "y": 0.12349}}) == {"a": {"x": 88.2, "y": 0.123}}


def test_the_stock_project_answers_with_its_example_action(tmp_path: Path) -> None:
    [scaffold] = BOT_ENVIRONMENT.glob("lib/python*/site-packages/rasa/cli/initial_project")
    folder = tmp_path / "project"
    shutil.copytree(scaffold, folder)
    amend(folder)
    rules = yaml.safe_load((folder / "data" / "rules.yml").read_text())["rules"]
    assert [{"intent": "bot_challenge"}, {"action": ACTION}] in [rule["steps"] for rule in rules]
    domain = yaml.safe_load((folder / "domain.yml").read_text())
    assert domain["actions"] == [ACTION]
    code = (folder / "actions" / "actions.py").read_text()
    assert f'return "{ACTION}"' in code
    compile(code, "actions.py", "exec")
    endpoints = yaml.safe_load((folder / "endpoints.yml").read_text())
    assert endpoints["action_endpoint"]["url"].startswith("http://127.0.0.1:")


def test_the_screen_reader_tells_time_and_memory_for_each_message() -> None:
    texts = ["hvad koster det", "min søn er urolig i skolen"]
    found = run_reader([APP_PYTHON, "-m", "tools.measure.screen_reader"], texts)
    assert len(found["ms"]) == 2
    assert min(found["ms"]) > 0
    assert found["memory_mb"] > 1


def test_a_reader_that_fails_stops_with_its_last_line() -> None:
    with pytest.raises(Stop, match="Reading messages failed: ZeroDivisionError"):
        run_reader([APP_PYTHON, "-c", "1 / 0"], [])


def test_a_process_that_is_gone_has_no_memory_to_read() -> None:
    assert resident_mb() > 1
    with pytest.raises(Stop):
        resident_mb(2**22 + 1)


def test_a_scratch_folder_is_gone_afterwards_and_stays_after_an_error() -> None:
    with scratch("test") as folder:
        assert folder.is_dir()
    assert not folder.exists()
    with pytest.raises(Stop), scratch("test") as folder:
        raise Stop("the logs say why")
    assert folder.is_dir()
    folder.rmdir()
