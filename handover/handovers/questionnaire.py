"""The summary as a form: what is asked, of which type, and where in a summary its answers stand.

Made from the catalogue, so that a new track or criterion is in it without anything else. FHIR's
Questionnaire and QuestionnaireResponse (``fhir.py``) are both written from these items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.tracks.catalogue import SPEAKERS, UNKNOWN, Catalogue, Criterion, Track
from bot.tracks.intake import SETTLED, UNRESOLVED
from handover.handovers.summary import asked_common

Json = Mapping[str, Any]
Read = Callable[[Json], Sequence[Any]]
"""From a summary to an item's answers; none when it says nothing."""

GROUP, CHOICE, TEXT, STRING = "group", "choice", "text", "string"
INTEGER, BOOLEAN, DATE, DATE_TIME = "integer", "boolean", "date", "dateTime"
QUOTES, JUDGEMENT, ASKED = "citat", "raadgiver", "spurgt"
"""What follows the ``linkId`` of a criterion: ``krop_mad.spiseadfaerd.citat``."""


def _nothing(_: Json) -> Sequence[Any]:
    return ()


@dataclass(frozen=True)
class Item:
    """``options``: id to words, for a ``choice``; ``codes``: the list those ids are of. Of a group
    that repeats, ``read`` gives the parts that its items are read from."""

    link: str
    type: str
    text: str
    read: Read = _nothing
    options: Mapping[str, str] | None = None
    codes: str = ""
    repeats: bool = False
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Form:
    """``words``: groups of the counsellors' words, an id's Danish one in each (``ord.yml``)."""

    catalogue: Catalogue
    words: Mapping[str, Mapping[str, str]]

    def items(self) -> tuple[Item, ...]:
        tracks = self.catalogue.tracks.values()
        return (
            *self._facts(),
            *(self._track(track, track.title, _rows_of(track.id)) for track in tracks),
            self._track(self.catalogue.common, "Spørges der altid om", asked_common),
            *self._ending(),
        )

    def _facts(self) -> Iterator[Item]:
        yield self._choice("kind", "Hvad det drejer sig om", "sagstype", _plain("kind"))
        yield self._choice("speaker", "Hvem der henvender sig", "henvender", _at("speaker"))
        yield Item("age", INTEGER, "Barnets alder i hele år", _at("age"))
        yield self._choice("priority", "Prioritet", "prioritet", _plain("priority"))
        yield self._choice("risk", "Fare", "risiko", lambda s: [s["risk"]["level"]])
        for name, text in _TELLINGS.items():
            yield Item(name, TEXT, text, _quoted(name), repeats=True)

    def _ending(self) -> Iterator[Item]:
        yield self._choice("outcome", "Udfald", "udfald", _plain("outcome"))
        yield Item("underretning", GROUP, "Underretning, lavet af rådgiveren", items=(
            Item("underretning.date", DATE, "Dato", _part("underretning", "date")),
            Item("underretning.by", STRING, "Noteret af", _part("underretning", "by")),
            Item("underretning.at", DATE_TIME, "Noteret", _part("underretning", "at")),
        ))  # fmt: skip
        yield Item("follow_up", GROUP, "Opfølgning", items=(
            Item("follow_up.date", DATE, "Dato", _part("follow_up", "date")),
            Item("follow_up.by", STRING, "Sat af", _part("follow_up", "by")),
            Item("follow_up.done", BOOLEAN, "Fulgt op", _done),
        ))  # fmt: skip

    def _track(self, track: Track, title: str, rows: Callable[[Json], Sequence[Json]]) -> Item:
        items = (item for c in track.criteria for item in self._criterion(track, c, rows))
        return Item(track.id, GROUP, title, items=tuple(items))

    def _criterion(
        self, track: Track, criterion: Criterion, rows: Callable[[Json], Sequence[Json]]
    ) -> Iterator[Item]:
        """A telling is answered by its quotes; everything else has them beside its answer."""
        link, text = track.key(criterion), criterion.text

        def read(of: Callable[[Json], Sequence[Any]]) -> Read:
            return lambda s: [v for r in rows(s) if r["id"] == criterion.id for v in of(r)]

        quotes = read(lambda row: [quote["quote"] for quote in row["evidence"]])
        asked = _asked(f"{link}.{ASKED}", read(lambda row: row["asked_by_counsellor"]))
        if criterion.kind == "fritekst":
            yield Item(link, TEXT, text, quotes, repeats=True)
            yield asked
            return
        if criterion.yes_no:
            yield self._state(link, text, criterion, read(_plain("status")))
        else:
            yield self._fact(link, criterion, read(_plain("value")))
        yield Item(f"{link}.{QUOTES}", TEXT, "Borgerens ord", quotes, repeats=True)
        yield asked
        if criterion.yes_no:
            judged = read(lambda row: _plain("status")(row["counsellor"]))
            yield self._state(f"{link}.{JUDGEMENT}", "Rådgiverens vurdering", criterion, judged)

    def _state(self, link: str, text: str, criterion: Criterion, read: Read) -> Item:
        words = self.words[f"tilstand_{criterion.kind}"]
        options = {status: words[status] for status in (*SETTLED, UNRESOLVED)}
        return Item(link, CHOICE, text, read, options, "tilstand")

    def _fact(self, link: str, criterion: Criterion, read: Read) -> Item:
        if criterion.id == "alder":
            return Item(link, INTEGER, criterion.text, read)
        if criterion.id == "henvender":
            return self._choice(link, criterion.text, "henvender", read)
        if criterion.choices:
            options = {choice.value: choice.title for choice in criterion.choices}
            return Item(link, CHOICE, criterion.text, read, options, criterion.id)
        return Item(link, STRING, criterion.text, read)

    def _choice(self, link: str, text: str, group: str, read: Read) -> Item:
        words = self.words[group]
        ids = (*SPEAKERS, UNKNOWN) if group == "henvender" else words
        return Item(link, CHOICE, text, read, {name: words[name] for name in ids}, group)


def _asked(link: str, read: Read) -> Item:
    """Each time a counsellor has asked, with what the citizen wrote next."""
    return Item(link, GROUP, "Spurgt af rådgiveren", read, repeats=True, items=(
        Item(f"{link}.spoergsmaal", TEXT, "Spørgsmål", _plain("question")),
        Item(f"{link}.tid", DATE_TIME, "Spurgt", _plain("at")),
        Item(f"{link}.svar", TEXT, "Borgeren skrev derefter", _quoted("replies"), repeats=True),
    ))  # fmt: skip


_TELLINGS = {
    "concern": "Bekymringen med borgerens egne ord",
    "tried": "Hvad der er prøvet",
    "wishes": "Ønsker",
}


def _rows_of(track_id: str) -> Callable[[Json], Sequence[Json]]:
    return lambda s: [r for t in s["tracks"] if t["track"] == track_id for r in t["criteria"]]


def _plain(name: str) -> Read:
    return lambda s: [] if s.get(name) is None else [s[name]]


def _at(name: str) -> Read:
    return lambda s: _plain("value")(s[name])


def _part(name: str, part: str) -> Read:
    return lambda s: _plain(part)(s.get(name) or {})


def _quoted(name: str) -> Read:
    return lambda s: [quote["quote"] for quote in s[name]]


def _done(found: Json) -> Sequence[Any]:
    follow_up = found.get("follow_up")
    return [follow_up["done_at"] is not None] if follow_up else []
