"""The intake of a conversation, kept by the handover service.

Without it there is no conversation: an error reaches Rasa, the edge tells the citizen and offers a
human. Only ``python -m bot.actions --shell`` keeps intakes in memory, for ``rasa shell``, where no
hand-over exists and nobody is waiting for one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.tracks.intake import Intake

SHELL = "ASSISTANT_SHELL"
NAMES = {
    "tilbud_navn": "rådgivningen",
    "kommune_navn": "kommunen",
    "aabningstider": "ikke sat op",
    "slettes_efter_dage": "30",
    "slettes_uden_videregivelse_timer": "24",
}
NOBODY = {"open_now": False, "opens": None, "waiting": 0, "resume_code": "-"}


@dataclass
class Record:
    """An intake with the version it was read at; ``human`` says when people are there."""

    conversation_id: str
    intake: Intake
    version: int = 0
    status: str = "assistant"
    handover_id: str | None = None
    human: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """What the municipality's placeholders stand for."""
    ages: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Its own age spans, by track."""
    windows: list[dict[str, str]] = field(default_factory=list)
    """When a counsellor can call next: ``{"title": "I dag kl. 13-15", "from": ..., "to": ...}``."""


class Conflict(Exception):
    """The intake has changed since it was read."""


class Store:
    """Talks with the handover service; raises httpx.HTTPError when it does not do as asked."""

    def __init__(
        self, url: str, secret: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/internal/conversations",
            headers={"X-Internal-Secret": secret},
            timeout=5.0,
            trust_env=False,
            transport=transport,
        )

    @classmethod
    def from_environment(cls) -> Store:
        if os.environ.get(SHELL):
            return ShellStore()
        return cls(
            os.environ.get("HANDOVER_URL", "http://127.0.0.1:8000"),
            os.environ.get("HANDOVER_INTERNAL_SECRET", ""),
        )

    async def read(self, conversation_id: str) -> Record:
        answer = await self._client.get(f"/{conversation_id}/intake")
        answer.raise_for_status()
        body = answer.json()
        body["intake"] = Intake.from_json(body["intake"])
        return Record(conversation_id, **body)

    async def write(self, record: Record) -> None:
        """Raises Conflict when somebody else has written since it was read."""
        sent = {"version": record.version, "intake": record.intake.to_json()}
        answer = await self._client.put(f"/{record.conversation_id}/intake", json=sent)
        if answer.status_code == httpx.codes.CONFLICT:
            raise Conflict(f"version {record.version} is not the newest")
        answer.raise_for_status()
        record.version = answer.json()["version"]

    async def hand_over(self, record: Record, reason: str) -> None:
        asked = {"reason": reason, "kind": record.intake.kind}
        answer = await self._client.post(f"/{record.conversation_id}/handover", json=asked)
        answer.raise_for_status()
        record.handover_id, record.human = answer.json()["handover_id"], answer.json()["human"]

    async def end(self, record: Record, outcome: str) -> None:
        (
            await self._client.post(f"/{record.conversation_id}/end", json={"outcome": outcome})
        ).raise_for_status()

    async def erase(self, record: Record) -> None:
        (await self._client.post(f"/{record.conversation_id}/erase")).raise_for_status()


class ShellStore(Store):
    """Intakes in memory, for ``rasa shell``."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    async def read(self, conversation_id: str) -> Record:
        new = Record(conversation_id, Intake(), human=dict(NOBODY), names=dict(NAMES))
        return self._records.setdefault(conversation_id, new)

    async def write(self, record: Record) -> None:
        record.version += 1

    async def hand_over(self, record: Record, reason: str) -> None:
        record.handover_id = "shell"

    async def end(self, record: Record, outcome: str) -> None:
        record.status = "closed"

    async def erase(self, record: Record) -> None:
        self._records.pop(record.conversation_id, None)
