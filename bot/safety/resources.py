"""The crisis resources: who to call, read from a file in which a professional corrects a number.

``load_resources`` refuses anything that is not exactly right, naming the resource and the reason:
a wrong file stops start-up, never a conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "resources.yml"
SPEAKERS = ("ung", "foraelder", "paaroerende", "fagperson", "ukendt")
OCCASIONS = ("alle", "selvmord", "gift", "vold", "krop", "andre")
_NUMBER = re.compile(r"\d{2,4}( \d{2,4})*")
_KEYS = {
    "id", "navn", "hvornaar", "nummer", "tale", "tider", "til", "ved",
    "omraade", "kilde", "kontrolleret", "bekraeftet",
}  # fmt: skip


class ResourceError(ValueError):
    """A resource is wrong; the text says which one and why."""


@dataclass(frozen=True)
class Resource:
    """One number to call. ``hours`` and ``area`` may be empty; ``confirmed`` is set by people."""

    id: str
    name: str
    when: str
    number: str
    spoken: str
    hours: str
    speakers: tuple[str, ...]
    occasions: tuple[str, ...]
    area: str
    source: str
    checked: date
    confirmed: bool

    def fits(self, speaker: str, occasions: Iterable[str], areas: Sequence[str]) -> bool:
        here = not self.area or self.area in areas
        fitting = "alle" in self.occasions or any(o in self.occasions for o in occasions)
        return here and fitting and speaker in self.speakers


def load_resources(path: Path = FILE) -> tuple[Resource, ...]:
    """All resources in the order of the file, which is the order they are shown in."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ResourceError(f"{path.name}: not readable as YAML: {error}") from error
    rows = document.get("ressourcer") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise ResourceError(f"{path.name}: a list 'ressourcer' is missing or empty")
    found = [_resource(row, f"{path.name}, ressource {n}") for n, row in enumerate(rows, 1)]
    _refuse_doubles([resource.id for resource in found], path.name)
    return tuple(found)


def own_resources(rows: Sequence[Mapping[str, Any]]) -> tuple[Resource, ...]:
    """The municipality's own lines, from its configuration: the same keys, the same strictness."""
    return tuple(_resource(row, f"kommunens linje {n}") for n, row in enumerate(rows, 1))


def _refuse_doubles(ids: list[str], place: str) -> None:
    doubles = sorted({i for i in ids if ids.count(i) > 1})
    if doubles:
        raise ResourceError(f"{place}: the id {doubles[0]!r} stands there twice")


def _resource(row: Any, place: str) -> Resource:
    if not isinstance(row, Mapping):
        raise ResourceError(f"{place}: is not a mapping")
    place = f"{place} ({row.get('id', 'uden id')})"
    _check_keys(row, place)
    return Resource(
        id=_text(row, "id", place),
        name=_text(row, "navn", place),
        when=_text(row, "hvornaar", place),
        number=_number(row, place),
        spoken=_text(row, "tale", place),
        hours=_text(row, "tider", place, empty=True),
        speakers=_choices(row, "til", SPEAKERS, place),
        occasions=_choices(row, "ved", OCCASIONS, place),
        area=_text(row, "omraade", place, empty=True),
        source=_text(row, "kilde", place),
        checked=_date(row, place),
        confirmed=_yes_no(row, place),
    )


def _check_keys(row: Mapping[str, Any], place: str) -> None:
    missing, unknown = sorted(_KEYS - set(row)), sorted(set(map(str, row)) - _KEYS)
    if missing:
        raise ResourceError(f"{place}: {', '.join(missing)} is missing")
    if unknown:
        raise ResourceError(f"{place}: {', '.join(unknown)} is unknown")


def _text(row: Mapping[str, Any], key: str, place: str, empty: bool = False) -> str:
    value = row[key]
    if not isinstance(value, str):
        raise ResourceError(f"{place}: {key} must be text in quotes, not {value!r}")
    if not value.strip() and not empty:
        raise ResourceError(f"{place}: {key} is empty")
    return value.strip()


def _number(row: Mapping[str, Any], place: str) -> str:
    number = _text(row, "nummer", place)
    if not _NUMBER.fullmatch(number):
        raise ResourceError(f"{place}: {number!r} is not a telephone number")
    return number


def _choices(
    row: Mapping[str, Any], key: str, allowed: tuple[str, ...], place: str
) -> tuple[str, ...]:
    values = row[key]
    if not isinstance(values, list) or not values:
        raise ResourceError(f"{place}: {key} must be a list with at least one of {allowed}")
    for value in values:
        if value not in allowed:
            raise ResourceError(f"{place}: {key} {value!r} is not one of {allowed}")
    return tuple(values)


def _date(row: Mapping[str, Any], place: str) -> date:
    value = row["kontrolleret"]
    if not isinstance(value, date):
        raise ResourceError(f"{place}: kontrolleret must be a date such as 2026-11-22")
    return value


def _yes_no(row: Mapping[str, Any], place: str) -> bool:
    """PyYAML reads ja and nej as text; a careless ``true`` is refused."""
    value = row["bekraeftet"]
    if value not in ("ja", "nej"):
        raise ResourceError(f"{place}: bekraeftet must be ja or nej, not {value!r}")
    return bool(value == "ja")
