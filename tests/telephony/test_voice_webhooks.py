"""Only what Twilio has signed has an effect, each step has one, and nobody waits too long."""

from __future__ import annotations

import asyncio
import random
import string
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from handover.storage.tables import (
    call_legs,
    call_steps,
    calls,
    conversations,
    messages,
    metadata,
)
from tests.handover.conftest import FakeClock, RasaStandIn, WordScreen
from tests.patience import until
from tools.phone.exchange import new_sid
from tools.phone.line import Line
from tools.phone.twiml import problems

from .conftest import ANNA, IDA, NUMBER, Station, opened, thinks_until_it_is_waited_for
from .test_voice import told

PATHS = (
    "/twilio/voice", "/twilio/voice/answer?step=1", "/twilio/voice/status",
    "/twilio/voice/whisper?leg=x", "/twilio/voice/accept?leg=x", "/twilio/voice/back?leg=x",
    "/twilio/voice/bridge?leg=x", "/twilio/voice/bridged?leg=x", "/twilio/voice/answered?leg=x",
    "/twilio/voice/leg?leg=x",
)  # fmt: skip
FIELDS = {"CallSid": "CA" + "3" * 32, "From": IDA, "To": NUMBER, "CallStatus": "ringing"}


async def _rows(station: Station) -> list[int]:
    async with station.house.app.state.store.read() as work:
        tables = (conversations, messages, calls, call_steps, call_legs)
        counts = [select(func.count()).select_from(table) for table in tables]
        return [(await work.connection.execute(count)).scalar_one() for count in counts]


async def test_what_twilio_has_not_signed_is_refused(station: Station) -> None:
    for path in PATHS:
        for signature in ("", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="):
            answer = await station.exchange.call(path, FIELDS, signature)
            assert answer.status_code == 403, path
    line = await station.exchange.ring(IDA)
    before = await _rows(station)
    good = station.exchange.validator.compute_signature(
        f"{station.exchange.public_url}/twilio/voice/answer?step=1",
        {"AccountSid": station.exchange.account_sid, "ApiVersion": "2010-04-01"}
        | line.fields_of(SpeechResult="hej"),
    )
    altered = line.fields_of(SpeechResult="noget andet")
    answer = await station.exchange.call("/twilio/voice/answer?step=1", altered, good)
    assert answer.status_code == 403
    moved = line.fields_of(SpeechResult="hej")
    answer = await station.exchange.call("/twilio/voice/answer?step=2", moved, good)
    assert answer.status_code == 403
    assert await _rows(station) == before


async def test_a_step_that_comes_again_has_one_effect_and_the_same_answer(
    station: Station,
) -> None:
    line = await told(station)
    before = await _rows(station)
    for step, heard in enumerate(({}, {"SpeechResult": "noget andet"}, {"Digits": "0"})):
        path = f"/twilio/voice/answer?step={step}" if step else "/twilio/voice"
        again = await station.exchange.call(path, line.fields_of(**heard))
        assert again.text == line.documents[step]
    assert await _rows(station) == before
    assert len(station.house.rasa.texts) == 1


async def test_the_same_step_many_times_at_once(station: Station) -> None:
    line = await station.exchange.ring(IDA)
    await line.say("jeg sover ikke")
    station.house.rasa.delay = 0.3
    fields = line.fields_of(Digits="#")
    answers = await asyncio.gather(
        *(station.exchange.call("/twilio/voice/answer?step=2", fields) for _ in range(6))
    )
    assert len({answer.text for answer in answers}) == 1
    assert station.house.rasa.texts == ["jeg sover ikke"]


async def test_the_start_comes_many_times_at_once(station: Station) -> None:
    answers = await asyncio.gather(
        *(station.exchange.call("/twilio/voice", FIELDS) for _ in range(6))
    )
    assert len({answer.text for answer in answers}) == 1
    assert (await _rows(station))[0] == 1


async def test_a_step_that_is_not_due_yet_gets_the_newest_answer(station: Station) -> None:
    line = await told(station)
    before = await _rows(station)
    early = await station.exchange.call("/twilio/voice/answer?step=99", line.fields_of(Digits="0"))
    assert early.text == line.documents[-1]
    assert await _rows(station) == before


@pytest.mark.parametrize("status", [500, 200])
async def test_a_dead_assistant_is_bridged_and_a_human_offered(
    station: Station, status: int
) -> None:
    station.house.rasa.status = 500
    line = await told(station)
    assert "Jeg kan desværre ikke svare lige nu" in line.text
    assert "Tryk 1 for ja, giv det til en rådgiver." in line.text
    station.house.rasa.status = status
    await line.press("1")
    case = await station.case()
    assert case is not None
    assert case["reason"] == "sammenbrud"


@pytest.fixture
async def patient(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> AsyncIterator[Station]:
    """Where the assistant has all the time it wants."""
    async with opened(tmp_path, rasa, clock, screen, voice_answer_within=0.15) as found:
        yield found


async def test_a_slow_assistant_is_waited_for_in_steps(patient: Station) -> None:
    line = await patient.exchange.ring(IDA)
    thinks_until_it_is_waited_for(patient, line)
    await line.say("min datter på 13 spiser næsten ikke")
    await line.press("#")
    assert "Et øjeblik." in next(one for one in line.documents if "<Redirect" in one)
    assert line.heard[-1] == "Læst: min datter på 13 spiser næsten ikke"
    assert len(patient.house.rasa.texts) == 1


async def test_an_assistant_that_never_answers_is_not_waited_for_for_ever(patient: Station) -> None:
    over = asyncio.Event()
    patient.house.rasa.waits_for(over.wait)
    line = await told(patient)
    assert len([one for one in line.documents if "<Redirect" in one]) == 3
    assert "Vil du tale med et menneske?" in line.text
    await line.press("1")
    case = await patient.case()
    assert case is not None
    assert any("min datter på 13" in message["text"] for message in case["transcript"])
    over.set()


async def test_what_was_said_late_is_heard_at_the_next_step(
    station: Station, clock: FakeClock
) -> None:
    station.house.rasa.status = 500
    line = await told(station)
    station.house.rasa.status = 200
    clock.advance(minutes=1)

    async def read() -> bool:
        return "Læst" in str([message.text for message in await station.talk()])

    await until(read)
    await line.say("er du der")
    assert "Nu kan jeg svare igen" in line.text


async def test_an_erased_conversation_ends_the_call(station: Station) -> None:
    line = await told(station)
    [conversation_id] = await station.called()
    async with station.house.app.state.store.write() as work:
        await work.conversations.erase(conversation_id)
    await line.say("hallo")
    assert line.over
    assert "Du kan altid ringe igen" in line.text
    again = await station.exchange.call("/twilio/voice", line.fields_of())
    assert "<Hangup" in again.text
    assert (await _rows(station))[0] == 0


async def test_another_number_of_ours_is_no_call_for_us(station: Station) -> None:
    answer = await station.exchange.call("/twilio/voice", {**FIELDS, "To": "+4577777777"})
    assert "<Reject" in answer.text
    assert (await _rows(station))[0] == 0


async def test_hostile_fields(station: Station) -> None:
    """Signed nonsense at every step: always an answer that Twilio understands."""
    chance = random.Random(7)
    letters = string.printable + "æøå<>&\"'\x00😢{}%"
    sids = [new_sid("CA") for _ in range(8)]

    async def one() -> httpx.Response:
        nonsense = "".join(chance.choices(letters, k=chance.randrange(60)))
        fields = {
            "CallSid": chance.choice([*sids, nonsense]),
            "From": chance.choice([IDA, "anonymous", "", nonsense]),
            "To": NUMBER,
            "SpeechResult": nonsense,
            "Confidence": chance.choice(["", "nan", "-3", "0.4", nonsense]),
            "Digits": chance.choice(["", "1", "*", "#", nonsense]),
            "DialCallStatus": nonsense,
            "CallStatus": chance.choice(["completed", nonsense]),
        }
        path = chance.choice(PATHS).replace("step=1", f"step={chance.randrange(1, 9)}")
        return await station.exchange.call(path, fields)

    for _ in range(40):
        for answer in await asyncio.gather(*(one() for _ in range(10))):
            assert answer.status_code in (200, 204), answer.text
            assert not answer.text or not problems(answer.text), answer.text


async def test_ten_thousand_hostile_bodies_change_nothing(station: Station) -> None:
    """A call is under way, and somebody sends what Twilio never would: half of it without its
    signature, half of it signed (a leaked token, another program of the account)."""
    line = await told(station)
    hostile = Hostile(random.Random(5), station, line)
    before, taken = await _everything(station), 0
    transport = httpx.ASGITransport(station.house.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        for turn in range(10_000):
            request = hostile.forged() if turn % 2 else hostile.signed()
            answer = await http.post(**request)
            assert answer.status_code < 500, (turn, request, answer.status_code)
            if turn % 2:
                assert answer.status_code >= 400, (turn, request)
                continue
            taken += answer.status_code < 400
            if answer.text.startswith("<?xml"):
                assert not problems(answer.text), (turn, request, answer.text)
    assert taken > 2_000, "what is signed gets past the signature"
    assert await _everything(station) == before
    await line.say("ja")
    assert not line.over, "the call goes on"


@dataclass
class Hostile:
    """Requests that are to change nothing."""

    chance: random.Random
    station: Station
    line: Line

    def forged(self) -> dict[str, Any]:
        """Form, bytes or JSON, with a signature of nothing."""
        kind = self.chance.choice(("form", "form", "bytes", "json"))
        types = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x/y")
        headers = {
            "X-Twilio-Signature": self._ascii(),
            "Content-Type": self.chance.choice(types),
        }
        body: dict[str, Any] = {"content": self.chance.randbytes(self.chance.randrange(400))}
        if kind == "form":
            body = {"data": self._fields()}
            headers.pop("Content-Type")
        elif kind == "json":
            body = {"json": {"CallSid": self._noise(), "SpeechResult": [self._noise()]}}
        return {"url": self._path(), "headers": headers, **body}

    def signed(self) -> dict[str, Any]:
        """Of a call that we do not know, of one to another number, or a step of ours that was."""
        exchange, path, fields = self.station.exchange, self._path(), self._fields()
        whole = {"AccountSid": exchange.account_sid, **fields}
        if self.chance.random() < 0.2:
            path = f"/twilio/voice/answer?step={self.chance.randrange(1, len(self.line.documents))}"
            whole["CallSid"] = self.line.sid
        url = exchange.public_url + path
        signature = exchange.validator.compute_signature(url, whole)
        return {"url": path, "data": whole, "headers": {"X-Twilio-Signature": signature}}

    def _path(self) -> str:
        path, _, query = self.chance.choice(PATHS).partition("?")
        value = self.chance.choice(
            (
                "1",
                "0",
                "-3",
                "99",
                "1e9",
                "9" * 40,
                "x",
                "",
                "%00",
                "%F0%9F%98%A2",
                "../x",
                "a" * 37,
            )
        )
        name = query.partition("=")[0] or self.chance.choice(("leg", "step", "x"))
        return f"{path}?{name}={value}" if self.chance.random() < 0.9 else path

    def _fields(self) -> dict[str, str]:
        names = ("CallSid", "From", "SpeechResult", "Confidence", "Digits", "CallStatus", "Extra")
        found = {name: self._noise() for name in self.chance.sample(names, 4)}
        found["CallStatus"] = self.chance.choice(("completed", "busy", "ringing", self._noise()))
        found["To"] = self.chance.choice(("", "+4577777777", self._noise()))
        return found

    def _noise(self) -> str:
        letters = string.printable + "æøå<>&\"'\x00😢{}%\u202e\ufffe"
        return "".join(self.chance.choices(letters, k=self.chance.randrange(60)))

    def _ascii(self) -> str:
        return "".join(self.chance.choices(string.ascii_letters + "+/=", k=28))


async def _everything(station: Station) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with station.house.app.state.store.read() as work:
        return {
            table.name: sorted(map(repr, (await work.connection.execute(select(table))).all()))
            for table in metadata.sorted_tables
        }


async def test_a_leg_that_is_over_is_over(office: Station) -> None:
    seen: list[Line] = []

    async def anna(line: Line) -> None:
        seen.append(line)
        await line.press("2")

    office.exchange.switchboard.phones = {ANNA: anna}
    line = await office.exchange.ring(IDA)
    await line.press("0")
    [leg] = [one for one in (await _case(office))["calls"] if one["name"] == "Anna"]
    late = await office.exchange.call(
        f"/twilio/voice/accept?leg={leg['call_id']}", seen[0].fields_of(Digits="1")
    )
    assert "Opkaldet er forbi" in late.text
    assert (await _case(office))["status"] == "waiting"


async def _case(station: Station) -> dict[str, Any]:
    found = await station.case()
    assert found is not None
    return found
