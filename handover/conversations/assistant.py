"""The assistant as the edge sees it: a message goes in, drafts come out, or it is down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import httpx

from handover.conversations.messages import ASSISTANT, Draft

KINDS = frozenset({"text", "question", "crisis", "answer", "summary", "handover", "closing"})


class AssistantDown(Exception):
    """The assistant gave no usable answer; the text says how, without the citizen's words."""


class Assistant(Protocol):
    async def ask(self, conversation_id: str, text: str, seq: int) -> list[Draft]:
        """What it says to the message; raises AssistantDown."""
        ...

    async def alive(self) -> bool: ...

    async def close(self) -> None: ...


class RasaAssistant:
    """Rasa's REST channel on loopback."""

    def __init__(self, url: str, timeout: float, token: str = "") -> None:
        self.timeout = timeout
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=timeout,
            params={"token": token} if token else None,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            trust_env=False,
        )

    async def ask(self, conversation_id: str, text: str, seq: int) -> list[Draft]:
        sent = {"sender": conversation_id, "message": text, "metadata": {"seq": seq}}
        try:
            answer = await self._client.post("/webhooks/rest/webhook", json=sent)
            answer.raise_for_status()
            return drafts(answer.json())
        except httpx.HTTPStatusError as error:
            raise AssistantDown(f"status {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise AssistantDown(type(error).__name__) from error
        except ValueError as error:
            raise AssistantDown("an answer that is not understood") from error

    async def alive(self) -> bool:
        try:
            return (await self._client.get("/", timeout=2.0)).is_success
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        await self._client.aclose()


def drafts(answer: Any) -> list[Draft]:
    """Rasa's list as drafts: a text and the ``custom`` entry behind it belong together.

    Raises ValueError when the answer has another shape.
    """
    if not isinstance(answer, list) or not all(isinstance(entry, dict) for entry in answer):
        raise ValueError("not a list of entries")
    found: list[Draft] = []
    for entry in answer:
        custom = entry.get("custom")
        text = entry.get("text") or (custom or {}).get("text")
        if text:
            found.append(_draft(str(text), _buttons(entry.get("buttons") or ()), custom or {}))
        elif isinstance(custom, dict) and found:
            found[-1] = _draft(found[-1].text, found[-1].choices, custom)
    return found


def _draft(text: str, choices: Sequence[Any], custom: dict[str, Any]) -> Draft:
    kind = custom.get("kind") or ("question" if custom.get("question") else "text")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}")
    return Draft(
        sender=ASSISTANT,
        text=text,
        kind=kind,
        question=custom.get("question"),
        reworded=bool(custom.get("reworded")),
        track=custom.get("track"),
        topic=custom.get("topic"),
        choices=_choices(custom.get("choices") or ()) or choices,
    )


def _choices(rows: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"title": str(row["title"]), "value": str(row["value"])} for row in rows]


def _buttons(rows: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"title": str(row["title"]), "value": str(row["payload"])} for row in rows]
