"""Numbers as Danes say them aloud: "tolv fireogtredive" is 12 34.

Only what a telephone number is made of: 0 to 99, with the unit before the ten.
"""

from __future__ import annotations

import re

_UNITS = ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"]
_TEENS = ["ti", "elleve", "tolv", "tretten", "fjorten", "femten", "seksten", "sytten"]
_TEENS += ["atten", "nitten"]
_TENS = ["tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"]
_ALSO = {"et": 1, "syve": 7, "sejs": 6, "fyrretyve": 40, "halvtredsindstyve": 50,
         "tresindstyve": 60, "halvfjerdsindstyve": 70, "firsindstyve": 80}  # fmt: skip

_VALUES = {
    **{word: value for value, word in enumerate((*_UNITS, *_TEENS))},
    **{word: 10 * ten for ten, word in enumerate(_TENS, 2)},
    **_ALSO,
}
_TEN = "|".join(sorted((w for w, v in _VALUES.items() if v >= 20), key=len, reverse=True))
_SINGLE = "|".join(sorted((w for w, v in _VALUES.items() if v < 20), key=len, reverse=True))
_NUMBER = re.compile(
    rf"\b(?:(?P<unit>{_SINGLE})\s?og\s?)?(?P<ten>{_TEN})\b|\b(?P<single>{_SINGLE})\b"
)


def numbers_as_digits(text: str) -> str:
    """``numbers_as_digits("ring på tolv fireogtredive") == "ring på 12 34"``; in lower case."""
    return _NUMBER.sub(_as_digits, text.lower())


def _as_digits(match: re.Match[str]) -> str:
    if match["single"]:
        return str(_VALUES[match["single"]])
    return str(_VALUES[match["ten"]] + (_VALUES[match["unit"]] if match["unit"] else 0))
