"""Rasa's actions against a stand-in for the handover service that keeps one intake."""

from __future__ import annotations

import json

import httpx
import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import form
from bot.actions.store import NAMES, NOBODY, Conflict, Store
from bot.tracks.intake import Intake, Pending


class Edge:
    """Answers as the internal API does: a write with another version than the newest is refused."""

    def __init__(self, intake: Intake) -> None:
        self.intake, self.version, self.others = intake.to_json(), 0, 0
        self.calls: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(f"{request.method} {request.url.path.rsplit('/', 1)[1]}")
        if request.method == "GET":
            return httpx.Response(200, json=self._record())
        if request.url.path.endswith("/end"):
            return httpx.Response(204)
        if self.others:  # somebody else writes first
            self.others, self.version = self.others - 1, self.version + 1
            self.intake["safety"]["level"] = "alarm"
        sent = json.loads(request.content)
        if sent["version"] != self.version:
            return httpx.Response(409, json={"version": self.version})
        self.version, self.intake = self.version + 1, sent["intake"]
        return httpx.Response(200, json={"version": self.version})

    def _record(self) -> dict[str, object]:
        return {
            "version": self.version,
            "status": "assistant",
            "intake": self.intake,
            "handover_id": None,
            "human": NOBODY,
            "names": NAMES,
            "ages": {},
        }


def edge(monkeypatch: pytest.MonkeyPatch, intake: Intake) -> Edge:
    stand_in = Edge(intake)
    store = Store("http://edge", "secret", httpx.MockTransport(stand_in))
    monkeypatch.setattr(form, "STORE", store)
    return stand_in


def said(text: str, seq: int, intent: str = "fortael") -> Tracker:
    parse = {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": "alder", "value": 13, "start": 0, "end": 2}],
        "metadata": {"seq": seq},
    }
    return Tracker("c1", {}, parse, [], False, None, {}, "action_listen")


def asked(question: str) -> Intake:
    return Intake(pending=Pending(question, None, 1, "?"), asked=[f"faelles.{question}"])


async def test_what_was_heard_is_taken_in_again_when_somebody_wrote_first(monkeypatch):
    house = edge(monkeypatch, asked("alder"))
    house.others = 2
    await form.ValidateForm().run(CollectingDispatcher(), said("13", 5), {})
    assert house.intake["age"]["value"] == 13
    assert house.intake["safety"]["level"] == "alarm"
    assert house.intake["handled_seq"] == 5


async def test_a_message_that_cannot_be_kept_is_an_error_and_no_silence(monkeypatch):
    house = edge(monkeypatch, asked("alder"))
    house.others = 99
    with pytest.raises(Conflict):
        await form.ValidateForm().run(CollectingDispatcher(), said("13", 5), {})


async def test_nothing_more_is_asked_when_the_citizen_says_no_to_passing_it_on(monkeypatch):
    intake = asked("samtykke")
    intake.closing.reviewed = True
    house, dispatcher = edge(monkeypatch, intake), CollectingDispatcher()
    events = await form.ValidateForm().run(dispatcher, said("nej", 5, "afkraeft"), {})
    assert [message["custom"]["kind"] for message in dispatcher.messages] == ["closing"]
    assert house.calls[-1] == "POST end"
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


async def test_the_opening_hours_are_the_municipality_s(monkeypatch):
    edge(monkeypatch, asked("kommune"))
    monkeypatch.setitem(NAMES, "aabningstider", "mandag kl. 9-15")
    dispatcher = CollectingDispatcher()
    await form.Aside().run(dispatcher, said("hvornår har I åbent?", 5, "aabningstider"), {})
    assert "mandag kl. 9-15" in dispatcher.messages[0]["text"]
