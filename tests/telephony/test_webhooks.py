"""Only what Twilio has signed has an effect, and the same thing twice has one."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from handover.storage.tables import conversations, opt_outs, sms_in
from tools.phone.exchange import new_sid

from .conftest import IDA, NUMBER, Station, Telephone

FIELDS = {"MessageSid": "SM" + "2" * 32, "From": IDA, "To": NUMBER, "Body": "hej"}


async def _rows(station: Station) -> list[int]:
    async with station.house.app.state.store.read() as work:
        tables = (conversations, sms_in, opt_outs)
        counts = [select(func.count()).select_from(table) for table in tables]
        return [(await work.connection.execute(count)).scalar_one() for count in counts]


def _signature(station: Station, fields: Mapping[str, str]) -> str:
    whole = {"AccountSid": station.exchange.account_sid, "ApiVersion": "2010-04-01", **fields}
    return str(
        station.exchange.validator.compute_signature(
            f"{station.exchange.public_url}/twilio/sms", whole
        )
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"Body": "en anden tekst"},
        {"From": "+4529999999"},
        {"Extra": "et felt mere"},
        {"AccountSid": "AC" + "9" * 32},
    ],
)
async def test_an_altered_webhook_is_refused_and_nothing_is_stored(
    station: Station, changed: dict[str, str]
) -> None:
    signature = _signature(station, FIELDS)
    answer = await station.exchange.call("/twilio/sms", {**FIELDS, **changed}, signature)
    assert answer.status_code == 403
    assert await _rows(station) == [0, 0, 0]


@pytest.mark.parametrize("signature", ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
async def test_a_forged_signature_is_refused(station: Station, signature: str) -> None:
    answer = await station.exchange.call("/twilio/sms", FIELDS, signature)
    assert answer.status_code == 403
    status = await station.exchange.call("/twilio/sms/status?id=x", FIELDS, signature)
    assert status.status_code == 403
    assert await _rows(station) == [0, 0, 0]


async def test_a_webhook_of_another_account_is_refused(station: Station) -> None:
    """Signed right, but not ours: the token may be shared with a subaccount."""
    fields = {**FIELDS, "AccountSid": "AC" + "9" * 32}
    answer = await station.exchange.call("/twilio/sms", fields)
    assert answer.status_code == 403
    assert await _rows(station) == [0, 0, 0]


async def test_a_signature_for_one_webhook_does_not_open_another(station: Station) -> None:
    signature = _signature(station, FIELDS)
    answer = await station.exchange.call("/twilio/sms/status?id=x", FIELDS, signature)
    assert answer.status_code == 403


async def test_what_was_signed_may_be_replayed_without_a_second_effect(
    station: Station, ida: Telephone
) -> None:
    sid = new_sid("SM")
    await ida.text("hej", sid)
    await ida.gets("Læst: hej")
    before = await _rows(station)
    async with station.house.app.state.store.write() as work:
        await work.conversations.erase((await station.conversations())[0])
    await ida.text("hej", sid)
    assert await _rows(station) == [before[0] - 1, *before[1:]], "not even once it is erased"


@pytest.mark.parametrize("sender", ["", "ROBUS", "1234", "Anonymous", "+00"])
async def test_a_sender_that_takes_no_answer_is_let_be(station: Station, sender: str) -> None:
    answer = await station.exchange.text(sender, "hej")
    assert answer.status_code == 200
    assert await _rows(station) == [0, 0, 0]


async def test_an_sms_to_another_number_is_not_ours(station: Station) -> None:
    answer = await station.exchange.call("/twilio/sms", {**FIELDS, "To": "+4571717171"})
    assert answer.status_code == 200
    assert await _rows(station) == [0, 0, 0]


async def test_ten_thousand_hostile_bodies_change_nothing(station: Station) -> None:
    chance = random.Random(5)
    transport = httpx.ASGITransport(station.house.app)
    http = httpx.AsyncClient(transport=transport, base_url="http://service")
    for turn in range(10_000):
        kind = chance.choice(("form", "bytes", "json"))
        body: dict[str, Any]
        if kind == "form":
            keys = chance.sample([*FIELDS, "AccountSid", "NumMedia", "ErrorCode"], 4)
            body = {"data": {key: _noise(chance) for key in keys}}
        elif kind == "bytes":
            body = {"content": chance.randbytes(chance.randrange(400))}
        else:
            body = {"json": {"From": _noise(chance), "Body": [_noise(chance)]}}
        path = chance.choice(("/twilio/sms", "/twilio/sms/status?id=1", "/twilio/sms/status"))
        types = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x/y")
        headers = {"X-Twilio-Signature": _noise(chance), "Content-Type": chance.choice(types)}
        answer = await http.post(path, headers=headers, **body)
        assert 400 <= answer.status_code < 500, (turn, answer.status_code)
    assert await _rows(station) == [0, 0, 0]


def _noise(chance: random.Random) -> str:
    letters = string.printable.strip() + "æøåé"
    return "".join(
        chance.choice(string.ascii_letters + letters[:90]) for _ in range(chance.randrange(60))
    )
