"""Reads one Danish message: intent, facts, tracks, signs of criteria, and what it answers.

Rules find what Danes say in a known way (ages, places, relations), linear classifiers the rest.
Pure: the Rasa component around it is bot.nlu.reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.danish.ages import find_age, find_ages
from bot.danish.clauses import Clause, split_clauses
from bot.danish.municipalities import find_municipality
from bot.danish.questions import find_questions
from bot.danish.relations import (
    PARENT,
    YOUNG,
    find_relation,
    find_speakers,
    identified,
    shows_youth,
)
from bot.nlu.danger import read_danger
from bot.nlu.features import Features, Texts, Vectorizer
from bot.nlu.heads import AnyOf, Conditional, Fitting, OneOf, sigmoid
from bot.nlu.lessons import NO_SIGN, Lesson, signs_of_tracks, taught
from bot.tracks.reading import ASIDES, NO, TELLS, TOPICS, YES

Embed = Callable[[Sequence[str]], np.ndarray]
"""Embeddings of texts, shape (n, 384)."""

_CORRECTION = re.compile(
    r"\b(forkert (før|lige før)|sag(t|de) forkert|skrev(et)? forkert|tog fejl|jeg mente"
    r"|det passer ikke det jeg|glem det jeg|vent[, ]|forresten|rettelse|btw|jeg løj"
    r"|det er ikke rigtigt det jeg|ikke \d+ men|\d+ (ikke|ik) \d+)",
    re.I,
)
_SEVERAL_CHILDREN = re.compile(
    r"\b(mine|vores) (to|tre|begge|børn|drenge|piger|tvillinger)\b"
    r"|\b(den store|den lille|den ældste|den yngste|lillebror|lillesøster)\b"
)
_POLITE = ("hilsen", "tak", "farvel", "uden_for_emne")


@dataclass(frozen=True)
class Limits:
    """Shares from which something is said to be in a message; chosen on our own lines."""

    short: int = 14
    """Words up to which a message may be an aside at the lower share."""
    aside: float = 0.45
    aside_long: float = 0.70
    speaker: float = 0.65
    speaker_sure: float = 0.95
    """Below it words about one's own child, and no others, show a parent."""
    track: float = 0.30
    sign: float = 0.04
    """Share among all signs below which one is not looked at; who listens asks for more."""
    told_unasked: float = 0.4
    topic_in_part: float = 0.60
    whole: float = 0.6
    """What the whole message counts for its tracks, the clearest clause the rest."""
    sign_of_track: float = 0.3
    """A clause that shows a track's sign surer than this speaks for the track."""
    danger: float = 4.0
    """What danger seen by a rule adds to the score of the track it speaks for."""
    violence: float = 2.0
    """What violence by others, and nothing else, takes from every track's score."""
    tracks_apart: float = 0.5
    """How far a track's score must lie above an even chance."""
    long_telling: int = 25
    """Words from which every clause is embedded; it costs some milliseconds a clause."""


class Understanding:
    """The trained parts and what they were trained on."""

    def __init__(
        self,
        features: Features,
        intents: OneOf,
        speakers: OneOf,
        tracks: AnyOf,
        answers: Conditional,
        signs: OneOf,
        embed: Embed,
        limits: Limits = Limits(),
    ) -> None:
        self.features, self.embed, self.limits = features, embed, limits
        self.intents, self.speakers, self.tracks = intents, speakers, tracks
        self.answers, self.signs = answers, signs

    @classmethod
    def fit(cls, lessons: Sequence[Lesson], embed: Embed) -> Understanding:
        texts = [lesson.text for lesson in lessons]
        embeddings = embed(texts)
        features, rows = Features.fit(texts, embeddings)
        speaking, speakers = taught(lessons, lambda lesson: lesson.speaker)
        telling, tracks = taught(lessons, lambda lesson: lesson.tracks)
        answering, answers = taught(lessons, lambda lesson: lesson.answer)
        signing, signs = taught(lessons, lambda lesson: lesson.sign)
        return cls(
            features,
            OneOf.fit(rows, [lesson.intent for lesson in lessons]),
            OneOf.fit(rows[speaking], speakers),
            AnyOf.fit(rows[telling], tracks),
            Conditional.fit(rows[answering], [lessons[i].criterion for i in answering], answers),
            OneOf.fit(rows[signing], signs, Fitting(strength=30.0, share=0.0)),
            embed,
        )

    # --- keeping

    def to_arrays(self) -> dict[str, np.ndarray]:
        vectorizer = self.features.vectorizer
        found = {
            "vocabulary": np.array(list(vectorizer.vocabulary)),
            "idf": vectorizer.idf,
            "centre": self.features.centre,
        }
        for name in ("intents", "speakers", "tracks", "answers", "signs"):
            found.update(getattr(self, name).to_arrays(name))
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], embed: Embed) -> Understanding:
        vocabulary = {str(gram): at for at, gram in enumerate(arrays["vocabulary"])}
        return cls(
            Features(Vectorizer(vocabulary, arrays["idf"]), arrays["centre"]),
            OneOf.from_arrays("intents", arrays),
            OneOf.from_arrays("speakers", arrays),
            AnyOf.from_arrays("tracks", arrays),
            Conditional.from_arrays("answers", arrays),
            OneOf.from_arrays("signs", arrays),
            embed,
        )

    # --- reading

    def read(self, text: str) -> dict[str, Any]:
        """``{"intent_ranking": [...], "entities": [...], "reading": {...}}`` as Rasa keeps them."""
        row = self._texts([text])
        clauses = split_clauses(text) or [Clause(text, 0, len(text))]
        rows = self._clauses(clauses, row)
        signs, relation = self.signs.shares(rows), find_relation(text)
        return {
            "intent_ranking": self._intents(text, row),
            "entities": [
                *_facts(text),
                *self._speaker(text, row),
                *self._tracks(text, row, rows, signs),
                *self._signs(clauses, rows, signs),
                *self._topics(text),
            ],
            "reading": {
                "answers": self.answers.shares(row),
                "correction": bool(_CORRECTION.search(text)),
                "sex": relation.sex if relation else None,
            },
        }

    def _texts(self, texts: Sequence[str]) -> Texts:
        return self.features.of(texts, self.embed(texts))

    def _intents(self, text: str, row: Texts) -> list[dict[str, Any]]:
        shares = self.intents.shares(row)[0]
        best = [
            {"name": self.intents.labels[i], "confidence": float(shares[i])}
            for i in np.argsort(-shares)
        ]
        long = len(text.split()) > self.limits.short
        least = self.limits.aside_long if long else self.limits.aside
        if best[0]["name"] in ASIDES and best[0]["confidence"] < least:
            best.sort(key=lambda intent: (intent["name"] != TELLS, -intent["confidence"]))
        return best

    def _speaker(self, text: str, row: Texts) -> list[dict[str, Any]]:
        """Whoever says who they are is believed; else it must be shown by the words."""
        ruled, shares = find_speakers(text), self.speakers.shares(row)[0]
        best = int(shares.argmax())
        label, share = self.speakers.labels[best], float(shares[best])
        named = identified(text)
        if named:
            label, share = named, 1.0
        elif label == YOUNG and not shows_youth(text):
            return []
        elif {spot.value for spot in ruled} == {PARENT} and share < self.limits.speaker_sure:
            label, share = PARENT, self.limits.speaker
        if label != "ukendt" and share >= self.limits.speaker:
            spot = next((s for s in ruled if s.value == label), None)
            start, end = (spot.start, spot.end) if spot else (0, len(text))
            return [entity("henvender", label, start, end, share)]
        if ruled and label != "ukendt":
            return [entity("henvender", ruled[0].value, ruled[0].start, ruled[0].end, share)]
        return []

    def _clauses(self, clauses: Sequence[Clause], row: Texts) -> Texts:
        texts = [clause.text for clause in clauses]
        if len(texts) == 1:
            return row
        if sum(len(text.split()) for text in texts) >= self.limits.long_telling:
            return self._texts(texts)
        return self.features.of(texts, np.zeros((len(texts), row.meaning.shape[1])))

    def _tracks(
        self, text: str, row: Texts, rows: Texts, signs: np.ndarray
    ) -> list[dict[str, Any]]:
        """By the whole message, its clearest clause, the signs that clauses show, and danger."""
        whole, clause = self.tracks.scores(row)[0], self.tracks.scores(rows).max(axis=0)
        scores = self.limits.whole * whole + (1 - self.limits.whole) * clause
        scores += self._shown(signs) - self.limits.sign_of_track - self.limits.tracks_apart
        danger = read_danger(text)
        scores += [self.limits.danger * (label in danger.tracks) for label in self.tracks.labels]
        scores -= self.limits.violence * danger.violence_alone
        return [
            entity("spor", label, 0, len(text), float(share))
            for label, share in zip(self.tracks.labels, sigmoid(scores), strict=True)
            if share >= self.limits.track
        ]

    def _shown(self, signs: np.ndarray) -> np.ndarray:
        """The clearest sign of each track in any clause, shape (tracks,)."""
        best = signs.max(axis=0)
        shown = np.zeros(len(self.tracks.labels))
        for label, share in zip(self.signs.labels, best, strict=True):
            key, _, said = label.partition(" ")
            if said == YES and key in signs_of_tracks():
                place = self.tracks.labels.index(key.split(".")[0])
                shown[place] = max(shown[place], share)
        return shown

    def _signs(
        self, clauses: Sequence[Clause], rows: Texts, signs: np.ndarray
    ) -> list[dict[str, Any]]:
        """For each criterion the clause that speaks of it most surely, and what it says."""
        found: dict[str, dict[str, Any]] = {}
        for at, clause in enumerate(clauses):
            spoken_of = self._spoken_of(signs[at])
            answers = self.answers.shares(rows[[at]]) if spoken_of else {}
            for key, (yes, no) in spoken_of.items():
                role = self._said(key, yes, no, answers.get(key, answers[""]))
                known = found.get(key, {}).get("confidence_entity", 0.0)
                if yes + no > known:
                    found[key] = entity("tegn", key, clause.start, clause.end, yes + no, role)
        return list(found.values())

    def _spoken_of(self, shares: np.ndarray) -> dict[str, tuple[float, float]]:
        """The criteria a clause may speak of, with the shares of a yes and a no.

        A track's signs come together ("hun springer over og vejer sig"), so each is weighed against
        no sign at all and not against the others. Of anything else a clause tells one thing."""
        both: dict[str, tuple[float, float]] = {}
        for label, share in zip(self.signs.labels, map(float, shares), strict=True):
            key, _, said = label.partition(" ")
            yes, no = both.get(key, (0.0, 0.0))
            both[key] = (yes + share, no) if said == YES else (yes, no + share)
        none = sum(both.pop(NO_SIGN, (0.0, 0.0)))
        found = {key: pair for key, pair in both.items() if sum(pair) >= self.limits.sign}
        for key, (yes, no) in found.items():
            if key in signs_of_tracks() and yes > no:
                found[key] = (yes / (yes + no + none), no / (yes + no + none))
        return found

    def _said(self, key: str, yes: float, no: float, answer: Mapping[str, float]) -> str:
        """What the signs and the answers learned say together; whoever tells unasked of a track's
        sign tells of it because it is there."""
        told = self.limits.told_unasked if key in signs_of_tracks() else 0.0
        sign = yes / (yes + no)
        answered = answer[YES] / (answer[YES] + answer[NO] + 1e-9)
        return YES if (sign + answered) / 2 + told >= 0.5 else NO

    def _topics(self, text: str) -> list[dict[str, Any]]:
        """The topics of the questions that are part of the message, the surest first."""
        asked = [q for q in find_questions(text) if q.text != text.strip(" ?.!")]
        if not asked:
            return []
        shares = self.intents.shares(self._texts([question.text for question in asked]))
        found = []
        for question, row in zip(asked, shares, strict=True):
            label, share = self.intents.labels[int(row.argmax())], float(row.max())
            if label in TOPICS and label not in _POLITE and share >= self.limits.topic_in_part:
                found.append(entity("emne", label, question.start, question.end, share))
        return sorted(found, key=lambda topic: -topic["confidence_entity"])


def _facts(text: str) -> list[dict[str, Any]]:
    found = []
    age, place, relation = find_age(text), find_municipality(text), find_relation(text)
    if age:
        found.append(entity("alder", age.years, age.start, age.end))
    if place:
        found.append(entity("kommune", place.name, place.start, place.end))
    if relation and relation.word:
        found.append(entity("relation", relation.word, 0, 0))
    if _SEVERAL_CHILDREN.search(text.lower()):
        ages = find_ages(text)
        if len({age.years for age in ages}) > 1:
            found += [entity("barn", a.years, a.start, a.end) for a in ages]
    return found


def entity(
    name: str, value: Any, start: int, end: int, share: float = 1.0, role: str | None = None
) -> dict[str, Any]:
    """An entity in Rasa's form; offsets are those of the message."""
    found = {
        "entity": name,
        "value": value,
        "start": start,
        "end": end,
        "confidence_entity": share,
        "extractor": "DanishReader",
    }
    return {**found, "role": role} if role else found
