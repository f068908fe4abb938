"""Text features: word and character n-grams as a sparse matrix, and an optional sentence embedding."""

from __future__ import annotations

import math
from collections import Counter
from typing import Dict, Iterable, List, Sequence

import numpy as np
import scipy.sparse as sp

from bot.danish.words import words

_ASCII_VOWELS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))


def tokens(text: str) -> List[str]:
    """Words in one spelling: "saa" and "så" are the same token."""
    found = []
    for word in words(text):
        for ascii_vowel, letter in _ASCII_VOWELS:
            word = word.replace(ascii_vowel, letter)
        found.append("0" if word.isdigit() else word)
    return found


def ngrams(text: str) -> List[str]:
    """Word 1-3-grams ("w hun hader") and character 2-5-grams within words ("c_had")."""
    found = tokens(text)
    grams = [f"w {w}" for w in found]
    grams += [f"w {a} {b}" for a, b in zip(found, found[1:])]
    grams += [f"w {a} {b} {c}" for a, b, c in zip(found, found[1:], found[2:])]
    for word in found:
        padded = f"_{word}_"
        for size in (2, 3, 4, 5):
            grams += [f"c{padded[i : i + size]}" for i in range(len(padded) - size + 1)]
    if found:
        grams.append(f"first {found[0]}")
        grams.append(f"last {found[-1]}")
    grams.append(f"length {min(6, int(math.log2(len(found) + 1)))}")
    return grams


class Vectorizer:
    """N-grams weighted by tf-idf, each row of length 1."""

    def __init__(self, vocabulary: Dict[str, int], idf: np.ndarray) -> None:
        self.vocabulary = vocabulary
        self.idf = idf

    @classmethod
    def fit(cls, texts: Sequence[str], least: int = 2) -> "Vectorizer":
        """``least``: in how many texts an n-gram must stand."""
        seen: Counter = Counter()
        for text in texts:
            seen.update(set(ngrams(text)))
        kept = sorted(g for g, n in seen.items() if n >= least)
        idf = np.array([math.log((1 + len(texts)) / (1 + seen[g])) + 1 for g in kept], dtype=np.float32)
        return cls({g: i for i, g in enumerate(kept)}, idf)

    def transform(self, texts: Iterable[str]) -> sp.csr_matrix:
        """Shape (number of texts, size of the vocabulary), float32."""
        data: List[float] = []
        indices: List[int] = []
        starts = [0]
        for text in texts:
            row = Counter(i for g in ngrams(text) if (i := self.vocabulary.get(g)) is not None)
            values = np.array([1 + math.log(n) for n in row.values()], dtype=np.float32)
            columns = np.fromiter(row.keys(), dtype=np.int64, count=len(row))
            values = values * self.idf[columns]
            norm = float(np.linalg.norm(values)) or 1.0
            data.extend(values / norm)
            indices.extend(columns)
            starts.append(len(indices))
        shape = (len(starts) - 1, len(self.vocabulary))
        return sp.csr_matrix((np.array(data, dtype=np.float32), indices, starts), shape=shape)
