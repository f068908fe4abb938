"""The tracks that danger speaks for: who is said to starve, cut or want to die is in distress of a
kind, though no other word of the message says so."""

from __future__ import annotations

from functools import lru_cache

from bot.safety.rules import ACUTE, RAISED, Rules


@lru_cache(maxsize=1)
def _rules() -> Rules:
    return Rules.load()


def tracks_of_danger(text: str) -> set[str]:
    """Ids of tracks, by the themes of the danger that the screen's rules see in ``text``."""
    rules = _rules()
    hits = rules.read(text).hits
    themes = {hit.theme for hit in hits if hit.level in (ACUTE, RAISED)}
    if any(hit.theme == "vold" and hit.level == ACUTE for hit in hits):
        themes -= {"skade"}  # marks that another has made
    return {rules.tracks[theme] for theme in themes if theme in rules.tracks}
