"""A scripted conversation: what a citizen says to which question, and what must come of it.

Read from tests/dialogue/conversations/*.yml, each a list of conversations. A file that is not
exactly right is refused with file, conversation, place and reason: a misspelt expectation would be
one that nobody checks.

    name: a grandmother's worry is taken in although she knows no municipality
    opening: ["Hej ...", "..."]
    answers: {alder: "han er lige blevet 9", kommune: "Gentofte"}
    asides: [{before: kommune, say: "hvad koster det", topic: pris}]
    expect: {handover: true, speaker: paaroerende, age: 9, tracks: [uro], risk: none}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from bot.tracks.catalogue import Catalogue, load_catalogue
from bot.tracks.intake import COMMON
from bot.tracks.reading import ASIDES
from tools.places import ROOT

FOLDER = ROOT / "tests" / "dialogue" / "conversations"
CLOSING = {
    "opsummering": "videre",
    "samtykke": "ja",
    "kontaktform": "chat",
    "telefonnummer": "det vil jeg helst ikke",
    "navn": "anonym",
    "tidspunkt": "i morgen",
}
"""The closing steps in their order, and what is said to one that a script leaves out."""

PRIORITIES = {"none": "normal", "ask": "hoej", "alarm": "akut"}


class ScriptError(ValueError):
    """A file of conversations is wrong; the text says file, conversation, place and reason."""


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


def _criterion(name: str) -> str:
    groups = (catalogue().common, *catalogue().tracks.values())
    if all(criterion.id != name for group in groups for criterion in group.criteria):
        raise ValueError(f"no criterion is called {name!r}")
    return name


def _closing(name: str) -> str:
    if name not in CLOSING:
        raise ValueError(f"no closing step is called {name!r}")
    return name


def _question(name: str) -> str:
    return name if name in CLOSING else _criterion(name)


def _track(name: str) -> str:
    if name not in catalogue().tracks:
        raise ValueError(f"no track is called {name!r}")
    return name


def _topic(name: str) -> str:
    if name not in ASIDES:
        raise ValueError(f"no topic is called {name!r}")
    return name


def _states(states: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    for group, criteria in states.items():
        if group != COMMON:
            _track(group)
        for name in criteria:
            if not _stated(group, name):
                raise ValueError(f"{group} has no criterion {name!r} with a state")
    return states


def _stated(group: str, name: str) -> bool:
    return any(c.id == name and c.yes_no for c in catalogue().group(group).criteria)


def _said(value: object) -> object:
    """YAML reads 13 and 12345678 as numbers: what is said is always text."""
    return str(value) if type(value) is int else value


Words = Annotated[str, Field(min_length=1), BeforeValidator(_said)]
QuestionId = Annotated[str, AfterValidator(_question)]
CriterionId = Annotated[str, AfterValidator(_criterion)]
TrackId = Annotated[str, AfterValidator(_track)]
Said = Mapping[CriterionId, Words]
State = Literal["opfyldt", "ikke_opfyldt", "uafklaret"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Aside(Part):
    """Said once, instead of an answer, when the question ``before`` comes the first time."""

    before: QuestionId
    say: Words
    topic: Annotated[str, AfterValidator(_topic)] | None = None
    human: bool = False
    crisis: bool = False
    corrects: CriterionId | None = None
    skips: bool = False
    answers: Said = {}
    """Replace earlier answers from here on."""

    @model_validator(mode="after")
    def _one_purpose(self) -> Self:
        purposes = (self.topic, self.human, self.crisis, self.corrects, self.skips)
        if sum(map(bool, purposes)) > 1:
            raise ValueError("give one of topic, human, crisis, corrects and skips")
        return self

    @property
    def returns(self) -> bool:
        """Must the question that it interrupts come again?"""
        return bool(self.topic or self.human or self.corrects)


class Contact(Part):
    wants: Literal["chat", "call", "sms", "none"]
    phone: Words | None = None
    name: Words | None = None
    time: Words | None = None


class Expected(Part):
    handover: bool
    speaker: Literal["ung", "foraelder", "paaroerende", "fagperson", "ukendt"]
    age: Annotated[int, Field(ge=0, le=25)] | None
    tracks: list[TrackId]
    risk: Literal["none", "ask", "alarm"]
    kind: Literal["intake", "undervisning", "vejledning"] = "intake"
    crisis: bool = False
    states: Annotated[Mapping[str, Mapping[str, State]], AfterValidator(_states)] = {}
    given: list[CriterionId] = []
    contact: Contact | None = None

    @property
    def priority(self) -> str:
        return PRIORITIES[self.risk]


class Script(Part):
    name: Words
    demo: bool = False
    channel: Literal["web", "sms", "phone"] = "web"
    opening: Annotated[list[Words], Field(min_length=1)]
    answers: Said = {}
    otherwise: Words = "det ved jeg ikke"
    asides: list[Aside] = []
    closing: Mapping[Annotated[str, AfterValidator(_closing)], Words] = {}
    expect: Expected

    def closing_answer(self, step: str) -> str:
        return self.closing.get(step, CLOSING[step])


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, where YAML would let the last one win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        counts = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
        for name, count in counts.items():
            if count > 1:
                line = node.start_mark.line + 1
                raise yaml.YAMLError(f"the mapping in line {line} has {name!r} twice")
        return super().construct_mapping(node, deep)


def load_scripts(folder: Path = FOLDER) -> list[Script]:
    """Every conversation of a folder's files in order; raises ScriptError."""
    found: dict[str, Script] = {}
    for path in sorted(folder.glob("*.yml")):
        for script in read_scripts(path):
            if script.name in found:
                raise ScriptError(f"{path.name}: a second conversation is called {script.name!r}")
            found[script.name] = script
    return list(found.values())


def read_scripts(path: Path) -> list[Script]:
    """One file's conversations; raises ScriptError."""
    try:
        # _Loader is a SafeLoader: it builds nothing but plain values
        rows = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise ScriptError(f"{path.name}: {' '.join(str(error).split())}") from error
    if not isinstance(rows, list):
        raise ScriptError(f"{path.name}: must be a list of conversations")
    return [_script(path, number, row) for number, row in enumerate(rows, 1)]


def _script(path: Path, number: int, row: object) -> Script:
    try:
        return Script.model_validate(row)
    except ValidationError as error:
        name = row.get("name") if isinstance(row, Mapping) else None
        place = f"conversation {number}" + (f" ({name})" if name else "")
        raise ScriptError(f"{path.name}: {place}: {_reasons(error)}") from error


def _reasons(error: ValidationError) -> str:
    reasons: Iterable[str] = (
        f"{'.'.join(map(str, e['loc'])) or 'as a whole'}: {_reason(e['type'], e['msg'])}"
        for e in error.errors()
    )
    return "; ".join(reasons)


def _reason(kind: str, message: str) -> str:
    plain = {"extra_forbidden": "unknown key", "missing": "is missing"}
    return plain.get(kind) or message.removeprefix("Value error, ")
