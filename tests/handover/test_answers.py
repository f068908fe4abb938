"""Ready-made answers: what stands in the file, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from handover.handovers.answers import OWN, AnswerError, load_answers, search

GOOD = {
    "id": "hej", "titel": "Hej", "tekst": "Hej.", "soegeord": [], "kilde": "x", "godkendt": "",
}  # fmt: skip


def written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "svar.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return path


def test_every_answer_has_a_source_and_none_is_approved_yet() -> None:
    found = load_answers()
    assert len(found) >= 15
    assert all(answer.source and not answer.approved for answer in found)


def test_no_answer_shouts_or_promises_secrecy() -> None:
    for answer in load_answers():
        assert "!" not in answer.text, answer.id
        assert "jeg lover" not in answer.text.lower(), answer.id


def test_the_heading_the_text_and_the_keywords_are_searched() -> None:
    answers = load_answers()
    assert [a.id for a in search(answers, "PPR skolen")] == ["ppr_og_skole"]
    assert "farvel" in {a.id for a in search(answers, "afslutte")}
    assert search(answers, "") == answers
    assert search(answers, "findes slet ikke") == ()


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"svar": "x"}, "svar: Input should be a valid tuple"),
        ([], "file: Input should be a valid dictionary"),
        ({"svar": [GOOD | {"tekst": " "}]}, "svar.0.tekst: String should have at least 1"),
        ({"svar": [GOOD | {"tekst": "a" * 1501}]}, "svar.0.tekst: String should have at most 1500"),
        ({"svar": [GOOD | {"farve": "blå"}]}, "svar.0.farve: Extra inputs"),
        ({"svar": [GOOD | {"id": "Æ"}]}, "svar.0.id"),
        ({"svar": [GOOD, GOOD]}, "hej stands twice"),
        ({"svar": [{k: v for k, v in GOOD.items() if k != "kilde"}]}, "svar.0.kilde: Field"),
    ],
)
def test_a_wrong_answer_is_named(tmp_path: Path, document: Any, complaint: str) -> None:
    path = written(tmp_path, document)
    with pytest.raises(AnswerError) as error:
        load_answers(path)
    assert str(error.value).startswith(str(path))
    assert complaint in str(error.value)


def test_a_file_that_is_missing_or_unreadable_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnswerError, match=r"none\.yml: the file is missing"):
        load_answers(tmp_path / "none.yml")
    broken = tmp_path / "svar.yml"
    broken.write_text("{", "utf-8")
    with pytest.raises(AnswerError, match=r"svar\.yml: while parsing"):
        load_answers(broken)


def test_the_answers_of_the_service_stand_beside_it() -> None:
    assert OWN.is_file()
