"""A professional's request for teaching or guidance is its own kind of hand-over."""

from __future__ import annotations

from typing import Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from .conftest import House
from .test_pages import counsellor_page

PASSWORD = "et langt kodeord"
SUBJECT = "Vi vil gerne have et oplæg om mistrivsel"
WHEN = "to timer en tirsdag for tredive lærere"


def said(seq: int, quote: str) -> dict[str, Any]:
    return {"seq": seq, "quote": quote, "question": None}


REQUEST: dict[str, Any] = {
    "speaker": {"value": "fagperson", "evidence": []},
    "kommune": {"value": "København", "evidence": []},
    "concern": [said(3, SUBJECT)],
    "wishes": [said(5, WHEN)],
    "notes": {"kind": "undervisning"},
    "closing": {"contact": {"wants": "none", "name": "Afdelingslederen"}},
}


async def request(house: House, reason: str = "menneske", **changes: Any) -> str:
    citizen = await house.citizen()
    await citizen.say(SUBJECT)
    await citizen.say(WHEN)
    await house.change_intake(citizen, **(REQUEST | changes))
    return await house.hand_over(citizen, reason)


async def kind_of(house: House, case: str) -> str:
    async with await house.counsellor() as anna:
        return str((await anna.get(f"/api/handovers/{case}")).json()["kind"])


async def test_a_request_about_no_child_is_one_whoever_hands_it_over(house: House) -> None:
    assert await kind_of(house, await request(house)) == "undervisning"


@pytest.mark.parametrize(
    "about",
    [
        {"tracks": [{"track": "uro", "evidence": []}]},
        {"age": {"value": 9, "evidence": []}},
        {"relation": "elev"},
        {"speaker": {"value": "foraelder", "evidence": []}},
    ],
)
async def test_what_is_about_a_child_is_never_only_a_request(
    house: House, about: dict[str, Any]
) -> None:
    assert await kind_of(house, await request(house, **about)) == "intake"


async def test_danger_is_never_only_a_request(house: House) -> None:
    assert await kind_of(house, await request(house, "alarm")) == "intake"


async def test_danger_after_a_request_makes_it_an_ordinary_urgent_case(house: House) -> None:
    citizen = await house.citizen()
    await house.change_intake(citizen, **REQUEST)
    case = await house.hand_over(citizen, "menneske")
    assert await kind_of(house, case) == "undervisning"
    await citizen.say("jeg vil dø i aften")
    assert await kind_of(house, case) == "intake"


async def test_the_case_shows_who_where_when_and_what_and_no_list_that_nobody_asked(
    house: House,
) -> None:
    await house.account("Anna", PASSWORD)
    page = await counsellor_page(house, f"/console/sager/{await request(house)}")
    for part in ("Fagperson, Afdelingslederen", "København", f"»{WHEN}«", f"»{SUBJECT}«"):
        assert part in page, part
    assert "Ønske om undervisning" in page
    assert 'class="criteria"' not in page
    assert "barnets alder ukendt" not in page


async def test_what_was_asked_all_the_same_is_shown(house: House) -> None:
    await house.account("Anna", PASSWORD)
    answers = {"faelles.sikkerhed_nu": {"status": "ikke_opfyldt", "evidence": [said(5, "nej")]}}
    case = await request(house, answers=answers)
    page = await counsellor_page(house, f"/console/sager/{case}")
    assert "Nogens liv eller sikkerhed er i fare lige nu" in page
    assert "psykiatrien" not in page.split('id="possibilities-title"')[0].split("<main")[1]


async def test_the_queue_marks_it_and_can_be_filtered_for_it(house: House) -> None:
    await house.account("Anna", PASSWORD)
    teaching = await request(house)
    other = await house.hand_over(await house.citizen())
    page = await counsellor_page(house, "/console?kind=undervisning")
    assert f'id="r-{teaching}"' in page
    assert f'id="r-{other}"' not in page
    assert "Fjern filteret </span>Drejer sig om: Ønske om undervisning" in page


async def test_its_exports_leave_out_what_nobody_asked(house: House) -> None:
    case = await request(house)
    async with await house.counsellor() as anna:
        text = (await anna.get(f"/api/handovers/{case}/export?format=text")).text
        fhir = (await anna.get(f"/api/handovers/{case}/export?format=fhir")).text
        target = (await anna.get(f"/api/handovers/{case}")).json()["target"]
    assert "Drejer sig om: ønske om undervisning" in text
    assert "ikke spurgt" not in text
    found = QuestionnaireResponse.model_validate_json(fhir)
    assert [item.answer[0].valueCoding.code for item in found.item if item.linkId == "kind"] == [
        "undervisning"
    ]
    assert "uafklaret" not in fhir
    assert target["minutes"] == 240


async def test_it_is_counted_as_what_it_is(house: House) -> None:
    for _ in range(5):
        await request(house)
    await house.account("Anna", PASSWORD)
    page = await counsellor_page(house, "/console/overblik.csv")
    assert "Ønske om undervisning" in page
