"""A file of labelled messages, one JSON object a line, and what is predicted about each of them.

{"text": "min søn på 9 er bange for alt", "channel": "web", "speaker": "forælder", "age": 9,
 "risk": "ingen", "tracks": ["bekymring_tristhed"], "topic": null, "kind": "", "set": "alle"}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.tracks.reading import TOPICS
from tools.report import Stop

ACUTE, RAISED, NO_RISK = RISKS = ("akut", "forhøjet", "ingen")
ALARM, ASK, NONE = LEVELS = ("alarm", "ask", "none")
UNKNOWN = "ukendt"
SPEAKERS = ("ung", "forælder", "pårørende", "fagperson", UNKNOWN)
TRACKS = ("krop_mad", "selvskade", "bekymring_tristhed", "uro")
CHANNELS = {"web": "web", "sms": "sms", "telefon": "phone"}  # as the public API calls them
ONE_SET = "alle"


@dataclass(frozen=True)
class Case:
    """A message and what is true about it; ``channel`` as the public API calls it."""

    id: str
    set: str
    text: str
    channel: str
    risk: str
    speaker: str
    age: int | None
    tracks: frozenset[str]
    topic: str | None


@dataclass(frozen=True)
class Prediction:
    """What somebody took the message to be; the fields' words are those of the label files."""

    id: str
    risk: str = NONE
    speaker: str = UNKNOWN
    age: int | None = None
    tracks: tuple[str, ...] = ()
    topic: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def load(path: Path) -> list[Case]:
    """The cases of a file; Stop with the number of the first line that is not one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Stop(f"{path} cannot be read: {error.strerror}") from error
    cases = [case_at(path, number, line) for number, line in lines(content)]
    if not cases:
        raise Stop(f"{path} holds no case")
    check_ids(path, cases)
    return cases


def lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, numbered from 1."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line


def case_at(path: Path, number: int, line: bytes) -> Case:
    try:
        return case_of(json.loads(line.decode("utf-8")), number)
    except UnicodeDecodeError as error:
        raise Stop(f"{path}, line {number}: not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Stop(f"{path}, line {number}: not JSON ({error.msg})") from error
    except ValueError as error:
        raise Stop(f"{path}, line {number}: {error}") from error


def case_of(row: Any, number: int) -> Case:
    """Raises ValueError that says what is wrong with the row."""
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    return Case(
        id=str(row.get("id") or number),
        set=str(row.get("set") or ONE_SET),
        text=required(row, "text", filled_text, "a text that is not empty"),
        channel=CHANNELS[one_of(row, "channel", tuple(CHANNELS), "web")],
        risk=one_of(row, "risk", RISKS),
        speaker=one_of(row, "speaker", SPEAKERS),
        age=required(row, "age", age, "whole years or null", None),
        tracks=frozenset(required(row, "tracks", tracks, f"a list of {', '.join(TRACKS)}")),
        topic=required(row, "topic", topic, "a topic of the label guide or null", None),
    )


_MISSING = object()


def required(
    row: Mapping[str, Any],
    name: str,
    valid: Callable[[Any], bool],
    expected: str,
    default: Any = _MISSING,
) -> Any:
    """The field's value; only a field with a default may be left out."""
    value = row.get(name, default)
    if value is _MISSING:
        raise ValueError(f'"{name}" is missing')
    if not valid(value):
        raise ValueError(f'"{name}" is {json.dumps(value, ensure_ascii=False)}, not {expected}')
    return value


def one_of(
    row: Mapping[str, Any], name: str, allowed: Sequence[str], default: Any = _MISSING
) -> str:
    found = required(row, name, lambda value: value in allowed, " | ".join(allowed), default)
    return str(found)


def filled_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def age(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def tracks(value: Any) -> bool:
    return isinstance(value, list) and all(track in TRACKS for track in value)


def topic(value: Any) -> bool:
    return value is None or value in TOPICS


def check_ids(path: Path, cases: Sequence[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise Stop(f'{path}: the id "{case.id}" stands there twice')
        seen.add(case.id)


def write(path: Path, predictions: Sequence[Prediction]) -> None:
    """One prediction a line, in the order given."""
    rows = [json.dumps(p.to_json(), ensure_ascii=False) + "\n" for p in predictions]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(rows), "utf-8")
    except OSError as error:
        raise Stop(f"{path} cannot be written: {error.strerror}") from error
