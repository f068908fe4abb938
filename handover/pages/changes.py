"""What a decision changed: before and after side by side, in the words of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from handover.clock import rfc3339
from handover.decisions.sections import ANSWERS, CONTACT, DUTY, HOURS, TEXTS
from handover.municipality import WEEKDAYS
from handover.opening import DAYS, MONTHS
from handover.pages import moments
from handover.pages.editors import CONTACTS
from handover.pages.words import Words
from handover.storage.decisions import Version
from handover.texts import Text

Json = dict[str, Any]
Lines = dict[str, tuple[str, str]]
"""By what it is: its name on the page, and what it says."""

LABEL = 70


@dataclass(frozen=True)
class Change:
    """``before`` is empty for what is new, ``after`` for what was taken away."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Turn:
    """One version in the history. ``at`` is empty for the file's."""

    number: int
    by: str
    at: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class Changes:
    words: Words
    standard: Mapping[str, Text]
    """The citizen's sentences as they stand in the file."""

    def between(self, section: str, before: Json, after: Json) -> list[Change]:
        old, new = self.lines(section, before), self.lines(section, after)
        found = []
        for key in {**old, **new}:
            label = (new.get(key) or old[key])[0]
            was, is_now = (lines.get(key, ("", ""))[1] for lines in (old, new))
            if was != is_now:
                found.append(Change(label, was, is_now))
        return found

    def history(self, section: str, versions: Sequence[Version]) -> list[Turn]:
        """The newest first, as they come; the file's own version stands last, without changes."""
        befores = [*(version.value for version in versions[1:]), None]
        return [
            Turn(
                version.number,
                version.by,
                rfc3339(version.at),
                [] if before is None else self.between(section, before, version.value),
            )
            for version, before in zip(versions, befores, strict=True)
        ]

    def lines(self, section: str, value: Json) -> Lines:
        shown: Mapping[str, Callable[[Json], Lines]] = {
            HOURS: self._hours, DUTY: self._duty, CONTACT: self._contact, ANSWERS: self._answers,
            TEXTS: self._texts,
        }  # fmt: skip
        return shown[section](value)

    def _hours(self, value: Json) -> Lines:
        week = {
            key: (day.capitalize(), " og ".join(value["dage"][key]) or self._say("lukket"))
            for key, day in zip(WEEKDAYS, DAYS, strict=True)
        }
        holidays = self._say("lukket" if value["lukket_paa_helligdage"] else "aabent")
        closed = {
            row["dato"]: (f"{self._say('lukkedag')} {_day(row['dato'])}", row["grund"])
            for row in value["lukkedage"]
        }
        return {**week, "helligdage": (self._say("helligdage"), holidays), **closed}

    def _duty(self, value: Json) -> Lines:
        targets = {
            name: (self._say("maal", hvad=self.words.say(name, "prioritet")), moments.span(minutes))
            for name, minutes in value["maal_minutter"].items()
        }
        steps = {
            f"trin {number}": (self._say("trin", nummer=number), self._step(step))
            for number, step in enumerate(value["kaldes"], 1)
        }
        return {**targets, **steps}

    def _step(self, step: Json) -> str:
        after = self._say("efter", tid=moments.span(step["efter_minutter"]))
        return "\n".join(filter(None, (f"{after}: {step['navn']}", step["mail"], step["webhook"])))

    def _contact(self, value: Json) -> Lines:
        return {name: (self.words.say(name, "indstilling_felt"), value[name]) for name in CONTACTS}

    def _answers(self, value: Json) -> Lines:
        return {
            row["id"]: (
                row["titel"],
                "\n".join((row["titel"], row["tekst"], ", ".join(row["soegeord"]))).strip(),
            )
            for row in value["svar"]
        }

    def _texts(self, value: Json) -> Lines:
        """All of them, so that one that went back to the standard shows the standard."""
        return {
            key: (shortened(text.wordings["tekst"]), _wordings(value.get(key) or _row(text)))
            for key, text in self.standard.items()
        }

    def _say(self, key: str, **values: object) -> str:
        return self.words.say(key, "indstilling_linje", **values)


def shortened(text: str) -> str:
    return text if len(text) <= LABEL else f"{text[:LABEL].rsplit(' ', 1)[0]} ..."


def _row(text: Text) -> Json:
    return {**text.wordings, "valg": [{"titel": title} for title, _ in text.choices]}


def _wordings(row: Json) -> str:
    wordings = (row[name] for name in ("tekst", "sms", "telefon") if row.get(name))
    return "\n".join((*wordings, *(choice["titel"] for choice in row.get("valg", []))))


def _day(text: str) -> str:
    found = date.fromisoformat(text)
    return f"{found.day}. {MONTHS[found.month - 1]} {found.year}"
