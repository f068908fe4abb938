from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.script import FOLDER, ScriptError, load_scripts, read_scripts

RIGHT: dict[str, Any] = {
    "name": "a boy of 14",
    "opening": ["hej"],
    "expect": {"handover": True, "speaker": "ung", "age": 14, "tracks": ["uro"], "risk": "ask"},
}


def written(folder: Path, *rows: object, name: str = "unge.yml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(list(rows), allow_unicode=True), "utf-8")
    return path


def changed(place: str, value: object) -> dict[str, Any]:
    """RIGHT with one value put in (or, if None, taken out): ``changed("expect.age", "14")``."""
    row: dict[str, Any] = yaml.safe_load(yaml.safe_dump(RIGHT))
    *path, last = place.split(".")
    part = row
    for name in path:
        part = part[name]
    part[last] = value
    if value is None:
        del part[last]
    return row


def test_what_is_left_out_has_its_usual_value(tmp_path: Path) -> None:
    [found] = read_scripts(written(tmp_path, RIGHT))
    assert (found.channel, found.demo, found.asides, found.expect.crisis) == (
        "web",
        False,
        [],
        False,
    )
    assert found.expect.priority == "hoej"
    assert found.closing_answer("samtykke") == "ja"


def test_numbers_are_what_is_said(tmp_path: Path) -> None:
    [found] = read_scripts(written(tmp_path, changed("answers", {"alder": 14})))
    assert found.answers == {"alder": "14"}


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        ("name", None, "name: is missing"),
        ("opening", None, "opening: is missing"),
        ("opening", [], "opening: List should have at least 1 item"),
        ("openings", ["hej"], "openings: unknown key"),
        ("channel", "fax", "channel: Input should be 'web', 'sms' or 'phone'"),
        ("answers", {"aldr": "14"}, "no criterion is called 'aldr'"),
        ("closing", {"samtyke": "ja"}, "no closing step is called 'samtyke'"),
        ("asides", [{"before": "alder"}], "asides.0.say: is missing"),
        ("asides", [{"before": "aldr", "say": "x"}], "no criterion is called 'aldr'"),
        (
            "asides",
            [{"before": "alder", "say": "x", "topic": "priis"}],
            "no topic is called 'priis'",
        ),
        (
            "asides",
            [{"before": "alder", "say": "x", "human": True, "skips": True}],
            "asides.0: give one of topic, human, crisis, corrects and skips",
        ),
        ("expect.tracks", ["krop"], "no track is called 'krop'"),
        ("expect.age", None, "expect.age: is missing"),
        ("expect.age", "14", "expect.age: Input should be a valid integer"),
        ("expect.risk", "high", "expect.risk: Input should be 'none', 'ask' or 'alarm'"),
        ("expect.states", {"uro": {"alder": "ja"}}, "expect.states.uro.alder: Input should be"),
        (
            "expect.states",
            {"faelles": {"kommune": "opfyldt"}},
            "faelles has no criterion 'kommune' with a state",
        ),
        ("expect.given", ["aldr"], "no criterion is called 'aldr'"),
        ("expect.contact", {"wants": "letter"}, "expect.contact.wants: Input should be"),
    ],
)
def test_a_wrong_conversation_is_refused_with_file_place_and_reason(
    tmp_path: Path, place: str, value: object, complaint: str
) -> None:
    path = written(tmp_path, RIGHT, changed(place, value))
    with pytest.raises(ScriptError) as error:
        read_scripts(path)
    assert complaint in str(error.value)
    assert str(error.value).startswith("unge.yml: conversation 2")


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "unge.yml"
    path.write_text("- name: one\n  channel: sms\n  channel: web\n", "utf-8")
    with pytest.raises(ScriptError, match=r"unge\.yml: the mapping in line 1 has 'channel' twice"):
        read_scripts(path)


@pytest.mark.parametrize("text", ["name: one\n", "- name: [\n", "hej\n"])
def test_a_file_that_is_no_list_of_conversations_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "unge.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScriptError, match=r"unge\.yml: "):
        read_scripts(path)


def test_two_conversations_of_one_name_are_refused_across_files(tmp_path: Path) -> None:
    written(tmp_path, RIGHT, name="a.yml")
    written(tmp_path, RIGHT, name="b.yml")
    with pytest.raises(ScriptError, match=r"b\.yml: a second conversation is called 'a boy of 14'"):
        load_scripts(tmp_path)


def test_every_conversation_in_the_repository_can_be_read() -> None:
    files = {path.stem for path in FOLDER.glob("*.yml")}
    assert files >= {"fagfolk", "paaroerende", "saerlige"}
    assert len(load_scripts()) >= 40
