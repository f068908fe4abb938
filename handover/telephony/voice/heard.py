"""What was heard at a step: words, keys, or nothing; and the few words that steer the call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

UNSURE = 0.5
"""Under this confidence the words are read back before they count."""
REPEAT, HUMAN, GO_ON = "*", "0", "#"
"""The keys that mean the same at every step."""

_PERSON = r"(et |en )?(rigtigt? )?(menneske|rådgiver|person|medarbejder)"
_TALK = (
    r"(jeg vil |må jeg |kan jeg |lad mig )?(gerne |hellere |bare |godt )*(få |(tale|snakke) med )"
)
_HUMAN = re.compile(rf"({_TALK})?{_PERSON}( nu| i stedet)?( tak)?")
_REPEAT = re.compile(
    r"(undskyld )?(hvad( sagde du| siger du| var det)?( for noget)?|hva|gentag( det| spørgsmålet)?"
    r"|sig det (igen|en gang til)|en gang til|igen)( tak)?"
)
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")
"""What XML cannot carry and nobody says."""
_NOTHING_MORE = re.compile(
    r"(nej|næ|nix)( tak)?( (det var|det er) (det|alt)( hele)?)?|(det var|det er) (det|alt|det hele)"
    r"|ikke (mere|andet)|nej ikke (mere|andet)|(jeg er )?færdig|videre|slut"
)


@dataclass(frozen=True)
class Heard:
    """``confidence``: of the words, 0 to 1; 1 for keys and where Twilio gives none."""

    words: str = ""
    confidence: float = 1.0
    keys: str = ""

    @property
    def nothing(self) -> bool:
        return not self.words and not self.keys

    @property
    def unsure(self) -> bool:
        return bool(self.words) and not self.keys and self.confidence < UNSURE

    @property
    def asks_again(self) -> bool:
        return self.keys == REPEAT or _says(_REPEAT, self.words)

    @property
    def wants_human(self) -> bool:
        """Only when nothing else is said: a longer telling is read by the assistant."""
        return self.keys == HUMAN or _says(_HUMAN, self.words)

    @property
    def nothing_more(self) -> bool:
        return self.keys == GO_ON or _says(_NOTHING_MORE, self.words)


def read(fields: Mapping[str, str]) -> Heard:
    """From a webhook's fields. Some recognisers give no confidence and Twilio then says 0."""
    try:
        confidence = float(fields.get("Confidence", "")) or 1.0
    except ValueError:
        confidence = 1.0
    words = _UNSPEAKABLE.sub(" ", fields.get("SpeechResult", "")).strip()
    return Heard(words, confidence, re.sub(r"[^\d*#]", "", fields.get("Digits", "")))


def _says(pattern: re.Pattern[str], words: str) -> bool:
    said = re.sub(r"[^\w ]", " ", words.lower())
    return bool(words) and pattern.fullmatch(" ".join(said.split())) is not None
