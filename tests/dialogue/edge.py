"""A stand-in for the running system: says its lines in order and keeps one hand-over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tools.player import Player
from tools.script import Script

Json = dict[str, Any]
CONVERSATION = "c1"


def message(text: str = "Hej", **fields: Any) -> Json:
    plain = {"kind": "text", "question": None, "reworded": False, "track": None, "topic": None}
    return {"sender": "assistant", "text": text, **plain, **fields}


def question(name: str | None, **fields: Any) -> Json:
    return message(**{"text": f"{name}?", "kind": "question", "question": name, **fields})


def closing() -> Json:
    return message("Farvel", kind="closing")


@dataclass
class Edge:
    """``replies``: (status, messages) to each thing said; the last one is said again and again."""

    replies: Sequence[tuple[str, Sequence[Json]]]
    summary: Json | None = None
    heard: list[str] = field(default_factory=list)

    def player(self) -> Player:
        return Player("http://edge", "a token", httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else {}
        path = request.url.path
        if path == "/api/conversations":
            begun = {"status": "assistant", "messages": [question("fylder")]}
            return httpx.Response(
                201, json={"conversation_id": CONVERSATION, "token": "t", **begun}
            )
        if path == "/api/handovers":
            return httpx.Response(200, json=self._page(request.url.params.get("cursor")))
        if path.startswith("/api/handovers/"):
            return httpx.Response(200, json=self.summary)
        return self._reply(body["text"])

    def _reply(self, text: str) -> httpx.Response:
        status, messages = self.replies[min(len(self.heard), len(self.replies) - 1)]
        self.heard.append(text)
        return httpx.Response(200, json={"status": status, "messages": list(messages)})

    def _page(self, cursor: str | None) -> Json:
        """Two pages: somebody else's case stands on the first."""
        if cursor is None:
            other = {"handover_id": "h0", "conversation_id": "c0"}
            return {"items": [other], "next_cursor": "second"}
        mine = {"handover_id": "h1", "conversation_id": CONVERSATION}
        return {"items": [mine] if self.summary else [], "next_cursor": None}


def script(**fields: Any) -> Script:
    expect = {"handover": False, "speaker": "ung", "age": 14, "tracks": [], "risk": "none"}
    given = {"name": "a test", "opening": ["hej"], **fields}
    return Script.model_validate({**given, "expect": {**expect, **given.get("expect", {})}})
