"""What the documents say of the program is checked where a program can check it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handover.settings import Settings
from tools.places import ROOT
from tools.ports import VARIABLES

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?:\]\(|src=\")([^)\"\s]+)")
PLACE = re.compile(r"`((?:bot|config|docs|handover|requirements|tests|tools)/[\w./-]+)`")
MADE = ("bot/models/",)
"""Made by the program, so not there in a fresh checkout."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def links(document: Path) -> Iterator[tuple[Path, str]]:
    """Where a document points inside the repository: the file, and the heading or ""."""
    for target in LINK.findall(document.read_text("utf-8")):
        if not target.startswith(("http:", "https:")):
            name, _, heading = target.partition("#")
            yield (document.parent / name).resolve() if name else document, heading


def headings(document: Path) -> set[str]:
    """As GitHub makes anchors of them: ``## Før, og nu`` -> ``før-og-nu``."""
    found = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target, heading in links(document):
        assert target.exists(), target
        assert not heading or heading in headings(target), f"{named(target)}#{heading}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_place_that_is_named_exists(document: Path) -> None:
    for place in PLACE.findall(document.read_text("utf-8")):
        assert place.startswith(MADE) or (ROOT / place).exists(), place


def test_every_setting_is_described_for_those_who_run_it() -> None:
    settings = {f"HANDOVER_{name.upper()}" for name in Settings.model_fields}
    told = text_of("docs/drift.md")
    assert {name for name in settings | {*VARIABLES.values()} if f"`{name}`" not in told} == set()


def test_no_setting_is_described_that_there_is_not() -> None:
    settings = {f"HANDOVER_{name.upper()}" for name in Settings.model_fields}
    assert {*re.findall(r"HANDOVER_[A-Z_]+", text_of("docs/drift.md"))} <= settings


def test_every_make_target_is_described_for_a_newcomer() -> None:
    targets = re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE)
    told = text_of("README.md")
    assert [target for target in targets if f"make {target}" not in told] == []


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    records = {path.name for path in folder.glob("0*.md")}
    assert records == {target.name for target, _ in links(folder / "README.md")}
