"""The words with which everybody can stop, start, ask what this is, and write in their other
conversation.

We keep them ourselves (docs/decisions/0024): Twilio's own handling knows only English words unless
set up, and with the redaction of numbers switched on it does not work.
"""

from __future__ import annotations

import re

STOP, START, HELP, SWITCH = "stop", "start", "help", "switch"
_WORDS = {
    "stop": STOP, "slut": STOP, "stopp": STOP, "afmeld": STOP, "stopall": STOP, "end": STOP,
    "quit": STOP, "unsubscribe": STOP, "cancel": STOP,
    "start": START, "unstop": START,
    "hjælp": HELP, "hjaelp": HELP, "help": HELP, "info": HELP,
    "skift": SWITCH,
}  # fmt: skip


def command(text: str) -> str | None:
    """``command("Stop.") == "stop"``; only when nothing else is said."""
    return _WORDS.get(re.sub(r"[^\w]", "", text.lower()))
