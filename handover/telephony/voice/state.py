"""Where a call stands between two webhooks; stored sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

TELL, ANSWER, CONFIRM, WAIT, OFFER, DIAL, END = (
    "tell", "answer", "confirm", "wait", "offer", "dial", "end",
)  # fmt: skip
"""What the next step is taken for: a piece of a long telling, an answer, a yes to what was heard,
the assistant's late answer, a yes to a human, the end of a dialled call, a word after the end."""
ASK_CALL, ASK_FROM, ASK_NUMBER, CHECK_NUMBER, ASK_TIME = (
    "ask_call", "ask_from", "ask_number", "check_number", "ask_time",
)  # fmt: skip
"""The steps to a call-back: whether, on this number, on which, is it right, when."""
ASK_RECORD = "ask_record"
"""Whether the talk with the counsellor may be recorded."""
CALL_BACK = (ASK_CALL, ASK_FROM, ASK_NUMBER, CHECK_NUMBER, ASK_TIME)


@dataclass
class CallState:
    """``prompt``: what was said last, and is said again; ``asked``: the open question. ``misses``:
    how often in a row nothing was understood. ``pieces``: of a telling that goes on. ``unsure``:
    heard, and to be confirmed in the mode ``back``. ``turn`` and ``text``: the citizen's message
    that an answer is waited for. ``recording``: ``yes`` or ``no`` once the caller has been asked.
    ``tried``: whom we have called, ``leg``: whom last."""

    mode: str = TELL
    prompt: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    question: str | None = None
    choices: list[dict[str, str]] = field(default_factory=list)
    spoken_seq: int = 0
    misses: int = 0
    pieces: list[str] = field(default_factory=list)
    unsure: str = ""
    back: str = ANSWER
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
        return cls(**data)

    @property
    def unsent(self) -> str:
        """What was heard and is no message yet."""
        return " ".join([*self.pieces, self.unsure]).strip()
