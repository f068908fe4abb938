"""Of an intake what the queue is filtered by, sealed by itself beside it: no words, and so small
that those of all open cases can be opened at every look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.tracks.intake import Intake
from handover.storage.vault import Sealer


@dataclass(frozen=True)
class Traits:
    speaker: str
    tracks: tuple[str, ...]


def traits(document: Mapping[str, Any]) -> Traits:
    intake = Intake.from_json(document)
    return Traits(intake.speaker_value, tuple(intake.track_ids))


def seal_traits(sealer: Sealer, version: int, document: Mapping[str, Any]) -> bytes:
    return sealer.seal(vars(traits(document)), f"traits {version}")


def open_traits(sealer: Sealer, version: int, sealed: bytes | None, intake: bytes | None) -> Traits:
    """An intake that was written before there were traits is read itself."""
    if sealed is None:
        return traits(sealer.open(intake or b"", f"intake {version}"))
    found = sealer.open(sealed, f"traits {version}")
    return Traits(found["speaker"], tuple(found["tracks"]))
