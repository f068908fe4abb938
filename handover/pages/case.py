"""A case as its page shows it: from the summary, with a Danish word for every id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from bot.tracks.intake import INTAKE
from handover.handovers.summary import asked_common
from handover.pages.asking import Open, asked_of
from handover.pages.criteria import Row, Table, Tables
from handover.pages.moments import day
from handover.pages.quotes import Quote, Quotes
from handover.pages.words import Words

Json = Mapping[str, Any]
COMMON = "faelles"
OPEN_FACTS = ("henvender", "alder", "kommune", "proevet", "oensker")
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
class Receipt:
    """``state``: sendt, leveret, set; ``at``: when it was seen."""

    state: str
    at: str | None


@dataclass(frozen=True)
class Line:
    """A message of the transcript. ``day``: a new day begins with it. ``about``: what it asks.
    ``receipt``: how far the counsellors' newest one has come."""

    seq: int
    sender: str
    kind: str
    text: str
    at: str
    day: str | None
    label: str | None
    about: str | None
    anchor: str | None
    receipt: Receipt | None


@dataclass(frozen=True)
class CaseView:
    title: str
    concern: Sequence[Quote]
    tried: Sequence[Quote]
    wishes: Sequence[Quote]
    danger: Sequence[Quote]
    facts: Sequence[Fact]
    tables: Sequence[Table]
    open: Sequence[Open]
    lines: Sequence[Line]
    own: Line | None
    """The newest of the counsellors' messages: it tells how far it has come."""
    request: Sequence[tuple[str, str | None, Sequence[Quote]]] = ()
    """Of a request for teaching or guidance: what is told of it, the value, the words."""


def case_view(found: Json, words: Words) -> CaseView:
    quotes = Quotes(found["transcript"], words)
    tables = _tables(found, Tables(words, quotes))
    facts = _facts(found, words, quotes)
    kind = found.get("kind", INTAKE)
    lines = list(_lines(found, tables, words, quotes))
    return CaseView(
        title=words.who(found["speaker"]["value"], found["age"]["value"], kind),
        concern=quotes.of(found["concern"]),
        tried=quotes.of(found["tried"]),
        wishes=quotes.of(found["wishes"]),
        danger=quotes.danger(found["risk"]["evidence"]),
        facts=facts,
        tables=tables,
        open=[*_open_criteria(tables), *_left_open(found, words, quotes)],
        lines=lines,
        own=next((line for line in reversed(lines) if line.receipt), None),
        request=list(_request(found, facts, words, quotes)) if kind != INTAKE else (),
    )


def _request(
    found: Json, facts: Sequence[Fact], words: Words, quotes: Quotes
) -> Iterator[tuple[str, str | None, Sequence[Quote]]]:
    known = {fact.id: fact for fact in facts}
    who, where = known["henvender"], known["kommune"]
    name = found["contact"]["name"]
    named = ", ".join(part for part in (who.value, name) if part)
    yield words.say("hvem", "oenske"), named or None, who.quotes
    yield words.say("hvor", "oenske"), where.value, where.quotes
    yield words.say("hvornaar", "oenske"), None, quotes.of(found["wishes"])
    yield words.say("emne", "oenske"), None, quotes.of(found["concern"])


def lines_after(view: CaseView, seq: int) -> CaseView:
    return replace(view, lines=[line for line in view.lines if line.seq > seq])


def state_of(found: Json) -> str:
    """Another one whenever anything but the conversation has changed on the page."""
    rest = {k: value for k, value in found.items() if k not in ("transcript", "receipts")}
    return blake2b(repr(rest).encode(), digest_size=8).hexdigest()


def _tables(found: Json, tables: Tables) -> list[Table]:
    """The tracks, then what is asked whatever the track; of a request only what was asked."""
    tracks = [
        tables.table(t["track"], t["title"], t["criteria"], t["evidence"]) for t in found["tracks"]
    ]
    return [*tracks, tables.table(COMMON, "", asked_common(found))]


def _open_criteria(tables: Sequence[Table]) -> list[Open]:
    """The common ones first. What follows from another criterion has the same label, and is asked
    about once."""
    rows = [row for table in (tables[-1], *tables[:-1]) for row in table.rows if row.open]
    return [
        Open(row.id, row.track, row.label, row.state.reason, row.wording, row.anchor, row.asked)
        for row in {row.label: row for row in reversed(rows)}.values()
    ][::-1]


def _left_open(found: Json, words: Words, quotes: Quotes) -> list[Open]:
    """Facts and tellings that are not known; they have no state and no row."""
    open_ones = [
        row for row in found["common"] if row["kind"] in ("fakta", "fritekst") and row.get("reason")
    ]
    return [
        Open(
            id=row["id"],
            track=COMMON,
            label=words.say(row["id"], "oplysning"),
            reason=words.say(row["reason"], "grund"),
            wording=row["wording"],
            anchor=None,
            asked=asked_of(row, quotes),
        )
        for row in open_ones
        if row["id"] in OPEN_FACTS
    ]


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


def _lines(found: Json, tables: Sequence[Table], words: Words, quotes: Quotes) -> list[Line]:
    messages, receipt = found["transcript"], _receipt(found)
    own = max((m["seq"] for m in messages if m["sender"] == "counsellor"), default=None)
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
                receipt=receipt if message["seq"] == own else None,
            )
        )
    return lines


def _receipt(found: Json) -> Receipt | None:
    """Of the newest message that counsellors wrote."""
    own = [m["seq"] for m in found["transcript"] if m["sender"] == "counsellor"]
    if not own:
        return None
    reached = found["receipts"]
    if (reached["seen"] or 0) >= own[-1]:
        return Receipt("set", reached["seen_at"])
    delivered = (reached["delivered"] or 0) >= own[-1]
    return Receipt("leveret" if delivered else "sendt", None)


def _label(message: Json, words: Words) -> str | None:
    kind = "question" if message["question"] and message["kind"] == "text" else message["kind"]
    return words.say(kind, "beskedtype") if words.knows(kind, "beskedtype") else None


def _about(question: str | None, row: Row | None, words: Words) -> str | None:
    if row:
        return row.text
    if question and words.knows(question, "lukketrin"):
        return words.say(question, "lukketrin")
    return None
