"""Telephony put together: None without an account at Twilio."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import FastAPI

from bot.safety.resources import Resource
from handover.clock import Clock
from handover.conversations.turn import Turns
from handover.municipality import Municipality
from handover.settings import Settings
from handover.storage.work import Store
from handover.telephony.account import open_account
from handover.telephony.sms import routes as sms
from handover.telephony.sms.inbox import Inbox, Sentences
from handover.telephony.sms.outbox import Outbox
from handover.telephony.sms.silence import Silence
from handover.telephony.sms.worker import Worker
from handover.telephony.texts import load_telephony_texts
from handover.texts import Texts

log = logging.getLogger("handover.telephony")


def open_telephony(
    app: FastAPI,
    store: Store,
    turns: Turns,
    texts: Texts,
    municipality: Municipality,
    resources: Sequence[Resource],
    settings: Settings,
    clock: Clock,
) -> Worker | None:
    """Raises TelephonyError when it is half set up."""
    account = open_account(settings)
    if account is None:
        log.info("no Twilio account: SMS and telephone are off")
        return None
    rules, own = municipality.telephony, load_telephony_texts(texts.names)
    address = rules.address or urlsplit(account.public_url).netloc
    said = Sentences(texts, own, address, emergency_lines(resources))
    worker = Worker(
        store,
        Inbox(store, turns, said, rules, clock),
        Outbox(store, account, turns, own, rules, clock),
        Silence(store, own, rules, clock),
        settings.sms_every,
        clock,
    )
    app.include_router(sms.router(account, worker))
    return worker


SPOKEN_OF = ("alarm_112", "boernetelefonen")


def emergency_lines(resources: Sequence[Resource]) -> str:
    """``112 eller BørneTelefonen 116 111``"""
    known = {r.id: r for r in resources if r.id in SPOKEN_OF}
    first, second = (known[one] for one in SPOKEN_OF)
    return f"{first.number} eller {second.name} {second.number}"
