"""A telephone that is connected with us through Twilio: it carries out the TwiML that it gets.

Whoever holds it hears what is said, and answers by word or key:

    line = await exchange.ring("+4520123456")
    line.heard          # ["Hej, og velkommen ...", ...] since the last answer
    await line.say("min datter spiser ikke")
    await line.press("1")
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tools.phone.twiml import problems

if TYPE_CHECKING:
    from tools.phone.exchange import Exchange

MOST_DOCUMENTS = 200
"""A call that gets more without a word of its own goes round in circles."""
HIDDEN = "anonymous"


class TwimlError(AssertionError):
    """What was answered is not what Twilio documents."""


Dialled = Callable[["Line", ET.Element], Awaitable[None]]


@dataclass
class Line:
    """``joined``: the document of a called telephone ended without a hang-up."""

    exchange: Exchange
    sid: str
    number: str
    """Of the telephone; what the other side sees is in ``fields``."""
    fields: Mapping[str, str]
    dialled: Dialled
    hears: Callable[[str], None] = lambda _: None
    called: bool = False
    heard: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    status: str = "in-progress"
    joined: bool = False
    gather: ET.Element | None = None
    rest: list[ET.Element] = field(default_factory=list)
    since_word: int = 0

    @property
    def over(self) -> bool:
        return self.status != "in-progress"

    @property
    def text(self) -> str:
        return " ".join(self.heard)

    # what the holder does

    async def say(self, words: str, confidence: float = 0.92) -> Line:
        return await self._input({"SpeechResult": words, "Confidence": str(confidence)})

    async def press(self, keys: str) -> Line:
        return await self._input({"Digits": keys})

    async def silence(self) -> Line:
        """Until the question's time is up."""
        gather = self._open()
        if gather.get("actionOnEmptyResult") == "true":
            return await self._input({})
        self.gather, rest = None, self.rest
        self.heard = []
        await self._carry_out(rest)
        return self

    async def hang_up(self) -> None:
        if not self.over:
            self.status = "completed"
            await self.exchange.switchboard.ended(self)

    # what Twilio does

    async def fetch(self, url: str, more: Mapping[str, str] | None = None) -> None:
        """The next document, carried out until something is asked or it ends."""
        self.since_word += 1
        if self.since_word > MOST_DOCUMENTS:
            raise TwimlError("the call goes round in circles")
        path = url.removeprefix(self.exchange.public_url)
        whole = {**self.fields, "CallSid": self.sid, "CallStatus": self.status, **(more or {})}
        answer = await self.exchange.call(path, whole)
        if answer.status_code != 200:
            raise TwimlError(f"{path}: {answer.status_code}")
        if not answer.headers["content-type"].startswith("text/xml"):
            raise TwimlError(f"{path}: {answer.headers['content-type']}")
        await self.carry_out(answer.text)

    async def carry_out(self, document: str) -> None:
        wrong = problems(document)
        if wrong:
            raise TwimlError("; ".join(wrong))
        self.documents.append(document)
        await self._carry_out(list(ET.fromstring(document.encode())))

    async def _carry_out(self, verbs: list[ET.Element]) -> None:
        for place, verb in enumerate(verbs):
            if verb.tag == "Say":
                self._hear(verb)
            elif verb.tag == "Gather":
                for said in verb.iter("Say"):
                    self._hear(said)
                self.gather, self.rest = verb, verbs[place + 1 :]
                return None
            elif verb.tag == "Redirect":
                return await self.fetch(str(verb.text))
            elif verb.tag == "Dial":
                return await self.dialled(self, verb)
            elif verb.tag in ("Hangup", "Reject"):
                return await self.hang_up()
        if self.called:
            self.joined = True
            return None
        return await self.hang_up()

    def _hear(self, said: ET.Element) -> None:
        text = " ".join("".join(said.itertext()).split())
        self.heard.append(text)
        self.hears(text)

    async def _input(self, fields: dict[str, str]) -> Line:
        gather = self._open()
        if "SpeechResult" in fields and "speech" not in gather.get("input", "dtmf"):
            raise TwimlError("nobody listens to words here")
        self.gather, self.heard, self.since_word = None, [], 0
        await self.fetch(str(gather.get("action")), fields)
        return self

    def _open(self) -> ET.Element:
        if self.over or self.gather is None:
            raise TwimlError("nothing is asked")
        return self.gather

    def fields_of(self, **more: Any) -> dict[str, str]:
        return {**self.fields, "CallSid": self.sid, **more}
