"""One spelling for what people type: case, aa/oe/ae, stretched letters, slang, slips, emojis.

``Spelling.tokens`` keeps for every normal word the place it came from, so that evidence can be
quoted in the citizen's own letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

STOP = "."
COMMA = ","
_PIECE = re.compile(r"[^\W_]+(?:['’´`][^\W_]+)*|[.!?;:\n…]+|,|[^\w\s]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_KEYBOARD = (("aa", "å"), ("ae", "æ"), ("oe", "ø"), ("ä", "æ"), ("ö", "ø"), ("é", "e"), ("ü", "y"))
_FUZZY_LENGTH = 7


@dataclass(frozen=True)
class Token:
    """A normal word and the span of the original text it was read from."""

    word: str
    start: int
    end: int


def fold(word: str) -> str:
    """``fold("SAAAADAN") == "sadan"``, ``fold("doed") == "død"``, ``fold("maaske") == "måske"``."""
    word = unicodedata.normalize("NFC", word).lower()
    word = re.sub(r"['’´`]", "", _STRETCHED.sub(r"\1", word))
    for typed, meant in _KEYBOARD:
        word = word.replace(typed, meant)
    return word


class Spelling:
    """Variants and near-misses of the words that matter, as read from the rules file."""

    def __init__(self, variants: Mapping[str, Sequence[str]], keywords: Iterable[str]) -> None:
        self._normal: dict[str, tuple[str, ...]] = {}
        for normal, typed in variants.items():
            for variant in typed:
                self._normal[_key(variant)] = tuple(fold(w) for w in normal.split())
        self._keywords = sorted({fold(word) for word in keywords if len(word) >= _FUZZY_LENGTH})

    def tokens(self, text: str) -> list[Token]:
        found: list[Token] = []
        for piece in _PIECE.finditer(text):
            for word in self._words(piece.group()):
                found.append(Token(word, piece.start(), piece.end()))
        return found

    def _words(self, piece: str) -> tuple[str, ...]:
        if piece == COMMA:
            return (COMMA,)
        if piece[0] in ".!?;:\n…":
            return (STOP,)
        word = fold(piece)
        if word in self._normal:
            return self._normal[word]
        if not word or not word[0].isalnum():
            return ()
        return (self._near(word),)

    def _near(self, word: str) -> str:
        """A keyword that is one slip of the finger away, else the word itself."""
        if len(word) < _FUZZY_LENGTH - 1 or word in self._keywords:
            return word
        for keyword in self._keywords:
            if word[0] == keyword[0] and one_slip(word, keyword):
                return keyword
        return word


def _key(variant: str) -> str:
    return fold(variant) or unicodedata.normalize("NFC", variant)


def one_slip(typed: str, meant: str) -> bool:
    """One letter missing, added, changed, or two neighbours swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    if len(typed) == len(meant):
        wrong = [i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return len(wrong) == 1 or (
            swapped and typed[wrong[0]] == meant[wrong[1]] and typed[wrong[1]] == meant[wrong[0]]
        )
    shorter, longer = sorted((typed, meant), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def rendered(tokens: Sequence[Token], masked: set[int]) -> tuple[str, list[int]]:
    """The words in one line, each followed by a space, and the offset at which each begins."""
    offsets, line, at = [], [], 0
    for index, token in enumerate(tokens):
        word = "~" if index in masked else token.word
        offsets.append(at)
        line.append(word + " ")
        at += len(word) + 1
    return "".join(line), offsets
