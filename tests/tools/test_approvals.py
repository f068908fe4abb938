from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.safety.resources import load_resources
from tools import approvals
from tools.approvals import APPROVED, CONFIRMED, Entry, document, entries, laws
from tools.places import ROOT
from tools.report import Stop

SENTENCES = """
hilsen: {tekst: Hej, kilde: fagligt udkast, godkendt: ""}
farvel: {tekst: Farvel, kilde: "003; barnets lov § 133", godkendt: "Psykolog, 2026-12-01"}
tak: {tekst: Tak, kilde: fagligt udkast, godkendt: " "}
"""
NUMBERS = """
ressourcer:
  - {id: vagten, navn: Vagten, nummer: "12 34 56 78", tider: "", kilde: et opslag,
     kontrolleret: 2026-11-22, bekraeftet: nej}
  - {id: lægen, navn: Lægen, nummer: "11 11 11 11", tider: hverdage, kilde: et opslag,
     kontrolleret: 2026-11-22, bekraeftet: ja}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("bot/data/nlu", "config", "handover"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bot" / "tekster.yml").write_text(SENTENCES, "utf-8")
    (tmp_path / "config" / "numre.yml").write_text(NUMBERS, "utf-8")
    (tmp_path / "bot" / "data" / "nlu" / "linjer.yml").write_text('godkendt: ""', "utf-8")
    return tmp_path


def written(root: Path) -> str:
    return document(entries(root, APPROVED), entries(root, CONFIRMED))


def test_a_text_counts_as_approved_only_when_somebody_stands_in_its_field(root: Path) -> None:
    assert "**1 af 3 tekster er godkendt" in written(root)
    assert "| `bot/tekster.yml` | 3 | 1 |" in written(root)


def test_training_lines_are_no_texts(root: Path) -> None:
    assert "linjer.yml" not in written(root)


def test_every_fact_stands_with_its_number_its_source_and_whether_it_is_confirmed(
    root: Path,
) -> None:
    assert "12 34 56 78, ingen tider vises | et opslag | 2026-11-22 | nej |" in written(root)
    assert "11 11 11 11, hverdage | et opslag | 2026-11-22 | ja |" in written(root)


def test_a_sentence_that_holds_a_number_is_named_under_it(root: Path) -> None:
    sentence = 'ring: {tekst: "Ring 12 34 56 78", kilde: fagligt udkast, godkendt: ""}'
    (root / "handover" / "tekster.yml").write_text(sentence, "utf-8")
    assert "| Vagten 12 34 56 78 | `handover/tekster.yml`: ring |" in written(root)


def test_a_law_that_a_text_rests_on_is_named_with_the_text(root: Path) -> None:
    assert "| barnets lov § 133 | `bot/tekster.yml`: farvel |" in written(root)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("fagligt udkast", []),
        ("003; sundhedsloven § 126 a; resten er et udkast", ["sundhedsloven § 126 a"]),
        ("EU's AI-forordning art. 50", ["EU's AI-forordning art. 50"]),
        ("Datatilsynet om sms", ["Datatilsynet om sms"]),
    ],
)
def test_only_the_laws_of_a_source_are_taken(source: str, found: list[str]) -> None:
    assert laws(source) == found


def test_an_entry_in_a_list_is_called_by_its_id(root: Path) -> None:
    assert [fact.place for fact in entries(root, CONFIRMED)] == [
        "ressourcer.vagten",
        "ressourcer.lægen",
    ]


def test_a_file_that_cannot_be_read_stops_with_its_name(root: Path) -> None:
    (root / "bot" / "tekster.yml").write_text("hilsen: [", "utf-8")
    with pytest.raises(Stop, match=r"tekster\.yml"):
        entries(root, APPROVED)


def test_the_document_is_written_anew_every_time(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = root / "godkendelse.md"
    monkeypatch.setattr(approvals, "ROOT", root)
    monkeypatch.setattr(approvals, "DOCUMENT", target)
    approvals.main()
    (root / "bot" / "tekster.yml").write_text(SENTENCES.replace('" "', '"Jurist"'), "utf-8")
    approvals.main()
    assert target.read_text("utf-8") == written(root)
    assert capsys.readouterr().out.endswith("2 of 3 texts approved, 1 of 2 facts confirmed\n")


def test_no_text_of_the_repository_is_left_out() -> None:
    field = re.compile(rf"^\s*(?:- )?{APPROVED}:", re.MULTILINE)
    found = entries(ROOT, APPROVED)
    for folder in ("bot", "config", "handover"):
        for path in (ROOT / folder).rglob("*.yml"):
            name = path.relative_to(ROOT).as_posix()
            counted = sum(entry.file == name for entry in found)
            assert counted == len(field.findall(path.read_text("utf-8"))), name


def test_every_number_that_a_citizen_may_be_shown_is_listed() -> None:
    listed = {str(fact.fields.get("nummer")) for fact in entries(ROOT, CONFIRMED)}
    assert {resource.number for resource in load_resources()} <= listed


def test_what_is_confirmed_says_ja_and_nothing_else() -> None:
    assert Entry("f", "p", {CONFIRMED: "ja"}).confirmed
    assert not Entry("f", "p", {CONFIRMED: "nej"}).confirmed
    assert not Entry("f", "p", {CONFIRMED: True}).confirmed
