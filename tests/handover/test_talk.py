"""The talk by its API: nothing twice, questions with their criterion, how far each has come."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.tracks.catalogue import load_catalogue
from handover.conversations.feed import Feed
from handover.conversations.messages import CITIZEN, COUNSELLOR, Draft, Message
from handover.conversations.signs import LASTS, Signs
from handover.handovers.asked import asked_in
from handover.storage.tables import receipts

from .conftest import MONDAY_MORNING, Citizen, House
from .test_stream import stream


@pytest.fixture
async def taken(anna: httpx.AsyncClient, case: str) -> str:
    await anna.post(f"{case}/claim")
    return case


async def say(counsellor: httpx.AsyncClient, case: str, **body: Any) -> httpx.Response:
    return await counsellor.post(f"{case}/messages", json={"text": "Jeg er her"} | body)


async def spoken(citizen: Citizen) -> list[str]:
    messages = (await citizen.read())["messages"]
    return [m["text"] for m in messages if m["sender"] == "counsellor"]


async def test_a_retry_is_one_message_and_gets_the_same_answer(
    anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    message_id = str(uuid.uuid4())
    answers = await asyncio.gather(
        *(say(anna, taken, client_message_id=message_id) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["seq"] for answer in answers}) == 1
    assert await spoken(citizen) == ["Jeg er her"]


async def test_without_an_id_the_same_words_are_said_again(
    anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    await say(anna, taken)
    await say(anna, taken)
    assert await spoken(citizen) == ["Jeg er her", "Jeg er her"]


async def test_a_retry_after_the_case_was_released_is_no_error(
    anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    first = await say(anna, taken, client_message_id="once")
    await anna.post(f"{taken}/release")
    again = await say(anna, taken, client_message_id="once")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await say(anna, taken, client_message_id="new")).status_code == 409
    assert await spoken(citizen) == ["Jeg er her"]


async def test_an_id_of_the_citizens_cannot_be_used_and_ones_own_is_not_shown_to_them(
    anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    await citizen.say("hej", "theirs")
    assert (await say(anna, taken, client_message_id="theirs")).status_code == 422
    await say(anna, taken, client_message_id="a secret of the console")
    assert "a secret of the console" not in str(await citizen.read())


async def test_a_question_keeps_its_criterion_and_the_next_words_stand_beside_it(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    await house.change_intake(citizen, tracks=[{"track": "uro", "evidence": []}])
    asked = await say(anna, taken, text="Bliver du let afledt?", question="let_afledt", track="uro")
    assert asked.json()["kind"] == "question"
    assert (asked.json()["question"], asked.json()["track"]) == ("let_afledt", "uro")
    await say(anna, taken, text="Hvor gammel er du?", question="alder", track="faelles")
    await citizen.say("ja, hele tiden")
    await citizen.say("og jeg er 12")
    await say(anna, taken)
    await citizen.say("tak")
    found = (await anna.get(taken)).json()
    criterion = next(c for c in found["tracks"][0]["criteria"] if c["id"] == "let_afledt")
    [row] = criterion["asked_by_counsellor"]
    assert row["question"] == "Bliver du let afledt?"
    assert [reply["quote"] for reply in row["replies"]] == ["ja, hele tiden", "og jeg er 12"]
    assert (criterion["status"], criterion["evidence"]) == ("uafklaret", [])
    age = next(c for c in found["common"] if c["id"] == "alder")
    assert age["asked_by_counsellor"][0]["question"] == "Hvor gammel er du?"


async def test_what_was_asked_goes_along_in_every_export(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    await house.change_intake(citizen, tracks=[{"track": "uro", "evidence": []}])
    for text in ("Bliver du let afledt?", "Også derhjemme?"):
        await say(anna, taken, text=text, question="let_afledt", track="uro")
        await citizen.say(f"svar på {text}")
    await say(anna, taken, text="Hvor gammel er du?", question="alder", track="faelles")
    journal = (await anna.get(f"{taken}/export?format=text")).text
    lines = [line.strip() for line in journal.splitlines()]
    place = lines.index("Spurgt af rådgiveren: Bliver du let afledt?")
    assert lines[place + 1].endswith("»svar på Bliver du let afledt?«")
    assert lines[place + 2] == "Spurgt af rådgiveren: Også derhjemme?"
    age = lines.index("Spurgt af rådgiveren: Hvor gammel er du?")
    assert lines[age + 1] == "Intet svar endnu."
    assert (await anna.get(f"{taken}/export?format=pdf")).content.startswith(b"%PDF")
    response = (await anna.get(f"{taken}/export?format=fhir")).json()
    [track] = [group for group in response["item"] if group["linkId"] == "uro"]
    asked = [item["item"] for item in track["item"] if item["linkId"] == "uro.let_afledt.spurgt"]
    told = [{i["linkId"].rpartition(".")[2]: i["answer"] for i in items} for items in asked]
    assert [one["spoergsmaal"][0]["valueString"] for one in told] == [
        "Bliver du let afledt?",
        "Også derhjemme?",
    ]
    assert told[0]["svar"] == [{"valueString": "svar på Bliver du let afledt?"}]
    assert all("valueDateTime" in one["tid"][0] for one in told)


@pytest.mark.parametrize(
    "body", [{"question": "odd"}, {"question": "let_afledt"}, {"question": "alder", "track": "odd"}]
)
async def test_a_question_needs_a_criterion_that_there_is(
    anna: httpx.AsyncClient, citizen: Citizen, taken: str, body: dict[str, str]
) -> None:
    assert (await say(anna, taken, **body)).status_code == 422
    assert await spoken(citizen) == []


async def test_every_open_question_is_worded_for_who_the_citizen_is(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    track = [{"track": "uro", "evidence": []}]
    wordings = {}
    for speaker in ("ung", "foraelder", "paaroerende", "fagperson"):
        who = {"value": speaker, "evidence": []}
        await house.change_intake(citizen, tracks=track, speaker=who)
        [found] = (await anna.get(taken)).json()["tracks"]
        wordings[speaker] = {c["id"]: c["wording"] for c in found["criteria"]}
    asked = load_catalogue().tracks["uro"]["let_afledt"].questions
    assert wordings["ung"]["let_afledt"] == asked["ung"]
    assert wordings["foraelder"]["let_afledt"].startswith("Bliver dit barn let afledt")
    assert len({words["let_afledt"] for words in wordings.values()}) >= 3
    assert all(words["alder"] is None for words in wordings.values())  # follows from the common one


def _message(seq: int, sender: str, text: str, question: str | None = None) -> Message:
    return Message(seq, MONDAY_MORNING, Draft(sender, text, question=question))


def test_what_was_asked_has_no_reply_until_the_citizen_writes() -> None:
    messages = [
        _message(1, CITIZEN, "før"),
        _message(2, COUNSELLOR, "Hvor gammel er du?", "alder"),
        _message(3, COUNSELLOR, "Tag dig tid"),
    ]
    [row] = asked_in(messages)["faelles", "alder"]
    assert row["replies"] == []
    [row] = asked_in([*messages, _message(4, CITIZEN, "12")])["faelles", "alder"]
    assert row["replies"] == [{"seq": 4, "quote": "12"}]


async def reached(house: House, citizen: Citizen, **how: Any) -> httpx.Response:
    return await house.http.post(f"{citizen.path}/receipts", json=how, headers=citizen.headers)


async def test_the_counsellor_sees_what_has_come_and_what_was_seen_and_when(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    first = (await say(anna, taken)).json()["seq"]

    async def receipt() -> dict[str, Any]:
        return dict((await anna.get(taken)).json()["receipts"])

    assert await receipt() == {"delivered": None, "seen": None, "seen_at": None, "read": None}
    assert (await reached(house, citizen, delivered=first)).status_code == 204
    assert (await receipt())["delivered"] == first
    house.clock.advance(minutes=5)
    await reached(house, citizen, delivered=first, seen=first)
    house.clock.advance(minutes=5)
    await citizen.say("hej")
    await reached(house, citizen, delivered=first + 1, seen=first + 1)  # one's own is none
    shown = await receipt()
    assert (shown["seen"], shown["seen_at"]) == (first, "2026-11-23T09:05:00.000000Z")
    await reached(house, citizen, delivered=1, seen=1)
    assert await receipt() == shown, "it never goes back"


async def test_nobody_reaches_what_has_not_been_written(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    await say(anna, taken)
    await reached(house, citizen, delivered=2**31 - 1, seen=2**31 - 1)
    later = (await say(anna, taken)).json()["seq"]
    assert (await anna.get(taken)).json()["receipts"]["seen"] == later - 1
    assert (await reached(house, citizen, delivered=2**31)).status_code == 422
    assert (await reached(house, citizen, delivered=-1)).status_code == 422


async def test_only_the_citizen_tells_what_the_citizen_has_seen(
    house: House, citizen: Citizen, taken: str
) -> None:
    for headers, status in (({}, 401), ({"Authorization": "Bearer wrong"}, 401)):
        how = {"delivered": 1, "seen": 1}
        answer = await house.http.post(f"{citizen.path}/receipts", json=how, headers=headers)
        assert answer.status_code == status


async def test_the_stream_takes_receipts_and_tells_what_a_counsellor_has_read(
    house: House, anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    async with stream(house, citizen, after=2) as line:
        await line.until("status")
        await citizen.say("hej")
        own = (await citizen.read())["messages"][-1]["seq"]
        assert (await anna.post(f"{taken}/read", json={"through": own + 5})).status_code == 204
        assert await line.until("seen") == {"type": "seen", "through": own}
        seq = (await say(anna, taken)).json()["seq"]
        await line.send(type="receipt", delivered=seq, seen=seq)
        await line.send(type="receipt", delivered="odd")
        assert (await line.until("error"))["code"] == "ugyldig"
    assert (await anna.get(taken)).json()["receipts"]["seen"] == seq
    assert (await citizen.read())["seen"] == own


async def test_a_colleague_who_looks_on_neither_types_nor_reads(
    anna: httpx.AsyncClient, bo: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    await citizen.say("hej")
    assert (await bo.post(f"{taken}/read", json={"through": 9})).status_code == 409
    assert (await bo.post(f"{taken}/typing")).status_code == 409
    assert "seen" not in await citizen.read()
    assert (await anna.post(f"{taken}/typing")).status_code == 204


async def test_erasing_takes_the_receipts_along(
    house: House, anna: httpx.AsyncClient, citizen: Citizen
) -> None:
    await citizen.say("jeg vil dø i aften")  # urgent: the conversation itself stays, reduced
    handover = await house.handover_of(citizen)
    assert handover
    case = f"/api/handovers/{handover['handover_id']}"
    await anna.post(f"{case}/claim")
    await reached(house, citizen, delivered=(await say(anna, case)).json()["seq"])

    async def rows() -> int:
        async with house.app.state.store.read() as work:
            return len((await work.connection.execute(select(receipts))).all())

    assert await rows() == 1
    await house.http.delete(citizen.path, headers=citizen.headers)
    assert await rows() == 0


async def test_a_citizen_who_types_all_the_time_is_told_of_once_a_second(
    house: House, citizen: Citizen, taken: str
) -> None:
    conversation = citizen.id
    with house.app.state.store.feed.listen(conversation) as notices:
        async with stream(house, citizen, after=2) as line:
            await line.until("status")
            for _ in range(20):
                await line.send(type="typing")
            await line.send(type="dance")
            await line.until("error")
        assert [n.kind for n in iter_now(notices)].count("typing") == 1


async def test_a_page_without_a_stream_is_told_that_a_counsellor_types(
    anna: httpx.AsyncClient, citizen: Citizen, taken: str
) -> None:
    assert "typing" not in await citizen.read()
    await anna.post(f"{taken}/typing")
    assert (await citizen.read())["typing"] is True
    await say(anna, taken)
    assert "typing" not in await citizen.read(), "what was being written is there"


async def test_a_page_without_a_stream_tells_that_the_citizen_types(
    house: House, citizen: Citizen, taken: str
) -> None:
    typing = f"{citizen.path}/typing"
    with house.app.state.store.feed.listen(citizen.id) as notices:
        for _ in range(3):
            answer = await house.http.post(typing, headers=citizen.headers)
            assert answer.status_code == 204
        assert (await house.http.post(typing)).status_code == 401
        stranger = await house.citizen()
        assert (await house.http.post(typing, headers=stranger.headers)).status_code == 401
        told = [n.data["sender"] for n in iter_now(notices) if n.kind == "typing"]
    assert told == ["citizen"]
    assert "typing" not in await citizen.read(), "nobody is told of themselves"


def test_a_sign_of_typing_ends_by_itself() -> None:
    now = [0.0]
    signs = Signs(None, Feed(), lambda: now[0])  # type: ignore[arg-type]
    signs.tell("a", COUNSELLOR)
    now[0] = LASTS
    assert signs.types("a", COUNSELLOR)
    assert not signs.types("b", COUNSELLOR)
    now[0] += 0.1
    assert not signs.types("a", COUNSELLOR)
    signs.tell("b", COUNSELLOR)
    assert len(signs._last) == 1, "what is over is not kept"


def iter_now(notices: asyncio.Queue[Any]) -> list[Any]:
    return [notices.get_nowait() for _ in range(notices.qsize())]
