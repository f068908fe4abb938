"""The small language in which rules.yml says what to look for.

    skære* .. (mig|sig) selv?     begins so, up to 4 words between, one of two, maybe a word
    <jeg> vil ..2 dø              a named list, at most 2 words between
    ^ farvel $                    the whole message

A gap never crosses the end of a sentence; a comma never hinders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import Pattern

from bot.safety.spelling import fold

_GAP = 4
_LEXEME = re.compile(r"\.\.\d*|<\w+>|[()|?^$]|[\wæøå*]+", re.IGNORECASE)


class PatternError(ValueError):
    """A pattern in rules.yml cannot be read; the text holds the pattern and the reason."""


@dataclass(frozen=True)
class Phrase:
    """A compiled pattern: its source for explaining, a literal for a quick no, the expression."""

    source: str
    literal: str
    expression: Pattern[str]

    def spans(self, line: str) -> Iterator[tuple[int, int]]:
        if self.literal in line:
            for match in self.expression.finditer(line):
                if match.end() > match.start():
                    yield match.span()


def compile_phrase(source: str, lists: Mapping[str, Sequence[str]]) -> Phrase:
    reader = _Reader(source, lists)
    body = reader.sequence()
    if reader.peek() is not None:
        raise PatternError(f"{source!r}: unexpected {reader.peek()!r}")
    literal = max(reader.literals, key=len, default="")
    return Phrase(source, literal, re.compile(r"(?<![^ ])" + body))


class _Reader:
    """Recursive descent over the lexemes of one pattern."""

    def __init__(self, source: str, lists: Mapping[str, Sequence[str]]) -> None:
        self.source, self.lists = source, lists
        self.lexemes: list[str] = _LEXEME.findall(source)
        self.literals: list[str] = []
        self.at = self.depth = 0

    def peek(self) -> str | None:
        return self.lexemes[self.at] if self.at < len(self.lexemes) else None

    def take(self) -> str:
        lexeme = self.peek()
        if lexeme is None:
            raise PatternError(f"{self.source!r}: ends too early")
        self.at += 1
        return lexeme

    def sequence(self) -> str:
        parts = []
        while self.peek() not in (None, ")", "|"):
            parts.append(self._unit())
        return "".join(parts)

    def _unit(self) -> str:
        lexeme = self.take()
        unit = self._alternatives() if lexeme == "(" else self._single(lexeme)
        if self.peek() == "?":
            self.take()
            self._forget(lexeme)
            return f"(?:{unit})?"
        return unit

    def _alternatives(self) -> str:
        self.depth += 1
        options = [self.sequence()]
        while self.peek() == "|":
            self.take()
            options.append(self.sequence())
        if self.take() != ")":
            raise PatternError(f"{self.source!r}: a ) is missing")
        self.depth -= 1
        return "(?:" + "|".join(options) + ")"

    def _single(self, lexeme: str) -> str:
        if lexeme == "^":
            return r"\A(?:[.,] )*"
        if lexeme == "$":
            return r"(?:[.,] )*\Z"
        if lexeme.startswith(".."):
            return f"(?:[^ .]+ ){{0,{int(lexeme[2:] or _GAP)}}}?"
        if lexeme.startswith("<"):
            return self._list(lexeme[1:-1])
        if lexeme in "()|?":
            raise PatternError(f"{self.source!r}: unexpected {lexeme!r}")
        return self._word(lexeme)

    def _list(self, name: str) -> str:
        if name not in self.lists:
            raise PatternError(f"{self.source!r}: the list <{name}> is not defined")
        options = []
        for entry in sorted(self.lists[name], key=len, reverse=True):
            inner = _Reader(entry, {})
            options.append(inner.sequence())
        return "(?:" + "|".join(options) + ")"

    def _word(self, lexeme: str) -> str:
        word = "*".join(fold(part) for part in lexeme.split("*"))
        if self.depth == 0:
            self.literals.append(max(word.split("*"), key=len))
        return re.escape(word).replace(r"\*", r"[^ ,.]*") + " (?:, )?"

    def _forget(self, lexeme: str) -> None:
        """An optional word cannot serve for a quick no."""
        if (
            self.depth == 0
            and self.literals
            and lexeme not in ("(",)
            and not lexeme.startswith("<")
        ):
            self.literals.pop()
