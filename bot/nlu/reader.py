"""The language understanding as one Rasa component, trained on bot/data/nlu.

Adds to the parse the entities ``alder henvender relation kommune barn spor tegn emne`` and a
``reading`` with the shares of every criterion's answers (used for the question that is open).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.embedding import embed, embed_all
from bot.nlu.lessons import Lesson
from bot.nlu.understanding import Understanding

_FILE = "reader.npz"
_RANKED = 8
_FIRST_WORDS = "hej"
"""Read once when the model is loaded: no citizen waits for the embeddings to load."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DanishReader(IntentClassifier, GraphComponent):
    """Understanding in Rasa's pipeline. Some milliseconds a message, no network, no GPU."""

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = model_storage, resource
        self.understanding: Understanding | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DanishReader:
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        lessons = [lesson(m) for m in training_data.intent_examples if m.get(TEXT)]
        self.understanding = Understanding.fit(lessons, embed_all)
        with self._storage.write_to(self._resource) as folder:
            arrays: dict[str, Any] = self.understanding.to_arrays()
            np.savez(Path(folder) / _FILE, **arrays)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DanishReader:
        reader = cls(model_storage, resource)
        with (
            model_storage.read_from(resource) as folder,
            np.load(Path(folder) / _FILE, allow_pickle=False) as file,
        ):
            reader.understanding = Understanding.from_arrays(dict(file), embed_each)
        reader.understanding.read(_FIRST_WORDS)
        return reader

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self._read(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def _read(self, message: Message) -> None:
        assert self.understanding is not None
        found = self.understanding.read(message.get(TEXT) or "")
        ranking = found["intent_ranking"]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:_RANKED], add_to_output=True)
        entities = message.get(ENTITIES, []) + found["entities"]
        message.set(ENTITIES, entities, add_to_output=True)
        message.set("reading", found["reading"], add_to_output=True)


def lesson(message: Message) -> Lesson:
    metadata = (message.get("metadata") or {}).get("intent") or {}
    return Lesson(message.get(TEXT), message.get(INTENT), metadata)


def embed_each(texts: Sequence[str]) -> np.ndarray:
    """One after the other, as messages come; nothing is kept."""
    return np.array([embed(text) for text in texts], dtype=np.float32).reshape(len(texts), -1)
