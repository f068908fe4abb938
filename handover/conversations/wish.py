"""What a citizen wants while the assistant is down, read without it: a human, or to wait."""

from __future__ import annotations

import re

from bot.danish.answers import NO, WONT_SAY, YES, read_polarity
from handover.conversations.sentences import HUMAN, WAIT

_HUMAN = re.compile(
    r"\b(mennesker?|menneske|r(å|aa)dgiver(en)?|medarbejder|en voksen|rigtig person"
    r"|(snakke|tale|taler|snakker) med (en|et|nogen|jer|dig)|ring (til )?mig|ringe mig op)\b"
)
_REFUSES = re.compile(r"\b(vil|ønsker|gider|behøver|skal) (jeg )?(helst )?(ikke|ik|ikk)\b")
_WAIT = re.compile(r"\b(vent(er|e)?|senere|prøver? igen|proever? igen)\b")


def read_wish(text: str, offered: bool) -> str | None:
    """``"menneske"``, ``"vent"`` or None; a bare yes or no counts only when a human was offered.

    ``read_wish("ja tak", offered=True) == "menneske"``
    """
    said = text.lower()
    polarity = read_polarity(text)
    refuses = polarity in (NO, WONT_SAY) or _REFUSES.search(said)
    if _HUMAN.search(said) and not refuses:
        return HUMAN
    if not offered:
        return None
    if polarity == YES:
        return HUMAN
    return WAIT if refuses or _WAIT.search(said) else None
