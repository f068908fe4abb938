"""Somebody who writes through the public API and reads the feed as a page does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

Json = dict[str, Any]
PATH = "/api/conversations"
PATIENCE = 120.0
"""Seconds; Rasa needs about 30 to start again."""


@dataclass
class Citizen:
    """Writes, and reads the feed as a page does."""

    http: httpx.Client
    id: str
    token: str
    status: str = "assistant"
    answers: Mapping[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @classmethod
    def begin(
        cls, url: str, answers: Mapping[str, str] | None = None, channel: str = "web"
    ) -> Citizen:
        """``answers`` to the questions, by id, for those that are answered by the way."""
        http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        begun = http.post(PATH, json={"channel": channel}).raise_for_status().json()
        http.headers["Authorization"] = f"Bearer {begun['token']}"
        return cls(http, begun["conversation_id"], begun["token"], answers=answers or {})

    def say(self, text: str, message_id: str = "") -> list[Json]:
        """What comes back at once."""
        self.said += [] if message_id else [text]
        sent = {"client_message_id": message_id or str(uuid4()), "text": text}
        answer = self.http.post(f"{PATH}/{self.id}/messages", json=sent).raise_for_status().json()
        self.status = answer["status"]
        return list(answer["messages"])

    def feed(self) -> list[Json]:
        found = self.http.get(f"{PATH}/{self.id}/messages").raise_for_status().json()
        self.status = found["status"]
        return list(found["messages"])

    def open_question(self) -> Json | None:
        last = self.feed()[-1]
        return last if last["question"] else None

    def until(self, question: str) -> None:
        """Answer until this is asked."""
        while (asked := self.wait_for_question())["question"] != question:
            self.say(self.answers.get(asked["question"], "ja"))

    def wait_for_question(self) -> Json:
        """The question that stands open; patient, since it may come when Rasa is back."""
        found: Json = eventually(self.open_question)
        return found

    def answered(self) -> list[Json]:
        """The feed, once the assistant has had the last word."""
        eventually(lambda: self.feed()[-1]["sender"] == "assistant")
        return self.feed()

    def to_the_end(self) -> None:
        while self.feed()[-1]["kind"] != "closing":
            self.say(self.answers.get(self.wait_for_question()["question"], "ja"))


def eventually(look: Callable[[], Any]) -> Any:
    """What ``look`` finds at last."""
    until = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < until, f"nothing came within {PATIENCE:.0f} s"
        time.sleep(0.2)
    return found
