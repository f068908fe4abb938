"""Plays a scripted conversation against the running system, as a citizen does: through the public
API, one message at a time. Afterwards it fetches what a counsellor gets, with an API token.

    with Player(system.url, system.token("player")) as player:
        played = player.play(script)
        played.transcript, played.summary, played.asked
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from tools.script import CLOSING, Aside, Script

TURNS = 60
"""A conversation that has not ended by then goes round in circles."""

PATIENCE = 60.0  # seconds for one answer
PAGE = 200  # hand-overs asked for at once: the most that the queue gives

SETTLES_IN = 5.0  # seconds at most
LOOK_EVERY = 0.3
"""What is said in a crisis is read by the assistant after the citizen has had the answer."""

CLOSED = ("counsellor", "closed")
"""States in which nobody asks on."""

Json = dict[str, Any]


class Stuck(Exception):
    """The conversation went wrong; the text says how."""


@dataclass(frozen=True)
class Asked:
    """A question as it was put: ``question`` is None where the assistant asks without an id."""

    question: str | None
    track: str | None
    text: str
    reworded: bool

    @property
    def key(self) -> tuple[str | None, str | None]:
        return self.question, self.track


@dataclass(frozen=True)
class Turn:
    """What was said (nothing before the greeting), to which question, and what came back."""

    said: str | None
    to: Asked | None
    aside: Aside | None
    status: str
    messages: Sequence[Mapping[str, Any]]

    @property
    def asked(self) -> Asked | None:
        """The last question of the turn."""
        return next(reversed(list(questions(self.messages))), None)

    def has(self, kind: str) -> bool:
        return any(message["kind"] == kind for message in self.messages)


def questions(messages: Sequence[Mapping[str, Any]]) -> Iterator[Asked]:
    for message in messages:
        if message["question"] or message["kind"] == "question":
            yield Asked(message["question"], message["track"], message["text"], message["reworded"])


@dataclass
class Played:
    """How a conversation went. ``ending``: ``closing``, ``waiting``, ``counsellor``, ``closed``, or
    ``stuck`` with the reason in ``error``."""

    script: Script
    conversation_id: str = ""
    token: str = ""
    turns: list[Turn] = field(default_factory=list)
    ending: str = ""
    error: str | None = None
    summary: Json | None = None

    @property
    def said(self) -> list[str]:
        return [turn.said for turn in self.turns if turn.said is not None]

    @property
    def asked(self) -> list[Asked]:
        return [asked for turn in self.turns for asked in questions(turn.messages)]

    @property
    def transcript(self) -> list[tuple[str, str]]:
        """(sender, text) of every message in order."""
        rows = []
        for turn in self.turns:
            if turn.said is not None:
                rows.append(("citizen", turn.said))
            rows += [(message["sender"], message["text"]) for message in turn.messages]
        return rows

    @property
    def crisis(self) -> bool:
        """Was the crisis message shown?"""
        return any(turn.has("crisis") for turn in self.turns)


class Citizen:
    """What the scripted citizen says next; remembers what was said already."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.opening = list(script.opening)
        self.asides = list(script.asides)
        self.answers = dict(script.answers)

    def next(self, asked: Asked | None) -> tuple[str, Aside | None]:
        """The words, and the aside they are. Raises Stuck when there is nothing to answer."""
        if self.opening:
            return self.opening.pop(0), None
        if asked is None:
            raise Stuck("nothing was asked, and the conversation has not ended")
        aside = next((a for a in self.asides if a.before == asked.question), None)
        if aside:
            self.asides.remove(aside)
            self.answers.update(aside.answers)
            return aside.say, aside
        return self._answer(asked.question), None

    def _answer(self, question: str | None) -> str:
        if question in CLOSING:
            return self.script.closing_answer(str(question))
        return self.answers.get(str(question), self.script.otherwise)


class Player:
    def __init__(self, url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        """``token``: a counsellor's API token, for the summary."""
        self._http = httpx.Client(
            base_url=url, timeout=PATIENCE, trust_env=False, transport=transport
        )
        self._counsellor = {"Authorization": f"Bearer {token}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def play(self, script: Script) -> Played:
        """Never raises for what the system does wrong: that is in ``error``."""
        played = Played(script)
        try:
            self._begin(played)
            try:
                self._talk(played, Citizen(script))
            finally:  # a hand-over may exist although the talk went wrong
                self._look(played)
        except (Stuck, httpx.HTTPError) as error:
            played.ending, played.error = "stuck", str(error) or type(error).__name__
        return played

    def _begin(self, played: Played) -> None:
        begun = self._post("/api/conversations", {"channel": played.script.channel})
        played.conversation_id, played.token = begun["conversation_id"], begun["token"]
        played.turns.append(Turn(None, None, None, begun["status"], begun["messages"]))

    def _talk(self, played: Played, citizen: Citizen) -> None:
        for _ in range(TURNS):
            asked = played.turns[-1].asked
            text, aside = citizen.next(asked)
            answer = self._say(played, text)
            turn = Turn(text, asked, aside, answer["status"], answer["messages"])
            played.turns.append(turn)
            played.ending = ending(turn, said_all=not citizen.opening)
            if played.ending:
                return
        raise Stuck(f"not at its end after {TURNS} turns")

    def _say(self, played: Played, text: str) -> Json:
        path = f"/api/conversations/{played.conversation_id}/messages"
        message = {"client_message_id": str(uuid4()), "text": text}
        return self._post(path, message, {"Authorization": f"Bearer {played.token}"})

    def _look(self, played: Played) -> None:
        """Take the summary once it has stopped changing."""
        played.summary = self.summary(played.conversation_id)
        until = time.monotonic() + SETTLES_IN
        while played.summary and played.crisis and time.monotonic() < until:
            time.sleep(LOOK_EVERY)
            before, played.summary = played.summary, self.summary(played.conversation_id)
            if played.summary == before:
                return

    def summary(self, conversation_id: str) -> Json | None:
        """The hand-over of a conversation as a counsellor gets it; None if there is none."""
        for row in self._queue():
            if row["conversation_id"] == conversation_id:
                return self._get(f"/api/handovers/{row['handover_id']}")
        return None

    def _queue(self) -> Iterator[Json]:
        cursor: str | None = ""
        while cursor is not None:
            place = {"cursor": cursor} if cursor else {}
            page = self._get("/api/handovers", {"limit": str(PAGE), **place})
            yield from page["items"]
            cursor = page["next_cursor"]

    def _post(self, path: str, body: Json, headers: Mapping[str, str] | None = None) -> Json:
        return self._json(self._http.post(path, json=body, headers=headers))

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        return self._json(self._http.get(path, params=params, headers=self._counsellor))

    @staticmethod
    def _json(response: httpx.Response) -> Json:
        response.raise_for_status()
        found: Json = response.json()
        return found


def ending(turn: Turn, said_all: bool) -> str:
    """How the conversation ended with this turn, or "" if it goes on."""
    if turn.has("closing"):
        return "closing"
    if turn.status in CLOSED:
        return turn.status
    if turn.status == "waiting" and turn.asked is None and said_all:
        return "waiting"
    return ""
