"""A signed call to a duty system, in the form of https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

import httpx

from handover.clock import Clock, rfc3339
from handover.watch.call import Call, CallError

EVENT = "handover.untaken"
PREFIX = "whsec_"
SHORTEST = 24
"""Bytes of a secret, as the form demands."""


def secret_bytes(secret: str) -> bytes:
    """``whsec_`` and base64 of at least 24 bytes. Raises ValueError."""
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
    if len(found) < SHORTEST:
        raise ValueError(f"is shorter than {SHORTEST} bytes")
    return found


def signature(secret: bytes, call_id: str, timestamp: int, body: bytes) -> str:
    """``v1,<base64 of HMAC-SHA256 over "id.timestamp.body">``"""
    signed = f"{call_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


class Webhook:
    def __init__(self, secret: bytes, timeout: float, clock: Clock) -> None:
        self.secret, self.timeout, self.clock = secret, timeout, clock

    async def send(self, address: str, call: Call) -> None:
        """Only an answer of 2xx counts as received; redirections are not followed."""
        body, timestamp = _body(call), int(self.clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": call.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self.secret, call.id, timestamp, body),
        }
        try:
            async with httpx.AsyncClient(timeout=self.timeout) as http:
                answer = await http.post(address, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CallError(type(error).__name__) from error
        if not answer.is_success:
            raise CallError(f"HTTP {answer.status_code}")


def _body(call: Call) -> bytes:
    data = {
        "priority": call.priority,
        "waiting_since": rfc3339(call.since),
        "step": call.step,
        "link": call.link,
    }
    return json.dumps({"type": EVENT, "data": data}, separators=(",", ":")).encode()
