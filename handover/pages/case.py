"""A case as its page shows it: from the summary, with a Danish word for every id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from handover.pages.criteria import Row, Table, Tables
from handover.pages.moments import day
from handover.pages.quotes import Quote, Quotes
from handover.pages.words import Words

Json = Mapping[str, Any]
COMMON = "faelles"
FACTS = {"henvender": "speaker", "alder": "age", "kommune": "kommune"}


@dataclass(frozen=True)
class Fact:
    """A value with the words it was read from; ``before``: what was said first."""

    id: str
    label: str
    value: str | None
    reason: str | None
    quotes: Sequence[Quote]
    before: Sequence[str]


@dataclass(frozen=True)
class Line:
    """A message of the transcript. ``day``: a new day begins with it. ``about``: what it asks."""

    seq: int
    sender: str
    kind: str
    text: str
    at: str
    day: str | None
    label: str | None
    about: str | None
    anchor: str | None


@dataclass(frozen=True)
class CaseView:
    title: str
    concern: Sequence[Quote]
    tried: Sequence[Quote]
    wishes: Sequence[Quote]
    danger: Sequence[Quote]
    facts: Sequence[Fact]
    tables: Sequence[Table]
    open: Sequence[Row]
    open_facts: Sequence[Fact]
    lines: Sequence[Line]


def case_view(found: Json, words: Words) -> CaseView:
    quotes = Quotes(found["transcript"], words)
    tables = _tables(found, Tables(words, quotes))
    facts = _facts(found, words, quotes)
    unsure = [row for table in (tables[-1], *tables[:-1]) for row in table.rows if row.open]
    return CaseView(
        title=words.who(found["speaker"]["value"], found["age"]["value"]),
        concern=quotes.of(found["concern"]),
        tried=quotes.of(found["tried"]),
        wishes=quotes.of(found["wishes"]),
        danger=quotes.danger(found["risk"]["evidence"]),
        facts=facts,
        tables=tables,
        open=list({row.label: row for row in reversed(unsure)}.values())[::-1],
        open_facts=[fact for fact in facts if fact.value is None],
        lines=list(_lines(found["transcript"], tables, words, quotes)),
    )


def lines_after(view: CaseView, seq: int) -> CaseView:
    return replace(view, lines=[line for line in view.lines if line.seq > seq])


def state_of(found: Json) -> str:
    """Another one whenever anything but the conversation has changed on the page."""
    rest = {name: value for name, value in found.items() if name != "transcript"}
    return blake2b(repr(rest).encode(), digest_size=8).hexdigest()


def _tables(found: Json, tables: Tables) -> list[Table]:
    """The tracks, then what is asked whatever the track."""
    tracks = [
        tables.table(t["track"], t["title"], t["criteria"], t["evidence"]) for t in found["tracks"]
    ]
    return [*tracks, tables.table(COMMON, "", found["common"])]


def _facts(found: Json, words: Words, quotes: Quotes) -> list[Fact]:
    rows = {row["id"]: row for row in found["common"]}
    return [
        Fact(
            id=name,
            label=words.say(name, "oplysning"),
            value=_value(name, rows[name].get("value"), words),
            reason=words.say(rows[name]["reason"], "grund") if rows[name]["reason"] else None,
            quotes=quotes.of(found[key]["evidence"]),
            before=[
                str(_value(name, old["value"], words)) for old in found[key].get("previous") or ()
            ],
        )
        for name, key in FACTS.items()
    ]


def _value(name: str, value: Any, words: Words) -> str | None:
    if value is None:
        return None
    return words.say(value, "henvender") if name == "henvender" else str(value)


def _lines(
    messages: Sequence[Json], tables: Sequence[Table], words: Words, quotes: Quotes
) -> list[Line]:
    asked = {(table.id, row.id): row for table in tables for row in table.rows}
    lines, days = [], [day(message["created_at"]) for message in messages]
    for index, message in enumerate(messages):
        row = asked.get((message["track"] or COMMON, message["question"]))
        lines.append(
            Line(
                seq=message["seq"],
                sender=message["sender"],
                kind=message["kind"],
                text=quotes.titles.get(message["seq"]) or str(message["text"]),
                at=message["created_at"],
                day=days[index] if not index or days[index] != days[index - 1] else None,
                label=_label(message, words),
                about=_about(message["question"], row, words),
                anchor=row.anchor if row else None,
            )
        )
    return lines


def _label(message: Json, words: Words) -> str | None:
    kind = "question" if message["question"] and message["kind"] == "text" else message["kind"]
    return words.say(kind, "beskedtype") if words.knows(kind, "beskedtype") else None


def _about(question: str | None, row: Row | None, words: Words) -> str | None:
    if row:
        return row.text
    if question and words.knows(question, "lukketrin"):
        return words.say(question, "lukketrin")
    return None
