"""The intake of a conversation, kept by the handover service (or in memory for ``rasa shell``)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.tracks.intake import Intake


@dataclass
class Record:
    """An intake with the version it was read at; ``human`` says when people are there."""

    conversation_id: str
    intake: Intake
    version: int = 0
    status: str = "assistant"
    handover_id: str | None = None
    human: dict[str, Any] = field(default_factory=dict)
    shell: bool = False


class Store:
    """Talks with the handover service; conversations it does not know live in memory."""

    def __init__(self, url: str, secret: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/internal/conversations", headers={"X-Internal-Secret": secret}, timeout=5.0, trust_env=False
        )
        self._shell: dict[str, Record] = {}

    @classmethod
    def from_environment(cls) -> Store:
        return cls(os.environ.get("HANDOVER_URL", "http://127.0.0.1:8000"), os.environ.get("HANDOVER_INTERNAL_SECRET", ""))

    async def read(self, conversation_id: str) -> Record:
        if conversation_id in self._shell:
            return self._shell[conversation_id]
        try:
            answer = await self._client.get(f"/{conversation_id}/intake")
        except httpx.ConnectError:
            return self._in_shell(conversation_id)
        if answer.status_code in (404, 403):
            return self._in_shell(conversation_id)
        answer.raise_for_status()
        body = answer.json()
        return Record(
            conversation_id, Intake.from_json(body["intake"]), body["version"], body["status"], body["handover_id"], body["human"]
        )

    def _in_shell(self, conversation_id: str) -> Record:
        record = Record(conversation_id, Intake(), shell=True, human={"open_now": False, "opens": None, "waiting": 0, "resume_code": "-"})
        return self._shell.setdefault(conversation_id, record)

    async def write(self, record: Record) -> None:
        if record.shell:
            return
        sent = {"version": record.version, "intake": record.intake.to_json()}
        answer = await self._client.put(f"/{record.conversation_id}/intake", json=sent)
        answer.raise_for_status()
        record.version = answer.json()["version"]

    async def hand_over(self, record: Record, reason: str) -> None:
        if record.shell:
            return
        kind = record.intake.notes.get("kind", "intake")
        answer = await self._client.post(f"/{record.conversation_id}/handover", json={"reason": reason, "kind": kind})
        answer.raise_for_status()
        record.handover_id, record.human = answer.json()["handover_id"], answer.json()["human"]

    async def end(self, record: Record, outcome: str) -> None:
        if not record.shell:
            (await self._client.post(f"/{record.conversation_id}/end", json={"outcome": outcome})).raise_for_status()

    async def erase(self, record: Record) -> None:
        if not record.shell:
            (await self._client.post(f"/{record.conversation_id}/erase")).raise_for_status()
