"""The criteria as a table that cannot be misread: state in words, quotes, and who judges what.

An exclusion is ``Til stede`` or ``Ikke til stede``, never "taler for". Nothing is added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handover.pages.asking import Asked, asked_of
from handover.pages.quotes import Quote, Quotes
from handover.pages.words import Words

Json = Mapping[str, Any]
STATES = ("opfyldt", "ikke_opfyldt", "uafklaret")
SETTLED = STATES[:2]
UNNEEDED = "ikke_noedvendigt"
ORDER = ("sikkerhed", "inklusion", "eksklusion")
TONES = {"opfyldt": ("for", "present"), "ikke_opfyldt": ("against", "absent")}
"""How a state looks: for an inclusion, and for an exclusion or danger."""


@dataclass(frozen=True)
class State:
    """``tone``: for, against, present, absent, open."""

    word: str
    tone: str
    reason: str | None = None


@dataclass(frozen=True)
class Judgement:
    """The counsellor's own; ``status`` None: none yet."""

    status: str | None
    word: str | None
    by: str | None
    at: str | None


@dataclass(frozen=True)
class Row:
    id: str
    track: str
    text: str
    label: str
    source: str
    state: State
    needed: bool
    sign: bool
    points_to: str | None
    quotes: Sequence[Quote]
    before: Sequence[tuple[State, Sequence[Quote]]]
    judgement: Judgement
    choices: Sequence[tuple[str, str]]
    wording: str | None
    asked: Sequence[Asked]

    @property
    def anchor(self) -> str:
        return f"k-{self.track}-{self.id}"

    @property
    def open(self) -> bool:
        """A counsellor's own judgement settles it, whatever the answers say."""
        judged = self.judgement.status in SETTLED
        return self.state.tone == "open" and self.needed and not judged


@dataclass(frozen=True)
class Group:
    title: str
    meaning: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    groups: Sequence[Group]
    quotes: Sequence[Quote] = ()

    @property
    def rows(self) -> Sequence[Row]:
        return [row for group in self.groups for row in group.rows]


class Tables:
    def __init__(self, words: Words, quotes: Quotes) -> None:
        self.words, self.quotes = words, quotes

    def table(self, track: str, title: str, criteria: Sequence[Json], quotes: Any = ()) -> Table:
        """Facts and tellings have no state and stand elsewhere."""
        groups = (self._group(track, kind, criteria) for kind in ORDER)
        return Table(track, title, [g for g in groups if g.rows], self.quotes.of(quotes))

    def _group(self, track: str, kind: str, criteria: Sequence[Json]) -> Group:
        enough = {c["group"] for c in criteria if c["group"] and c["status"] == "opfyldt"}
        rows = [self._row(track, c, c["group"] in enough) for c in criteria if c["kind"] == kind]
        title = self.words.say(kind, "kriterietype")
        return Group(title, self.words.say(kind, "kriterietype_betyder"), rows)

    def _row(self, track: str, found: Json, enough: bool) -> Row:
        kind = found["kind"]
        needed = not (enough and found["reason"] == "ikke_spurgt")
        state = self._state(kind, found["status"], found["reason"] if needed else UNNEEDED)
        return Row(
            id=found["id"],
            track=track,
            text=found["text"],
            label=found["label"],
            source=self.words.source(found["source"]),
            state=state,
            needed=needed,
            sign=found["group"] is not None,
            points_to=self._points_to(found["points_to"], state),
            quotes=self.quotes.of(found["evidence"]),
            before=self._before(kind, found.get("previous") or ()),
            judgement=self._judgement(kind, found["counsellor"]),
            choices=[(s, self.words.say(s, f"tilstand_{kind}")) for s in STATES],
            wording=found["wording"],
            asked=asked_of(found, self.quotes),
        )

    def _state(self, kind: str, status: str, reason: str | None) -> State:
        word = self.words.say(status, f"tilstand_{kind}")
        tone = TONES[status][kind != "inklusion"] if status in TONES else "open"
        return State(word, tone, self.words.say(reason, "grund") if reason else None)

    def _points_to(self, place: str | None, state: State) -> str | None:
        """Where the way goes if this speaks against the offer; nothing as long as it does not."""
        speaks_against = state.tone in ("present", "against")
        return self.words.say(place, "peger_paa") if place and speaks_against else None

    def _before(self, kind: str, rows: Iterable[Json]) -> list[tuple[State, Sequence[Quote]]]:
        return [
            (
                self._state(kind, row["status"], row.get("reason")),
                self.quotes.of(row.get("evidence") or ()),
            )
            for row in rows
        ]

    def _judgement(self, kind: str, judged: Json) -> Judgement:
        status = judged["status"]
        word = self.words.say(status, f"tilstand_{kind}") if status else None
        return Judgement(status, word, judged["by"], judged["at"])
