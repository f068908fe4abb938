"""Forms of what leaders decide: a value as the fields of a form, and back.

Fields are flat, as browsers send them. Rows of a list end in their number: ``dato-0``, ``grund-0``.
What was typed is kept as it was typed; only the value is brought into form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from handover.decisions.faults import Place
from handover.decisions.sections import ANSWERS, CONTACT, DUTY, HOURS, TEXTS
from handover.decisions.sentences import as_row
from handover.municipality import WEEKDAYS
from handover.texts import Text

Json = dict[str, Any]
Fields = dict[str, str]

CLOCK = re.compile(r"(\d{1,2})(?:[.:]?(\d{2}))?")
PHONE = re.compile(r"(?:\+45)?(\d\d)(\d\d)(\d\d)(\d\d)")
ANSWER = ("titel", "tekst", "soegeord")
STEP = ("efter", "navn", "mail", "webhook")
CLOSED = ("dato", "grund")


@dataclass(frozen=True)
class Filled:
    """The whole value with what a form says, and which field each place of it came from."""

    value: Json
    names: Mapping[Place, str]

    def field(self, place: Place) -> str:
        """The field to mend: of the place, or of the nearest one around it."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.names:
                return self.names[place[:length]]
        return ""


@dataclass(frozen=True)
class Editor:
    """``fields``: a form that shows a value. ``read``: the value that a form makes of another.
    ``typed``: False for a form that is a button and nothing else."""

    section: str
    fields: Callable[[Json], Fields]
    read: Callable[[Fields, Json], Filled]
    typed: bool = True

    def merged(self, typed: Fields, before: Json, now: Json) -> Fields:
        """What was typed, on top of what somebody else has saved meanwhile: what this form did not
        touch is theirs."""
        seen, theirs = self.fields(before), self.fields(now)
        if not self.typed:
            return theirs
        touched = {
            unit(name) for name in {*typed, *seen} if typed.get(name, "") != seen.get(name, "")
        }
        kept = {name: text for name, text in theirs.items() if unit(name) not in touched}
        return kept | {name: text for name, text in typed.items() if unit(name) in touched}


def unit(name: str) -> str:
    """What changes together: a day, an answer, the closed days, those who are called."""
    first, _, rest = name.partition("-")
    if rest:
        lists = {**dict.fromkeys(CLOSED, "lukkedage"), **dict.fromkeys(STEP, "kaldes")}
        return lists.get(first, first)
    return "svar" if name in ANSWER else name


def rows(fields: Mapping[str, str], *names: str) -> Iterator[tuple[int, list[str]]]:
    """The rows in which something stands: ``(0, ["2026-12-24", "juleaften"])``"""
    for number in range(count(fields, *names)):
        found = [fields.get(f"{name}-{number}", "").strip() for name in names]
        if any(found):
            yield number, found


def count(fields: Mapping[str, str], *names: str) -> int:
    """How many rows there are, up to the last in which something stands."""
    numbers = (
        int(number) + 1
        for name, _, number in (key.rpartition("-") for key, text in fields.items() if text.strip())
        if name in names and re.fullmatch(r"\d{1,3}", number)
    )
    return max(numbers, default=0)


# opening hours


def hours_fields(value: Json) -> Fields:
    fields = {"helligdage": "ja"} if value["lukket_paa_helligdage"] else {}
    for day in WEEKDAYS:
        for number, span in enumerate(value["dage"][day]):
            fields[f"{day}-fra-{number}"], _, fields[f"{day}-til-{number}"] = span.partition("-")
    for number, closed in enumerate(value["lukkedage"]):
        fields |= {f"dato-{number}": closed["dato"], f"grund-{number}": closed["grund"]}
    return fields


def read_hours(fields: Fields, before: Json) -> Filled:
    names: dict[Place, str] = {}
    week: dict[str, list[str]] = {}
    for day in WEEKDAYS:
        week[day], names["dage", day] = [], f"{day}-fra-0"
        for number, (first, last) in rows(fields, f"{day}-fra", f"{day}-til"):
            names["dage", day, len(week[day])] = f"{day}-{'til' if first else 'fra'}-{number}"
            week[day].append(f"{clock(first)}-{clock(last)}")
    closed = []
    for index, (number, (day, reason)) in enumerate(sorted(rows(fields, *CLOSED), key=_second)):
        closed.append({"dato": day, "grund": reason})
        names |= {("lukkedage", index, name): f"{name}-{number}" for name in CLOSED}
    told = {"lukket_paa_helligdage": fields.get("helligdage") == "ja"}
    return Filled({**before, **told, "dage": week, "lukkedage": closed}, names)


def clock(text: str) -> str:
    """``clock("9") == "09.00"``; what is no time stays, and is refused by the check."""
    found = CLOCK.fullmatch(text)
    return f"{int(found[1]):02}.{found[2] or '00'}" if found else text


def _second(row: tuple[int, list[str]]) -> list[str]:
    return row[1]


# targets and duty


def duty_fields(value: Json) -> Fields:
    fields = {name: str(minutes) for name, minutes in value["maal_minutter"].items()}
    for number, step in enumerate(value["kaldes"]):
        told = (str(step["efter_minutter"]), step["navn"], step["mail"], step["webhook"])
        fields |= {f"{name}-{number}": text for name, text in zip(STEP, told, strict=True)}
    return fields


def read_duty(fields: Fields, before: Json) -> Filled:
    targets = {name: fields.get(name, "").strip() for name in before["maal_minutter"]}
    names: dict[Place, str] = {("maal_minutter", name): name for name in targets}
    steps = []
    for index, (number, found) in enumerate(sorted(rows(fields, *STEP), key=_minutes)):
        keys = ("efter_minutter", *STEP[1:])
        steps.append(dict(zip(keys, found, strict=True)))
        names["kaldes", index] = f"mail-{number}"
        names |= {
            ("kaldes", index, key): f"{name}-{number}" for key, name in zip(keys, STEP, strict=True)
        }
    return Filled({**before, "maal_minutter": targets, "kaldes": steps}, names)


def _minutes(row: tuple[int, list[str]]) -> int:
    """Whoever is called sooner stands first; what is no number stays where it is refused."""
    return int(row[1][0]) if row[1][0].isdecimal() else 0


# contact


CONTACTS = ("telefon", "mail", "hjemmeside")


def contact_fields(value: Json) -> Fields:
    return {name: value[name] for name in CONTACTS}


def read_contact(fields: Fields, before: Json) -> Filled:
    told = {name: fields.get(name, "").strip() for name in CONTACTS}
    if number := PHONE.fullmatch(told["telefon"].replace(" ", "")):
        told["telefon"] = " ".join(number.groups())
    return Filled({**before, **told}, {(name,): name for name in CONTACTS})


WHOLE = {
    HOURS: Editor(HOURS, hours_fields, read_hours),
    DUTY: Editor(DUTY, duty_fields, read_duty),
    CONTACT: Editor(CONTACT, contact_fields, read_contact),
}


# one of the ready-made answers


def answer_editor(answer_id: str) -> Editor:
    """Of the answer with this id, whether it is there yet or not."""

    def fields(value: Json) -> Fields:
        row = find(value["svar"], answer_id)
        if row is None:
            return {}
        keywords = ", ".join(row["soegeord"])
        return {"titel": row["titel"], "tekst": row["tekst"], "soegeord": keywords}

    def read(fields: Fields, before: Json) -> Filled:
        old = find(before["svar"], answer_id) or {"kilde": "kommunen", "godkendt": ""}
        words = [word.strip() for word in fields.get("soegeord", "").split(",")]
        told = {
            "id": answer_id,
            "titel": fields.get("titel", ""),
            "tekst": fields.get("tekst", ""),
            "soegeord": [word for word in words if word],
        }
        answers = [row for row in before["svar"] if row["id"] != answer_id]
        place = next((n for n, row in enumerate(before["svar"]) if row is old), len(answers))
        answers.insert(place, {**old, **told})
        return Filled({**before, "svar": answers}, {("svar", place, n): n for n in ANSWER})

    return Editor(ANSWERS, fields, read)


def removing_editor(answer_id: str) -> Editor:
    def read(_: Fields, before: Json) -> Filled:
        left = [row for row in before["svar"] if row["id"] != answer_id]
        return Filled({**before, "svar": left}, {})

    return replace(answer_editor(answer_id), read=read, typed=False)


def find(answers: Sequence[Json], answer_id: str) -> Json | None:
    return next((row for row in answers if row["id"] == answer_id), None)


def new_id(title: str, taken: Sequence[Json]) -> str:
    """``new_id("Må jeg spørge?", []) == "maa_jeg_spoerge"``"""
    text = title.lower()
    for letter, ascii_letters in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        text = text.replace(letter, ascii_letters)
    start = "_".join(re.findall(r"[a-z0-9]+", text))[:50] or "svar"
    known, number = {row["id"] for row in taken}, 1
    while (found := start if number == 1 else f"{start}_{number}") in known:
        number += 1
    return found


# one of the citizen's sentences


def sentence_editor(key: str, standard: Text) -> Editor:
    plain = as_row(standard)

    def fields(value: Json) -> Fields:
        row = value.get(key, plain)
        titles = {f"valg-{n}": choice["titel"] for n, choice in enumerate(row.get("valg", []))}
        return {name: row[name] for name in standard.wordings} | titles

    def read(fields: Fields, before: Json) -> Filled:
        row: Json = {name: " ".join(fields.get(name, "").split()) for name in standard.wordings}
        names: dict[Place, str] = {(key, name): name for name in standard.wordings}
        if standard.choices:
            row["valg"] = [
                {"titel": fields.get(f"valg-{n}", "").strip(), "vaerdi": value}
                for n, (_, value) in enumerate(standard.choices)
            ]
            names |= {(key, "valg", n): f"valg-{n}" for n in range(len(standard.choices))}
        return Filled({**before, key: row}, names)

    return Editor(TEXTS, fields, read)


def standard_editor(key: str, standard: Text) -> Editor:
    def read(_: Fields, before: Json) -> Filled:
        return Filled({name: row for name, row in before.items() if name != key}, {})

    return replace(sentence_editor(key, standard), read=read, typed=False)
