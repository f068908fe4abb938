"""What the classifiers see of a text: word and character n-grams, its embedding, its yes or no."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped,unused-ignore]

from bot.danish.answers import DONT_KNOW, NO, PARTLY, WONT_SAY, YES, read_polarity
from bot.danish.words import words

_ASCII_VOWELS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))
_POLARITIES = (YES, NO, DONT_KNOW, WONT_SAY, PARTLY)
_STRETCH = 2.5
"""E5's embeddings lie close together: centred and stretched they are of length about one."""


def tokens(text: str) -> list[str]:
    """Words in one spelling: "saa" and "så" are the same token."""
    found = []
    for word in words(text):
        for ascii_vowel, letter in _ASCII_VOWELS:
            word = word.replace(ascii_vowel, letter)
        found.append("0" if word.isdigit() else word)
    return found


def ngrams(text: str) -> list[str]:
    """Word 1-3-grams ("w hun hader") and character 2-5-grams within words ("c_had")."""
    found = tokens(text)
    grams = [f"w {w}" for w in found]
    grams += [f"w {a} {b}" for a, b in itertools.pairwise(found)]
    grams += [f"w {a} {b} {c}" for a, b, c in zip(found, found[1:], found[2:], strict=False)]
    for word in found:
        padded = f"_{word}_"
        for size in (2, 3, 4, 5):
            grams += [f"c{padded[i : i + size]}" for i in range(len(padded) - size + 1)]
    if found:
        grams.append(f"first {found[0]}")
        grams.append(f"last {found[-1]}")
    grams.append(f"length {min(6, int(math.log2(len(found) + 1)))}")
    return grams


def polarity(text: str) -> np.ndarray:
    """What the words yes and no in it say, one-hot, shape (5,)."""
    said = read_polarity(text)
    return np.array([float(said == name) for name in _POLARITIES], dtype=np.float32)


Counts = tuple[np.ndarray, np.ndarray]
"""The columns of a text and how often each stands in it."""


def _counts(columns: Iterable[int]) -> Counts:
    found = Counter(columns)
    places = np.fromiter(found.keys(), dtype=np.int64, count=len(found))
    return places, np.fromiter(found.values(), dtype=np.float32, count=len(found))


class Vectorizer:
    """N-grams weighted by tf-idf, each row of length 1."""

    def __init__(self, vocabulary: dict[str, int], idf: np.ndarray) -> None:
        self.vocabulary = vocabulary
        self.idf = idf

    @classmethod
    def fit_transform(
        cls, texts: Sequence[str], least: int = 2
    ) -> tuple[Vectorizer, sp.csr_matrix]:
        """Itself and what it makes of the texts it learns from, whose n-grams are found once.
        ``least``: in how many texts an n-gram must stand."""
        ids: dict[str, int] = {}
        found = [_counts(ids.setdefault(g, len(ids)) for g in ngrams(text)) for text in texts]
        seen = np.bincount(np.concatenate([columns for columns, _ in found]))
        kept = sorted(gram for gram, at in ids.items() if seen[at] >= least)
        old = np.array([ids[gram] for gram in kept], dtype=np.int64)
        idf = (np.log((1 + len(texts)) / (1 + seen[old])) + 1).astype(np.float32)
        place = np.full(len(ids), -1, dtype=np.int64)
        place[old] = np.arange(len(kept))
        vectorizer = cls({gram: at for at, gram in enumerate(kept)}, idf)
        rows = ((place[columns], counts) for columns, counts in found)
        return vectorizer, vectorizer._matrix(
            [(columns[columns >= 0], counts[columns >= 0]) for columns, counts in rows]
        )

    def transform(self, texts: Iterable[str]) -> sp.csr_matrix:
        """Shape (number of texts, size of the vocabulary), float32."""
        known = self.vocabulary
        return self._matrix(
            [_counts(known[g] for g in ngrams(text) if g in known) for text in texts]
        )

    def _matrix(self, rows: Sequence[Counts]) -> sp.csr_matrix:
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([np.empty(0, np.int64), *(columns for columns, _ in rows)])
        values = np.concatenate([np.empty(0, np.float32), *(self._weighted(*row) for row in rows)])
        return sp.csr_matrix((values, columns, starts), shape=(len(rows), len(self.vocabulary)))

    def _weighted(self, columns: np.ndarray, counts: np.ndarray) -> np.ndarray:
        values = (1 + np.log(counts)) * self.idf[columns]
        return np.asarray(values / (np.linalg.norm(values) or 1.0), dtype=np.float32)


@dataclass(frozen=True)
class Texts:
    """The features of some texts: ``grams`` sparse (n, vocabulary), ``meaning`` (n, 384),
    ``polarity`` (n, 5)."""

    grams: sp.csr_matrix
    meaning: np.ndarray
    polarity: np.ndarray

    def __getitem__(self, rows: Sequence[int]) -> Texts:
        return Texts(self.grams[rows], self.meaning[rows], self.polarity[rows])

    def __len__(self) -> int:
        return int(self.meaning.shape[0])


class Features:
    """Turns texts into Texts; ``centre`` is the mean embedding of the training lines, (384,)."""

    def __init__(self, vectorizer: Vectorizer, centre: np.ndarray) -> None:
        self.vectorizer, self.centre = vectorizer, centre

    @classmethod
    def fit(cls, texts: Sequence[str], embeddings: np.ndarray) -> tuple[Features, Texts]:
        """Itself, and the features of the texts it learns from."""
        there = embeddings[embeddings.any(axis=1)]
        centre = there.mean(axis=0) if len(there) else np.zeros(embeddings.shape[1])
        vectorizer, grams = Vectorizer.fit_transform(texts)
        features = cls(vectorizer, centre.astype(np.float32))
        return features, features._texts(grams, texts, embeddings)

    def of(self, texts: Sequence[str], embeddings: np.ndarray) -> Texts:
        """``embeddings`` as they come, shape (n, 384); all zero where none could be made."""
        return self._texts(self.vectorizer.transform(texts), texts, embeddings)

    def _texts(self, grams: sp.csr_matrix, texts: Sequence[str], embeddings: np.ndarray) -> Texts:
        there = embeddings.any(axis=1, keepdims=True)
        meaning = np.where(there, (embeddings - self.centre) * _STRETCH, 0.0)
        said = np.array([polarity(text) for text in texts], dtype=np.float32).reshape(-1, 5)
        return Texts(grams, meaning.astype(np.float32), said)
