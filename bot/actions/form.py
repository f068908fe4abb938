"""Rasa's actions: thin translations between tracker and conversation."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.conversation import Conversation
from bot.actions.store import Store
from bot.actions.texts import Texts
from bot.tracks.catalogue import load_catalogue
from bot.tracks.reading import ASIDES, Reading

CATALOGUE, TEXTS = load_catalogue(), Texts()
STORE = Store.from_environment()
FORM = "track_form"


async def begin(tracker: Tracker) -> tuple[Conversation, Reading, int]:
    record = await STORE.read(tracker.sender_id)
    parse = tracker.latest_message or {}
    seq = int((parse.get("metadata") or {}).get("seq") or 0)
    return Conversation(record, STORE, CATALOGUE, TEXTS), Reading.from_parse(parse), seq


async def end(turn: Conversation, dispatcher: CollectingDispatcher) -> None:
    await STORE.write(turn.record)
    for message in turn.said:
        buttons = [
            {"title": c["title"], "payload": c["value"]} for c in message.get("choices") or ()
        ]
        custom = {k: v for k, v in message.items() if k != "text"}
        dispatcher.utter_message(text=message["text"], buttons=buttons or None, json_message=custom)
    ending = turn.intake.notes.get("end")
    if ending == "erase":
        await STORE.erase(turn.record)
    elif ending:
        await STORE.end(turn.record, ending)


class SessionStart(Action):
    """A new tracker, or one that Rasa has forgotten: the form takes up where the intake is."""

    def name(self) -> str:
        return "action_session_start"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        return [
            SessionStarted(),
            ActiveLoop(FORM),
            SlotSet("requested_slot", "answer"),
            ActionExecuted("action_listen"),
        ]


class ValidateForm(Action):
    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        if (tracker.latest_message or {}).get("intent", {}).get("name") in ASIDES:
            return []
        turn, reading, seq = await begin(tracker)
        await turn.hear(reading, seq)
        await end(turn, dispatcher)
        return [SlotSet("answer", None)]


class AskAnswer(Action):
    def name(self) -> str:
        return "action_ask_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        turn, _, _ = await begin(tracker)
        await turn.ask()
        turn.intake.notes.pop("end", None)
        await end(turn, dispatcher)
        return []


class Aside(Action):
    def name(self) -> str:
        return "action_aside"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        turn, reading, seq = await begin(tracker)
        await turn.aside(reading, seq)
        await end(turn, dispatcher)
        return []
