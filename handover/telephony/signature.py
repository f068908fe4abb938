"""Lets only Twilio in: every webhook is signed over its public address and its fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request

from handover.errors import Problem
from handover.telephony.account import Account

HEADER = "X-Twilio-Signature"


def signed(account: Account) -> Callable[[Request], Awaitable[Mapping[str, str]]]:
    """A dependency: the fields of a webhook. Raises Problem 403 for what Twilio has not signed.

    The address is the configured public one and not what the request says of itself: behind a
    proxy scheme and host are the proxy's, and a header could be anybody's.
    """

    async def dependency(request: Request) -> Mapping[str, str]:
        form = await request.form()
        fields = {name: str(value) for name, value in form.items()}
        query = f"?{request.url.query}" if request.url.query else ""
        url = account.url(request.url.path + query)
        if not account.validator.validate(url, fields, request.headers.get(HEADER, "")):
            raise Problem(403, "ikke_tilladt")
        if fields.get("AccountSid") != account.sid:
            raise Problem(403, "ikke_tilladt")
        return fields

    return dependency
