"""The two voluntary questions after the talk, and what is kept of the answers."""

from __future__ import annotations

import sqlite3
from typing import Any

import httpx
import pytest

from .conftest import Citizen, House

YES = {"tilfreds": "ja", "anbefale": "ja"}


async def ended(house: House, speaker: str = "foraelder", channel: str = "web") -> Citizen:
    """Somebody whose conversation a counsellor has closed."""
    citizen = await house.citizen(channel=channel)
    if speaker != "ukendt":
        await house.change_intake(citizen, speaker={"value": speaker, "evidence": []})
    await close(house, await house.hand_over(citizen))
    return citizen


async def close(house: House, handover_id: str) -> None:
    async with await house.counsellor() as anna:
        path = f"/api/handovers/{handover_id}/close"
        assert (await anna.post(path, json={"outcome": "andet"})).status_code == 200


async def give(citizen: Citizen, **answers: Any) -> httpx.Response:
    path = f"{citizen.path}/feedback"
    return await citizen.http.patch(path, json=answers, headers=citizen.headers)


async def asked(citizen: Citizen) -> list[dict[str, Any]]:
    found = await citizen.http.get(f"{citizen.path}/feedback", headers=citizen.headers)
    assert found.status_code == 200
    return list(found.json()["questions"])


async def answers(citizen: Citizen) -> list[str | None]:
    return [question["answer"] for question in await asked(citizen)]


def counted(house: House) -> list[tuple[Any, ...]]:
    with sqlite3.connect(house.var / "handover.sqlite") as database:
        rows = database.execute("select * from feedback_counts where count <> 0")
        return sorted(rows.fetchall())


@pytest.mark.parametrize(
    ("speaker", "words"),
    [
        ("ung", "til en ven?"), ("foraelder", "til en anden forælder?"),
        ("paaroerende", "bekymret for et barn?"), ("fagperson", "til en kollega?"),
        ("ukendt", "til en anden?"),
    ],
)  # fmt: skip
async def test_the_questions_are_worded_for_who_it_is(
    house: House, speaker: str, words: str
) -> None:
    satisfied, recommends = await asked(await ended(house, speaker))
    assert (satisfied["id"], recommends["id"]) == ("tilfreds", "anbefale")
    assert [choice["value"] for choice in satisfied["choices"]] == ["ja", "delvist", "nej"]
    assert [choice["value"] for choice in recommends["choices"]] == ["ja", "ved_ikke", "nej"]
    assert recommends["text"].endswith(words)


async def test_every_offered_choice_can_be_given(house: House) -> None:
    citizen = await ended(house)
    for question in await asked(citizen):
        for choice in question["choices"]:
            given = await give(citizen, **{question["id"]: choice["value"]})
            assert given.status_code == 200, given.text


async def test_an_answer_is_a_number_by_month_channel_and_speaker_and_nothing_else(
    house: House,
) -> None:
    for speaker in ("ung", "ung", "foraelder"):
        assert (await give(await ended(house, speaker, "sms"), **YES)).status_code == 200
    assert counted(house) == [
        ("2026-11-01", "sms", "foraelder", "anbefale", "ja", 1),
        ("2026-11-01", "sms", "foraelder", "tilfreds", "ja", 1),
        ("2026-11-01", "sms", "ung", "anbefale", "ja", 2),
        ("2026-11-01", "sms", "ung", "tilfreds", "ja", 2),
    ]


async def test_the_same_answer_counts_once_and_a_changed_one_moves(house: House) -> None:
    citizen = await ended(house)
    for _ in range(3):
        await give(citizen, tilfreds="ja")
    house.clock.advance(days=10)  # another month
    assert (await give(citizen, tilfreds="nej")).json()["questions"][0]["answer"] == "nej"
    assert counted(house) == [("2026-11-01", "web", "foraelder", "tilfreds", "nej", 1)]
    assert await answers(citizen) == ["nej", None]
    await give(citizen, tilfreds=None)
    assert (counted(house), await answers(citizen)) == ([], [None, None])


async def test_it_is_asked_only_when_a_counsellor_has_ended_it(house: House) -> None:
    citizen = await house.citizen()
    assert await asked(citizen) == []
    assert (await give(citizen, **YES)).status_code == 409
    handover_id = await house.hand_over(citizen)
    assert await asked(citizen) == []
    await close(house, handover_id)
    assert len(await asked(citizen)) == 2
    await citizen.say("jeg vil dø i aften")
    assert await asked(citizen) == []
    assert (await give(citizen, **YES)).status_code == 409


async def test_it_is_not_asked_when_the_assistant_alone_has_ended_it(house: House) -> None:
    citizen = await house.citizen()
    await house.internal("POST", citizen, "end", json={"outcome": "finished"})
    assert await asked(citizen) == []
    assert (await give(citizen, **YES)).status_code == 409


async def test_it_is_answered_later_with_the_resume_code_until_the_text_is_erased(
    house: House,
) -> None:
    citizen = await ended(house)
    house.clock.advance(days=29)
    body = {"resume_code": citizen.resume_code}
    back = (await house.http.post("/api/conversations/resume", json=body)).json()
    citizen.token = back["token"]
    assert (await give(citizen, **YES)).status_code == 200
    house.clock.advance(days=2)
    await house.app.state.watchdog.forget()
    assert (await give(citizen, tilfreds="nej")).status_code == 404
    assert [row[-2:] for row in counted(house)] == [("ja", 1), ("ja", 1)]
    with sqlite3.connect(house.var / "handover.sqlite") as database:
        assert database.execute("select count(*) from feedback").fetchone() == (0,)


@pytest.mark.parametrize(
    "given", [{"tilfreds": "meget"}, {"anbefale": "delvist"}, {"tilfreds": 1}, {"anbefale": ["ja"]}]
)
async def test_free_text_is_refused(house: House, given: dict[str, Any]) -> None:
    citizen = await ended(house)
    assert (await give(citizen, **given)).status_code == 422
    assert counted(house) == []


async def test_what_is_kept_with_the_conversation_is_sealed_and_no_counsellor_sees_it(
    house: House,
) -> None:
    citizen = await ended(house)
    await give(citizen, anbefale="ved_ikke", kommentar="de var søde")
    with sqlite3.connect(house.var / "handover.sqlite") as database:
        [(payload,)] = database.execute("select payload from feedback").fetchall()
        assert "søde" not in str(database.execute("select * from feedback_counts").fetchall())
    for words in (b"anbefale", b"ved_ikke", "søde".encode()):
        assert words not in payload
    async with await house.counsellor() as anna:
        [row] = (await anna.get("/api/handovers")).json()["items"]
        seen = (await anna.get(f"/api/handovers/{row['handover_id']}")).text
    assert "anbefale" not in seen


async def test_only_who_holds_the_token_is_asked_and_answers(house: House) -> None:
    citizen, other = await ended(house), await ended(house)
    citizen.token = other.token
    assert (await give(citizen, **YES)).status_code == 401
    found = await house.http.get(f"{citizen.path}/feedback", headers=other.headers)
    assert found.status_code == 401
    assert counted(house) == []
