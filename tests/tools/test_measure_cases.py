from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.measure.cases import Prediction, load, write
from tools.report import Stop

ROW: dict[str, Any] = {
    "id": "a-1",
    "set": "unge",
    "text": "min kanin er løbet væk",
    "channel": "telefon",
    "speaker": "ung",
    "risk": "ingen",
    "tracks": [],
    "age": 9,
    "topic": None,
    "kind": "kæledyr",
}


def written(folder: Path, *rows: Any) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in ROW.items() if name not in names}


def test_a_line_becomes_a_case_with_the_channel_as_the_api_calls_it(tmp_path: Path) -> None:
    [case] = load(written(tmp_path, ROW))
    assert (case.id, case.set, case.channel, case.age) == ("a-1", "unge", "phone", 9)
    assert case.text == "min kanin er løbet væk"


def test_a_line_without_id_and_set_gets_its_number_and_the_one_set(tmp_path: Path) -> None:
    cases = load(written(tmp_path, without("id", "set"), without("id", "set")))
    assert [(case.id, case.set) for case in cases] == [("1", "alle"), ("2", "alle")]


def test_age_topic_and_channel_may_be_left_out(tmp_path: Path) -> None:
    [case] = load(written(tmp_path, without("age", "topic", "channel")))
    assert (case.age, case.topic, case.channel) == (None, None, "web")


def test_empty_lines_and_a_byte_order_mark_are_no_cases(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROW).encode() + b"\r\n\r\n")
    assert [case.id for case in load(path)] == ["a-1"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"risk": "akutt"}, '"risk" is "akutt", not akut | forhøjet | ingen'),
        ({"speaker": "foraelder"}, '"speaker" is "foraelder", not ung | forælder'),
        ({"channel": "phone"}, '"channel" is "phone", not web | sms | telefon'),
        ({"text": "  "}, '"text" is "  ", not a text that is not empty'),
        ({"age": "9"}, '"age" is "9", not whole years or null'),
        ({"age": True}, '"age" is true, not whole years or null'),
        ({"tracks": ["angst"]}, '"tracks" is ["angst"], not a list of krop_mad'),
        ({"topic": "åbningstider"}, '"topic" is "åbningstider", not a topic of the label guide'),
    ],
)
def test_an_impossible_value_is_told_with_its_line_and_what_is_possible(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    path = written(tmp_path, ROW, {**ROW, "id": "a-2", **change})
    with pytest.raises(Stop) as stop:
        load(path)
    assert f"{path}, line 2: {told}" in str(stop.value)


@pytest.mark.parametrize("name", ["text", "risk", "speaker", "tracks"])
def test_a_label_that_is_missing_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(Stop, match=f'line 1: "{name}" is missing'):
        load(written(tmp_path, without(name)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"text": ', "line 3: not JSON"),
        (b'{"text": "\xe6ble"}', "line 3: not UTF-8"),
        (b'["text"]', "line 3: not a JSON object"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number(
    tmp_path: Path, line: bytes, told: str
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(json.dumps(ROW).encode() + b"\n\n" + line)
    with pytest.raises(Stop, match=told):
        load(path)


def test_an_id_that_stands_twice_stops_the_evaluation(tmp_path: Path) -> None:
    with pytest.raises(Stop, match='the id "a-1" stands there twice'):
        load(written(tmp_path, ROW, ROW))


def test_a_file_without_cases_or_no_file_stops_the_evaluation(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="holds no case"):
        load(written(tmp_path))
    with pytest.raises(Stop, match="cannot be read: No such file"):
        load(tmp_path / "elsewhere.jsonl")


def test_predictions_are_written_one_a_line_with_the_fields_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "new" / "predictions.jsonl"
    write(path, [Prediction("a-1", "ask", "forælder", 9, ("uro",), None), Prediction("a-2")])
    first, second = path.read_text("utf-8").splitlines()
    assert first == (
        '{"id": "a-1", "risk": "ask", "speaker": "forælder", "age": 9, '
        '"tracks": ["uro"], "topic": null}'
    )
    assert json.loads(second)["risk"] == "none"
