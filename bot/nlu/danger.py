"""What danger says about the track: who is said to starve, cut or want to die is in distress of a
kind, though no other word of the message says so; who is beaten need not be in any of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.safety.rules import ACUTE, RAISED, Rules

_VIOLENCE = "vold"
_MARKS = "mærker"
"""In the phrase that sees marks and wounds, which another may have made."""


@dataclass(frozen=True)
class Danger:
    """``tracks``: ids it speaks for. ``violence_alone``: by others, and nothing else is told."""

    tracks: frozenset[str] = frozenset()
    violence_alone: bool = False


@lru_cache(maxsize=1)
def _rules() -> Rules:
    return Rules.load()


def read_danger(text: str) -> Danger:
    """By the themes of what the screen's rules see."""
    rules = _rules()
    hits = [hit for hit in rules.read(text).hits if hit.level in (ACUTE, RAISED)]
    if any(hit.theme == _VIOLENCE and hit.level == ACUTE for hit in hits):
        hits = [hit for hit in hits if hit.theme == _VIOLENCE or _MARKS not in hit.phrase]
    themes = {hit.theme for hit in hits}
    tracks = frozenset(rules.tracks[theme] for theme in themes if theme in rules.tracks)
    return Danger(tracks, themes == {_VIOLENCE})
