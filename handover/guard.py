"""What every request and answer goes through: how big it may be, and what browsers are told."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 64 * 1024
"""Bytes of a request's body."""

CONTENT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors "
)
HEADERS = {
    "Content-Security-Policy": f"{CONTENT}'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """No page may be framed, but ``frame`` by ``hosts`` (``https://www.kommune.dk``)."""

    def __init__(self, app: ASGIApp, https: bool, frame: str, hosts: Sequence[str]) -> None:
        self.app = app
        self.headers = dict(HEADERS)
        if https:
            self.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        self.by_path = {frame: self.framed(hosts)} if hosts else {}

    def framed(self, hosts: Sequence[str]) -> dict[str, str]:
        headers = {**self.headers, "Content-Security-Policy": CONTENT + " ".join(hosts)}
        del headers["X-Frame-Options"]  # knows no list; frame-ancestors says it all
        return headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.by_path.get(scope["path"], self.headers).items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class BodyLimit:
    """Refuses what announces itself as too large, and stops reading what turns out to be."""

    def __init__(self, app: ASGIApp, answer: ASGIApp, largest: int = LARGEST) -> None:
        self.app, self.answer, self.largest = app, answer, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self.largest:
            await self.answer(scope, receive, send)
            return
        body = await self._read(receive)
        if body is None:
            await self.answer(scope, receive, send)
            return

        async def replay() -> Message:
            if body:
                return body.pop(0)
            return await receive()

        await self.app(scope, replay, send)

    async def _read(self, receive: Receive) -> list[Message] | None:
        """The body's messages, or None when it is too large."""
        messages, size = [], 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self.largest:
                return None
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                return messages
