"""The trained part of the danger screen: a linear model with portable weights (no pickle)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

from bot.safety.rules import Reading, Rules

MODEL = Path(__file__).parent.parent / "models" / "screen.npz"


@dataclass(frozen=True)
class Scores:
    acute: float
    raised: float
    nothing: float
    why: Tuple[str, ...] = ()


class Classifier:
    @classmethod
    def load(cls, path: Path, rules: Rules) -> "Classifier":
        raise NotImplementedError

    def scores(self, text: str, reading: Reading) -> Scores:
        raise NotImplementedError
