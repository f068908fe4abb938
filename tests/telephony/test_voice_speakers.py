"""Whole calls with the real assistant: the same facts by telephone and on the web."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from handover.clock import system_clock
from handover.conversations.feed import Feed
from handover.keyring import open_keyring
from handover.settings import Settings
from handover.storage.database import Database, open_database
from handover.storage.work import Store
from handover.telephony.voice.keys import listed
from tools.phone.line import Line
from tools.phone.simulator import CALLER, exchange_at, settings
from tools.ports import Ports
from tools.system import System

pytestmark = pytest.mark.system
MOST = 60
"""Answers until a call goes round in circles."""
NEXT_TO_ALL = {
    "sikkerhed_nu": "nej", "selvmordstanker": "nej", "psykiatriens_maalgruppe": "nej",
    "kommune": "Gentofte", "proevet": "der er talt med egen læge",
    "oensker": "en at tale med om det", "opsummering": "videre", "samtykke": "ja",
    "kontaktform": "none", "betydeligt_vaegttab": "nej", "selvmordsrisiko": "nej",
}  # fmt: skip
SPEAKERS: dict[str, tuple[str, dict[str, str]]] = {
    "ung": (
        "jeg er 14 år, og jeg tænker på mad og min krop hele tiden og springer måltider over",
        {"henvender": "det er mig selv", "kan_spise_med_stoette": "ja"},
    ),
    "foraelder": (
        "jeg er mor til en dreng på 12 år, som er bange hele tiden og ikke tør gå i skole",
        {"henvender": "jeg er hans mor", "funktionsniveau": "han er ikke i skole for tiden"},
    ),
    "paaroerende": (
        "jeg er mormor og bekymret for mit barnebarn på 15 år, som skærer i sig selv",
        {"henvender": "jeg er mormor"},
    ),
    "fagperson": (
        "jeg er lærer og ringer om en elev på 13 år, der virker trist og har trukket sig",
        {"henvender": "jeg er lærer"},
    ),
}


@dataclass
class Found:
    """One conversation and what a counsellor gets of it."""

    summary: dict[str, Any]
    said: list[tuple[str | None, str]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, int]]:
    folder, ports, port = tmp_path_factory.mktemp("voice"), Ports.free(), Ports.free().edge
    own = settings(ports, port, folder)
    with System(folder / "var", ports, settings=own) as system:
        yield system, port


@pytest.mark.parametrize("speaker", SPEAKERS)
async def test_by_telephone_as_on_the_web(running: tuple[System, int], speaker: str) -> None:
    system, port = running
    opening, own = SPEAKERS[speaker]
    answers = NEXT_TO_ALL | own
    token = await asyncio.to_thread(system.token, f"voice {speaker}")
    web = await _on_the_web(system.url, token, opening, answers)
    phone = await _by_telephone(system, port, token, opening, answers)
    assert phone.summary["channel"] == "phone"
    assert phone.summary["speaker"]["value"] == speaker
    both = _asked(web) & _asked(phone)
    assert len(both) >= 5, (web.said, phone.said)
    there, here = _facts(web.summary), _facts(phone.summary)
    compared = {name: here[name] for name in here if _known(name, both)}
    assert compared == {name: there.get(name) for name in compared}


def _known(name: str, both: set[str]) -> bool:
    """What was said in the opening, or asked in both: fewer questions fit in a telephone call."""
    asked = {"tried": "proevet", "wishes": "oensker"}.get(name, name.split()[-1])
    return asked == name or asked in both


def _asked(found: Found) -> set[str]:
    return {question for question, _ in found.said if question}


def _facts(summary: dict[str, Any]) -> dict[str, Any]:
    rows = [("faelles", row) for row in summary["common"]]
    rows += [(t["track"], row) for t in summary["tracks"] for row in t["criteria"]]
    return {
        "speaker": summary["speaker"]["value"],
        "age": summary["age"]["value"],
        "kommune": summary["kommune"]["value"],
        "risk": summary["risk"]["level"],
        "priority": summary["priority"],
        "consent": summary["consent"],
        "contact": summary["contact"],
        "concern": [row["quote"] for row in summary["concern"]],
        "tried": [row["quote"] for row in summary["tried"]],
        "wishes": [row["quote"] for row in summary["wishes"]],
        "tracks": sorted(track["track"] for track in summary["tracks"]),
        **{f"criterion {group} {row['id']}": row["status"] for group, row in rows},
    }


def _answer(question: str | None, answers: dict[str, str]) -> str:
    return answers.get(str(question), "ja")


async def _on_the_web(url: str, token: str, opening: str, answers: dict[str, str]) -> Found:
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        begun = (await http.post("/api/conversations", json={"channel": "web"})).json()
        own = {"Authorization": f"Bearer {begun['token']}"}
        path, text, said = f"/api/conversations/{begun['conversation_id']}", opening, []
        question: str | None = "fylder"
        for turn in range(MOST):
            said.append((question, text))
            sent = {"client_message_id": f"m{turn}", "text": text}
            answer = (await http.post(f"{path}/messages", json=sent, headers=own)).json()
            messages = answer["messages"]
            if any(message["kind"] == "closing" for message in messages):
                break
            question = messages[-1]["question"]
            text = _answer(question, answers)
        return Found(await _summary(http, token, begun["conversation_id"]), said)


async def _by_telephone(
    system: System, port: int, token: str, opening: str, answers: dict[str, str]
) -> Found:
    database = _database(system.var)
    store = Store(database, open_keyring(Settings(var=system.var)), system_clock, Feed())
    async with (
        exchange_at(port, system.url) as exchange,
        httpx.AsyncClient(base_url=system.url, timeout=60) as http,
    ):
        line = await exchange.ring(CALLER)
        said: list[tuple[str | None, str]] = [("fylder", opening)]
        await line.say(opening)
        await line.press("#")
        conversation_id = await _conversation(store, line)
        for _ in range(MOST):
            asked = await _open_question(store, conversation_id)
            if asked is None:
                break
            text = _answer(asked.question, answers)
            said.append((asked.question, text))
            key = next((k for k, _, value in listed(asked.choices) if value == text), None)
            await (line.press(key) if key else line.say(text))
            if asked.question == "fylder":
                await line.press("#")
        await line.hang_up()
        summary = await _summary(http, token, conversation_id)
    await database.close()
    return Found(summary, said)


def _database(var: Path) -> Database:
    return open_database(Settings(var=var).database)


async def _conversation(store: Store, line: Line) -> str:
    async with store.read() as work:
        call = await work.calls.get(line.sid)
    assert call is not None
    assert call.conversation_id is not None
    return call.conversation_id


async def _open_question(store: Store, conversation_id: str) -> Any:
    """The draft that was said last; None at the end."""
    async with store.read() as work:
        conversation = await work.conversations.get(conversation_id)
        assert conversation is not None
        messages = await work.conversations.messages(conversation)
    return None if messages[-1].draft.kind == "closing" else messages[-1].draft


async def _summary(http: httpx.AsyncClient, token: str, conversation_id: str) -> dict[str, Any]:
    counsellor = {"Authorization": f"Bearer {token}"}
    rows = (await http.get("/api/handovers", params={"limit": 200}, headers=counsellor)).json()
    [row] = [row for row in rows["items"] if row["conversation_id"] == conversation_id]
    found = await http.get(f"/api/handovers/{row['handover_id']}", headers=counsellor)
    return dict(found.json())
