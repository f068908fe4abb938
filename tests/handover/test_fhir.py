"""The case as FHIR R4B: the form and its answers are valid, and fit each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from bot.tracks.catalogue import Catalogue, load_catalogue
from handover.handovers.fhir import Fhir
from handover.handovers.questionnaire import Form
from handover.pages.words import load_words
from tests.e2e import cases

from .conftest import House

CATALOGUE = load_catalogue()
WORDS = load_words().groups
FHIR = Fhir(Form(CATALOGUE, WORDS))
ANSWERED_WITH = {
    "choice": "valueCoding", "text": "valueString", "string": "valueString",
    "integer": "valueInteger", "boolean": "valueBoolean", "date": "valueDate",
    "dateTime": "valueDateTime",
}  # fmt: skip
EMPTY: dict[str, Any] = {
    "handover_id": "1", "status": "waiting", "created_at": "2026-11-23T09:00:00.000000Z",
    "priority": "normal", "outcome": None, "speaker": {"value": "ukendt"}, "age": {"value": None},
    "risk": {"level": "none"}, "concern": [], "tried": [], "wishes": [], "tracks": [],
    "common": [], "underretning": None, "follow_up": None,
}  # fmt: skip


def walk(items: list[dict[str, Any]], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item with the ``linkId`` of the group it is in, as the resource nests them."""
    for item in items:
        yield above, item
        yield from walk(item.get("item", []), item["linkId"])


def misfits(form: Mapping[str, Any], response: Mapping[str, Any]) -> list[str]:
    """What in a response its form does not know, or knows otherwise; read as FHIR says. A group
    that repeats comes again as it is, before anything that follows it."""
    known = {item["linkId"]: (above, item) for above, item in walk(form["item"])}
    order = {link: place for place, link in enumerate(known)}
    found, last, begun = [], -1, ""
    for above, item in walk(response["item"]):
        link = item["linkId"]
        if link not in known:
            found.append(f"{link}: unknown")
            continue
        place, asked = known[link]
        found += [f"{link}: in {above or 'nothing'}"] if place != above else []
        again = link == begun and bool(asked.get("repeats"))
        found += [f"{link}: out of order"] if order[link] <= last and not again else []
        last, begun = order[link], link if asked["type"] == "group" else begun
        found += _answers(asked, item)
    return found


def _answers(asked: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[str]:
    answers, link = item.get("answer", []), item["linkId"]
    if asked["type"] == "group":
        if answers:
            yield f"{link}: a group has an answer"
        return
    if not answers or (len(answers) > 1 and not asked.get("repeats")):
        yield f"{link}: {len(answers)} answers"
    options = [option["valueCoding"] for option in asked.get("answerOption", [])]
    for answer in answers:
        if list(answer) != [ANSWERED_WITH[asked["type"]]]:
            yield f"{link}: {list(answer)} for {asked['type']}"
        elif options and answer["valueCoding"] not in options:
            yield f"{link}: {answer['valueCoding']} is no option"


async def test_every_answer_of_a_closed_case_fits_the_published_form(house: House) -> None:
    ids = [await cases.mother(house), await cases.in_danger(house)]
    async with await house.counsellor() as anna:
        form = (await anna.get("/api/questionnaire")).json()
        Questionnaire.model_validate(form)
        for handover_id in ids:
            path = f"/api/handovers/{handover_id}"
            judged = f"{path}/criteria/faelles/funktionsniveau"
            await anna.patch(judged, json={"status": "ikke_opfyldt"})
            asked = {"text": "Hvor gammel er hun?", "question": "alder", "track": "faelles"}
            await anna.post(f"{path}/claim")
            for _ in range(2):
                assert (await anna.post(f"{path}/messages", json=asked)).status_code == 201
            ending = {"outcome": "andet", "underretning": "2026-11-22", "follow_up": "2026-12-01"}
            assert (await anna.post(f"{path}/close", json=ending)).status_code == 200
            response = (await anna.get(f"{path}/export?format=fhir")).json()
            QuestionnaireResponse.model_validate(response)
            assert response["questionnaire"] == f"{form['url']}|{form['version']}"
            assert response["status"] == "completed"
            assert misfits(form, response) == []
            assert _said(response, "faelles.alder.spurgt.spoergsmaal") == [asked["text"]] * 2
            assert _said(response, "outcome") == ["andet"]
            assert _said(response, "underretning.date") == ["2026-11-22"]
            assert _said(response, "underretning.by") == ["Anna"]
            assert _said(response, "follow_up.done") == [False]
            assert _said(response, "faelles.funktionsniveau.raadgiver") == ["ikke_opfyldt"]


async def test_a_state_stands_beside_the_words_it_rests_on(house: House) -> None:
    handover_id = await cases.mother(house)
    async with await house.counsellor() as anna:
        found = await anna.get(f"/api/handovers/{handover_id}/export?format=fhir")
    assert _said(found.json(), "krop_mad.kropsutilfredshed") == ["opfyldt"]
    quotes = _said(found.json(), "krop_mad.kropsutilfredshed.citat")
    assert quotes == ["Hun siger, at hun er for tyk"]
    assert _said(found.json(), "faelles.alder") == [14]
    assert _said(found.json(), "faelles.henvender") == ["foraelder"]
    assert _said(found.json(), "faelles.oensker") == [cases.WISH]


def _said(response: Mapping[str, Any], link: str) -> list[Any]:
    values = [a for _, i in walk(response["item"]) if i["linkId"] == link for a in i["answer"]]
    found = [next(iter(answer.values())) for answer in values]
    return [value["code"] if isinstance(value, dict) else value for value in found]


def test_the_form_holds_every_criterion_of_the_catalogue_once() -> None:
    links = [item["linkId"] for _, item in walk(json.loads(FHIR.questionnaire)["item"])]
    assert set(CATALOGUE.keys()) <= set(links)
    assert len(links) == len(set(links))


def _changed(**changes: Any) -> Catalogue:
    track = CATALOGUE.tracks["uro"]
    first, *rest = track.criteria
    tracks = {"uro": replace(track, criteria=(replace(first, **changes), *rest))}
    return replace(CATALOGUE, tracks={**CATALOGUE.tracks, **tracks})


@pytest.mark.parametrize("changes", [{"id": "noget_nyt"}, {"text": "Nye ord"}])
def test_a_changed_catalogue_is_another_version_of_the_form(changes: dict[str, Any]) -> None:
    other = Fhir(Form(_changed(**changes), WORDS))
    assert next(iter(changes.values())) in other.questionnaire
    assert other.version != FHIR.version
    assert Fhir(Form(CATALOGUE, WORDS)).version == FHIR.version


def test_an_unfinished_summary_is_still_valid() -> None:
    response = json.loads(FHIR.response(EMPTY))
    QuestionnaireResponse.model_validate(response)
    assert misfits(json.loads(FHIR.questionnaire), response) == []
    assert [item["linkId"] for item in response["item"]] == ["speaker", "priority", "risk"]
