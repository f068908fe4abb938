"""Linear classifiers over text features: trained with scikit-learn, kept as plain arrays."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

Arrays = Dict[str, np.ndarray]


def softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-scores))


def _fit(rows: sp.csr_matrix, labels: Sequence[Any], strength: float, balanced: bool) -> LogisticRegression:
    model = LogisticRegression(C=strength, max_iter=400, class_weight="balanced" if balanced else None, solver="lbfgs")
    return model.fit(rows, labels)


class OneOf:
    """Exactly one label a text, with a share for each (multinomial logistic regression)."""

    def __init__(self, labels: List[str], weights: np.ndarray, bias: np.ndarray) -> None:
        self.labels, self.weights, self.bias = labels, weights, bias

    @classmethod
    def fit(cls, rows: sp.csr_matrix, labels: Sequence[str], strength: float = 20.0, balanced: bool = True) -> "OneOf":
        model = _fit(rows, labels, strength, balanced)
        weights, bias = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            weights, bias = np.vstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
        return cls([str(c) for c in model.classes_], weights.astype(np.float32), bias.astype(np.float32))

    def shares(self, rows: sp.csr_matrix) -> np.ndarray:
        """Shape (texts, labels); each row sums to 1."""
        return softmax(np.asarray(rows @ self.weights.T) + self.bias)

    def to_arrays(self, name: str) -> Arrays:
        return {f"{name}.labels": np.array(self.labels), f"{name}.weights": self.weights, f"{name}.bias": self.bias}

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, np.ndarray]) -> "OneOf":
        return cls([str(x) for x in arrays[f"{name}.labels"]], arrays[f"{name}.weights"], arrays[f"{name}.bias"])


class AnyOf(OneOf):
    """Any number of labels a text: one yes/no classifier for each."""

    @classmethod
    def fit_sets(
        cls, rows: sp.csr_matrix, sets: Sequence[Sequence[str]], labels: Sequence[str], strength: float = 20.0
    ) -> "AnyOf":
        weights, bias = [], []
        for label in labels:
            model = _fit(rows, [label in s for s in sets], strength, True)
            weights.append(model.coef_[0])
            bias.append(model.intercept_[0])
        return cls(list(labels), np.array(weights, dtype=np.float32), np.array(bias, dtype=np.float32))

    def shares(self, rows: sp.csr_matrix) -> np.ndarray:
        """Shape (texts, labels); each share on its own between 0 and 1."""
        return sigmoid(np.asarray(rows @ self.weights.T) + self.bias)


class Conditional:
    """One of three labels given a condition (the criterion asked about).

    Features stand once for all conditions and once for their own, so that what "ja" means is
    learned from every question and "hun spiser det hele" only from the one it answers
    (feature augmentation, Daumé 2007).
    """

    def __init__(self, conditions: List[str], model: OneOf, width: int) -> None:
        self.conditions, self.model, self.width = conditions, model, width

    @classmethod
    def fit(
        cls, rows: sp.csr_matrix, conditions: Sequence[str], labels: Sequence[str], strength: float = 10.0
    ) -> "Conditional":
        names = sorted(set(conditions))
        wide = sp.vstack([cls._augment(rows[i], names.index(c), len(names)) for i, c in enumerate(conditions)]).tocsr()
        return cls(names, OneOf.fit(wide, labels, strength), rows.shape[1])

    @staticmethod
    def _augment(row: sp.csr_matrix, place: int, count: int) -> sp.csr_matrix:
        width = row.shape[1]
        indices = np.concatenate([row.indices, row.indices + width * (place + 1)])
        data = np.concatenate([row.data, row.data])
        return sp.csr_matrix((data, indices, [0, len(indices)]), shape=(1, width * (count + 1)))

    def shares(self, row: sp.csr_matrix) -> Dict[str, Tuple[float, ...]]:
        """Shares of the labels for every condition, for one text."""
        weights = self.model.weights.reshape(len(self.model.labels), len(self.conditions) + 1, self.width)
        scores = weights[:, :, row.indices] @ row.data
        total = scores[:, 1:] + scores[:, :1] + self.model.bias[:, None]
        shares = softmax(total.T)
        return {name: tuple(float(x) for x in shares[i]) for i, name in enumerate(self.conditions)}

    def to_arrays(self, name: str) -> Arrays:
        return {**self.model.to_arrays(name), f"{name}.conditions": np.array(self.conditions), f"{name}.width": np.array(self.width)}

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, np.ndarray]) -> "Conditional":
        conditions = [str(x) for x in arrays[f"{name}.conditions"]]
        return cls(conditions, OneOf.from_arrays(name, arrays), int(arrays[f"{name}.width"]))
