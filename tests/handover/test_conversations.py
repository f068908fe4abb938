"""The public edge, exactly by the contract."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import uuid

import pytest

from .conftest import House, entry

MESSAGE_KEYS = {
    "seq", "sender", "kind", "text", "question", "reworded", "track", "topic", "choices",
    "created_at",
}  # fmt: skip


async def test_a_conversation_begins_with_the_greeting_and_the_first_question(house: House) -> None:
    citizen = await house.citizen()
    greeting, question = citizen.messages
    assert "computer" in greeting["text"]
    assert greeting["kind"] == "text"
    assert (question["kind"], question["question"]) == ("question", "fylder")
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{2}", citizen.resume_code)
    assert citizen.status == "assistant"


async def test_a_message_has_the_fields_of_the_contract_and_no_placeholder_is_left(
    house: House,
) -> None:
    citizen = await house.citizen()
    for message in citizen.messages:
        assert set(message) == MESSAGE_KEYS
        assert "{" not in message["text"]


async def test_the_first_question_is_the_open_one_in_the_intake(house: House) -> None:
    found = await house.intake(await house.citizen())
    assert found["intake"]["pending"]["id"] == "fylder"
    assert found["version"] == 1


async def test_a_known_municipality_is_kept_in_the_intake(house: House) -> None:
    found = await house.intake(await house.citizen(kommune="gladsaxe"))
    assert found["intake"]["kommune"]["value"] == "Gladsaxe"


async def test_the_same_client_conversation_id_gives_the_same_conversation_and_a_working_token(
    house: House,
) -> None:
    client_id = str(uuid.uuid4())
    first = await house.citizen(client_conversation_id=client_id)
    await first.say("hej")
    second = await house.citizen(client_conversation_id=client_id)
    assert second.id == first.id
    assert len((await second.read())["messages"]) == 4
    assert [m["seq"] for m in second.messages] == [1, 2, 3, 4]


async def test_the_same_client_conversation_id_at_once_makes_one_conversation(house: House) -> None:
    client_id = str(uuid.uuid4())
    many = await asyncio.gather(
        *(house.citizen(client_conversation_id=client_id) for _ in range(10))
    )
    assert len({citizen.id for citizen in many}) == 1


async def test_a_message_is_answered_with_everything_new_since_it(house: House) -> None:
    house.rasa.answer = lambda text: [
        *entry("Tak."),
        *entry("Hvor gammel er hun?", kind="question", question="alder"),
    ]
    citizen = await house.citizen()
    new = await citizen.say("min datter sover dårligt")
    assert [(m["seq"], m["sender"], m["kind"]) for m in new] == [
        (4, "assistant", "text"),
        (5, "assistant", "question"),
    ]
    assert new[1]["question"] == "alder"
    assert house.rasa.heard[0] == {
        "sender": citizen.id,
        "message": "min datter sover dårligt",
        "metadata": {"seq": 3},
    }


async def test_a_custom_entry_gives_its_text_track_topic_and_choices(house: House) -> None:
    choices = [{"title": "Ja", "value": "ja"}]
    house.rasa.answer = lambda text: entry(
        "Spiser hun?",
        kind="question",
        question="spiseadfaerd",
        track="krop_mad",
        topic=None,
        reworded=True,
        choices=choices,
    )
    [message] = await (await house.citizen()).say("hej")
    assert message["track"] == "krop_mad"
    assert message["reworded"] is True
    assert message["choices"] == choices


async def test_the_same_message_again_gives_the_same_answer_and_has_no_second_effect(
    house: House,
) -> None:
    citizen, message_id = await house.citizen(), str(uuid.uuid4())
    first = await citizen.say("hej", message_id)
    await citizen.say("noget andet")
    again = await citizen.say("hej", message_id)
    assert again == first
    assert house.rasa.texts == ["hej", "noget andet"]


async def test_the_same_message_many_times_at_once_has_one_effect_and_one_answer(
    house: House,
) -> None:
    house.rasa.delay = 0.1
    citizen, message_id = await house.citizen(), str(uuid.uuid4())
    answers = await asyncio.gather(*(citizen.post("hej", message_id) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert house.rasa.texts == ["hej"]
    assert len((await citizen.read())["messages"]) == 4


async def test_messages_of_one_conversation_reach_rasa_one_at_a_time_and_in_order(
    house: House,
) -> None:
    all_stored = asyncio.Event()
    house.rasa.waits_for(all_stored.wait)
    citizen = await house.citizen()
    tasks = []
    for number in range(8):
        tasks.append(asyncio.create_task(citizen.say(f"besked {number}")))
        await citizen.wait_for(f"besked {number}")
    all_stored.set()
    await asyncio.gather(*tasks)
    assert house.rasa.texts == [f"besked {number}" for number in range(8)]
    assert house.rasa.most_at_once == 1


async def test_conversations_do_not_wait_for_each_other(house: House) -> None:
    all_five = asyncio.Barrier(5)
    house.rasa.waits_for(all_five.wait)
    citizens = [await house.citizen() for _ in range(5)]
    await asyncio.gather(*(citizen.say("hej") for citizen in citizens))
    assert house.rasa.most_at_once == 5


async def test_a_message_is_stored_before_rasa_gets_it(house: House) -> None:
    citizen = await house.citizen()
    seen: list[str] = []

    async def look(message: object) -> None:
        seen.extend(m["text"] for m in (await citizen.read())["messages"])

    house.rasa.before = look
    await citizen.say("står jeg der allerede")
    assert "står jeg der allerede" in seen


async def test_polling_after_a_seq_gives_only_what_is_newer(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say("hej")
    assert [m["seq"] for m in (await citizen.read(2))["messages"]] == [3, 4]
    assert (await citizen.read(4))["messages"] == []


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200b"])
async def test_an_empty_message_is_refused_kindly_and_nothing_is_stored(
    house: House, text: str
) -> None:
    citizen = await house.citizen()
    response = await citizen.post(text)
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith("Beskeden var tom")
    assert len((await citizen.read())["messages"]) == 2


async def test_a_message_of_4000_letters_is_taken_and_one_more_is_refused_kindly(
    house: House,
) -> None:
    citizen = await house.citizen()
    assert (await citizen.post("å" * 4000)).status_code == 200
    response = await citizen.post("å" * 4001)
    assert response.status_code == 413
    assert "Del den op" in response.json()["error"]["message"]


async def test_a_huge_body_is_refused_without_being_read(house: House) -> None:
    citizen = await house.citizen()
    response = await citizen.post("a" * 200_000)
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "for_stor"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{not json", 400),
        (b'{"client_message_id": "1"}', 422),
        (b'{"client_message_id": "1", "text": 7}', 422),
        (b'{"client_message_id": "1", "text": "\\ud800"}', 422),
        (b"[]", 422),
    ],
)
async def test_what_is_no_message_gets_a_danish_error_body(
    house: House, content: bytes, status: int
) -> None:
    citizen = await house.citizen()
    response = await house.http.post(
        f"{citizen.path}/messages",
        content=content,
        headers=citizen.headers | {"Content-Type": "application/json"},
    )
    assert response.status_code == status
    assert set(response.json()["error"]) == {"code", "message"}


async def test_emoji_newlines_and_danish_letters_come_back_as_they_were_written(
    house: House,
) -> None:
    citizen = await house.citizen()
    text = "Åh nej 😢\nhun æder ikke 👩‍👧 «så»"
    await citizen.say(text)
    assert (await citizen.read(2))["messages"][0]["text"] == text


async def test_a_cpr_number_is_masked_before_it_is_stored(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say("hun hedder noget og har 010213-1234")
    stored = (await citizen.read(2))["messages"][0]["text"]
    assert "1234" not in stored
    assert "1234" not in house.rasa.texts[0]


async def test_a_wrong_token_and_no_token_are_refused(house: House) -> None:
    citizen = await house.citizen()
    citizen.token = "wrong"
    assert (await citizen.post("hej")).status_code == 401
    assert (await house.http.get(f"{citizen.path}/messages")).status_code == 401


async def test_one_citizens_token_opens_nobody_elses_conversation(house: House) -> None:
    one, other = await house.citizen(), await house.citizen()
    one.token = other.token
    assert (await one.post("hej")).status_code == 401


async def test_an_unknown_conversation_is_not_found(house: House) -> None:
    citizen = await house.citizen()
    citizen.id = str(uuid.uuid4())
    assert (await citizen.post("hej")).status_code == 404


async def test_the_resume_code_brings_back_the_conversation(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say("hej")
    written = citizen.resume_code.lower().replace("-", " ")
    response = await house.http.post("/api/conversations/resume", json={"resume_code": written})
    assert response.status_code == 200
    assert response.json()["conversation_id"] == citizen.id
    assert response.json()["token"] == citizen.token
    assert len(response.json()["messages"]) == 4


async def test_guessing_at_resume_codes_is_stopped_for_a_while(house: House) -> None:
    async def guess(code: str) -> int:
        body = {"resume_code": code}
        response = await house.http.post("/api/conversations/resume", json=body)
        if response.status_code == 429:
            assert 0 < int(response.headers["Retry-After"]) <= 301
        return response.status_code

    citizen = await house.citizen()
    results = [await guess("AAAA-AAAA-AA") for _ in range(12)]
    assert results == [404] * 10 + [429] * 2
    assert await guess(citizen.resume_code) == 429
    house.clock.advance(minutes=6)
    assert await guess(citizen.resume_code) == 200


async def test_deleting_erases_key_text_and_conversation_for_good(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say("noget meget privat")
    response = await house.http.delete(citizen.path, headers=citizen.headers)
    assert response.status_code == 204
    assert (await citizen.post("hej")).status_code == 404
    with sqlite3.connect(house.var / "handover.sqlite") as database:
        for table in ("conversations", "messages", "intakes"):
            assert database.execute(f"select count(*) from {table}").fetchone() == (0,)


async def test_deleting_takes_the_hand_over_with_it(house: House) -> None:
    citizen = await house.citizen()
    await house.hand_over(citizen)
    await house.http.delete(citizen.path, headers=citizen.headers)
    assert await house.handover_of(citizen) is None


async def test_no_word_of_a_citizen_lies_in_the_clear_in_the_database_files(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say("hemmeligheden om mormors kat")
    everything = b"".join(path.read_bytes() for path in house.var.glob("handover.sqlite*"))
    assert b"mormors" not in everything
    assert citizen.token.encode() not in everything
    assert citizen.resume_code.encode() not in everything


async def test_logs_hold_no_word_of_a_citizen(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    house.rasa.status = 500
    citizen = await house.citizen()
    await citizen.say("hemmeligheden om mormors kat")
    assert "mormors" not in caplog.text


async def test_answers_carry_security_headers_and_are_not_cached(house: House) -> None:
    response = await house.http.get("/healthz")
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_api_is_published_as_openapi(house: House) -> None:
    paths = (await house.http.get("/openapi.json")).json()["paths"]
    assert "/api/conversations/{conversation_id}/messages" in paths
    assert "/api/handovers/{handover_id}/claim" in paths
    assert not any(path.startswith("/internal") for path in paths)
