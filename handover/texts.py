"""The sentences that the service itself says, read from YAML where a professional edits them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OWN = Path(__file__).parent / "tekster.yml"
CHANNEL_KEYS = {"web": "tekst", "sms": "sms", "phone": "telefon"}


class TextError(ValueError):
    """A sentence is missing or wrong; the text names the file, the key and the reason."""


@dataclass(frozen=True)
class Text:
    """One sentence: ``tekst`` for the web, ``sms`` and ``telefon`` where they differ."""

    wordings: Mapping[str, str]
    choices: tuple[tuple[str, str], ...] = ()

    def on(self, channel: str) -> str:
        return self.wordings.get(CHANNEL_KEYS.get(channel, "tekst"), self.wordings["tekst"])


@dataclass
class Texts:
    """Asked for every sentence, never kept: a leader may change one while the service runs
    (handover/decisions), and then both mappings are replaced."""

    entries: Mapping[str, Text]
    names: Mapping[str, str]
    """Placeholders that every sentence may use: ``{tilbud_navn}``, ``{kommune_navn}``."""

    def say(self, key: str, channel: str = "web", **values: object) -> str:
        text = self.entries[key].on(channel)
        return fill(text, {**self.names, **{k: str(v) for k, v in values.items()}})

    def choices(self, key: str) -> list[dict[str, str]]:
        return [{"title": title, "value": value} for title, value in self.entries[key].choices]


def fill(text: str, values: Mapping[str, str]) -> str:
    """``fill("Vi åbner {dag}.", {"dag": "mandag"})``; unknown braces stay as they are."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def load_texts(path: Path, needed: Iterable[str]) -> dict[str, Text]:
    """The needed sentences of a file.

    Raises TextError with file, key and reason when one is missing or empty.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise TextError(f"{path}: the file is missing") from error
    except yaml.YAMLError as error:
        raise TextError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise TextError(f"{path}: must be a mapping of keys to sentences")
    entries = document.get("tekster", document)
    return {key: read_text(path, key, entries.get(key)) for key in needed}


def read_text(path: Path, key: str, row: Any) -> Text:
    """One sentence as it stands in a file. Raises TextError."""
    if row is None:
        raise TextError(f"{path}: {key}: is missing")
    if isinstance(row, str):
        row = {"tekst": row}
    if not isinstance(row, dict):
        raise TextError(f"{path}: {key}: must be a sentence or a mapping with 'tekst'")
    wordings = {name: row[name] for name in CHANNEL_KEYS.values() if row.get(name)}
    for name, text in wordings.items():
        if not isinstance(text, str):
            raise TextError(f"{path}: {key}.{name}: must be a sentence")
    if not wordings.get("tekst", "").strip():
        raise TextError(f"{path}: {key}.tekst: is empty")
    stripped = {name: text.strip() for name, text in wordings.items()}
    return Text(stripped, tuple(_choice(path, key, c) for c in row.get("valg") or []))


def _choice(path: Path, key: str, row: Any) -> tuple[str, str]:
    if not isinstance(row, dict) or not row.get("titel") or not row.get("vaerdi"):
        raise TextError(f"{path}: {key}.valg: every choice needs 'titel' and 'vaerdi'")
    return str(row["titel"]), str(row["vaerdi"])
