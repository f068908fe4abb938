"""The conversation as a stream: one JSON message a frame, no gap and no repeat over reconnects."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from handover.conversations.feed import QUEUE, Feed, Notice
from handover.conversations.messages import CITIZEN
from handover.conversations.receipts import Receipts
from handover.conversations.routes import checked
from handover.conversations.schemas import Reached
from handover.conversations.service import ConversationService
from handover.conversations.turn import Turns
from handover.errors import Problem, body
from handover.handovers.place import Places
from handover.texts import Texts

UNAUTHORISED, GONE, BAD = 4401, 4404, 4400
PATIENCE = 10.0
"""Seconds a client has to authenticate."""
TYPED_EVERY = 1.0
"""Seconds between two signs of typing that are passed on."""
TOGETHER = 0.3
"""Seconds in which several moves of the queue become one telling."""


@dataclass
class Stream:
    """One open connection: what was sent last, and what is still being worked on."""

    socket: WebSocket
    conversation_id: str
    token: str
    after: int
    service: ConversationService
    turns: Turns
    receipts: Receipts
    places: Places
    feed: Feed
    texts: Texts
    poll: float
    status: str = ""
    seen: int = 0
    typed: float = -TYPED_EVERY
    place: dict[str, Any] | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        with self.feed.listen(self.conversation_id) as notices:
            await self.send_news()
            reading = asyncio.create_task(self.receive())
            writing = asyncio.create_task(self.send(notices))
            queueing = asyncio.create_task(self.watch_queue())
            parts = (reading, writing, queueing)
            try:
                await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for part in parts:
                    part.cancel()  # what was received is still stored and answered
                results = await asyncio.gather(*parts, return_exceptions=True)
            _raise_unexpected(results)

    async def send(self, notices: asyncio.Queue[Notice]) -> None:
        while True:
            try:
                notice = await asyncio.wait_for(notices.get(), self.poll)
            except TimeoutError:
                notice = Notice("news")
            if notice.kind == "gone":
                await self.farewell(notice)
                return
            if notice.kind == "typing" and notice.data.get("sender") != CITIZEN:
                await self.socket.send_json({"type": "typing", **notice.data})
            elif notice.kind in ("news", "seen"):
                await self.send_news()

    async def send_news(self) -> None:
        reply = await self.service.read(self.conversation_id, self.token, self.after)
        for message in reply.messages:
            await self.socket.send_json(message.to_json())
            self.after = message.seq
        if reply.status != self.status:
            self.status = reply.status
            await self.socket.send_json({"type": "status", "status": reply.status})
        if reply.seen != self.seen:
            self.seen = reply.seen
            await self.socket.send_json({"type": "seen", "through": reply.seen})

    async def watch_queue(self) -> None:
        """The place in the queue: when it moves, and now and then since it opens and closes."""
        with self.feed.listen(QUEUE) as moves:
            while True:
                await self.send_place()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(moves.get(), self.poll)
                await asyncio.sleep(TOGETHER)
                while not moves.empty():
                    moves.get_nowait()

    async def send_place(self) -> None:
        place = await self.places.of(self.conversation_id)
        if place != self.place:
            self.place = place
            await self.socket.send_json({"type": "queue", "queue": place})

    async def farewell(self, notice: Notice) -> None:
        for row in notice.data.get("messages", ()):
            await self.socket.send_json(row)
        await self.socket.send_json({"type": "status", "status": "closed"})
        await self.socket.close(GONE)

    async def receive(self) -> None:
        while True:
            frame = await _frame(self.socket)
            if frame.get("type") == "message":
                task = asyncio.create_task(self.say(frame))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
            elif frame.get("type") == "typing":
                self.tell_typing()
            elif frame.get("type") == "receipt":
                await self.note(frame)
            else:
                await self.complain(Problem(422, "ugyldig"))

    def tell_typing(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self.typed >= TYPED_EVERY:
            self.typed = now
            self.feed.publish(self.conversation_id, Notice("typing", {"sender": CITIZEN}))

    async def note(self, frame: dict[str, Any]) -> None:
        """How far the page has come, as in ``POST .../receipts``."""
        try:
            how = Reached.model_validate(frame)
        except ValidationError:
            await self.complain(Problem(422, "ugyldig"))
            return
        await self.receipts.reached(self.conversation_id, self.token, how.delivered, how.seen)

    async def say(self, frame: dict[str, Any]) -> None:
        """The answer comes through the feed; only what went wrong is said here."""
        message_id, text = frame.get("client_message_id"), frame.get("text")
        try:
            if not isinstance(text, str) or not isinstance(message_id, str):
                raise Problem(422, "ugyldig")
            if not 0 < len(message_id) <= 100 or not _writable(text):
                raise Problem(422, "ugyldig")
            await self.turns.say(self.conversation_id, self.token, message_id, checked(text))
        except Problem as problem:
            await self.complain(problem, message_id)

    async def complain(self, problem: Problem, message_id: Any = None) -> None:
        error = body(problem.code, self.texts.say(f"fejl_{problem.code}"))["error"]
        frame = {"type": "error", "client_message_id": message_id, **error}
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # nobody there any more
            await self.socket.send_json(frame)


def router(
    service: ConversationService,
    turns: Turns,
    receipts: Receipts,
    places: Places,
    feed: Feed,
    texts: Texts,
    poll: float,
) -> APIRouter:
    routes = APIRouter(tags=["conversations"])

    @routes.websocket("/api/conversations/{conversation_id}/stream")
    async def stream(
        socket: WebSocket, conversation_id: str, after: Annotated[int, Query(ge=0)] = 0
    ) -> None:
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            token = await _token(socket)
            if token is None:
                await socket.close(UNAUTHORISED)
                return
            connection = Stream(
                socket,
                conversation_id,
                token,
                after,
                service,
                turns,
                receipts,
                places,
                feed,
                texts,
                poll,
            )
            try:
                await connection.run()
            except Problem as problem:
                await connection.complain(problem)
                await socket.close(GONE if problem.status == 404 else UNAUTHORISED)

    return routes


async def _token(socket: WebSocket) -> str | None:
    """The first frame authenticates: ``{"token": "..."}``."""
    try:
        frame = await asyncio.wait_for(_frame(socket), PATIENCE)
    except TimeoutError:
        return None
    token = frame.get("token")
    return token if isinstance(token, str) and _writable(token) else None


async def _frame(socket: WebSocket) -> dict[str, Any]:
    try:
        frame = json.loads(await socket.receive_text())
    except (ValueError, KeyError):
        return {}
    return frame if isinstance(frame, dict) else {}


def _writable(text: str) -> bool:
    """No half of a surrogate pair, which no database takes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _raise_unexpected(results: Sequence[Any]) -> None:
    for result in results:
        if isinstance(result, Exception) and not isinstance(
            result, WebSocketDisconnect | RuntimeError
        ):
            raise result
