"""Where a call stands between two webhooks; stored sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """What the next step is taken for."""

    TELL = "tell"  # a piece of a long telling
    ANSWER = "answer"
    CONFIRM = "confirm"  # yes to what was heard
    WAIT = "wait"  # the assistant's late answer
    OFFER = "offer"  # yes to a human
    DIAL = "dial"  # the end of a dialled call
    END = "end"  # a word after the end
    ASK_CALL = "ask_call"  # shall somebody call back,
    ASK_FROM = "ask_from"  # on this number,
    ASK_NUMBER = "ask_number"  # on which,
    CHECK_NUMBER = "check_number"  # is it right,
    ASK_TIME = "ask_time"  # and when
    ASK_RECORD = "ask_record"  # may the talk with the counsellor be recorded


CALL_BACK = (Mode.ASK_CALL, Mode.ASK_FROM, Mode.ASK_NUMBER, Mode.CHECK_NUMBER, Mode.ASK_TIME)


@dataclass
class CallState:
    """``prompt``: what was said last, and is said again; ``asked``: the open question. ``misses``:
    how often in a row nothing was understood. ``pieces``: of a telling that goes on. ``unsure``:
    heard, and to be confirmed in the mode ``back``. ``turn`` and ``text``: the citizen's message
    that an answer is waited for. ``recording``: ``yes`` or ``no`` once the caller has been asked.
    ``tried``: whom we have called, ``leg``: whom last."""

    mode: Mode = Mode.TELL
    prompt: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    question: str | None = None
    choices: list[dict[str, str]] = field(default_factory=list)
    spoken_seq: int = 0
    misses: int = 0
    pieces: list[str] = field(default_factory=list)
    unsure: str = ""
    back: Mode = Mode.ANSWER
    turn: str = ""
    text: str = ""
    waits: int = 0
    tried: list[str] = field(default_factory=list)
    leg: str = ""
    number: str = ""
    keys_told: bool = False
    recording: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CallState:
        modes = {name: Mode(data[name]) for name in ("mode", "back") if name in data}
        return cls(**{**data, **modes})

    @property
    def unsent(self) -> str:
        """What was heard and is no message yet."""
        return together([*self.pieces, self.unsure])


def together(pieces: Sequence[str]) -> str:
    """One text of what was said with pauses between: a pause ends a sentence, and recognisers put
    no full stop there."""
    whole = ""
    for piece in (one.strip() for one in pieces):
        stop = "" if not whole else " " if whole[-1] in ".?!," else ". "
        whole += stop + piece if piece else ""
    return whole
