"""What a municipality can offer afterwards, from the reviewed list; the counsellor decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

EVERYTHING = "alle"
ONLY_WHERE_OFFERED = frozenset({"stime_afklarende_samtale", "new_forest"})
"""These belong to a track's own offer: shown only where the municipality offers the track."""


class PossibilityError(ValueError):
    """The list is wrong; the text names file, entry and reason."""


@dataclass(frozen=True)
class Possibility:
    """``tracks`` and ``speakers`` are None when it is for all."""

    id: str
    text: str
    source: str
    tracks: tuple[str, ...] | None
    speakers: tuple[str, ...] | None

    def fits(self, tracks: Sequence[str], speaker: str, offered: Sequence[str]) -> bool:
        if self.id in ONLY_WHERE_OFFERED and not set(self.tracks or ()) & set(offered):
            return False
        for_track = self.tracks is None or bool(set(self.tracks) & set(tracks))
        return for_track and (self.speakers is None or speaker in (*self.speakers, "ukendt"))


def load_possibilities(path: Path) -> tuple[Possibility, ...]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise PossibilityError(f"{path}: the file is missing") from error
    except yaml.YAMLError as error:
        raise PossibilityError(f"{path}: {' '.join(str(error).split())}") from error
    rows = document.get("muligheder") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise PossibilityError(f"{path}: muligheder: must be a list")
    return tuple(_possibility(path, index, row) for index, row in enumerate(rows))


def _possibility(path: Path, index: int, row: Any) -> Possibility:
    place = f"{path}: muligheder[{index}]"
    if not isinstance(row, dict):
        raise PossibilityError(f"{place}: must be a mapping")
    for key in ("id", "tekst", "kilde"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise PossibilityError(f"{place}.{key}: is missing")
    return Possibility(
        row["id"],
        row["tekst"].strip(),
        row["kilde"],
        _all_or(row.get("spor"), f"{place}.spor"),
        _all_or(row.get("henvender"), f"{place}.henvender"),
    )


def _all_or(value: Any, place: str) -> tuple[str, ...] | None:
    if value == EVERYTHING:
        return None
    if not isinstance(value, list) or not value:
        raise PossibilityError(f"{place}: must be 'alle' or a list")
    return tuple(map(str, value))
