"""Plays a scripted conversation by telephone: every word and key through the signed webhooks."""

from __future__ import annotations

import asyncio
import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handover.clock import system_clock
from handover.conversations.access import digest
from handover.conversations.feed import Feed
from handover.keyring import open_keyring
from handover.settings import Settings
from handover.storage.database import open_database
from handover.storage.work import Store
from handover.telephony.voice.heard import GO_ON
from handover.telephony.voice.keys import listed, wants_digits
from handover.telephony.voice.state import CALL_BACK, CallState, Mode
from handover.telephony.voice.talk import MOST_PIECES
from tests.dialogue.exchange import Town
from tools.phone.line import Line
from tools.player import Played, Player, Stuck, Turn

Json = dict[str, Any]
_numbers = itertools.count(30_000_000)


@dataclass
class Call:
    """One call, with what its caller got to hear, and how they answered."""

    line: Line
    heard: list[str] = field(default_factory=list)
    by_voice: int = 0
    by_key: int = 0
    words: int = 0


@dataclass
class Stored:
    """What is kept of a call while it goes on."""

    conversation_id: str
    status: str
    messages: list[Json]
    state: CallState

    @property
    def open_again(self) -> list[Json]:
        """The question that waited while a call-back was spoken of."""
        asked = self.state.question if self.state.mode == Mode.END else None
        return [m for m in self.messages if asked and m["question"] == asked][-1:]


class Caller(Player):
    """A Player whose citizen calls. What was asked is read where it is stored."""

    def __init__(self, url: str, token: str, town: Town, var: Path) -> None:
        super().__init__(url, token)
        self.town, self.var = town, var
        self.calls: dict[int, Call] = {}

    def call(self, played: Played) -> Call:
        return self.calls[id(played)]

    def hang_up(self, played: Played) -> None:
        self.town.do(self.call(played).line.hang_up())

    def _begin(self, played: Played) -> None:
        call = Call(self.town.do(self.town.exchange.ring(f"+45{next(_numbers)}")))
        self.calls[id(played)] = call
        call.heard += call.line.heard
        stored = asyncio.run(self._stored(call.line))
        played.conversation_id = stored.conversation_id
        played.turns.append(Turn(None, None, None, stored.status, stored.messages))

    def _say(self, played: Played, text: str) -> Json:
        call = self.call(played)
        stored = asyncio.run(self._stored(call.line))
        tells = stored.state.mode == Mode.TELL and played.script.expect.risk == "none"
        for piece in told(text, with_pauses=tells):
            self._answer(call, stored.state, spoken(piece))
        stored = asyncio.run(self._stored(call.line))
        if stored.state.mode == Mode.TELL and stored.state.pieces:  # there is no more to tell
            self._do(call, GO_ON)
            stored = asyncio.run(self._stored(call.line))
        while stored.state.mode in CALL_BACK:  # nobody can take the telephone: goes on with us
            self._do(call, "nej tak", by_voice=True)
            stored = asyncio.run(self._stored(call.line))
        if call.line.over:
            raise Stuck(f"hung up with {call.line.text!r}")
        last = max(m["seq"] for m in stored.messages if m["sender"] == "citizen")
        new = [m for m in stored.messages if m["seq"] > last]
        return {"status": stored.status, "messages": new + stored.open_again}

    def _answer(self, call: Call, state: CallState, words: str) -> None:
        """By key where a caller would press one: a choice that is named, a number."""
        chosen = {value: key for key, _, value in listed(state.choices)}
        if state.question == "kontaktform" and "chat" in words:  # no telephone can give that
            self._do(call, chosen["none"])
        elif words in chosen:
            self._do(call, chosen[words])
        elif words.isdecimal() and wants_digits(state.question, state.choices):
            self._do(call, words)
        else:
            self._do(call, words, by_voice=True)

    def _do(self, call: Call, said: str, by_voice: bool = False) -> None:
        self.town.do(call.line.say(said) if by_voice else call.line.press(said))
        call.heard += call.line.heard
        call.by_voice += by_voice
        call.by_key += not by_voice
        call.words += len(said.split()) if by_voice else 0

    async def _stored(self, line: Line) -> Stored:
        database = open_database(Settings(var=self.var).database)
        store = Store(database, open_keyring(Settings(var=self.var)), system_clock, Feed())
        async with store.read() as work:
            call = await work.calls.get(line.sid)
            assert call is not None
            conversation = await work.conversations.get(str(call.conversation_id))
            assert conversation is not None
            messages = [m.to_json() for m in await work.conversations.messages(conversation)]
            place = f"call {digest(line.sid).hex()}"
            opened = conversation.sealer.open(call.payload, place) if call.payload else {}
        await database.close()
        state = CallState.from_json(opened)
        return Stored(conversation.id, conversation.status, messages, state)


def spoken(text: str) -> str:
    """As a recogniser writes it down: without signs and capitals."""
    return " ".join(re.sub(r"[^\w\s'+-]|(?<!\w)-|-(?!\w)", " ", text.lower()).split())


def told(text: str, with_pauses: bool) -> list[str]:
    """A long telling, as somebody does who thinks between the sentences."""
    sentences = re.split(r"(?<=[.!?])\s+", text) if with_pauses else [text]
    last = " ".join(sentences[MOST_PIECES - 2 :])
    return [*sentences[: MOST_PIECES - 2], *([last] if last else [])]
