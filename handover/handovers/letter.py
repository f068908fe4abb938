"""The summary on paper: as plain text and as PDF."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.tracks.intake import INTAKE
from handover import opening
from handover.clock import from_rfc3339
from handover.handovers.summary import asked_common
from handover.handovers.windows import Window, in_words

LABELS = Path(__file__).parent / "udskrift.yml"
HEADING, LINE, QUOTE = "heading", "line", "quote"
_PLAIN = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."})


@dataclass(frozen=True)
class Row:
    style: str
    text: str


@dataclass(frozen=True)
class Letters:
    headings: Mapping[str, str]
    fields: Mapping[str, str]
    values: Mapping[str, str]
    outcomes: Mapping[str, str]

    @classmethod
    def load(cls, outcomes: Mapping[str, str] = MappingProxyType({})) -> Letters:
        """``outcomes``: what a case can be closed with, in words."""
        document = yaml.load(LABELS.read_text(encoding="utf-8"), yaml.CSafeLoader)
        return cls(document["overskrifter"], document["felter"], document["vaerdier"], outcomes)

    def rows(self, found: Mapping[str, Any]) -> list[Row]:
        """The letter of a summary (``summary.summary``), row by row."""
        return [
            Row(HEADING, f"{self.headings['titel']} {found['handover_id']}"),
            Row(LINE, self.headings["forbehold"]),
            *self._overview(found),
            *self._aftercare(found),
            *self._quoted("bekymring", found["concern"]),
            *self._risk(found["risk"]),
            *(row for track in found["tracks"] for row in self._track(track)),
            *self._criteria(self.headings["faelles"], asked_common(found)),
            *self._quoted("proevet", found["tried"]),
            *self._quoted("oensker", found["wishes"]),
            *self._contact(found["contact"]),
            *self._callback(found["callback"]),
            *self._listed("muligheder", [p["text"] for p in found["possibilities"]]),
            *self._listed("noter", [f"{n['author']}: {n['text']}" for n in found["notes"]]),
            *self._transcript(found["transcript"]),
        ]

    def _overview(self, found: Mapping[str, Any]) -> Iterator[Row]:
        yield Row(HEADING, self.headings["overblik"])
        if found["kind"] != INTAKE:
            yield self._field("kind", found["kind"])
        for name in ("created_at", "status", "priority", "channel", "claimed_by"):
            if found[name]:
                yield self._field(name, found[name])
        if found["outcome"]:
            yield self._field("outcome", self.outcomes.get(found["outcome"], found["outcome"]))
        for name in ("speaker", "age", "kommune"):
            if found[name]["value"] is not None:
                yield self._field(name, found[name]["value"])
                yield from self._evidence(found[name]["evidence"])

    def _aftercare(self, found: Mapping[str, Any]) -> Iterator[Row]:
        made, follow_up = found["underretning"], found["follow_up"]
        if made:
            who = f"{self.values['noteret_af']} {made['by']}"
            yield self._field("underretning", f"{made['date']}, {who}")
        if follow_up:
            done = follow_up["done_by"]
            state = f"{self.values['fulgt_op_af']} {done}" if done else self.values["ikke_fulgt_op"]
            yield self._field("follow_up", f"{follow_up['date']}, {state}")

    def _risk(self, risk: Mapping[str, Any]) -> Iterator[Row]:
        yield Row(HEADING, self.headings["risiko"])
        yield self._field("risk", risk["level"])
        yield self._field("asked", "ja" if risk["asked"] else "nej")
        yield from self._evidence(risk["evidence"])

    def _track(self, track: Mapping[str, Any]) -> Iterator[Row]:
        yield from self._criteria(track["title"], track["criteria"])
        texts = {row["id"]: row["text"] for row in track["criteria"]}
        still_open = [texts[name] for name in track["open_questions"]]
        yield from self._listed("aabne", still_open)

    def _criteria(self, title: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        yield Row(HEADING, title)
        for row in rows:
            said = row["status"] or row.get("value")
            state = ", ".join(self._word(part) for part in (said, row["reason"]) if part)
            yield Row(LINE, f"{row['text']} ({self._word(row['kind'])}): {state or '-'}")
            yield from self._evidence(row["evidence"])
            yield from self._asked(row["asked_by_counsellor"])
            judged = row["counsellor"]
            if judged["status"]:
                word = self._word(judged["status"])
                yield Row(LINE, f"  {self.values['raadgiverens']}: {word} ({judged['by']})")

    def _asked(self, asked: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        """What a counsellor asked, and what the citizen wrote next, if anything."""
        for one in asked:
            yield Row(QUOTE, f"{self.values['spurgt_af_raadgiver']}: {one['question']}")
            yield from self._evidence(one["replies"])
            if not one["replies"]:
                yield Row(QUOTE, self.values["intet_svar_endnu"])

    def _contact(self, contact: Mapping[str, Any]) -> Iterator[Row]:
        yield Row(HEADING, self.headings["kontakt"])
        for name in ("wants", "phone", "name", "time"):
            if contact[name]:
                yield self._field(name, contact[name])

    def _callback(self, callback: Mapping[str, Any] | None) -> Iterator[Row]:
        """The time that counts, and what was tried."""
        if callback is None:
            return
        if callback["window"]:
            yield self._field("window", in_words(Window.of(callback["window"])))
        for tried in callback["attempts"]:
            at = opening.in_words(from_rfc3339(tried["at"]))
            yield self._field("attempt", f"{self._word(tried['result'])}, {at}, {tried['by']}")

    def _transcript(self, messages: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        yield Row(HEADING, self.headings["samtale"])
        for message in messages:
            yield Row(LINE, f"{message['seq']}. {self._word(message['sender'])}: {message['text']}")

    def _quoted(self, heading: str, quotes: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        if quotes:
            yield Row(HEADING, self.headings[heading])
            yield from self._evidence(quotes)

    def _listed(self, heading: str, lines: Sequence[str]) -> Iterator[Row]:
        if lines:
            yield Row(HEADING, self.headings[heading])
            yield from (Row(LINE, f"- {line}") for line in lines)

    def _evidence(self, quotes: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        for quote in quotes:
            asked = quote.get("question")
            before = f"{self.values['spoergsmaal']}: {asked} " if asked else ""
            yield Row(QUOTE, f"{before}[{quote['seq']}] »{quote['quote']}«")

    def _field(self, name: str, value: Any) -> Row:
        return Row(LINE, f"{self.fields[name]}: {self._word(value)}")

    def _word(self, value: Any) -> str:
        return self.values.get(str(value), str(value))


def text(rows: Sequence[Row]) -> str:
    shapes = {HEADING: "\n{}\n" + "-" * 40, LINE: "{}", QUOTE: "    {}"}
    return "\n".join(shapes[row.style].format(row.text) for row in rows).lstrip() + "\n"


def pdf(rows: Sequence[Row], language: str = "da") -> bytes:
    """With the fonts that every PDF reader has; a letter they lack is named in brackets."""
    page = FPDF(format="A4")
    page.set_lang(language)
    page.set_title(_writable(rows[0].text))
    page.set_margin(20)
    page.set_auto_page_break(True, margin=20)
    page.add_page()
    for row in rows:
        style, size, indent = {
            HEADING: ("B", 12, 0),
            LINE: ("", 10, 0),
            QUOTE: ("I", 10, 8),
        }[row.style]
        page.set_font("Helvetica", style, size)
        page.set_x(page.l_margin + indent)
        if row.style == HEADING:
            page.ln(3)
        page.multi_cell(0, 5, _writable(row.text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return bytes(page.output())


def _writable(line: str) -> str:
    return "".join(map(_letter, line.translate(_PLAIN)))


def _letter(letter: str) -> str:
    try:
        letter.encode("latin-1")
    except UnicodeEncodeError:
        return f"[{unicodedata.name(letter, 'tegn').lower()}]"
    return letter
