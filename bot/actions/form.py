"""Rasa's actions: thin translations between tracker and conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.conversation import Conversation
from bot.actions.store import Conflict, Store
from bot.actions.texts import Texts
from bot.tracks.catalogue import load_catalogue
from bot.tracks.reading import ASIDES, Reading

CATALOGUE, TEXTS = load_catalogue(), Texts()
STORE = Store.from_environment()
FORM = "track_form"
TRIES = 4

Work = Callable[[Conversation], Awaitable[None]]


async def take_turn(
    work: Work, tracker: Tracker, dispatcher: CollectingDispatcher
) -> list[EventType]:
    """Do ``work`` on the intake as it is and pass on what is said; ends the form with the talk.

    The edge writes to the same intake while danger is spoken of. Whoever comes second finds that it
    has changed and does its work again on what stands there now: nothing that was heard is lost.
    """
    for attempt in range(TRIES):
        turn = Conversation(await STORE.read(tracker.sender_id), STORE, CATALOGUE, TEXTS)
        try:
            await work(turn)
            await STORE.write(turn.record)
        except Conflict:
            if attempt == TRIES - 1:
                raise
            continue
        break
    _pass_on(turn, dispatcher)
    return await _end(turn)


def _pass_on(turn: Conversation, dispatcher: CollectingDispatcher) -> None:
    for message in turn.said:
        choices = message.get("choices") or ()
        buttons = [{"title": c["title"], "payload": c["value"]} for c in choices]
        custom = {key: value for key, value in message.items() if key != "text"}
        dispatcher.utter_message(text=message["text"], buttons=buttons or None, json_message=custom)


async def _end(turn: Conversation) -> list[EventType]:
    if not turn.ending:
        return []
    if turn.ending == "erase":
        await STORE.erase(turn.record)
    else:
        await STORE.end(turn.record, turn.ending)
    return [ActiveLoop(None), SlotSet("requested_slot", None)]


def heard(tracker: Tracker) -> tuple[Reading, int]:
    """What was said, and its number in the conversation."""
    parse = tracker.latest_message or {}
    return Reading.from_parse(parse), int((parse.get("metadata") or {}).get("seq") or 0)


class SessionStart(Action):
    """A new tracker, or one that Rasa has forgotten: the form takes up where the intake is."""

    def name(self) -> str:
        return "action_session_start"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        form = [ActiveLoop(FORM), SlotSet("requested_slot", "answer")]
        return [SessionStarted(), *form, ActionExecuted("action_listen")]


class ValidateForm(Action):
    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        reading, seq = heard(tracker)
        if reading.intent in ASIDES:
            return []
        ended = await take_turn(lambda turn: turn.hear(reading, seq), tracker, dispatcher)
        return [SlotSet("answer", None), *ended]


class AskAnswer(Action):
    def name(self) -> str:
        return "action_ask_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        return await take_turn(lambda turn: turn.ask(), tracker, dispatcher)


class Aside(Action):
    def name(self) -> str:
        return "action_aside"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        reading, seq = heard(tracker)
        return await take_turn(lambda turn: turn.aside(reading, seq), tracker, dispatcher)
