"""The assistant's sentences and reviewed answers, read from the data files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.tracks.intake import Intake
from bot.tracks.wording import placeholders_of

HERE = Path(__file__).parent
KNOWLEDGE = HERE.parent / "knowledge"
_CHANNEL = {"sms": "sms", "phone": "telefon"}


def _document(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)


class Texts:
    """``say(key, intake, **values)`` gives the sentence for this citizen and channel; ``values``
    fill its placeholders."""

    def __init__(self) -> None:
        self.entries: dict[str, Any] = _document(HERE / "tekster.yml")
        self.topics = {p.stem: _document(p) for p in KNOWLEDGE.glob("*.yml")}
        self.advice = {p.stem: _document(p) for p in (KNOWLEDGE / "raad").glob("*.yml")}

    def say(self, key: str, intake: Intake, **values: object) -> str:
        return self._fill(self._pick(self.entries[key], "tekst", intake), intake, values)

    def answer(self, topic: str, intake: Intake, **values: object) -> str:
        """The reviewed answer to a topic; advice and signs by the first track it is about."""
        entry = self.topics[topic]
        for track in intake.track_ids:
            special = (entry.get("pr_spor") or {}).get(track)
            if special:
                return self._fill(_by_speaker(special, intake), intake, values)
        channel = _CHANNEL.get(intake.channel, "")
        chosen = entry.get(channel) or entry["svar"]
        text = _by_speaker(chosen, intake) or _by_speaker(entry["svar"], intake)
        return self._fill(text, intake, values)

    def advice_for(self, intake: Intake) -> list[str]:
        track = next((t for t in intake.track_ids if t in self.advice), "faelles")
        lines = self.advice[track]["raad"]
        return list(lines.get(intake.speaker_value) or lines.get("ukendt") or [])

    def possibilities(self, intake: Intake, **values: object) -> list[str]:
        found = []
        for row in self.topics["muligheder"]["muligheder"]:
            fits_track = row["spor"] == "alle" or set(row["spor"]) & set(intake.track_ids)
            if fits_track and (
                row["henvender"] == "alle" or intake.speaker_value in row["henvender"]
            ):
                found.append(self._fill(row["tekst"], intake, values))
        return found[:4]

    def _pick(self, entry: dict[str, Any], plain: str, intake: Intake) -> str:
        special = entry.get(_CHANNEL.get(intake.channel, ""))
        if isinstance(special, str):
            return special
        if isinstance(special, dict) and _by_speaker(special, intake):
            return _by_speaker(special, intake)
        return _by_speaker(entry, intake) or entry.get(plain) or entry["ukendt"]

    def _fill(self, text: str, intake: Intake, values: dict[str, object]) -> str:
        for name, value in {**placeholders_of(intake), **values}.items():
            text = text.replace("{" + name + "}", str(value))
        return text


def _by_speaker(entry: dict[str, Any], intake: Intake) -> str:
    return entry.get(intake.speaker_value) or entry.get("alle") or entry.get("ukendt") or ""
