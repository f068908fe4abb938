"""A text as it is heard: no signs that only the eye reads, numbers slowly, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.safety.resources import Resource

LONGEST = 280
"""Letters that are said in one go; a longer text is said in several."""
_DIGITS = ("nul", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni")
_WRITTEN = {
    r"\bkl\.\s*": "klokken ", r"\bca\.": "cirka", r"\bf\.\s?eks\.": "for eksempel",
    r"\bbl\.\s?a\.": "blandt andet", r"\bosv\.": "og så videre", r"\bevt\.": "eventuelt",
    r"\bhhv\.": "henholdsvis", r"\binkl\.": "inklusive", r"\bnr\.": "nummer",
    r"\bPPR\b": "P P R", r"\bcpr-nummer": "CPR nummer", r"\bsms'e\b": "sende en sms til",
    r"^\s*[-•]\s*": "", r"[\"“”„»«]": "",
}  # fmt: skip
_CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{2}\b")
_PHONE = re.compile(r"(?<!\d)(?:\+45 ?)?\d{2} ?\d{2} ?\d{2} ?\d{2}(?!\d)")


@dataclass(frozen=True)
class Part:
    text: str
    slow: bool = False


Line = tuple[Part, ...]
"""What is said in one go."""


def digits_in_words(number: str) -> str:
    """``digits_in_words("+4520123456") == "to nul, et to, tre fire, fem seks"``"""
    only = re.sub(r"\D", "", number)
    only = only[2:] if len(only) == 10 and only.startswith("45") else only
    pairs = [only[place : place + 2] for place in range(0, len(only), 2)]
    return ", ".join(" ".join(_DIGITS[int(digit)] for digit in pair) for pair in pairs)


class Speech:
    """``again``: what is said before the numbers of a crisis come once more."""

    def __init__(self, resources: Sequence[Resource], again: str) -> None:
        self.again = again
        longest_first = sorted(resources, key=lambda one: -len(one.number))
        self._numbers = {one.number: one.spoken for one in longest_first}
        written = "|".join(re.escape(number) for number in self._numbers)
        self._written = re.compile(rf"(?<!\d)(?:{written})(?!\d)")
        spoken = sorted({one.spoken for one in resources}, key=len, reverse=True)
        numbers = "|".join(map(re.escape, spoken))
        self._spoken = re.compile(rf"\b(?:{numbers})\b")
        self._entry = re.compile(rf"[^.:]+: (?:{numbers})\b")

    def lines(self, text: str) -> list[Line]:
        """A list of crisis lines is said twice."""
        found: list[Line] = []
        for paragraph in re.split(r"\n{2,}", text):
            said = self._paragraph(paragraph)
            found += said
            if self._lists_lines(paragraph):
                numbers = [line for line in said if any(part.slow for part in line)]
                found += [(Part(self.again),), *numbers]
        return found

    def _lists_lines(self, paragraph: str) -> bool:
        """``Alarm: et et to. Livslinien: halvfjerds, to nul et, to nul et.``"""
        return len(self._entry.findall(self._as_said(paragraph))) > 1

    def _paragraph(self, paragraph: str) -> list[Line]:
        rows = [self._as_said(row) for row in paragraph.splitlines()]
        sentences = [one for row in rows for one in re.split(r"(?<=[.!?])\s+", row) if one]
        calling = self._lists_lines(paragraph)
        groups: list[str] = []
        for sentence in sentences:
            if groups and not calling and len(groups[-1]) + len(sentence) < LONGEST:
                groups[-1] += " " + sentence
            else:
                groups.append(sentence)
        return [self._parts(group) for group in groups]

    def _as_said(self, row: str) -> str:
        for pattern, word in _WRITTEN.items():
            row = re.sub(pattern, word, row)
        return self._written.sub(lambda found: self._numbers[found.group()], row).strip()

    def _parts(self, sentence: str) -> Line:
        """The sentence with what is said slowly by itself."""
        found: list[Part] = []
        place = 0
        spans = [(one.span(), one.group()) for one in self._spoken.finditer(sentence)]
        spans += [(one.span(), _spelled(one.group())) for one in _CODE.finditer(sentence)]
        spans += [(one.span(), digits_in_words(one.group())) for one in _PHONE.finditer(sentence)]
        for (start, end), said in sorted(spans):
            if start >= place:
                found += [Part(sentence[place:start]), Part(said, slow=True)]
                place = end
        found.append(Part(sentence[place:]))
        return tuple(part for part in found if part.text.strip())


def _spelled(code: str) -> str:
    return ". ".join(", ".join(group) for group in code.split("-"))
