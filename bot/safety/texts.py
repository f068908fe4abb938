"""What is said in a crisis, word for word from krise.yml, by speaker and channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.safety.patterns import Phrase, compile_phrase
from bot.safety.resources import SPEAKERS
from bot.safety.spelling import Spelling, rendered

FILE = Path(__file__).parent / "krise.yml"
CHANNELS = ("web", "sms", "telefon")
ANYBODY = "alle"
_NOTES = ("kilde", "godkendt")
_PHONE = {"phone": "telefon"}
_NOBODY_KNOWN = {
    "barnet": "den, det handler om",
    "hun": "den unge",
    "hende": "den unge",
    "hendes": "den unges",
    "aabner": "næste hverdag",
}
_WORDS = {
    "foraelder": {"barnet": "dit barn", "hun": "barnet", "hende": "barnet", "hendes": "barnets"},
    "paaroerende": {"barnet": "den, du er bekymret for"},
    "fagperson": {"barnet": "barnet eller den unge"},
}


class TextError(ValueError):
    """krise.yml is wrong; the text says which entry and why."""


@dataclass(frozen=True)
class Choice:
    """A button: its title, and the value that is sent back as text."""

    title: str
    value: str


class Texts:
    """The texts of krise.yml, all of them there for every speaker and channel, or no start-up."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._texts: Mapping[str, Mapping[str, Any]] = _mapping(document, "tekster")
        self._choices = _choices(_mapping(document, "valg"))
        self._retracting = _phrases(document, "taget_tilbage")
        self._going_on = _phrases(document, "fortsaetter")
        self._spelling = Spelling({"ikke": ["ik", "ikk"]}, [])
        for key in self._texts:
            self._check(key)

    @classmethod
    def load(cls, path: Path = FILE) -> Texts:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        if not isinstance(document, dict):
            raise TextError(f"{path.name}: is not a mapping")
        return cls(document)

    def say(self, key: str, speaker: str, channel: str, words: Mapping[str, str]) -> str:
        by_speaker = self._texts.get(key)
        if by_speaker is None:
            raise TextError(f"krise.yml: {key} is missing")
        by_channel = by_speaker.get(speaker) or by_speaker[ANYBODY]
        text = by_channel.get(channel_of(channel)) or by_channel["web"]
        return str(text).strip().format(**filled(speaker, words))

    def choices(self, key: str) -> tuple[Choice, ...]:
        return self._choices[key]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def retracts(self, text: str) -> bool:
        """The citizen takes back what was said: "det var bare for sjov"."""
        return self._finds(self._retracting, text)

    def goes_on(self, text: str) -> bool:
        """The citizen wants the other questions: the choice ``fortsaet`` or its words."""
        return text.strip().lower() == "fortsaet" or self._finds(self._going_on, text)

    def _finds(self, phrases: Sequence[Phrase], text: str) -> bool:
        line, _ = rendered(self._spelling.tokens(text), set())
        return any(True for phrase in phrases for _ in phrase.spans(line))

    def _check(self, key: str) -> None:
        entry = self._texts[key]
        for note in _NOTES:
            if note not in entry:
                raise TextError(f"krise.yml, {key}: {note} is missing")
        unknown = set(entry) - set(SPEAKERS) - set(_NOTES) - {ANYBODY}
        if unknown:
            raise TextError(f"krise.yml, {key}: {sorted(unknown)[0]!r} is not a speaker")
        for speaker, wording in entry.items():
            if speaker not in _NOTES:
                _check_wording(key, speaker, wording)


def channel_of(channel: str) -> str:
    return _PHONE.get(channel, channel)


def filled(speaker: str, words: Mapping[str, str]) -> dict[str, str]:
    """The placeholders, capitalised forms too: what is known of the person, else neutral words."""
    values = {**_NOBODY_KNOWN, **_WORDS.get(speaker, {}), **words}
    return {
        **values,
        **{k.capitalize(): v[:1].upper() + v[1:] for k, v in values.items() if k.islower()},
    }


def _check_wording(key: str, speaker: str, wording: Any) -> None:
    if not isinstance(wording, Mapping) or not str(wording.get("web") or "").strip():
        raise TextError(f"krise.yml, {key}.{speaker}: the web text is missing")
    for channel, text in wording.items():
        if channel not in CHANNELS:
            raise TextError(f"krise.yml, {key}.{speaker}: {channel!r} is not a channel")
        try:
            str(text).format(**filled(speaker, {}))
        except (KeyError, IndexError, ValueError) as error:
            raise TextError(
                f"krise.yml, {key}.{speaker}.{channel}: unknown placeholder {error}"
            ) from error


def _choices(document: Mapping[str, Any]) -> dict[str, tuple[Choice, ...]]:
    return {
        key: tuple(Choice(str(row["titel"]), str(row["vaerdi"])) for row in rows)
        for key, rows in document.items()
    }


def _phrases(document: Mapping[str, Any], key: str) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(str(source), {}) for source in document.get(key) or [])


def _mapping(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    if not isinstance(value, Mapping):
        raise TextError(f"krise.yml: {key} must be a mapping")
    return value
