"""The language understanding as one Rasa component: intent, facts, tracks, signs and answers.

Trained on the lines of bot/data/nlu and the metadata of their blocks; see docs/decisions.
Adds to the parse: entities ``alder henvender relation kommune barn spor tegn emne`` and a
``reading`` with the shares of every criterion's answers (used for the question that is open).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

import json

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.danish.ages import find_age, find_ages
from bot.danish.clauses import Clause, split_clauses
from bot.danish.municipalities import find_municipality
from bot.danish.relations import find_relation, find_speakers
from bot.nlu.features import Vectorizer
from bot.nlu.heads import AnyOf, Conditional, OneOf
from bot.tracks.reading import ASIDES, TOPICS

_CORRECTION = re.compile(
    r"\b(forkert før|sagt? forkert|skrev(et)? forkert|skrev forkert|jeg mente|det passer ikke det jeg|glem det jeg|vent[, ]"
    r"|forresten|rettelse|jeg tog fejl|btw|jeg løj|det er ikke rigtigt det jeg|ikke \d+ men|\d+ (ikke|ik) \d+)", re.I
)
_LIKELY_QUESTION = re.compile(r"\?|^(hvad|hvor|hvordan|hvornår|hvem|hvilke|kan|må|skal|er|koster|har|findes|gemmer|hva|ku|vil)\b", re.I)
_SHORT = 14
_LEAST_ASIDE = 0.45
_LEAST_ASIDE_LONG = 0.70
_LEAST_SPEAKER = 0.55
_NONE = "-"
_ANSWER_LABELS = {"ja": 0, "nej": 1, "aaben": 2}


def _metadata(message: Message) -> Dict[str, Any]:
    return (message.get("metadata") or {}).get("intent") or {}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DanishReader(IntentClassifier, GraphComponent):
    """Reads one Danish message. Linear models over n-grams; milliseconds, no network, no GPU."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {}

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> "DanishReader":
        return cls(model_storage, resource)

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = model_storage, resource
        self.vectorizer: Optional[Vectorizer] = None

    # --- training

    def train(self, training_data: TrainingData) -> Resource:
        lines = [(m.get(TEXT), m.get(INTENT), _metadata(m)) for m in training_data.intent_examples if m.get(TEXT)]
        self.vectorizer = Vectorizer.fit([text for text, _, _ in lines])
        rows = self.vectorizer.transform([text for text, _, _ in lines])
        self.intents = OneOf.fit(rows, [intent for _, intent, _ in lines])
        self.speakers = self._fit_speakers(rows, lines)
        self.tracks = self._fit_tracks(rows, lines)
        self.answers = self._fit_answers(rows, lines)
        self.signs = self._fit_signs(rows, lines)
        self._persist()
        return self._resource

    @staticmethod
    def _fit_speakers(rows: Any, lines: List[Any]) -> OneOf:
        kept = [i for i, (_, _, meta) in enumerate(lines) if meta.get("henvender")]
        return OneOf.fit(rows[kept], [lines[i][2]["henvender"] for i in kept])

    @staticmethod
    def _fit_tracks(rows: Any, lines: List[Any]) -> AnyOf:
        sets = []
        for _, _, meta in lines:
            group = str(meta.get("kriterium", "")).split(".")[0]
            if meta.get("spor") is not None:
                sets.append(list(meta["spor"]))
            elif meta.get("svar") == "ja" and group not in ("", "faelles"):
                sets.append([group])
            else:
                sets.append(None)
        kept = [i for i, found in enumerate(sets) if found is not None]
        labels = sorted({t for i in kept for t in sets[i]})
        return AnyOf.fit_sets(rows[kept], [sets[i] for i in kept], labels)

    @staticmethod
    def _fit_answers(rows: Any, lines: List[Any]) -> Conditional:
        asked = [i for i, (_, _, m) in enumerate(lines) if m.get("kriterium") and m.get("svar")]
        labels = [lines[i][2]["svar"] if lines[i][2]["svar"] in ("ja", "nej") else "aaben" for i in asked]
        return Conditional.fit(rows[asked], [lines[i][2]["kriterium"] for i in asked], labels)

    @staticmethod
    def _fit_signs(rows: Any, lines: List[Any]) -> OneOf:
        kept, labels = [], []
        for i, (text, intent, meta) in enumerate(lines):
            if meta.get("kriterium") and meta.get("svar") in ("ja", "nej") and len(text.split()) > 3:
                kept.append(i)
                labels.append(f"{meta['kriterium']} {meta['svar']}")
            elif intent != "fortael" or meta.get("spor") == [] or meta.get("svar") in ("ved_ikke", "uklart"):
                kept.append(i)
                labels.append(_NONE)
        return OneOf.fit(rows[kept], labels, strength=30.0, balanced=False)

    # --- persistence

    def _persist(self) -> None:
        assert self.vectorizer is not None
        arrays: Dict[str, np.ndarray] = {"idf": self.vectorizer.idf}
        for name in ("intents", "speakers", "tracks", "answers", "signs"):
            arrays.update(getattr(self, name).to_arrays(name))
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(Path(folder) / "reader.npz", **arrays)
            (Path(folder) / "vocabulary.json").write_text(json.dumps(self.vectorizer.vocabulary), encoding="utf-8")

    @classmethod
    def load(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any) -> "DanishReader":
        reader = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            arrays = dict(np.load(Path(folder) / "reader.npz", allow_pickle=False))
            vocabulary = json.loads((Path(folder) / "vocabulary.json").read_text(encoding="utf-8"))
        reader.vectorizer = Vectorizer(vocabulary, arrays["idf"])
        reader.intents, reader.speakers = OneOf.from_arrays("intents", arrays), OneOf.from_arrays("speakers", arrays)
        reader.tracks = AnyOf.from_arrays("tracks", arrays)  # type: ignore[assignment]
        reader.answers = Conditional.from_arrays("answers", arrays)
        reader.signs = OneOf.from_arrays("signs", arrays)
        return reader

    # --- reading

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._read(message)
        return messages

    def _read(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        assert self.vectorizer is not None
        row = self.vectorizer.transform([text])
        ranking = self._ranking(text, row)
        entities = self._facts(text) + self._speaker(text, row) + self._tracks(text, row)
        entities += self._clauses(text)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking[:8], add_to_output=True)
        message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        relation = find_relation(text)
        message.set(
            "reading",
            {
                "sex": relation.sex if relation else None,
                "correction": bool(_CORRECTION.search(text)),
                "answers": {k: [v[self.answers.model.labels.index(x)] for x in _ANSWER_LABELS] for k, v in self.answers.shares(row).items()},
            },
            add_to_output=True,
        )

    def _ranking(self, text: str, row: Any) -> List[Dict[str, Any]]:
        shares = self.intents.shares(row)[0]
        best = [{"name": self.intents.labels[i], "confidence": float(shares[i])} for i in np.argsort(-shares)]
        least = _LEAST_ASIDE if len(text.split()) <= _SHORT else _LEAST_ASIDE_LONG
        if best[0]["name"] in ASIDES and best[0]["confidence"] < least:
            best.sort(key=lambda b: (b["name"] != "fortael", -b["confidence"]))
        return best

    @staticmethod
    def _facts(text: str) -> List[Dict[str, Any]]:
        found = []
        age, place, relation = find_age(text), find_municipality(text), find_relation(text)
        if age:
            found.append(_entity("alder", age.years, age.start, age.end))
        if place:
            found.append(_entity("kommune", place.name, place.start, place.end))
        if relation and relation.word:
            found.append(_entity("relation", relation.word, 0, 0))
        if re.search(r"\b(mine|vores) (to|tre|begge|børn|drenge|piger|tvillinger)\b|\b(den store|den lille|den ældste|den yngste|lillebror|lillesøster)\b", text.lower()):
            ages = find_ages(text)
            if len({a.years for a in ages}) > 1:
                found += [_entity("barn", a.years, a.start, a.end) for a in ages]
        return found

    def _speaker(self, text: str, row: Any) -> List[Dict[str, Any]]:
        ruled = find_speakers(text)
        shares = self.speakers.shares(row)[0]
        best = int(shares.argmax())
        label, share = self.speakers.labels[best], float(shares[best])
        if label != "ukendt" and share >= _LEAST_SPEAKER:
            spot = next((s for s in ruled if s.value == label), None)
            return [_entity("henvender", label, spot.start if spot else 0, spot.end if spot else len(text), share)]
        if ruled and label != "ukendt":
            return [_entity("henvender", ruled[0].value, ruled[0].start, ruled[0].end, share)]
        return []

    def _tracks(self, text: str, row: Any) -> List[Dict[str, Any]]:
        shares = self.tracks.shares(row)[0]
        return [
            _entity("spor", label, 0, len(text), float(share))
            for label, share in zip(self.tracks.labels, shares)
            if share >= 0.3
        ]

    def _clauses(self, text: str) -> List[Dict[str, Any]]:
        clauses = split_clauses(text) or [Clause(text, 0, len(text))]
        assert self.vectorizer is not None
        rows = self.vectorizer.transform([c.text for c in clauses])
        found: Dict[str, Dict[str, Any]] = {}
        for clause, shares in zip(clauses, self.signs.shares(rows)):
            for i in np.argsort(-shares)[:2]:
                label = self.signs.labels[int(i)]
                if label != _NONE and shares[i] >= 0.3 and float(shares[i]) > found.get(label, {}).get("confidence_entity", 0):
                    name, role = label.split(" ")
                    found[label] = _entity("tegn", name, clause.start, clause.end, float(shares[i]), role)
        return list(found.values()) + self._topics(clauses, rows)

    def _topics(self, clauses: List[Clause], rows: Any) -> List[Dict[str, Any]]:
        if len(clauses) < 2:
            return []
        found = []
        for clause, shares in zip(clauses, self.intents.shares(rows)):
            label, share = self.intents.labels[int(shares.argmax())], float(shares.max())
            if label in TOPICS and label not in ("hilsen", "tak", "farvel", "uden_for_emne") and share >= 0.6 and _LIKELY_QUESTION.search(clause.text):
                found.append(_entity("emne", label, clause.start, clause.end, share))
        return found


def _entity(name: str, value: Any, start: int, end: int, confidence: float = 1.0, role: Optional[str] = None) -> Dict[str, Any]:
    entity = {"entity": name, "value": value, "start": start, "end": end, "confidence_entity": confidence, "extractor": "DanishReader"}
    return {**entity, "role": role} if role else entity
