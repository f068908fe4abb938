"""Writes docs/godkendelse.md: which Danish texts and facts still wait for a person's word.

.venv/bin/python -m tools.approvals

A text is an entry with the field `godkendt` (empty until a professional has approved it), a fact
one with `bekraeftet` (nej until somebody has checked it). The loaders see to it that the fields are
there; whether they are filled in changes nothing in the program, so it has to be seen here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools import report
from tools.places import ROOT
from tools.report import Stop, say

FOLDERS = ("bot", "config", "handover")
NOT_TEXTS = ("bot/data", "bot/models")
DOCUMENT = ROOT / "docs" / "godkendelse.md"
APPROVED, CONFIRMED = "godkendt", "bekraeftet"
NAMES = ("id", "navn", "dato")
EVERYWHERE = ("112",)
"""Numbers that stand in many sentences and will not change."""
LAW = re.compile(r"§|\bart\. ?\d|forordning|Datatilsynet")

INTRODUCTION = """# Godkendelse

<!-- Skrevet af `make approvals` ud fra tekstfilerne. Ret der, ikke her. -->

**{approved} af {texts} tekster er godkendt, og {confirmed} af {facts} oplysninger er bekræftet.**
Programmet viser teksterne og numrene, også når felterne er tomme. Det er derfor kommunen, der
holder øje med, at listen her er i orden, før nogen borger får adgang.

En tekst godkendes ved at skrive, hvem der har godkendt den og hvornår, i feltet `godkendt` i filen,
for eksempel `godkendt: "Psykolog i ROBUS, 2026-12-01"`. Ændres teksten, tømmes feltet igen.
En oplysning bekræftes med `bekraeftet: ja`, når et menneske har kontrolleret den (ringet til
nummeret, læst loven), og datoen i `kontrolleret` rettes.

Kilderne `000`, `001` og `003` er bilag 3 om STIME, artiklen om STIME på emu.dk og oplægget om STIME
i København (ROBUS).
"""
PAGES = """## Ord uden felt

Knapper, overskrifter og hjælpetekster på siderne står i `handover/pages/templates/` og godkendes
ved at se siderne igennem.
"""


@dataclass(frozen=True)
class Entry:
    """A mapping that has the field; ``place`` is where it stands: ``kriterier.alder``."""

    file: str
    place: str
    fields: Mapping[str, Any]

    @property
    def approved(self) -> bool:
        return bool(str(self.fields.get(APPROVED) or "").strip())

    @property
    def confirmed(self) -> bool:
        return self.fields.get(CONFIRMED) == "ja"

    @property
    def words(self) -> str:
        """Everything that stands in the entry, in one string."""
        return str(self.fields)

    @property
    def source(self) -> str:
        return str(self.fields.get("kilde") or "")


def main() -> None:
    texts, facts = entries(ROOT, APPROVED), entries(ROOT, CONFIRMED)
    DOCUMENT.write_text(document(texts, facts), "utf-8")
    say(f"{DOCUMENT.relative_to(ROOT)}: {counted(texts, facts)}")


def counted(texts: Sequence[Entry], facts: Sequence[Entry]) -> str:
    approved, confirmed = sum(t.approved for t in texts), sum(f.confirmed for f in facts)
    return f"{approved} of {len(texts)} texts approved, {confirmed} of {len(facts)} facts confirmed"


# reading


def entries(root: Path, field: str) -> list[Entry]:
    """Every entry with the field in the text files below ``root``, in the order of the files."""
    return [
        Entry(path.relative_to(root).as_posix(), place, found)
        for path in text_files(root)
        for place, found in marked(load(path), field)
    ]


def text_files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.yml")):
            if not path.relative_to(root).as_posix().startswith(NOT_TEXTS):
                yield path


def load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise Stop(f"{path} cannot be read: {' '.join(str(error).split())}") from error


def marked(node: Any, field: str, place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The mappings that have the field, outer ones first."""
    if isinstance(node, Mapping):
        if field in node:
            yield place or "hele filen", node
        for name, child in node.items():
            yield from marked(child, field, f"{place}.{name}" if place else str(name))
    elif isinstance(node, list):
        for number, child in enumerate(node, 1):
            yield from marked(child, field, f"{place}.{name_of(child, number)}")


def name_of(row: Any, number: int) -> str:
    named = [row[name] for name in NAMES if name in row] if isinstance(row, Mapping) else []
    return str(named[0] if named else number)


# writing


def document(texts: Sequence[Entry], facts: Sequence[Entry]) -> str:
    introduction = INTRODUCTION.format(
        approved=sum(t.approved for t in texts),
        texts=len(texts),
        confirmed=sum(f.confirmed for f in facts),
        facts=len(facts),
    )
    told = (*files_part(texts), *facts_part(facts), *numbers_part(texts, facts), *law_part(texts))
    return "\n".join((introduction, *told, PAGES))


def files_part(texts: Sequence[Entry]) -> list[str]:
    by_file: defaultdict[str, list[Entry]] = defaultdict(list)
    for text in texts:
        by_file[text.file].append(text)
    rows = [
        (f"`{file}`", str(len(found)), str(sum(text.approved for text in found)))
        for file, found in by_file.items()
    ]
    return ["## Tekster\n", *table(("Fil", "Tekster", "Godkendt"), rows)]


def facts_part(facts: Sequence[Entry]) -> list[str]:
    rows = [
        (shown(fact), value(fact.fields), fact.source, date(fact.fields), yes_no(fact.confirmed))
        for fact in facts
    ]
    head = ("Oplysning", "Værdi", "Kilde", "Kontrolleret", "Bekræftet")
    return ["## Oplysninger, kommunen skal bekræfte\n", *table(head, rows)]


def shown(fact: Entry) -> str:
    return f"{fact.fields.get('navn') or fact.place} (`{fact.file}`)"


def value(fields: Mapping[str, Any]) -> str:
    """A number with its hours; everything else is read in its file."""
    if "nummer" not in fields:
        return "se filen"
    return f"{fields['nummer']}, {fields.get('tider') or 'ingen tider vises'}"


def date(fields: Mapping[str, Any]) -> str:
    return str(fields.get("kontrolleret") or "")


def yes_no(value: bool) -> str:
    return "ja" if value else "nej"


def numbers_part(texts: Sequence[Entry], facts: Sequence[Entry]) -> list[str]:
    """A number that changes has to be changed in these sentences too."""
    rows = [
        (f"{fact.fields['navn']} {number}", places(text for text in texts if number in text.words))
        for fact in facts
        if (number := str(fact.fields.get("nummer") or "")) and number not in EVERYWHERE
    ]
    found = [row for row in rows if row[1]]
    return ["## Numre, der også står inde i tekster\n", *table(("Nummer", "Står i"), found)]


def places(texts: Iterable[Entry]) -> str:
    return "; ".join(f"`{text.file}`: {text.place}" for text in texts)


def law_part(texts: Sequence[Entry]) -> list[str]:
    by_law: defaultdict[str, list[Entry]] = defaultdict(list)
    for text in texts:
        for reference in laws(text.source):
            by_law[reference].append(text)
    rows = [(reference, places(found)) for reference, found in sorted(by_law.items())]
    title = "## Regler, som teksterne hviler på (en jurist bekræfter)\n"
    return [title, *table(("Regel", "Står i"), rows)]


def laws(source: str) -> list[str]:
    """``laws("003; barnets lov § 133") == ["barnets lov § 133"]``"""
    return [part.strip() for part in source.split(";") if LAW.search(part)]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table, with an empty line after it."""
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


if __name__ == "__main__":
    report.run(main)
