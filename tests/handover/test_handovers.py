"""The queue and what counsellors do with a case, exactly by the contract."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from handover.storage.tables import audit

from .conftest import Citizen, House


async def test_the_queue_shows_danger_first_and_then_who_has_waited_longest(
    house: House, anna: httpx.AsyncClient
) -> None:
    ids = []
    for level in ("none", "none", "ask", "alarm"):
        citizen = await house.citizen()
        await house.change_intake(citizen, safety={"level": level})
        ids.append(await house.hand_over(citizen))
        house.clock.advance(minutes=1)
    items = (await anna.get("/api/handovers")).json()["items"]
    assert [row["handover_id"] for row in items] == [ids[3], ids[2], ids[0], ids[1]]
    assert [row["priority"] for row in items] == ["akut", "hoej", "normal", "normal"]


async def test_pages_follow_each_other_without_gap_or_repeat(
    house: House, anna: httpx.AsyncClient
) -> None:
    ids = [await house.hand_over(await house.citizen()) for _ in range(7)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 3}
    while True:
        page = (await anna.get("/api/handovers", params=params)).json()
        seen += [row["handover_id"] for row in page["items"]]
        if not page["next_cursor"]:
            break
        params["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(ids)
    assert len(seen) == 7


async def test_the_queue_is_filtered_by_status_and_kind(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    await anna.post(f"{case}/claim")
    teacher = await house.citizen()
    body = {"reason": "samtykke", "kind": "undervisning"}
    await house.internal("POST", teacher, "handover", json=body)

    async def count(**params: str) -> int:
        return len((await anna.get("/api/handovers", params=params)).json()["items"])

    assert await count(status="claimed") == 1
    assert await count(status="waiting", kind="undervisning") == 1
    assert await count(status="closed") == 0
    assert (await anna.get("/api/handovers", params={"status": "odd"})).status_code == 422
    assert (await anna.get("/api/handovers", params={"cursor": "odd"})).status_code == 422


async def test_a_second_counsellor_is_told_who_has_it(
    anna: httpx.AsyncClient, bo: httpx.AsyncClient, case: str
) -> None:
    assert (await anna.post(f"{case}/claim")).json()["claimed_by"] == "Anna"
    refused = await bo.post(f"{case}/claim")
    assert refused.status_code == 409
    assert refused.json()["held_by"] == "Anna"
    assert (await anna.post(f"{case}/claim")).status_code == 200


async def test_of_two_claims_at_once_exactly_one_wins_two_hundred_times(
    house: House, anna: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    ids, winners = [], set()
    for turn in range(200):
        case = f"/api/handovers/{await house.hand_over(await house.citizen())}"
        claims = [who.post(f"{case}/claim") for who in ((anna, bo) if turn % 2 else (bo, anna))]
        answers = await asyncio.gather(*claims)
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        [won] = [a.json()["claimed_by"] for a in answers if a.status_code == 200]
        [lost] = [a.json()["held_by"] for a in answers if a.status_code == 409]
        assert won == lost
        winners.add(won)
        ids.append(case.rpartition("/")[2])
    async with house.app.state.store.read() as work:
        noted = select(audit.c.handover_id).where(audit.c.action == "claimed")
        claims = (await work.connection.execute(noted)).scalars().all()
    assert sorted(claims) == sorted(ids)
    assert winners == {"Anna", "Bo"}


async def test_the_citizen_is_told_when_a_human_comes_and_goes(
    anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    await anna.post(f"{case}/claim")
    assert (await citizen.read())["status"] == "counsellor"
    await citizen.wait_for("rådgiver her")
    await anna.post(f"{case}/release")
    assert (await citizen.read())["status"] == "waiting"
    await citizen.wait_for("Rådgiveren må gå")


async def test_returning_asks_the_open_question_again(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    await anna.post(f"{case}/claim")
    await anna.post(f"{case}/return")
    last = (await citizen.read())["messages"][-1]
    assert (last["question"], last["text"]) == ("fylder", citizen.messages[1]["text"])
    assert (await citizen.say("hej"))[0]["text"] == "Læst: hej"


async def test_only_who_has_the_case_speaks_releases_returns_and_passes_it_on(
    anna: httpx.AsyncClient, bo: httpx.AsyncClient, case: str
) -> None:
    await anna.post(f"{case}/claim")
    bodies = {"messages": {"text": "hej"}, "release": {}, "return": {}, "transfer": {"to": "x"}}
    for rest, body in bodies.items():
        assert (await bo.post(f"{case}/{rest}", json=body)).status_code == 409


async def test_a_counsellors_words_reach_the_citizen(
    anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    await anna.post(f"{case}/claim")
    spoken = await anna.post(f"{case}/messages", json={"text": "Hej, jeg hedder Anna"})
    assert spoken.status_code == 201
    assert spoken.json()["sender"] == "counsellor"
    assert (await citizen.read())["messages"][-1] == spoken.json()


async def test_passing_on_needs_a_known_account_and_changes_the_owner(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    await anna.post(f"{case}/claim")
    assert (await anna.post(f"{case}/transfer", json={"to": "Nobody"})).status_code == 422
    await house.account("Carl", "et langt kodeord")
    moved = await anna.post(f"{case}/transfer", json={"to": "Carl"})
    assert moved.json()["claimed_by"] == "Carl"
    assert (await anna.post(f"{case}/messages", json={"text": "hej"})).status_code == 409


async def test_a_note_is_for_colleagues_only(
    anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    assert (await anna.post(f"{case}/notes", json={"text": "ring mandag"})).status_code == 201
    [note] = (await anna.get(case)).json()["notes"]
    assert (note["author"], note["text"]) == ("Anna", "ring mandag")
    assert "ring mandag" not in str(await citizen.read())


async def test_a_judgement_stands_beside_the_state_and_can_be_taken_back(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    await house.change_intake(citizen, tracks=[{"track": "krop_mad", "evidence": []}])
    path = f"{case}/criteria/krop_mad/kropsutilfredshed"
    judged = await anna.patch(path, json={"status": "opfyldt"})
    assert judged.json()["counsellor"]["status"] == "opfyldt"

    async def shown() -> dict[str, Any]:
        track = (await anna.get(case)).json()["tracks"][0]
        return next(dict(c) for c in track["criteria"] if c["id"] == "kropsutilfredshed")

    row = await shown()
    assert row["status"] == "uafklaret"
    assert row["counsellor"] == {
        "status": "opfyldt", "by": "Anna", "at": "2026-11-23T09:00:00.000000Z",
    }  # fmt: skip
    await anna.patch(path, json={"status": None})
    assert (await shown())["counsellor"]["status"] is None


async def test_a_judgement_needs_a_criterion_and_a_state(
    anna: httpx.AsyncClient, case: str
) -> None:
    for path, status, answer in [
        ("krop_mad/odd", "opfyldt", 404),
        ("odd/alder", "opfyldt", 404),
        ("krop_mad/alder", "odd", 422),
        ("faelles/funktionsniveau", "ikke_opfyldt", 200),
    ]:
        response = await anna.patch(f"{case}/criteria/{path}", json={"status": status})
        assert response.status_code == answer


async def test_closing_tells_the_citizen_and_ends_the_conversation(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    await anna.post(f"{case}/claim")
    closed = await anna.post(f"{case}/close", json={"outcome": "raadgivet"})
    assert (closed.json()["status"], closed.json()["outcome"]) == ("closed", "raadgivet")
    assert (await citizen.read())["status"] == "closed"
    await citizen.wait_for("afsluttet samtalen")
    assert (await anna.post(f"{case}/close", json={"outcome": "andet"})).status_code == 409
    assert (await anna.post(f"{case}/claim")).status_code == 409


async def test_danger_opens_a_closed_case_again(
    anna: httpx.AsyncClient, citizen: Citizen, case: str
) -> None:
    await anna.post(f"{case}/close", json={"outcome": "raadgivet"})
    await citizen.say("jeg vil dø i aften")
    found = (await anna.get(case)).json()
    assert (found["status"], found["priority"]) == ("waiting", "akut")


async def test_deleting_an_open_urgent_case_keeps_risk_evidence_and_contact_until_it_is_closed(
    house: House, anna: httpx.AsyncClient, citizen: Citizen
) -> None:
    await citizen.say("min mor ved det ikke. jeg vil dø i aften")
    contact = {"wants": "call", "phone": "12345678", "name": None, "time": None}
    closing = {"consent": "ja", "contact": contact}
    await house.change_intake(citizen, closing=closing, concern=[{"seq": 3, "quote": "min mor"}])
    handover = await house.handover_of(citizen)
    assert handover is not None
    case = f"/api/handovers/{handover['handover_id']}"

    deleted = await house.http.delete(citizen.path, headers=citizen.headers)
    assert deleted.status_code == 204
    told = (await citizen.read())["messages"]
    assert len(told) == 1
    assert "ikke det, der handler om faren" in told[0]["text"]
    found = (await anna.get(case)).json()
    assert found["risk"]["level"] == "alarm"
    assert found["risk"]["evidence"][0]["quote"].endswith("jeg vil dø i aften")
    assert found["contact"]["phone"] == "12345678"
    assert found["concern"] == []

    await anna.post(f"{case}/close", json={"outcome": "raadgivet"})
    assert (await anna.get(case)).status_code == 404
    assert (await citizen.post("hej")).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "media", "begins"),
    [
        ("text", "text/plain; charset=utf-8", b"Henvendelse"),
        ("pdf", "application/pdf", b"%PDF"),
        ("fhir", "application/fhir+json", b'{"resourceType":"QuestionnaireResponse"'),
    ],
)
async def test_the_summary_is_exported(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, wanted: str, media: str, begins: bytes
) -> None:
    await citizen.say("min søn 😢 – er ked af det … „meget“ Łódź")
    quote = {"seq": 3, "quote": "min søn 😢 – er ked af det …"}
    await house.change_intake(
        citizen, concern=[quote], tracks=[{"track": "krop_mad", "evidence": [quote]}]
    )
    case = f"/api/handovers/{await house.hand_over(citizen)}"
    response = await anna.get(f"{case}/export", params={"format": wanted})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media
    assert response.content.startswith(begins)


async def test_the_text_export_holds_quotes_criteria_and_transcript(
    house: House, anna: httpx.AsyncClient, citizen: Citizen
) -> None:
    await citizen.say("min søn er ked af det")
    evidence = [{"seq": 3, "quote": "min søn er ked af det", "question": "Er han ked af det?"}]
    answers = {"bekymring_tristhed.tegn_tristhed": {"status": "opfyldt", "evidence": evidence}}
    tracks = [{"track": "bekymring_tristhed", "evidence": evidence}]
    await house.change_intake(citizen, answers=answers, tracks=tracks)
    case = f"/api/handovers/{await house.hand_over(citizen)}"
    text = (await anna.get(f"{case}/export?format=text")).text
    assert "taler for" in text
    assert "»min søn er ked af det«" in text
    assert "Borger: min søn er ked af det" in text


async def test_looking_at_a_case_is_noted_in_the_trail(
    house: House, anna: httpx.AsyncClient, case: str
) -> None:
    await anna.get(case)
    async with house.app.state.store.read() as work:
        rows = (await work.connection.execute(select(audit.c.actor, audit.c.action))).all()
    assert ("Anna", "read") in [tuple(row) for row in rows]


async def test_an_unknown_case_is_not_found(anna: httpx.AsyncClient) -> None:
    assert (await anna.get("/api/handovers/odd")).status_code == 404
    assert (await anna.post("/api/handovers/odd/claim")).status_code == 404
