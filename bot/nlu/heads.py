"""Linear classifiers over n-grams and embeddings: trained with scikit-learn, kept as plain arrays.

Two models look at a text, one at its n-grams and one at its embedding, and their scores are added:
fitted apart they take seconds, and together they were as good as one fitted on both. Lines without
an embedding (all zero) teach only the first.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped,unused-ignore]
from sklearn.linear_model import LogisticRegression

from bot.nlu.features import Texts

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Fitting:
    """``strength``s are inverse regularisations, ``share`` is what the embedding counts; 0: it is
    not looked at."""

    strength: float = 10.0
    meaning_strength: float = 10.0
    share: float = 0.7


def softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def sigmoid(scores: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-scores)))


def _yes_no(rows: Any, truth: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    model = LogisticRegression(C=strength, solver="liblinear", tol=1e-2).fit(rows, truth)
    return model.coef_[0], float(model.intercept_[0])


def _each(
    rows: Any, truths: Sequence[np.ndarray], strength: float
) -> tuple[np.ndarray, np.ndarray]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # liblinear lets the others run
        fitted = list(pool.map(lambda truth: _yes_no(rows, truth, strength), truths))
    weights = np.array([weights for weights, _ in fitted], dtype=np.float32)
    return weights, np.array([bias for _, bias in fitted], dtype=np.float32)


def _joined(
    grams: np.ndarray, bias: np.ndarray, meaning: np.ndarray, meant_bias: np.ndarray, share: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A row for every feature, so that reading a text touches only its own n-grams."""
    weights = (grams.T, share * meaning.T, bias + share * meant_bias)
    first, second, third = (np.ascontiguousarray(w, dtype=np.float32) for w in weights)
    return first, second, third


def _there(texts: Texts) -> np.ndarray:
    """The rows that have an embedding."""
    return np.flatnonzero(texts.meaning.any(axis=1))


def _meant(
    texts: Texts, truth: np.ndarray, names: Sequence[str], how: Fitting
) -> tuple[np.ndarray, np.ndarray]:
    """What the embedding says for each label; nothing for one that no embedded line has."""
    meaning, bias = np.zeros((len(names), texts.meaning.shape[1])), np.zeros(len(names))
    if not how.share:
        return meaning, bias
    there = _there(texts)
    model = LogisticRegression(C=how.meaning_strength, max_iter=100, tol=1e-3)
    model.fit(texts.meaning[there], truth[there])
    weights, biases = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        weights, biases = np.vstack([-weights, weights]), np.hstack([-biases, biases])
    places = [names.index(name) for name in model.classes_]
    meaning[places], bias[places] = weights, biases
    return meaning, bias


class Head:
    """One score a label; ``grams`` (vocabulary, labels), ``meaning`` (384, labels)."""

    def __init__(
        self, labels: list[str], grams: np.ndarray, meaning: np.ndarray, bias: np.ndarray
    ) -> None:
        self.labels, self.grams, self.meaning, self.bias = labels, grams, meaning, bias

    def scores(self, texts: Texts) -> np.ndarray:
        """Shape (texts, labels)."""
        grams, ends = texts.grams, texts.grams.indptr
        by_words = np.array(
            [
                grams.data[start:end] @ self.grams[grams.indices[start:end]]
                for start, end in itertools.pairwise(ends)
            ]
        )
        return np.asarray(by_words + texts.meaning @ self.meaning + self.bias)

    def to_arrays(self, name: str) -> Arrays:
        parts = {"grams": self.grams, "meaning": self.meaning, "bias": self.bias}
        return {
            f"{name}.labels": np.array(self.labels),
            **{f"{name}.{k}": v for k, v in parts.items()},
        }

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, np.ndarray]) -> Any:
        labels = [str(label) for label in arrays[f"{name}.labels"]]
        return cls(labels, *(arrays[f"{name}.{part}"] for part in ("grams", "meaning", "bias")))


class OneOf(Head):
    """Exactly one label a text, with a share for each."""

    @classmethod
    def fit(cls, texts: Texts, labels: Sequence[str], how: Fitting = Fitting()) -> OneOf:
        names = sorted(set(labels))
        truth = np.array(labels)
        grams, bias = _each(texts.grams, [truth == name for name in names], how.strength)
        return cls(names, *_joined(grams, bias, *_meant(texts, truth, names, how), how.share))

    def shares(self, texts: Texts) -> np.ndarray:
        """Shape (texts, labels); each row sums to 1."""
        return softmax(self.scores(texts))


class AnyOf(Head):
    """Any number of labels a text."""

    @classmethod
    def fit(cls, texts: Texts, sets: Sequence[Sequence[str]], how: Fitting = Fitting()) -> AnyOf:
        names = sorted({label for labels in sets for label in labels})
        truths = [np.array([name in labels for labels in sets]) for name in names]
        grams, bias = _each(texts.grams, truths, how.strength)
        there = _there(texts)
        meaning, meant_bias = _each(
            texts.meaning[there], [truth[there] for truth in truths], how.meaning_strength
        )
        return cls(names, *_joined(grams, bias, meaning, meant_bias, how.share))

    def shares(self, texts: Texts) -> np.ndarray:
        """Shape (texts, labels); each share on its own between 0 and 1."""
        return sigmoid(self.scores(texts))


class Conditional:
    """One of a few labels given a condition: what a text answers to the criterion asked about.

    Features stand once for all conditions and once for their own, so that what "ja" means is
    learned from every question and "hun spiser det hele" more from the one it answers (feature
    augmentation, Daumé 2007). Here n-grams, embedding and polarity are fitted together.
    """

    _MEANING = 1.5
    _SHARED, _OWN = 0.7, 1.5
    """What a feature counts for all conditions, and for its own."""

    def __init__(
        self, conditions: list[str], labels: list[str], weights: np.ndarray, bias: np.ndarray
    ) -> None:
        """``weights``: (labels, conditions + 1, width), the first for all conditions."""
        self.conditions, self.labels, self.weights, self.bias = conditions, labels, weights, bias

    @classmethod
    def fit(
        cls,
        texts: Texts,
        conditions: Sequence[str],
        labels: Sequence[str],
        strength: float = 20.0,
    ) -> Conditional:
        """A condition "" stands for a text that says the same whatever was asked."""
        names, truth = sorted(set(conditions) - {""}), np.array(labels)
        rows = cls._rows(texts)
        wide = sp.vstack(
            [cls._augmented(rows[i], names, condition) for i, condition in enumerate(conditions)]
        ).tocsr()
        found = sorted(set(labels))
        weights, bias = _each(wide, [truth == label for label in found], strength)
        weights = weights.reshape(len(found), len(names) + 1, -1)
        weights[:, 0] *= cls._SHARED
        weights[:, 1:] *= cls._OWN
        return cls(names, found, weights, bias)

    @classmethod
    def _rows(cls, texts: Texts) -> sp.csr_matrix:
        ones = np.ones((len(texts), 1), dtype=np.float32)
        dense = np.hstack([texts.meaning * cls._MEANING, texts.polarity, ones])
        return sp.hstack([texts.grams, sp.csr_matrix(dense)]).tocsr()

    @classmethod
    def _augmented(cls, row: sp.csr_matrix, names: Sequence[str], condition: str) -> sp.csr_matrix:
        width, indices, data = row.shape[1], row.indices, row.data * cls._SHARED
        if condition:
            place = names.index(condition) + 1
            indices = np.concatenate([indices, indices + width * place])
            data = np.concatenate([data, row.data * cls._OWN])
        return sp.csr_matrix((data, indices, [0, len(indices)]), (1, width * (len(names) + 1)))

    def shares(self, texts: Texts) -> dict[str, dict[str, float]]:
        """The share of each label for every condition, for one text; "" is any other condition."""
        row = self._rows(texts)
        scores = self.weights[:, :, row.indices] @ row.data
        scores[:, 1:] += scores[:, :1]
        shares = sigmoid(scores + self.bias[:, None])
        shares = (shares / shares.sum(axis=0)).T
        named = zip(("", *self.conditions), shares, strict=True)
        return {name: dict(zip(self.labels, map(float, row), strict=True)) for name, row in named}

    def to_arrays(self, name: str) -> Arrays:
        labels = {"conditions": np.array(self.conditions), "labels": np.array(self.labels)}
        parts = {**labels, "weights": self.weights.astype(np.float32), "bias": self.bias}
        return {f"{name}.{part}": value for part, value in parts.items()}

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, np.ndarray]) -> Conditional:
        conditions = [str(x) for x in arrays[f"{name}.conditions"]]
        labels = [str(x) for x in arrays[f"{name}.labels"]]
        return cls(conditions, labels, arrays[f"{name}.weights"], arrays[f"{name}.bias"])
