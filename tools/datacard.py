"""Counts the training lines for the data card: by file, by label, by criterion.

.venv/bin/python -m tools.datacard [DOCUMENT]

Prints the tables, or renews them in DOCUMENT between its two `counts` marks.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.lines import FOLDER, blocks, examples_of, metadata_of
from tools import report
from tools.approvals import table
from tools.report import Stop, say

BEGIN, END = "<!-- counts -->", "<!-- /counts -->"
LEVELS = ("akut", "forhoejet", "ingen")
ANSWERS = ("ja", "nej", "ved_ikke", "uklart")
UNLABELLED = "not labelled"
NO_TRACK = "none of the four"


@dataclass(frozen=True)
class Line:
    """A training line with the labels of its block; what a block leaves out is not taught by it."""

    file: str
    text: str
    intent: str
    labels: Mapping[str, Any]

    @property
    def level(self) -> str:
        return str(self.labels.get("niveau") or UNLABELLED)

    @property
    def speaker(self) -> str:
        return str(self.labels.get("henvender") or UNLABELLED)

    @property
    def tracks(self) -> list[str]:
        found = self.labels.get("spor")
        return [UNLABELLED] if found is None else [str(track) for track in found] or [NO_TRACK]

    @property
    def criterion(self) -> str | None:
        return self.labels.get("kriterium")

    @property
    def answer(self) -> str:
        return str(self.labels.get("svar") or UNLABELLED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path, nargs="?", help="where the tables are renewed")
    given, counts = parser.parse_args(), "\n".join(tables(list(read(FOLDER))))
    if given.document is None:
        say(counts)
    else:
        given.document.write_text(renewed(given.document, counts), "utf-8")


def renewed(document: Path, counts: str) -> str:
    text = document.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Stop(f"{document} has no place for the counts: it needs {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{counts}\n{END}{after}"


def read(folder: Path) -> Iterator[Line]:
    for name, block in blocks(folder):
        for text in examples_of(block):
            yield Line(name, text, block["intent"], metadata_of(block))


def tables(lines: Sequence[Line]) -> Iterator[str]:
    yield f"{len(lines)} lines, {len({one.text.lower() for one in lines})} of them distinct.\n"
    yield "### Files and danger levels\n"
    yield from by_file(lines)
    yield "### Who writes, and which tracks the line gives signs of\n"
    yield from labelled("`henvender`", [one.speaker for one in lines])
    yield from labelled("`spor` (a line may have several)", [t for o in lines for t in o.tracks])
    yield "### Answers to criteria\n"
    yield from by_criterion(lines)
    yield "### Intents\n"
    yield from labelled("`intent`", [one.intent for one in lines])


def by_file(lines: Sequence[Line]) -> list[str]:
    levels = (*LEVELS, UNLABELLED)
    rows = cross(lines, lambda one: one.file, lambda one: one.level, levels)
    sums = Counter(one.level for one in lines)
    total = ("**all**", *(str(sums[level]) for level in levels), str(len(lines)))
    return table(("file", *levels, "lines"), [*rows, total])


def by_criterion(lines: Sequence[Line]) -> list[str]:
    answers = [one for one in lines if one.criterion]
    columns = (*ANSWERS, UNLABELLED)
    rows = cross(answers, lambda one: str(one.criterion), lambda one: one.answer, columns)
    return table(("criterion", *columns, "lines"), rows)


def cross(
    lines: Iterable[Line],
    row: Callable[[Line], str],
    column: Callable[[Line], str],
    columns: Sequence[str],
) -> list[tuple[str, ...]]:
    """A row for each value of ``row``, with the lines of each column and all of them."""
    cells = Counter((row(one), column(one)) for one in lines)
    sums: Counter[str] = Counter()
    for (name, _), number in cells.items():
        sums[name] += number
    return [
        (shown(name), *(str(cells[name, each]) for each in columns), str(sums[name]))
        for name in sorted(sums)
    ]


def labelled(title: str, labels: Iterable[str]) -> list[str]:
    """Most lines first."""
    rows = [(shown(name), str(number)) for name, number in Counter(labels).most_common()]
    return table((title, "lines"), rows)


def shown(name: str) -> str:
    return name if name in (UNLABELLED, NO_TRACK) else f"`{name}`"


if __name__ == "__main__":
    report.run(main)
