"""The running service with a telephone exchange in Twilio's place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from sqlalchemy import select

from handover.settings import Settings
from handover.storage.tables import calls, lines
from tests.handover.conftest import (
    FakeClock,
    House,
    RasaStandIn,
    WordScreen,
    running,
    serving,
)
from tests.patience import until
from tools.phone.exchange import Exchange, Sms
from tools.phone.line import Line
from tools.ports import free_port

ACCOUNT, TOKEN, NUMBER = "AC" + "0a" * 16, "a token of the tests", "+4570707070"
PUBLIC = "https://raad.example.dk"
"""Only signatures know it: as behind a proxy, the service itself is reached elsewhere."""
IDA, OLE = "+4520123456", "+4521123456"
ANNA, BO = "+4530303030", "+4531313131"
"""The counsellors' telephones."""


@dataclass
class Telephone:
    """Somebody with a telephone: what they write, and what they get."""

    exchange: Exchange
    number: str

    async def text(self, body: str, sid: str | None = None) -> httpx.Response:
        answer = await self.exchange.text(self.number, body, sid)
        assert answer.status_code == 200, answer.text
        return answer

    @property
    def got(self) -> list[Sms]:
        return [sms for sms in self.exchange.sent if sms.to == self.number]

    @property
    def bodies(self) -> list[str]:
        return [sms.body for sms in self.got]

    async def gets_more(self, count: int) -> list[Sms]:
        """Until there are so many."""
        await until(lambda: len(self.got) >= count, lambda: self.bodies)
        return self.got

    async def gets(self, words: str) -> Sms:
        """The newest SMS that holds these words."""
        return await until(
            lambda: next((sms for sms in reversed(self.got) if words in sms.body), None),
            lambda: f"no {words!r} in {self.bodies}",
        )


@dataclass
class Station:
    """The service with its exchange."""

    house: House
    exchange: Exchange

    def telephone(self, number: str = IDA) -> Telephone:
        return Telephone(self.exchange, number)

    async def messages(self, conversation_id: str) -> list[Any]:
        async with self.house.app.state.store.read() as work:
            conversation = await work.conversations.get(conversation_id)
            return list(await work.conversations.messages(conversation)) if conversation else []

    async def case(self) -> dict[str, Any] | None:
        """The newest hand-over as a counsellor sees it."""
        async with await self.house.counsellor("somebody") as counsellor:
            rows = (await counsellor.get("/api/handovers")).json()["items"]
            if not rows:
                return None
            found = await counsellor.get(f"/api/handovers/{rows[-1]['handover_id']}")
            return dict(found.json())

    async def called(self) -> list[str]:
        """The conversations of all calls, the oldest first."""
        async with self.house.app.state.store.read() as work:
            found = select(calls.c.conversation_id).order_by(calls.c.begun_at)
            return [one for one in (await work.connection.execute(found)).scalars() if one]

    async def talk(self) -> list[Any]:
        """The messages of the newest call."""
        return await self.messages((await self.called())[-1])

    async def conversations(self) -> list[str]:
        """Of all telephones, the oldest first."""
        async with self.house.app.state.store.read() as work:
            found = select(lines.c.conversation_id).order_by(lines.c.opened_at)
            return list((await work.connection.execute(found)).scalars())

    async def hears(self, words: str) -> None:
        """Until the words stand in the newest conversation."""

        async def stand() -> bool:
            return any(words in message.text for message in await self.said())

        await until(stand, f"nobody said {words!r}")

    async def said(self, place: int = -1) -> list[Any]:
        """The messages of a conversation."""
        conversation_id = (await self.conversations())[place]
        async with self.house.app.state.store.read() as work:
            conversation = await work.conversations.get(conversation_id)
            return list(await work.conversations.messages(conversation))


def thinks_until_it_is_waited_for(station: Station, line: Line) -> None:
    """The assistant answers once the caller has heard that we are still there."""
    talk = station.house.app.state.phone.talk
    talk.answer_within = 0.05

    async def think(_: dict[str, Any]) -> None:
        await until(lambda: any("<Redirect" in one for one in line.documents))
        talk.answer_within = 14

    station.house.rasa.before = think


@asynccontextmanager
async def opened(
    var: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen, **more: Any
) -> AsyncIterator[Station]:
    """``more``: settings of the service."""
    port = free_port()
    exchange = Exchange(ACCOUNT, TOKEN, NUMBER, PUBLIC, "")
    changes = {
        "public_url": PUBLIC,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_number": NUMBER,
        "twilio_api_url": f"http://127.0.0.1:{port}",
        "sms_every": 0.05,
        "voice_answer_within": 14,
        **more,
    }
    async with (
        serving(exchange.app(), port),
        running(var, rasa, clock, screen, **changes) as house,
    ):
        exchange.reached_at = house.base_url
        yield Station(house, exchange)
        await exchange.close()


@pytest.fixture
async def station(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> AsyncIterator[Station]:
    async with opened(tmp_path, rasa, clock, screen) as found:
        yield found


def with_duty_phones(folder: Path) -> Path:
    """The municipality's file with the telephones of two counsellors."""
    document = yaml.safe_load(Settings().municipality.read_text(encoding="utf-8"))
    document["telefoni"]["vagttelefoner"] = [
        {"navn": name, "nummer": number} for name, number in (("Anna", ANNA), ("Bo", BO))
    ]
    path = folder / "kommune.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
async def office(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> AsyncIterator[Station]:
    """A station with counsellors' telephones."""
    path = with_duty_phones(tmp_path)
    async with opened(tmp_path, rasa, clock, screen, municipality=path) as found:
        yield found


@pytest.fixture
def ida(station: Station) -> Telephone:
    return station.telephone()
