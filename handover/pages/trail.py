"""A line of the audit trail in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from handover.clock import COPENHAGEN
from handover.pages.words import Words
from handover.storage.trail import STEPWISE, Line

_STEP = re.compile(rf"({'|'.join(STEPWISE)})_(\d+)_(mail|webhook)")


def action_word(action: str, words: Words) -> str:
    """``"called_1_mail"``: ``Gav trin 1 på vagtlisten besked (mail)``"""
    stepwise = _STEP.fullmatch(action)
    if not stepwise:
        return words.say(action, "handling")
    kind, step, way = stepwise.groups()
    return words.say(kind, "handling", trin=step, vej=words.say(way, "varsel_vej"))


def action_choices(words: Words) -> dict[str, str]:
    """What can be looked for, in the order of the alphabet."""
    filled = {"trin": "", "vej": ""}
    found = {key: words.say(key, "handling", **filled) for key in words.groups["handling"]}
    for key in STEPWISE:
        found[key] = re.sub(r"\s+", " ", found[key]).replace(" ()", "")
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def name_word(name: str, words: Words) -> str:
    return words.say(name, "selv") if words.knows(name, "selv") else name


def about(line: Line, words: Words) -> str:
    """``Bo (Leder, Rådgiver)``"""
    if not line.about:
        return ""
    roles = ", ".join(words.say(role, "rolle") for role in (line.detail or "").split())
    return f"{line.about} ({roles})" if roles else line.about


def row(line: Line, words: Words) -> list[str]:
    return [
        f"{line.at.astimezone(COPENHAGEN):%Y-%m-%d %H:%M:%S}",
        name_word(line.actor, words),
        action_word(line.action, words),
        about(line, words),
        line.handover_id or "",
    ]


def rows(lines: Iterable[Line], words: Words) -> list[list[str]]:
    return [row(line, words) for line in lines]


def heading(words: Words) -> list[str]:
    keys = ("hvornaar", "hvem", "hvad", "hvem_det_angaar", "sag")
    return [words.say(key, "log") for key in keys]
