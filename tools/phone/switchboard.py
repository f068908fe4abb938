"""The exchange's calls: those to us, and those that we ask for."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import phonenumbers

from tools.phone.description import problems
from tools.phone.line import HIDDEN, Line

if TYPE_CHECKING:
    from tools.phone.exchange import Exchange

CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls.json"
CALL = "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json"
NO_ANSWER, BUSY, FAILED = "no-answer", "busy", "failed"
Holder = Callable[[Line], Awaitable[None]]
"""Somebody who picks up, and what they do as long as something is asked."""


def presses(keys: str) -> Holder:
    async def holder(line: Line) -> None:
        await line.press(keys)

    return holder


async def says_nothing(line: Line) -> None:
    """A voice mailbox, or somebody who does not understand."""
    await line.silence()


async def hangs_up(line: Line) -> None:
    await line.hang_up()


@dataclass
class Bridge:
    """Two telephones that were joined, and what each was shown as the other's number."""

    one: str
    other: str
    shown: str


@dataclass
class Switchboard:
    """``phones``: who holds a number; without a holder nobody answers. ``during``: what happens
    while two are joined."""

    exchange: Exchange
    phones: dict[str, Holder | str] = field(default_factory=dict)
    during: Callable[[], Awaitable[None]] | None = None
    lines: dict[str, Line] = field(default_factory=dict)
    rung: list[str] = field(default_factory=list)
    bridges: list[Bridge] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    callbacks: dict[str, str] = field(default_factory=dict)

    # calls to us

    async def ring(
        self, number: str, sid: str, hears: Callable[[str], None] = lambda _: None
    ) -> Line:
        """Somebody calls our number; an empty number is a hidden one."""
        shown = number or HIDDEN
        fields = {
            "From": shown,
            "Caller": shown,
            "To": self.exchange.number,
            "Called": self.exchange.number,
            "Direction": "inbound",
            "CallStatus": "ringing",
        }
        line = Line(self.exchange, sid, number, fields, self.dial, hears)
        self.lines[sid] = line
        self.callbacks[sid] = f"{self.exchange.public_url}/twilio/voice/status"
        await line.fetch(f"{self.exchange.public_url}/twilio/voice")
        return line

    async def ended(self, line: Line) -> None:
        callback = self.callbacks.get(line.sid)
        if callback:
            await self._tell(callback, line.fields_of(CallStatus=line.status))

    async def settle(self) -> None:
        while self.under_way:
            done, _ = await asyncio.wait(self.under_way)
            for task in done:
                task.result()

    # calls that we ask for

    async def dial(self, caller: Line, verb: ET.Element) -> None:
        """``<Dial><Number>``: ring one telephone; then the document of ``action``."""
        noun = verb.find("Number")
        assert noun is not None
        number, shown = str(noun.text), str(verb.get("callerId"))
        state, bridged = await self._dial(caller, number, shown, noun)
        if caller.over:
            return
        more = {"DialCallStatus": state, "DialCallSid": self.exchange.new_sid("CA")}
        if state == "completed":
            more["DialBridged"] = str(bridged).lower()
        await caller.fetch(str(verb.get("action")), more)

    async def _dial(
        self, caller: Line, number: str, shown: str, noun: ET.Element
    ) -> tuple[str, bool]:
        self.rung.append(number)
        holder = self.phones.get(number, NO_ANSWER)
        if isinstance(holder, str):
            return holder, False
        line = self._line(number, shown)
        self.exchange.recordings.began(line.sid)
        if noun.get("statusCallback"):
            fields = line.fields_of(CallStatus="in-progress")
            await self._tell(str(noun.get("statusCallback")), fields)
        if noun.get("url"):
            await line.fetch(str(noun.get("url")))
            while not (line.joined or line.over):
                await holder(line)
        else:
            line.joined = True
        if line.joined:
            self.bridges.append(Bridge(caller.number, number, shown))
            if self.during:
                await self.during()
        await self.exchange.recordings.ended(line.sid)
        return "completed", line.joined

    def _line(self, number: str, shown: str) -> Line:
        fields = {"From": shown, "To": number, "Direction": "outbound-dial"}
        return Line(
            self.exchange, self.exchange.new_sid("CA"), number, fields, self.dial, called=True
        )

    def create(self, fields: list[tuple[str, str]]) -> tuple[int, int, str] | dict[str, Any]:
        """``calls.create``: what Twilio refuses, or the call."""
        wrong = [(400, 20001, text) for text in problems(CALLS, fields)]
        given = dict(fields)
        if given.get("From") != self.exchange.number:
            wrong.append((400, 21210, "'From' is not a number of this account"))
        if not _valid(given.get("To", "")):
            wrong.append((400, 21211, "'To' is not a telephone number"))
        if "Url" not in given and "Twiml" not in given:
            wrong.append((400, 21205, "Url is missing"))
        if wrong:
            self.exchange.refused.append([text for _, _, text in wrong])
            return wrong[0]
        status, code = self.exchange.failures.pop(0) if self.exchange.failures else (201, 0)
        if status not in (0, 201):
            return status, code, "as the test wants it"
        self.asked.append(given)
        line = self._line(given["To"], given["From"])
        line.called = False
        self.lines[line.sid] = line
        self.callbacks[line.sid] = given.get("StatusCallback", "")
        task = asyncio.create_task(self._connect(line, given))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return self.resource(line)

    async def _connect(self, line: Line, given: Mapping[str, str]) -> None:
        self.rung.append(line.number)
        holder = self.phones.get(line.number, NO_ANSWER)
        if isinstance(holder, str):
            line.status = holder
            await self.ended(line)
            return
        await line.fetch(given["Url"])
        while not line.over:
            await holder(line)

    async def update(self, sid: str, fields: list[tuple[str, str]]) -> dict[str, Any] | list[str]:
        """``calls(sid).update``: only the end of a call is known here."""
        wrong = problems(CALL, fields)
        line = self.lines.get(sid)
        if wrong or line is None:
            return wrong or ["The call was not found"]
        if dict(fields).get("Status") == "completed":
            await line.hang_up()
        return self.resource(line)

    def resource(self, line: Line) -> dict[str, Any]:
        account = self.exchange.account_sid
        return {
            "sid": line.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "from": line.fields["From"],
            "to": line.fields["To"],
            "status": "queued",
            "direction": "outbound-api",
            "uri": f"/2010-04-01/Accounts/{account}/Calls/{line.sid}.json",
        }

    async def _tell(self, callback: str, fields: Mapping[str, str]) -> None:
        await self.exchange.call(callback.removeprefix(self.exchange.public_url), fields)


def _valid(number: str) -> bool:
    try:
        return number.startswith("+") and phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
