"""The summary as a FHIR R4B QuestionnaireResponse, validated before it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MEDIA_TYPE = "application/fhir+json"
QUESTIONNAIRE = "urn:stime:intake"
_STATUS = {"waiting": "in-progress", "claimed": "in-progress", "closed": "completed"}


def questionnaire_response(found: Mapping[str, Any]) -> str:
    """JSON; the criteria's ids are the ``linkId``s: ``krop_mad.kropsutilfredshed``."""
    from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse  # slow to load

    items = [
        *_facts(found),
        *(_group(t["track"], t["title"], t["criteria"]) for t in found["tracks"]),
        _group("faelles", "faelles", found["common"]),
    ]
    resource = QuestionnaireResponse.model_validate(
        {
            "resourceType": "QuestionnaireResponse",
            "identifier": {"system": "urn:stime:handover", "value": found["handover_id"]},
            "questionnaire": QUESTIONNAIRE,
            "status": _STATUS[found["status"]],
            "authored": found["created_at"],
            "item": items,
        }
    )
    return str(resource.model_dump_json(exclude_none=True))


def _facts(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield _item("speaker", [{"valueString": str(found["speaker"]["value"])}])
    if found["age"]["value"] is not None:
        yield _item("age", [{"valueInteger": found["age"]["value"]}])
    yield _item("priority", [{"valueString": found["priority"]}])
    yield _item("risk", [{"valueString": found["risk"]["level"]}])
    for name in ("concern", "tried", "wishes"):
        answers = [{"valueString": quote["quote"]} for quote in found[name]]
        if answers:
            yield _item(name, answers)


def _group(link: str, title: str, rows: Any) -> dict[str, Any]:
    return {"linkId": link, "text": title, "item": [_criterion(link, row) for row in rows]}


def _criterion(group: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The state, with the citizen's words as further answers."""
    value = row["status"] or row.get("value")
    answers = [{"valueString": str(value)}] if value is not None else []
    answers += [{"valueString": quote["quote"]} for quote in row["evidence"]]
    return _item(f"{group}.{row['id']}", answers, row["text"])


def _item(link: str, answers: list[dict[str, Any]], text: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"linkId": link}
    if text:
        found["text"] = text
    if answers:
        found["answer"] = answers
    return found
