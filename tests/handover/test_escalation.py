"""An urgent case that nobody takes is told to the duty contacts: once each, and never lost."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI, Request, Response
from sqlalchemy import select

from handover.app import create_app
from handover.settings import ROOT
from handover.storage.tables import audit
from handover.watch.escalation import LEASE, Escalation, EscalationError
from tests.patience import until
from tools.ports import free_port

from .conftest import (
    Citizen,
    FakeClock,
    House,
    RasaStandIn,
    WordScreen,
    running,
    serving,
    settings_for,
)
from .mailhost import MailHost, certificate, mail_host
from .test_pages import counsellor_page

KEY = b"thirty-two bytes for signing hooks"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
SENDER, DUTY, LEADER = "raadgivning@eksempel.dk", "vagt@eksempel.dk", "leder@eksempel.dk"
WORDS = "jeg vil dø i aften"
PUBLIC = "https://raad.eksempel.dk"


@dataclass
class DutySystem:
    """Takes webhooks, and only those that are signed and fresh."""

    clock: FakeClock
    status: int = 204
    port: int = 0
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/vagt"

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/vagt")
        async def hook(request: Request) -> Response:
            body = await request.body()
            if fault := self._fault(request, body):
                self.refused.append(fault)
                return Response(status_code=401)
            if self.status >= 300:
                self.refused.append(str(self.status))
                return Response(status_code=self.status, headers={"Location": "/andet"})
            self.taken.append((request.headers["webhook-id"], json.loads(body)))
            return Response(status_code=self.status)

        return app

    def _fault(self, request: Request, body: bytes) -> str:
        ident, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        version, _, given = request.headers["webhook-signature"].partition(",")
        signed = b".".join((ident.encode(), stamp.encode(), body))
        right = hmac.new(KEY, signed, hashlib.sha256).digest()
        if version != "v1" or not hmac.compare_digest(base64.b64decode(given), right):
            return "signature"
        return "old" if abs(self.clock().timestamp() - int(stamp)) > 300 else ""


@asynccontextmanager
async def duty_system(clock: FakeClock) -> AsyncIterator[DutySystem]:
    system = DutySystem(clock, port=free_port())
    async with serving(system.app(), system.port):
        yield system


@pytest.fixture
async def hooks(clock: FakeClock) -> AsyncIterator[DutySystem]:
    async with duty_system(clock) as system:
        yield system


@pytest.fixture
async def post() -> AsyncIterator[MailHost]:
    async with mail_host() as host:
        yield host


@dataclass
class Duty:
    """A house whose list of duty contacts is given, and that can be started over and over."""

    var: Path
    rasa: RasaStandIn
    clock: FakeClock

    def settings(self, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        document = yaml.safe_load((ROOT / "config" / "kommune.yml").read_text("utf-8"))
        document["vagt"]["kaldes"] = steps
        path = self.var / "kommune.yml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        values = {
            "municipality": path,
            "public_url": f"{PUBLIC}/",
            "smtp_host": "127.0.0.1",
            "smtp_security": "none",
            "smtp_sender": SENDER,
            "webhook_secret": SECRET,
            "call_timeout": 2.0,
            "escalate_every": 3600.0,
        }
        return values | more

    @asynccontextmanager
    async def open(self, steps: list[dict[str, Any]], **more: Any) -> AsyncIterator[House]:
        changes = self.settings(steps, **more)
        async with running(self.var, self.rasa, self.clock, WordScreen(), **changes) as house:
            yield house


@pytest.fixture
def duty(tmp_path: Path, rasa: RasaStandIn, clock: FakeClock) -> Duty:
    return Duty(tmp_path, rasa, clock)


def mailed(minutes: int, address: str = DUTY, **more: str) -> dict[str, Any]:
    return {"efter_minutter": minutes, "navn": f"Vagt {minutes}", "mail": address, **more}


def escalation(house: House) -> Escalation:
    found: Escalation = house.app.state.watchdog.escalation
    return found


async def in_danger(house: House) -> tuple[Citizen, str]:
    citizen = await house.citizen()
    await citizen.say(WORDS)
    found = await house.handover_of(citizen)
    assert found
    return citizen, str(found["handover_id"])


async def detail(house: House, handover_id: str) -> list[dict[str, Any]]:
    async with await house.counsellor() as anna:
        found = (await anna.get(f"/api/handovers/{handover_id}")).json()
    return list(found["alerts"])


async def acts(house: House, handover_id: str) -> list[str]:
    async with house.app.state.store.read() as work:
        rows = await work.connection.execute(
            select(audit.c.action)
            .where(audit.c.handover_id == handover_id, audit.c.actor == "vagten")
            .order_by(audit.c.id)
        )
        return list(rows.scalars())


async def later(house: House, **span: float) -> None:
    house.clock.advance(**span)
    await escalation(house).round()


async def test_one_step_after_another_is_called_once_and_without_the_citizens_words(
    duty: Duty, post: MailHost, hooks: DutySystem
) -> None:
    steps = [mailed(5), mailed(15, LEADER, webhook=hooks.address)]
    async with duty.open(steps, smtp_port=post.port) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=4)
        assert (post.letters, hooks.taken) == ([], [])
        await later(house, minutes=2)
        await later(house, minutes=8)
        assert post.recipients == [DUTY]
        for _ in range(3):
            await later(house, minutes=2)
        assert post.recipients == [DUTY, LEADER]
        assert [row["state"] for row in await detail(house, handover_id)] == ["sent"] * 3
        told = await acts(house, handover_id)
        assert told[:2] == ["due_1_mail", "called_1_mail"]
        assert sorted(told[2:]) == [
            "called_2_mail", "called_2_webhook", "due_2_mail", "due_2_webhook",
        ]  # fmt: skip
    link = f"{PUBLIC}/console/sager/{handover_id}"
    letter = post.letters[0]
    text = letter.get_content()
    assert letter["Subject"] == "Akut henvendelse venter på en rådgiver"
    assert letter["From"] == SENDER
    assert "Har ventet siden: mandag den 23. november kl. 10" in text
    assert link in text
    [(_, body)] = hooks.taken
    assert body == {
        "type": "handover.untaken",
        "data": {
            "priority": "akut", "waiting_since": "2026-11-23T09:00:00.000000Z", "step": 2,
            "link": link,
        },
    }  # fmt: skip
    assert all(WORDS not in told for told in (letter.as_string(), text, json.dumps(body)))
    assert post.complaints == []
    assert hooks.refused == []


async def test_only_danger_is_told_and_from_when_it_was_seen(duty: Duty, post: MailHost) -> None:
    async with duty.open([mailed(5)], smtp_port=post.port) as house:
        citizen = await house.citizen()
        await house.change_intake(citizen, safety={"level": "ask"})
        await house.hand_over(citizen)
        await later(house, hours=3)
        assert post.letters == []
        await citizen.say(WORDS)
        await later(house, minutes=4)
        assert post.letters == []
        await later(house, minutes=1)
        assert len(post.letters) == 1


@pytest.mark.parametrize("act", ["claim", "close"])
async def test_what_is_taken_or_closed_calls_nobody(duty: Duty, post: MailHost, act: str) -> None:
    async with duty.open([mailed(5), mailed(15)], smtp_port=post.port) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=6)
        async with await house.counsellor() as anna:
            body = {"outcome": "andet"} if act == "close" else {}
            answer = await anna.post(f"/api/handovers/{handover_id}/{act}", json=body)
            assert answer.status_code == 200
        await later(house, hours=1)
        assert len(post.letters) == 1


async def test_a_try_that_fails_is_not_made_again_once_the_case_is_taken(duty: Duty) -> None:
    async with mail_host(refuse="451 try later") as post:
        async with duty.open([mailed(5)], smtp_port=post.port) as house:
            _, handover_id = await in_danger(house)
            await later(house, minutes=6)
            async with await house.counsellor() as anna:
                await anna.post(f"/api/handovers/{handover_id}/claim")
            post.refuse = ""
            await later(house, hours=1)
            async with await house.counsellor() as anna:
                await anna.post(f"/api/handovers/{handover_id}/release")
            await later(house, minutes=4)  # waits anew: the old call is over
            [alert] = await detail(house, handover_id)
        assert (alert["state"], alert["tries"], post.letters) == ("dropped", 1, [])


async def test_put_back_or_freed_its_waiting_and_its_list_begin_anew(
    duty: Duty, post: MailHost
) -> None:
    async with duty.open([mailed(5)], smtp_port=post.port) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=6)
        async with await house.counsellor() as anna:
            for rest in ("claim", "release"):
                house.clock.advance(minutes=1)
                await anna.post(f"/api/handovers/{handover_id}/{rest}")
            await later(house, minutes=4)
            assert len(post.letters) == 1
            await later(house, minutes=2)
            assert len(post.letters) == 2
            await anna.post(f"/api/handovers/{handover_id}/claim")
        house.clock.advance(minutes=25)
        await house.app.state.watchdog.free_abandoned()
        await later(house, minutes=4)
        assert len(post.letters) == 2
        await later(house, minutes=1)
        assert len({letter["Message-ID"] for letter in post.letters}) == 3


async def test_a_mail_server_that_is_down_is_tried_again_later_and_later(duty: Duty) -> None:
    port = free_port()
    async with duty.open([mailed(5)], smtp_port=port) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=5)
        tried = [1]
        for _ in range(60):
            await later(house, seconds=10)
            tried.append((await detail(house, handover_id))[0]["tries"])
        moments = [10 * i for i, (a, b) in enumerate(pairwise(tried)) if b > a]
        pauses = [b - a for a, b in pairwise(moments)]
        assert len(pauses) >= 3
        assert pauses == sorted(pauses)
        assert pauses[-1] >= 120
        page = await page_of(house, handover_id)
        assert f"ikke nået frem endnu (forsøg: {tried[-1]})" in page
        async with mail_host(port=port) as post:
            await later(house, minutes=10)
            await later(house, minutes=10)
            assert post.recipients == [DUTY]
        assert (await detail(house, handover_id))[0]["state"] == "sent"


async def page_of(house: House, handover_id: str) -> str:
    await house.account("Anna", "et langt kodeord")
    return await counsellor_page(house, f"/console/sager/{handover_id}")


async def test_a_restart_loses_nothing_and_doubles_nothing(duty: Duty) -> None:
    port, steps = free_port(), [mailed(5), mailed(15, LEADER)]
    async with duty.open(steps, smtp_port=port) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=6)
    async with mail_host(port=port) as post:
        async with duty.open(steps, smtp_port=port) as house:
            await later(house, minutes=1)
            assert post.recipients == [DUTY]
        async with duty.open(steps, smtp_port=port) as house:
            await later(house, minutes=1)
            assert post.recipients == [DUTY]
            await later(house, minutes=10)
        assert post.recipients == [DUTY, LEADER]
    assert handover_id in post.letters[0].get_content()


async def test_what_a_process_died_over_is_sent_by_the_next_under_the_same_id(
    duty: Duty, post: MailHost
) -> None:
    async with duty.open([mailed(5)], smtp_port=post.port) as house:
        await in_danger(house)
        house.clock.advance(minutes=6)
        await escalation(house).plan()
        async with house.app.state.store.write() as work:
            [alert] = await work.alerts.due()
            assert await work.alerts.lease(alert, house.clock() + LEASE)
    async with duty.open([mailed(5)], smtp_port=post.port) as house:
        await later(house, minutes=1)
        assert post.letters == []
        await later(house, seconds=LEASE.total_seconds())
        await later(house, hours=1)
    [letter] = post.letters
    assert letter["Message-ID"] == f"<{alert.id}@eksempel.dk>"


async def test_a_service_that_stops_waits_for_what_is_on_its_way(duty: Duty) -> None:
    async with mail_host(delay=0.5) as post:
        async with duty.open([mailed(5)], smtp_port=post.port, escalate_every=0.05) as house:
            await in_danger(house)
            house.clock.advance(minutes=6)
            await until(lambda: post.sessions == 1)
        assert len(post.letters) == 1
        async with duty.open([mailed(5)], smtp_port=post.port) as house:
            await later(house, hours=1)
        assert len(post.letters) == 1


async def test_a_letter_that_was_accepted_is_not_sent_again_when_the_farewell_fails(
    duty: Duty,
) -> None:
    async with mail_host(hang_up_after="DATA") as post:
        async with duty.open([mailed(5)], smtp_port=post.port) as house:
            _, handover_id = await in_danger(house)
            await later(house, minutes=6)
            await later(house, hours=1)
            [alert] = await detail(house, handover_id)
        assert (alert["state"], alert["tries"], len(post.letters)) == ("sent", 1, 1)


async def test_two_services_on_one_database_call_each_contact_once(
    duty: Duty, post: MailHost
) -> None:
    async with (
        duty.open([mailed(5)], smtp_port=post.port) as one,
        duty.open([mailed(5)], smtp_port=post.port) as other,
    ):
        cases = {(await in_danger(one))[1] for _ in range(8)}
        one.clock.advance(minutes=6)
        await asyncio.gather(*(escalation(house).round() for house in (one, other) * 3))
    assert len(post.letters) == 8
    assert len({letter["Message-ID"] for letter in post.letters}) == len(cases) == 8


async def test_mail_goes_over_tls_with_a_password(
    duty: Duty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    more = {"smtp_security": "starttls", "smtp_user": "tjeneste", "smtp_password": "hemmelig"}
    async with mail_host(certificate=pem, user="tjeneste", password="hemmelig") as post:
        async with duty.open([mailed(5)], smtp_port=post.port, **more) as house:
            await in_danger(house)
            await later(house, minutes=6)
        assert post.recipients == [DUTY]
        assert post.complaints == []


async def test_a_password_that_cannot_be_sent_counts_as_a_try(duty: Duty) -> None:
    more = {"smtp_security": "none", "smtp_user": "tjeneste", "smtp_password": "sommerhøj"}
    async with mail_host(user="tjeneste", password="et andet") as post:
        async with duty.open([mailed(5)], smtp_port=post.port, **more) as house:
            _, handover_id = await in_danger(house)
            await later(house, minutes=6)
            [alert] = await detail(house, handover_id)
        assert (alert["state"], alert["tries"], post.letters) == ("waiting", 1, [])


@pytest.mark.parametrize("trusted", [True, False])
async def test_nothing_is_sent_in_the_clear_or_to_a_stranger(
    duty: Duty, tmp_path: Path, trusted: bool
) -> None:
    """A server without TLS, and one whose certificate nobody vouches for."""
    pem = None if trusted else certificate(tmp_path)
    async with mail_host(certificate=pem) as post:
        more = {"smtp_security": "starttls"}
        async with duty.open([mailed(5)], smtp_port=post.port, **more) as house:
            _, handover_id = await in_danger(house)
            await later(house, minutes=6)
            [alert] = await detail(house, handover_id)
        assert (alert["state"], alert["tries"], post.letters) == ("waiting", 1, [])


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_webhook_counts_as_received_only_when_it_is_answered_so(
    duty: Duty, hooks: DutySystem, status: int
) -> None:
    hooks.status = status
    step = {"efter_minutter": 5, "navn": "Vagtsystem", "webhook": hooks.address}
    async with duty.open([step]) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=5)
        assert (await detail(house, handover_id))[0]["state"] == "waiting"
        hooks.status = 204
        await later(house, minutes=1)
        await later(house, minutes=30)
    assert len(hooks.taken) == 1
    assert hooks.refused == [str(status)]


async def test_a_webhook_signed_with_another_secret_is_refused_by_the_receiver(
    duty: Duty, hooks: DutySystem
) -> None:
    step = {"efter_minutter": 5, "navn": "Vagtsystem", "webhook": hooks.address}
    other = base64.b64encode(b"x" * 24).decode()
    async with duty.open([step], webhook_secret=other) as house:
        await in_danger(house)
        await later(house, minutes=5)
    assert (hooks.taken, hooks.refused) == ([], ["signature"])


async def test_one_contact_that_cannot_be_reached_holds_up_no_other(
    duty: Duty, post: MailHost
) -> None:
    dead = f"http://127.0.0.1:{free_port()}/"
    async with duty.open([mailed(5, webhook=dead)], smtp_port=post.port) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=5)
        states = {row["way"]: row["state"] for row in await detail(house, handover_id)}
    assert states == {"mail": "sent", "webhook": "waiting"}


async def test_a_wrong_address_is_mended_in_the_file_without_losing_the_call(
    duty: Duty, post: MailHost
) -> None:
    dead = {"efter_minutter": 5, "navn": "Vagt", "webhook": f"http://127.0.0.1:{free_port()}/"}
    async with duty.open([dead]) as house:
        await in_danger(house)
        await later(house, minutes=6)
    async with duty_system(duty.clock) as hooks:
        async with duty.open([dead | {"webhook": hooks.address}]) as house:
            await later(house, minutes=1)
        assert len(hooks.taken) == 1


async def test_the_case_page_says_whom_the_system_has_called(duty: Duty, post: MailHost) -> None:
    async with duty.open([mailed(5)], smtp_port=post.port) as house:
        _, handover_id = await in_danger(house)
        await later(house, minutes=6)
        page = await page_of(house, handover_id)
    assert "Kaldt, fordi ingen tog sagen" in page
    assert "<strong>Vagt 5</strong>, mail: sendt" in page


@pytest.mark.parametrize(
    ("missing", "complaint"),
    [
        ({"public_url": ""}, "HANDOVER_PUBLIC_URL"),
        ({"smtp_host": ""}, "HANDOVER_SMTP_HOST"),
        ({"smtp_sender": ""}, "HANDOVER_SMTP_SENDER"),
        ({"webhook_secret": "kort"}, "HANDOVER_WEBHOOK_SECRET"),
        ({"webhook_secret": ""}, "HANDOVER_WEBHOOK_SECRET"),
    ],
)
def test_a_list_that_cannot_be_worked_off_stops_the_start(
    tmp_path: Path, missing: dict[str, str], complaint: str
) -> None:
    duty = Duty(tmp_path, RasaStandIn(), FakeClock())
    steps = [mailed(5, webhook="https://eksempel.dk/")]
    settings = settings_for(tmp_path, 1, **duty.settings(steps, **missing))
    with pytest.raises(EscalationError, match=complaint):
        create_app(settings, screen=WordScreen())


def test_a_lease_is_longer_than_the_slowest_try() -> None:
    commands = 8  # connect, EHLO, STARTTLS, EHLO, AUTH, MAIL, RCPT, DATA
    assert timedelta(seconds=30 * commands) < LEASE
