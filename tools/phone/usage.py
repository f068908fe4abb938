"""What conversations were measured to use; `make phone-usage` writes usage.json."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("usage.json")
SAID_A_SECOND = 14.0
"""Characters that a voice says in a second; ours pauses at numbers, and this is the slow end."""
WORDS_A_SECOND = 2.0
PAUSE = 3.0
"""Seconds of silence after words until they are taken to be all: twiml.PAUSE."""
KEY = 2.0
"""Seconds until a key is pressed."""


@dataclass(frozen=True)
class Usage:
    """One conversation by SMS, and the same facts by telephone. ``listened``: steps at which
    speech is recognised, whether a key or words came."""

    speaker: str
    tracks: Sequence[str]
    sms_out: int
    sms_in: int
    sms_messages: int
    listened: int
    by_key: int
    words: int
    characters: int

    @property
    def seconds(self) -> float:
        """How long the call lasts, if nobody breaks in."""
        spoken = self.listened - self.by_key
        caller = self.words / WORDS_A_SECOND + spoken * PAUSE + self.by_key * KEY
        return self.characters / SAID_A_SECOND + caller

    @property
    def minutes(self) -> int:
        """As they are paid for: begun ones count."""
        return math.ceil(self.seconds / 60)


@dataclass(frozen=True)
class Measured:
    day: str
    rows: Sequence[Usage]

    def write(self, path: Path = FILE) -> None:
        rows = [asdict(row) for row in self.rows]
        document = json.dumps({"day": self.day, "rows": rows}, ensure_ascii=False, indent=1)
        path.write_text(document + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path = FILE) -> Measured:
        document = json.loads(path.read_text(encoding="utf-8"))
        return cls(document["day"], [Usage(**row) for row in document["rows"]])
