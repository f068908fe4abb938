from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.lines import FOLDER
from bot.safety.classifier import CLASSES
from bot.tracks.catalogue import SPEAKERS, UNKNOWN, load_catalogue
from tools import datacard
from tools.datacard import ANSWERS, BEGIN, END, LEVELS, Line, read, tables
from tools.places import ROOT
from tools.report import Stop

BLOCKS = """
version: "3.1"
nlu:
- intent: fortael
  metadata: {niveau: akut, henvender: ung, spor: [uro, krop_mad]}
  examples: |
    - den første linje
    - den anden linje
- intent: fortael
  metadata: {kriterium: uro.afbryder, svar: nej, spor: []}
  examples: |
    - Den første linje
- intent: tak
  examples: |
    - tusind tak
"""


@pytest.fixture
def lines(tmp_path: Path) -> list[Line]:
    (tmp_path / "prøve.yml").write_text(BLOCKS, "utf-8")
    return list(read(tmp_path))


@pytest.fixture(scope="module")
def own() -> list[Line]:
    return list(read(FOLDER))


def test_lines_are_counted_and_so_are_those_that_say_the_same(lines: list[Line]) -> None:
    assert next(iter(tables(lines))).startswith("4 lines, 3 of them distinct.")


@pytest.mark.parametrize(
    "row",
    [
        "| `prøve.yml` | 2 | 0 | 0 | 2 | 4 |",
        "| **all** | 2 | 0 | 0 | 2 | 4 |",
        "| `uro.afbryder` | 0 | 1 | 0 | 0 | 0 | 1 |",
        "| `ung` | 2 |",
        "| `fortael` | 3 |",
        "| `krop_mad` | 2 |",
        "| none of the four | 1 |",
    ],
)
def test_a_label_is_counted_where_it_belongs(lines: list[Line], row: str) -> None:
    assert row in list(tables(lines))


def test_the_counts_are_renewed_between_their_marks_and_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "card.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["datacard", str(document)])
    datacard.main()
    counted = "\n".join(tables(list(read(FOLDER))))
    assert document.read_text("utf-8") == f"before\n{BEGIN}\n\n{counted}\n{END}\nafter\n"


def test_a_document_without_marks_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "card.md"
    document.write_text("no place for counts", "utf-8")
    with pytest.raises(Stop, match="no place for the counts"):
        datacard.renewed(document, "new")


def test_every_line_that_is_trained_on_is_counted(own: list[Line]) -> None:
    written = [
        line
        for path in FOLDER.glob("*.yml")
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("    - ")
    ]
    assert len(own) == len(written)


def test_no_line_carries_a_label_that_nothing_knows(own: list[Line]) -> None:
    catalogue = load_catalogue()
    intents = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"]
    known = {
        "intent": {*intents},
        "niveau": {*CLASSES},
        "henvender": {*SPEAKERS, UNKNOWN},
        "spor": {*catalogue.tracks},
        "kriterium": {*catalogue.keys()},
        "svar": {*ANSWERS},
    }
    unknown = {f"{name}: {label}" for name, label in carried(own) if label not in known[name]}
    assert unknown == set()


def carried(lines: list[Line]) -> set[tuple[str, str]]:
    found = {("intent", line.intent) for line in lines}
    for line in lines:
        for name, label in line.labels.items():
            found |= {(name, each) for each in (label if isinstance(label, list) else [label])}
    return found


def test_the_columns_are_the_levels_that_the_danger_screen_learns() -> None:
    assert LEVELS == CLASSES
