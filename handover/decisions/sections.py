"""The parts of what a municipality decides that a leader may change in the console.

Each is checked by what checks the files. What is not here cannot be changed there: crisis lines,
danger rules and criteria need a professional's eyes and the tests that come with the files.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from handover.conversations.sentences import OWN_KEYS, names_of
from handover.decisions.faults import Fault, WrongError, wrong
from handover.decisions.sentences import as_row, checked, faults_of
from handover.handovers.answers import AnswerBook, Answers
from handover.municipality import Contact, Duty, Hours, Municipality, Part
from handover.settings import Settings
from handover.texts import Text, Texts
from handover.watch.escalation import unworkable

log = logging.getLogger("handover.decisions")

Json = dict[str, Any]
P = TypeVar("P", bound=Part)

HOURS, DUTY, CONTACT, ANSWERS, TEXTS = "aabningstider", "vagt", "kontakt", "svar", "tekster"
APPROVAL = {"kilde", "bekraeftet", "godkendt"}
"""Who stands for it: not part of what is decided, and written by the one who saves."""


@dataclass(frozen=True)
class Section:
    """``standard``: what the file says. ``check``: the value in its one form; raises WrongError.
    ``hold``: from now on it counts. ``confirmed``: with the name of the one who decides (the value,
    what counted before, ``"Anna, 2026-11-27"``)."""

    name: str
    standard: Json
    check: Callable[[Json], Json]
    hold: Callable[[Json], None]
    confirmed: Callable[[Json, Json, str], Json]


def sections(
    municipality: Municipality, texts: Texts, answers: AnswerBook, settings: Settings
) -> dict[str, Section]:
    """What may be changed, as it stands in the files now."""

    def hold_hours(value: Json) -> None:
        municipality.hours = Hours.model_validate(value)
        texts.names = names_of(municipality)

    def hold_duty(value: Json) -> None:
        municipality.duty = Duty.model_validate(value)

    def hold_contact(value: Json) -> None:
        municipality.contact = Contact.model_validate(value)

    def hold_answers(value: Json) -> None:
        answers.answers = Answers.model_validate(value).answers

    set_up = {step.webhook for step in municipality.duty.steps}

    def check_duty(value: Json) -> Json:
        found = _read(Duty, value)
        _outward(found, set_up)
        _workable(found, settings)
        return _plain(found)

    found = (
        Section(HOURS, _plain(municipality.hours), _by(Hours), hold_hours, confirm_whole),
        Section(DUTY, _plain(municipality.duty), check_duty, hold_duty, confirm_whole),
        Section(CONTACT, _plain(municipality.contact), _by(Contact), hold_contact, confirm_whole),
        Section(
            ANSWERS,
            _plain(Answers(svar=answers.answers)),
            _by(Answers),
            hold_answers,
            confirm_answers,
        ),
        _sentences(texts),
    )
    return {section.name: section for section in found}


def _sentences(texts: Texts) -> Section:
    """Only what differs from the standard is kept, so that a better standard comes through."""
    standard = dict(texts.entries)
    own: Mapping[str, Text] = {key: standard[key] for key in OWN_KEYS}

    def check(value: Json) -> Json:
        found = checked(value, own, texts.names.keys())
        changed = {key: text for key, text in found.items() if text != own[key]}
        return {key: as_row(text) | _approval(value[key]) for key, text in changed.items()}

    def hold(value: Json) -> None:
        """A sentence that no longer fits (a new version needs another placeholder) is left to the
        standard; the others count."""
        fits = {}
        for key, row in value.items():
            if faults := list(faults_of(key, row, own, texts.names.keys())):
                log.error("tekster.%s is left to the standard: %s", key, WrongError(*faults))
            else:
                fits[key] = row
        texts.entries = {**standard, **checked(fits, own, texts.names.keys())}

    return Section(TEXTS, {}, check, hold, confirm_sentences)


def _by(model: type[Part]) -> Callable[[Json], Json]:
    return lambda value: _plain(_read(model, value))


def _read(model: type[P], value: Json) -> P:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise wrong(error) from None


def _plain(part: Part) -> Json:
    return part.model_dump(mode="json", by_alias=True)


def _outward(duty: Duty, set_up: Set[str]) -> None:
    """Services on the machine itself are called only where the file says so: whoever may log in
    to the console has no business there."""
    inward = [
        Fault(("kaldes", number, "webhook"), "webhook")
        for number, step in enumerate(duty.steps)
        if step.webhook.startswith("http:") and step.webhook not in set_up
    ]
    if inward:
        raise WrongError(*inward)


def _workable(duty: Duty, settings: Settings) -> None:
    """A call that the service cannot make is refused now, and not at night."""
    found = unworkable(duty, settings)
    if found is None:
        return
    way = found[0]
    raise WrongError(
        *(
            Fault(("kaldes", number, way), f"uden_{way}")
            for number, step in enumerate(duty.steps)
            if getattr(step, way)
        )
    )


def confirm_whole(value: Json, before: Json, who: str) -> Json:
    return value | {"kilde": f"kommunen: {who}", "bekraeftet": True}


def confirm_answers(value: Json, before: Json, who: str) -> Json:
    """Whoever words an answer stands for it; the others stay as they were approved."""
    known = {row["id"]: row for row in before["svar"]}
    rows = [_confirmed(row, known.get(row["id"]), who) for row in value["svar"]]
    return value | {"svar": rows}


def confirm_sentences(value: Json, before: Json, who: str) -> Json:
    return {key: _confirmed(row, before.get(key), who) for key, row in value.items()}


def _confirmed(row: Json, before: Json | None, who: str) -> Json:
    same = before is not None and decided(row) == decided(before)
    return before if same and before else row | {"godkendt": who}


def decided(value: Any) -> Any:
    """The value without who stands for it."""
    if isinstance(value, dict):
        return {key: decided(part) for key, part in value.items() if key not in APPROVAL}
    return [decided(part) for part in value] if isinstance(value, list) else value


def _approval(row: Json) -> Json:
    return {key: row[key] for key in APPROVAL if key in row}
