"""The citizen's words as a counsellor sees them: each beside the message that it was said in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handover.pages.words import Words

Json = Mapping[str, Any]
_RULE = re.compile(r"regel: (.+?)(?: \(.*)?$", re.DOTALL)
_WEIGHT = re.compile(r"vægt: (.+) [+-][\d.]+$")
_ANSWER = re.compile(r"svar: (ja på )?(\w+)$")
_INNER = ("mening",)
"""Weights that are no words of the citizen's."""


@dataclass(frozen=True)
class Quote:
    """``linked``: the message is there to be jumped to. ``why``: what danger was seen in it."""

    seq: int
    text: str
    question: str | None = None
    linked: bool = True
    why: tuple[str, ...] = ()


class Quotes:
    """Reads quotes against the transcript: a pressed button is shown with its title."""

    def __init__(self, messages: Sequence[Json], words: Words) -> None:
        self.words = words
        self.texts = {message["seq"]: message["text"] for message in messages}
        self.titles = titles(messages)

    def of(self, rows: Iterable[Json]) -> tuple[Quote, ...]:
        return tuple(self._quote(row) for row in rows)

    def _quote(self, row: Json, why: tuple[str, ...] = ()) -> Quote:
        """What was read out of a longer telling was no answer to the question before it."""
        seq, text = int(row["seq"]), str(row["quote"])
        whole = text == self.texts.get(seq, text)
        shown = self.titles.get(seq, text) if whole else text
        question = row.get("question") if whole else None
        return Quote(seq, shown, question, seq in self.texts, why)

    def danger(self, evidence: Iterable[Json]) -> tuple[Quote, ...]:
        """Each telling words once, with everything that was seen in them."""
        found: list[tuple[Json, list[str]]] = []
        for row in evidence:
            same = next((whys for other, whys in found if _overlap(row, other)), None)
            if same is None:
                found.append((row, same := []))
            same += row.get("why") or ()
        return tuple(self._quote(row, reasons(whys, self.words)) for row, whys in found)


def _overlap(row: Json, other: Json) -> bool:
    """A rule quotes the sentence, the trained reader the whole message: that is one finding."""
    words, more = row["quote"], other["quote"]
    return row["seq"] == other["seq"] and (words in more or more in words)


def titles(messages: Sequence[Json]) -> dict[int, str]:
    """``seq`` of a citizen's message that was a pressed button -> the button's title."""
    found: dict[int, str] = {}
    choices: dict[str, str] = {}
    for message in messages:
        if message["sender"] == "citizen" and message["text"] in choices:
            found[message["seq"]] = choices[message["text"]]
        if message["choices"]:
            choices = {choice["value"]: choice["title"] for choice in message["choices"]}
    return found


def reasons(whys: Iterable[str], words: Words) -> tuple[str, ...]:
    """``regel: NAVN (mønster)`` -> NAVN; weights together in one line; each said once."""
    plain, heavy = [], []
    for why in whys:
        weight = _WEIGHT.match(why)
        if not weight:
            plain.append(_reason(why, words))
        elif "=" not in weight[1] and weight[1] not in _INNER:
            heavy.append(f"»{weight[1].strip()}«")
    line = f"{words.say('vaegt', 'fund')} {', '.join(dict.fromkeys(heavy))}"
    return tuple(dict.fromkeys([*plain, *([line] if heavy else [])]))


def _reason(why: str, words: Words) -> str:
    rule, answer = _RULE.match(why), _ANSWER.match(why)
    if answer:
        how = words.say("ja_til" if answer[1] else "svar_paa", "fund")
        return f"{how} {words.say(answer[2], 'fund')}"
    return rule[1] if rule else why
