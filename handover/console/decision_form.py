"""One form of what leaders decide: shown, checked, saved, and never lost over another's saving."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from handover.console.places import HOME
from handover.console.shell import Known, Shell
from handover.decisions.current import Current, Held, OvertakenError
from handover.decisions.faults import Fault, WrongError
from handover.municipality import WEEKDAYS
from handover.opening import DAYS
from handover.pages.changes import Change, Changes
from handover.pages.editors import Editor, Fields, Filled, count
from handover.pages.words import Words

PLACE = f"{HOME}/indstillinger"
OWN = ("csrf", "version")
"""Fields of every form that are not what somebody typed."""


@dataclass(frozen=True)
class Form:
    """``address`` is where it stands and where it is sent, ``then`` where saving leads to."""

    editor: Editor
    template: str
    address: str
    then: str
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Overtaken:
    """Who saved meanwhile, and what that changed."""

    by: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class Forms:
    desk: Shell
    decisions: Current
    changes: Changes
    words: Words

    async def show(self, request: Request, who: Known, form: Form) -> Response:
        held = await self.decisions.held(form.editor.section)
        return await self._page(request, who, form, held, form.editor.fields(held.value))

    async def save(
        self, request: Request, who: Known, form: Form, sent: Mapping[str, str]
    ) -> Response:
        """To the next page, or the form again with what was typed and why it was not saved."""
        self.desk.checked(who, sent.get("csrf", ""))
        editor, number = form.editor, version_of(sent)
        typed = {name: text for name, text in sent.items() if name not in OWN}
        held = await self.decisions.held(editor.section)
        filled = editor.read(typed, held.value)
        try:
            if held.number != number:
                raise OvertakenError(held)
            await self.decisions.decide(editor.section, filled.value, number, who.name)
        except WrongError as error:
            return await self._page(
                request, who, form, held, typed, 422, faults=self._faults(error, filled)
            )
        except OvertakenError as error:
            return await self._overtaken(request, who, form, typed, number, error.held)
        return RedirectResponse(f"{form.then}?gemt=1", 303)

    async def _overtaken(
        self, request: Request, who: Known, form: Form, typed: Fields, number: int, now: Held
    ) -> Response:
        """The form again, on the newest version, with what was typed and what the other changed."""
        history = await self.decisions.history(form.editor.section)
        known = {version.number: version.value for version in history}
        before = known.get(number, now.value)
        told = Overtaken(
            now.version.by if now.version else "",
            self.changes.between(form.editor.section, before, now.value),
        )
        typed = form.editor.merged(typed, before, now.value)
        return await self._page(request, who, form, now, typed, 409, overtaken=told)

    async def _page(
        self,
        request: Request,
        who: Known,
        form: Form,
        held: Held,
        typed: Mapping[str, str],
        status: int = 200,
        **more: Any,
    ) -> Response:
        told: dict[str, Any] = {
            "form": form,
            "held": held,
            "typed": typed,
            "faults": {},
            "overtaken": None,
            "count": lambda *names: count(typed, *names),
            "label": self.label,
            "saved": "gemt" in request.query_params,
            "place": PLACE,
        }
        return await self.desk.page(
            request, form.template, who, status, **{**told, **form.told, **more}
        )

    def _faults(self, error: WrongError, filled: Filled) -> dict[str, list[str]]:
        """What is wrong by the field it is wrong in, each with the field's name in front."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for fault in error.faults:
            found[filled.field(fault.place)].append(self._sentence(fault))
        return dict(found)

    def _sentence(self, fault: Fault) -> str:
        kind = fault.kind if self.words.knows(fault.kind, "indstilling_fejl") else "ugyldig"
        return self.words.say(kind, "indstilling_fejl", **fault.told)

    def label(self, name: str) -> str:
        """What a field is called where it stands alone: ``Mandag, fra``, ``Dato, linje 2``."""
        parts = name.split("-")
        day = dict(zip(WEEKDAYS, DAYS, strict=True)).get(parts[0])
        word = self.words.say(parts[1] if day else parts[0], "indstilling_felt")
        start = f"{day.capitalize()}, {word.lower()}" if day else word
        row = int(parts[-1]) + 1 if parts[-1].isdecimal() else 1
        line = row > 1 or (not day and parts[-1].isdecimal())
        return start + (self.words.say("linje", "indstilling_linje", nummer=row) if line else "")


async def sent_fields(request: Request) -> Fields:
    form = await request.form()
    return {
        name: text.replace("\r\n", "\n") for name, text in form.items() if isinstance(text, str)
    }


def version_of(sent: Mapping[str, str]) -> int:
    """-1 for what no page of ours sends: it is then no version that counts."""
    text = sent.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1
