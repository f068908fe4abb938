"""What the running system takes a first message to be, seen from outside it.

``risk`` is what the citizen gets: the crisis message at once, the direct question at once, or the
ordinary path. The ordinary path asks about safety too, with the same ids; a question is the direct
one only if the danger screen had raised the conversation's level when it was asked.
The rest is what the assistant has understood: the intake, and the topic it answered.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import httpx

from bot.tracks.reading import TOPICS
from tools.measure.cases import ALARM, ASK, NONE, UNKNOWN, Case, Prediction
from tools.report import Stop
from tools.system import System

AT_ONCE = 8
PATIENCE = 60.0  # seconds for one call
READ_WITHIN = 20.0  # seconds until the assistant must have read a message
FIRST_LOOK, LONGEST_LOOK = 0.03, 1.0  # seconds between looks; doubles
HOPELESS_AFTER = 3  # messages that were never read
SAFETY_QUESTIONS = ("sikkerhed_nu", "selvmordstanker")
SPEAKERS = {"foraelder": "forælder", "paaroerende": "pårørende"}  # others are the same everywhere

Intake = Mapping[str, Any]
Messages = Sequence[Mapping[str, Any]]


class Deployed:
    """Sends messages through the public API and reads what was understood over the internal one.

    ``unread`` are the cases whose message the assistant never read; after a few of them it stops.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._secret = {"X-Internal-Secret": secret}
        self._client = httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False)
        self.unread: list[str] = []

    @classmethod
    def of(cls, system: System) -> Self:
        return cls(system.url, system.processes.settings["HANDOVER_INTERNAL_SECRET"])

    async def read(
        self, cases: Sequence[Case], done: Callable[[int], None] = lambda _count: None
    ) -> list[Prediction]:
        """Predictions in the order of the cases; ``done`` hears how many there are so far."""
        gate, finished = asyncio.Semaphore(AT_ONCE), 0

        async def one(case: Case) -> Prediction:
            nonlocal finished
            async with gate:
                prediction = await self.predict(case)
            finished += 1
            done(finished)
            return prediction

        async with self._client:
            return await asyncio.gather(*(one(case) for case in cases))

    async def predict(self, case: Case) -> Prediction:
        begun = await self._call("POST", "/api/conversations", case, json={"channel": case.channel})
        conversation, seq = begun["conversation_id"], begun["messages"][-1]["seq"] + 1
        said = await self._call(
            "POST",
            f"/api/conversations/{conversation}/messages",
            case,
            headers={"Authorization": f"Bearer {begun['token']}"},
            json={"client_message_id": str(uuid.uuid4()), "text": case.text},
        )
        intake = await self._understood(case, conversation, seq)
        return prediction_of(case.id, said["messages"], intake)

    async def _understood(self, case: Case, conversation: str, seq: int) -> Intake:
        """In a crisis the assistant reads the message after the answer was given."""
        deadline, pause = time.monotonic() + READ_WITHIN, FIRST_LOOK
        path = f"/internal/conversations/{conversation}/intake"
        while True:
            intake: Intake = (await self._call("GET", path, case, headers=self._secret))["intake"]
            if intake["handled_seq"] >= seq:
                return intake
            if time.monotonic() > deadline:
                self._note_unread(case)
                return intake
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)

    def _note_unread(self, case: Case) -> None:
        self.unread.append(case.id)
        if len(self.unread) >= HOPELESS_AFTER:
            raise Stop(f"The assistant does not read what is said to it ({', '.join(self.unread)})")

    async def _call(self, method: str, path: str, case: Case, **more: Any) -> Any:
        try:
            answer = await self._client.request(method, path, **more)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            raise Stop(f'The system refused the case "{case.id}": {method} {status}') from error
        except httpx.HTTPError as error:
            kind = type(error).__name__
            raise Stop(f'The system did not answer the case "{case.id}": {kind}') from error
        return answer.json()


def prediction_of(name: str, messages: Messages, intake: Intake) -> Prediction:
    speaker = (intake.get("speaker") or {}).get("value") or UNKNOWN
    return Prediction(
        id=name,
        risk=risk_of(messages, intake["safety"]["level"]),
        speaker=SPEAKERS.get(speaker, speaker),
        age=(intake.get("age") or {}).get("value"),
        tracks=tuple(seen["track"] for seen in intake.get("tracks") or ()),
        topic=topic_of(messages, intake),
    )


def risk_of(messages: Messages, level: str) -> str:
    """``level`` is what the screen had found: "alarm", "ask" or "none"."""
    if any(message["kind"] == "crisis" for message in messages):
        return ALARM
    directly = bool(messages) and messages[0].get("question") in SAFETY_QUESTIONS
    return ASK if directly and level != NONE else NONE


def topic_of(messages: Messages, intake: Intake) -> str | None:
    """What was answered, or, where a crisis came first, what was understood; the reply to another
    language, to abuse or to gibberish is no topic of the label guide."""
    found = next((m["topic"] for m in messages if m.get("topic")), None) or intake.get("topic")
    return found if found in TOPICS else None
