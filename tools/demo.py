"""`make demo`: plays the conversations marked `demo: true` and prints each beside its summary.

python -m tools.demo [part of a name ...]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

from handover.handovers.letter import HEADING, QUOTE, Letters, Row
from tools import report
from tools.player import Played, Player
from tools.report import Stop, say
from tools.script import Script, load_scripts
from tools.system import System

AT_ONCE = 4
SIDE_BY_SIDE = 110  # columns from which transcript and summary stand beside each other
NARROWEST = 40
GAP = " | "


def main() -> None:
    scripts = chosen(sys.argv[1:])
    if not scripts:
        raise Stop(f"No demo conversation has {' or '.join(sys.argv[1:])} in its name")
    say(f"Starting a system of its own for {len(scripts)} conversations ...")
    width = max(NARROWEST, shutil.get_terminal_size().columns)
    played = []
    with (
        tempfile.TemporaryDirectory(prefix="demo-") as folder,
        System.temporary(Path(folder)) as system,
        Player(system.url, system.token("demo")) as player,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        for each in pool.map(player.play, scripts):
            played.append(each)
            say("\n".join(page(each, width)))
    say(counts(played))


def chosen(parts: Sequence[str]) -> list[Script]:
    found = [script for script in load_scripts() if script.demo]
    return [s for s in found if not parts or any(part in s.name for part in parts)]


def page(played: Played, width: int) -> list[str]:
    """One conversation and what the counsellor gets of it."""
    head = ["", "=" * width, *textwrap.wrap(title(played), width), "=" * width]
    if width < SIDE_BY_SIDE:
        return [*head, *transcript(played, width), "", *summary(played, width)]
    column = (width - len(GAP)) // 2
    beside = zip_longest(transcript(played, column), summary(played, column), fillvalue="")
    return head + [f"{left:<{column}}{GAP}{right}".rstrip() for left, right in beside]


def title(played: Played) -> str:
    return f"{played.script.name} ({Letters.load().values[played.script.channel]})"


def transcript(played: Played, width: int) -> list[str]:
    """`Borger:` and `Computer:` with what they said, the citizen's words set in."""
    words = Letters.load().values
    lines: list[str] = []
    for sender, text in played.transcript:
        margin = " " * 4 if sender == "citizen" else ""
        lines += [*wrapped(f"{words[sender]}: {text}", width, margin), ""]
    return lines + (wrapped(f"STANDSET: {played.error}", width) if played.error else [])


def summary(played: Played, width: int) -> list[str]:
    """The counsellor's letter without the transcript, or that there is none."""
    if played.summary is None:
        return wrapped("Ingen overdragelse: der er ikke givet noget videre.", width)
    rows = Letters.load().rows({**played.summary, "transcript": []})
    return [line for row in told(rows) for line in shaped(row, width)]


def told(rows: Sequence[Row]) -> Iterator[Row]:
    """Without headings that nothing follows."""
    for row, after in zip_longest(rows, rows[1:]):
        if row.style != HEADING or (after and after.style != HEADING):
            yield row


def shaped(row: Row, width: int) -> list[str]:
    if row.style == HEADING:
        lines = textwrap.wrap(row.text, width)
        return ["", *lines, "-" * max(map(len, lines))]
    return wrapped(row.text, width, " " * 4 if row.style == QUOTE else "")


def wrapped(text: str, width: int, margin: str = "") -> list[str]:
    """Each line of the text broken at the width, its continuation set in a little more."""
    return [
        line
        for paragraph in text.splitlines()
        for line in textwrap.wrap(
            paragraph, width, initial_indent=margin, subsequent_indent=margin + "  "
        )
    ]


def counts(played: Iterable[Played]) -> str:
    """`12 samtaler, 240 beskeder fra borgere, 11 overdragelser (akut 3, ...), 0 gik i stå`"""
    played = list(played)
    summaries = [each.summary for each in played if each.summary]
    words = Letters.load().values
    priorities = Counter(words[found["priority"]] for found in summaries)
    urgency = ", ".join(f"{name} {number}" for name, number in priorities.items())
    stuck = sum(each.error is not None for each in played)
    said = sum(len(each.said) for each in played)
    return (
        f"\n{len(played)} samtaler, {said} beskeder fra borgere, "
        f"{len(summaries)} overdragelser ({urgency or '-'}), {stuck} gik i stå"
    )


if __name__ == "__main__":
    report.run(main)
