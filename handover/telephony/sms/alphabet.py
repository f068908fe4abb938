"""What an SMS costs: its alphabet and its segments (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

import re

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Letters that take two places."""
LONGEST = 1600
"""Characters that Twilio takes in one message."""
PLAIN = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "»": '"', "«": '"', "’": "'", "‘": "'", "´": "'", "`": "'",
        "–": "-", "—": "-", "‑": "-", "…": "...", "•": "-", "·": "-",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\ufeff": "",
        "á": "a", "ê": "e", "ë": "e", "è": "è", "í": "i", "ó": "o", "ú": "u",
    }
)  # fmt: skip
"""What looks the same to the reader and would make the whole SMS cost more than double."""


def plain(text: str) -> str:
    """The text in the cheap alphabet where that changes nothing for whoever reads it."""
    return re.sub(r"\n{3,}", "\n\n", text.translate(PLAIN)).strip()


def segments(text: str) -> int:
    """How many SMS the text is: 160 letters or 153 each, 70 or 67 with others than GSM-7's."""
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        length = sum(2 if letter in EXTENDED else 1 for letter in text)
        return 1 if length <= 160 else -(-length // 153)
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= 70 else -(-length // 67)


def split(text: str) -> list[str]:
    """Bodies that Twilio takes, broken at the end of a line or a word."""
    bodies = []
    while len(text) > LONGEST:
        cut = max(text.rfind(gap, LONGEST // 2, LONGEST) for gap in "\n ")
        cut = cut if cut > 0 else LONGEST
        bodies.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*bodies, text] if text else bodies
