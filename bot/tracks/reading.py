"""What the language understanding read in one message, as the questionnaire needs it.

``Reading.from_parse`` takes Rasa's parse data; nothing here knows how the reading was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

YES, NO, OPEN = "ja", "nej", "aaben"
TELLS = "fortael"
CORRECTS = "ret"
REPEAT = "gentag"
FOREIGN, ABUSE, GIBBERISH = "andet_sprog", "skaeld", "volapyk"
TOPICS = (
    "aabningstider",
    "pris",
    "anonymitet",
    "hvem_kan_kontakte",
    "ventetid",
    "hvad_er_stime",
    "hvad_er_robus",
    "forloeb",
    "henvisning",
    "undervisning",
    "new_forest",
    "kommuner",
    "tale_med_menneske",
    "slet_data",
    "hvad_gemmes",
    "er_du_en_robot",
    "klage",
    "hilsen",
    "farvel",
    "tak",
    "uden_for_emne",
    "raad_nu",
    "tegn",
)
ASIDES = (*TOPICS, FOREIGN, ABUSE, GIBBERISH)
"""Intents that interrupt a question instead of answering it."""


@dataclass(frozen=True)
class Found:
    """A value and where in the message it was found (character offsets)."""

    value: Any
    start: int
    end: int
    confidence: float = 1.0
    role: str | None = None


@dataclass(frozen=True)
class Reading:
    """``signs``: criterion keys with role "ja"/"nej" that clauses speak to, unasked.
    ``answers``: per criterion key the shares of "ja", "nej", "aaben" if the message answers its
    question; "" for a criterion that the reader has no lines of.
    """

    text: str
    intent: str = TELLS
    confidence: float = 1.0
    age: Found | None = None
    speaker: Found | None = None
    relation: str | None = None
    sex: str | None = None
    kommune: Found | None = None
    children: tuple[Found, ...] = ()
    tracks: tuple[Found, ...] = ()
    signs: tuple[Found, ...] = ()
    topics: tuple[Found, ...] = ()
    correction: bool = False
    answers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def from_parse(cls, parse: Mapping[str, Any]) -> Reading:
        """The reading of a Rasa parse ({"text", "intent", "entities", "reading"})."""
        entities: dict[str, list[Mapping[str, Any]]] = {}
        for entity in parse.get("entities") or []:
            entities.setdefault(entity["entity"], []).append(entity)
        intent = parse.get("intent") or {}
        extra = parse.get("reading") or {}
        relation = (entities.get("relation") or [{}])[0]
        return cls(
            text=parse.get("text") or "",
            intent=intent.get("name") or TELLS,
            confidence=float(intent.get("confidence") or 0.0),
            age=_first(entities.get("alder")),
            speaker=_first(entities.get("henvender")),
            relation=relation.get("value") or None,
            sex=extra.get("sex"),
            kommune=_first(entities.get("kommune")),
            children=_all(entities.get("barn")),
            tracks=_all(entities.get("spor")),
            signs=_all(entities.get("tegn")),
            topics=_all(entities.get("emne")),
            correction=bool(extra.get("correction")) or intent.get("name") == CORRECTS,
            answers=extra.get("answers") or {},
        )

    def leaning(self, criterion: str) -> tuple[str, float]:
        """What it says most surely to a criterion's question, and the share: ("nej", 0.93)."""
        shares = self.answers.get(criterion) or self.answers.get("") or {OPEN: 1.0}
        best = max(shares, key=lambda label: shares[label])
        return best, shares[best]

    def words(self, found: Found | None = None) -> str:
        """The citizen's own words: of what was found, or the whole message."""
        return self.text[found.start : found.end] if found else self.text.strip()


def _found(entity: Mapping[str, Any]) -> Found:
    return Found(
        entity["value"],
        int(entity.get("start") or 0),
        int(entity.get("end") or 0),
        float(entity.get("confidence_entity") or 1.0),
        entity.get("role"),
    )


def _all(entities: list[Mapping[str, Any]] | None) -> tuple[Found, ...]:
    return tuple(_found(e) for e in entities or [])


def _first(entities: list[Mapping[str, Any]] | None) -> Found | None:
    return _found(entities[0]) if entities else None
