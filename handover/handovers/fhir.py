"""The summary as FHIR R4B: a Questionnaire and its QuestionnaireResponse, both validated before
they leave."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from handover.handovers.questionnaire import CHOICE, GROUP, Form, Item

MEDIA_TYPE = "application/fhir+json"
URL = "urn:stime:intake"
CODES = "urn:stime:"
"""With the name of an item's ``codes`` behind it: the system that its choices belong to."""
_STATUS = {"waiting": "in-progress", "claimed": "in-progress", "closed": "completed"}
_VALUES = {
    "choice": "valueCoding",
    "text": "valueString",
    "string": "valueString",
    "integer": "valueInteger",
    "boolean": "valueBoolean",
    "date": "valueDate",
    "dateTime": "valueDateTime",
}
"""What an answer to an item of a type is called."""

Json = dict[str, Any]


class Fhir:
    """The criteria's ids are the ``linkId``s: ``krop_mad.kropsutilfredshed``."""

    def __init__(self, form: Form) -> None:
        self.items = form.items()

    @cached_property
    def version(self) -> str:
        """Another one whenever anything in the form is."""
        content = json.dumps([_asked(item) for item in self.items], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @cached_property
    def questionnaire(self) -> str:
        """JSON; a ``draft`` as long as no text of it is approved by a professional."""
        from fhir.resources.R4B.questionnaire import Questionnaire  # slow to load

        resource = Questionnaire.model_validate(
            {
                "resourceType": "Questionnaire",
                "url": URL,
                "version": self.version,
                "name": "StimeIntake",
                "title": "Henvendelse",
                "language": "da",
                "status": "draft",
                "item": [_asked(item) for item in self.items],
            }
        )
        return str(resource.model_dump_json(exclude_none=True))

    def response(self, found: Mapping[str, Any]) -> str:
        """JSON of a summary (``summary.summary``); what has no answer is left out."""
        from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

        resource = QuestionnaireResponse.model_validate(
            {
                "resourceType": "QuestionnaireResponse",
                "identifier": {"system": "urn:stime:handover", "value": found["handover_id"]},
                "questionnaire": f"{URL}|{self.version}",
                "status": _STATUS[found["status"]],
                "authored": found["created_at"],
                "item": list(_answered(self.items, found)),
            }
        )
        return str(resource.model_dump_json(exclude_none=True))


def _asked(item: Item) -> Json:
    asked: Json = {"linkId": item.link, "text": item.text, "type": item.type}
    if item.repeats:
        asked["repeats"] = True
    if item.options:
        asked["answerOption"] = [{"valueCoding": _coding(item, code)} for code in item.options]
    if item.items:
        asked["item"] = [_asked(inner) for inner in item.items]
    return asked


def _answered(items: Sequence[Item], found: Mapping[str, Any]) -> Iterator[Json]:
    for item in items:
        said: Json = {"linkId": item.link, "text": item.text}
        if item.type == GROUP:
            for part in item.read(found) if item.repeats else [found]:
                if content := list(_answered(item.items, part)):
                    yield said | {"item": content}
            continue
        answers = [_answer(item, value) for value in item.read(found)]
        if answers:
            yield said | {"answer": answers}


def _answer(item: Item, value: Any) -> Json:
    return {_VALUES[item.type]: _coding(item, value) if item.type == CHOICE else value}


def _coding(item: Item, code: Any) -> Json:
    """An id that is on no list any more is still told, without words."""
    words = (item.options or {}).get(str(code))
    coding = {"system": f"{CODES}{item.codes}", "code": str(code)}
    return coding | {"display": words} if words else coding
