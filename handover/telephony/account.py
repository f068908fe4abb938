"""The account with Twilio: who we are there, and how we ask it for something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from handover.settings import Settings
from handover.telephony.numbers import e164

API = "https://api.twilio.com"
TIMEOUT = 10.0
"""Seconds for one request."""
EDGES = {"ie1": "dublin", "us1": "ashburn", "au1": "sydney"}


class TelephonyError(ValueError):
    """Telephony is half set up; the text names what is missing."""


class RefusedError(Exception):
    """Twilio did not do it. ``code`` is its error code, 0 if there was no answer to read;
    ``for_good``: the same request will never succeed."""

    def __init__(self, code: int, for_good: bool) -> None:
        super().__init__(f"twilio {code}")
        self.code, self.for_good = code, for_good


class _Http(TwilioHttpClient):
    """Twilio's own, which can also give sound as bytes. ``address``: where everything is sent to
    instead, for a simulator or a stand-in."""

    def __init__(self, address: str = "") -> None:
        super().__init__(timeout=TIMEOUT)
        self.address = urlsplit(address)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, self._moved(url), *args, **kwargs)

    def stream(self, url: str, **more: Any) -> requests.Response:
        session = cast(requests.Session, self.session)
        return session.get(self._moved(url), stream=True, timeout=TIMEOUT, **more)

    def _moved(self, url: str) -> str:
        if not self.address.netloc:
            return url
        place = {"scheme": self.address.scheme, "netloc": self.address.netloc}
        return urlsplit(url)._replace(**place).geturl()


@dataclass(frozen=True)
class Account:
    """``public_url``: where Twilio reaches us, as its signatures are computed over it."""

    sid: str
    number: str
    public_url: str
    client: Client
    validator: RequestValidator

    def url(self, path: str) -> str:
        return self.public_url + path

    async def ask(self, request: Callable[[Client], Any]) -> Any:
        """``await account.ask(lambda twilio: twilio.messages.create(...))``

        Raises RefusedError.
        """
        try:
            return await asyncio.to_thread(request, self.client)
        except TwilioRestException as error:
            for_good = 400 <= error.status < 500 and error.status not in (401, 403, 408, 429)
            raise RefusedError(int(error.code or 0), for_good) from error
        except (TwilioException, RequestException) as error:
            raise RefusedError(0, False) from error

    async def media(self, path: str, span: str | None) -> requests.Response:
        """The bytes of a recording, to be read as they come; ``path`` within the account.

        Raises RefusedError when Twilio is not reached.
        """
        http = cast(_Http, self.client.http_client)
        url = self.client.get_hostname(f"{API}/2010-04-01/Accounts/{self.sid}/{path}")
        headers = {"Range": span} if span else {}
        try:
            return await asyncio.to_thread(http.stream, url, auth=self.client.auth, headers=headers)
        except RequestException as error:
            raise RefusedError(0, False) from error


def open_account(settings: Settings) -> Account | None:
    """None when nothing is set up: then there is neither SMS nor telephone."""
    token = settings.twilio_auth_token.get_secret_value()
    given = {
        "HANDOVER_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "HANDOVER_TWILIO_AUTH_TOKEN": token,
        "HANDOVER_TWILIO_NUMBER": settings.twilio_number,
    }
    if not any(given.values()):
        return None
    for name, value in {**given, "HANDOVER_PUBLIC_URL": settings.public_url}.items():
        if not value:
            raise TelephonyError(f"{name} is missing: telephony needs all of {', '.join(given)}")
    number = e164(settings.twilio_number)
    if number is None:
        raise TelephonyError("HANDOVER_TWILIO_NUMBER is no telephone number such as +4570123456")
    client = Client(
        settings.twilio_account_sid,
        token,
        region=settings.twilio_region or None,
        edge=EDGES.get(settings.twilio_region),
        http_client=_Http(settings.twilio_api_url),
    )
    return Account(
        settings.twilio_account_sid,
        number,
        settings.public_url.rstrip("/"),
        client,
        RequestValidator(token),
    )
