"""Stands where Twilio stands: takes our requests as it would, and calls our webhooks signed.

It keeps messages and what became of them, refuses what Twilio's description and its documented
rules refuse, and reports in Twilio's fields. It knows no shortcut into the service.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from twilio.request_validator import RequestValidator

from tools.phone.description import problems
from tools.phone.line import Line
from tools.phone.recordings import Recordings
from tools.phone.switchboard import CALL, CALLS, Switchboard

MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
LONGEST = 1600
CODES = {"To": 21211, "From": 21212, "StatusCallback": 21609}
"""Twilio's error code by the parameter that is wrong; 20001 for any other."""


@dataclass
class Sms:
    """One message on its way to a telephone. ``fate``: the states that are reported, in order."""

    sid: str
    to: str
    body: str
    callback: str
    fate: tuple[str, ...]


@dataclass
class Exchange:
    """``public_url``: what signatures are computed over. ``reached_at``: where that really is."""

    account_sid: str
    auth_token: str
    number: str
    public_url: str
    reached_at: str
    sent: list[Sms] = field(default_factory=list)
    refused: list[list[str]] = field(default_factory=list)
    failures: list[tuple[int, int]] = field(default_factory=list)
    """How the next requests are answered: (status, code). Status 0: taken, the answer is lost."""
    blocked: set[str] = field(default_factory=set)
    fate: tuple[str, ...] = ("sent", "delivered")
    reporting: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.validator = RequestValidator(self.auth_token)
        self.http = httpx.AsyncClient(timeout=30, trust_env=False)
        self.switchboard, self.recordings = Switchboard(self), Recordings(self)

    async def close(self) -> None:
        while self.reporting:
            await asyncio.wait(self.reporting)
        await self.switchboard.settle()
        await self.http.aclose()

    # our webhooks

    async def call(
        self, path: str, fields: Mapping[str, str], signature: str | None = None
    ) -> httpx.Response:
        """Post to a webhook, signed as Twilio signs unless a signature is given."""
        whole = {"AccountSid": self.account_sid, "ApiVersion": "2010-04-01", **fields}
        own = self.validator.compute_signature(self.public_url + path, whole)
        headers = {"X-Twilio-Signature": own if signature is None else signature}
        return await self.http.post(self.reached_at + path, data=whole, headers=headers)

    async def ring(self, number: str, sid: str | None = None) -> Line:
        """A call to our number; an empty number is hidden."""
        return await self.switchboard.ring(number, sid or new_sid("CA"))

    def new_sid(self, kind: str) -> str:
        return new_sid(kind)

    async def text(self, sender: str, body: str, sid: str | None = None) -> httpx.Response:
        """An SMS to our number."""
        found = sid or new_sid("SM")
        fields = {
            "MessageSid": found,
            "SmsSid": found,
            "SmsMessageSid": found,
            "From": sender,
            "To": self.number,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "FromCountry": "DK",
        }
        return await self.call("/twilio/sms", fields)

    async def report(self, sms: Sms, state: str, code: str = "") -> httpx.Response:
        fields = {
            "MessageSid": sms.sid,
            "SmsSid": sms.sid,
            "MessageStatus": state,
            "SmsStatus": state,
            "From": self.number,
            "To": sms.to,
            **({"ErrorCode": code} if code else {}),
        }
        return await self.call(sms.callback.removeprefix(self.public_url), fields)

    async def _report_all(self, sms: Sms) -> None:
        for state in sms.fate:
            await self.report(sms, state)

    # Twilio's API

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post(MESSAGES.replace("{AccountSid}", "{account_sid}"))
        async def create(account_sid: str, request: Request) -> JSONResponse:
            if not self.knows(request, account_sid):
                return _error(401, 20003, "Authenticate")
            fields = await _fields(request)
            wrong = self._wrong(fields)
            if wrong:
                self.refused.append([text for _, text in wrong])
                return _error(400, *wrong[0])
            return self._take(dict(fields))

        @app.post(CALLS.replace("{AccountSid}", "{account_sid}"))
        async def create_call(account_sid: str, request: Request) -> JSONResponse:
            if not self.knows(request, account_sid):
                return _error(401, 20003, "Authenticate")
            found = self.switchboard.create(await _fields(request))
            return _error(*found) if isinstance(found, tuple) else JSONResponse(found, 201)

        @app.post(CALL.replace("{AccountSid}", "{account_sid}").replace("{Sid}", "{sid}"))
        async def update_call(account_sid: str, sid: str, request: Request) -> JSONResponse:
            if not self.knows(request, account_sid):
                return _error(401, 20003, "Authenticate")
            found = await self.switchboard.update(sid, await _fields(request))
            return _error(400, 20001, found[0]) if isinstance(found, list) else JSONResponse(found)

        self.recordings.install(app)
        return app

    def knows(self, request: Request, account_sid: str) -> bool:
        pair = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        given = request.headers.get("Authorization", "")
        return account_sid == self.account_sid and given == f"Basic {pair}"

    def _wrong(self, fields: list[tuple[str, str]]) -> list[tuple[int, str]]:
        """What Twilio refuses, with its code: its description first, then its rules."""
        found = [(CODES.get(p.split(":")[0], 20001), p) for p in problems(MESSAGES, fields)]
        given = dict(fields)
        body = given.get("Body", "")
        if not body and "ContentSid" not in given:
            found.append((21602, "Message body is required"))
        if len(body) > LONGEST:
            found.append((21617, "The concatenated message body exceeds the 1600 character limit"))
        if given.get("From") != self.number and "MessagingServiceSid" not in given:
            found.append((21606, "The 'From' phone number is not a valid number of this account"))
        if given.get("To") == given.get("From"):
            found.append((21266, "'To' and 'From' number cannot be the same"))
        if not 1 <= int(given.get("ValidityPeriod", "36000")) <= 36000:
            found.append((20001, "ValidityPeriod is out of range"))
        return found

    def _take(self, given: Mapping[str, str]) -> JSONResponse:
        status, code = self.failures.pop(0) if self.failures else (201, 0)
        if given["To"] in self.blocked:
            return _error(400, 21610, "Attempt to send to unsubscribed recipient")
        if status not in (0, 201):
            return _error(status, code, "as the test wants it")
        callback = given.get("StatusCallback", "")
        sms = Sms(new_sid("SM"), given["To"], given["Body"], callback, self.fate)
        self.sent.append(sms)
        if sms.callback:
            task = asyncio.create_task(self._report_all(sms))
            self.reporting.add(task)
            task.add_done_callback(self.reporting.discard)
        if status == 0:
            return _error(503, 0, "the answer that got lost")
        return JSONResponse(self._resource(sms), 201)

    def _resource(self, sms: Sms) -> dict[str, Any]:
        return {
            "sid": sms.sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "from": self.number,
            "to": sms.to,
            "body": sms.body,
            "status": "queued",
            "direction": "outbound-api",
            "num_segments": "1",
            "num_media": "0",
            "error_code": None,
            "error_message": None,
            "messaging_service_sid": None,
            "date_created": "Mon, 23 Nov 2026 09:00:00 +0000",
            "date_sent": None,
            "date_updated": "Mon, 23 Nov 2026 09:00:00 +0000",
            "price": None,
            "price_unit": "USD",
            "subresource_uris": {},
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sms.sid}.json",
        }


async def _fields(request: Request) -> list[tuple[str, str]]:
    form = await request.form()
    return [(name, str(value)) for name, value in form.multi_items()]


def new_sid(kind: str) -> str:
    """``SM`` and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)


def _error(status: int, code: int, message: str) -> JSONResponse:
    more = f"https://www.twilio.com/docs/errors/{code}"
    content = {"code": code, "message": message, "more_info": more, "status": status}
    return JSONResponse(content, status)
