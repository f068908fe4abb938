"""Telephony put together: None without an account at Twilio."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI

from bot.safety.resources import Resource
from handover.accounts.login import Gate
from handover.routing import add_routes
from handover.settings import Settings
from handover.telephony.account import open_account
from handover.telephony.sms import routes as sms
from handover.telephony.sms.inbox import Inbox
from handover.telephony.sms.outbox import Outbox
from handover.telephony.sms.silence import Silence
from handover.telephony.sms.threads import Sentences
from handover.telephony.sms.worker import MINUTE, Worker
from handover.telephony.texts import load_telephony_texts
from handover.telephony.voice import routes as voice
from handover.telephony.voice.phone import House, Phone, open_phone

log = logging.getLogger("handover.telephony")


@dataclass(frozen=True)
class Telephony:
    worker: Worker
    phone: Phone
    names: frozenset[str]
    """Whose telephones are in the municipality's list."""

    async def run(self) -> None:
        """Until cancelled."""
        await self.worker.run()

    async def settle(self) -> None:
        """Wait for what is under way (at shutdown)."""
        await self.worker.inbox.settle()
        await self.phone.talk.settle()


def open_telephony(app: FastAPI, house: House, gate: Gate, settings: Settings) -> Telephony | None:
    """Raises TelephonyError when it is half set up."""
    account = open_account(settings)
    if account is None:
        log.info("no Twilio account: SMS and telephone are off")
        return None
    store, turns, texts, clock = house.store, house.turns, house.texts, house.clock
    rules, own = house.municipality.telephony, load_telephony_texts(texts.names)
    address = rules.address or urlsplit(account.public_url).netloc
    said = Sentences(texts, own, address, emergency_lines(house.resources))
    phone = open_phone(house, account, own, settings.voice_answer_within)
    worker = Worker(
        store,
        Inbox(store, turns, said, rules, clock),
        Outbox(store, account, turns, own, rules, clock),
        Silence(store, own, rules, clock),
        settings.sms_every,
        clock,
        ((phone.recorder.round, MINUTE),),
    )
    add_routes(app, sms.router(account, worker))
    add_routes(app, voice.router(account, phone))
    add_routes(app, voice.console_router(phone, gate))
    return Telephony(worker, phone, frozenset(one.name for one in rules.phones))


SPOKEN_OF = ("alarm_112", "boernetelefonen")


def emergency_lines(resources: Sequence[Resource]) -> str:
    """``112 eller BørneTelefonen 116 111``"""
    known = {r.id: r for r in resources if r.id in SPOKEN_OF}
    first, second = (known[one] for one in SPOKEN_OF)
    return f"{first.number} eller {second.name} {second.number}"
