"""The public edge: what a citizen's browser calls."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from handover.conversations.arrival import Reply
from handover.conversations.contact import ContactService
from handover.conversations.feedback import Feedback
from handover.conversations.messages import COUNSELLOR, WAITING
from handover.conversations.receipts import Receipts
from handover.conversations.schemas import (
    ContactIn,
    ContactOut,
    ErrorBody,
    FeedbackIn,
    FeedbackOut,
    Messages,
    NewConversation,
    NewMessage,
    Reached,
    ResumeCode,
    Started,
)
from handover.conversations.service import Begun, ConversationService, unknown_code
from handover.conversations.signs import Signs
from handover.conversations.turn import Turns
from handover.errors import Problem
from handover.handovers.place import Places
from handover.limits import Limit

LONGEST = 4000
"""Characters of one message."""

_bearer = HTTPBearer(auto_error=False, description="The conversation's token")
_errors: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody} for status in (400, 401, 404, 413, 422, 429)
}


def citizen_token(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    if credentials is None:
        raise Problem(401, "ikke_logget_ind", headers={"WWW-Authenticate": "Bearer"})
    return credentials.credentials


Token = Annotated[str, Depends(citizen_token)]


def checked(text: str) -> str:
    """The text if it says something and is not too long."""
    if len(text) > LONGEST:
        raise Problem(413, "besked_for_lang")
    if all(unicodedata.category(letter)[0] in "ZC" for letter in text):
        raise Problem(422, "tom_besked")
    return text.strip()


def router(
    service: ConversationService,
    turns: Turns,
    receipts: Receipts,
    signs: Signs,
    feedback: Feedback,
    places: Places,
    contacts: ContactService,
    guesses: Limit,
) -> APIRouter:
    routes = APIRouter(prefix="/api/conversations", tags=["conversations"], responses=_errors)

    async def with_place(conversation_id: str, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer, and for who waits the place in the queue."""
        waits = answer["status"] == WAITING
        place = await places.of(conversation_id) if waits else None
        return answer | ({"queue": place} if place else {})

    @routes.post("", status_code=201, response_model=Started, response_model_exclude_unset=True)
    async def begin(new: NewConversation) -> Any:
        """Begin a conversation; it opens with the greeting and the first question."""
        begun = await service.begin(new.channel, new.kommune, new.client_conversation_id)
        return await with_place(begun.conversation.id, started(begun))

    @routes.post("/resume", response_model=Started, response_model_exclude_unset=True)
    async def resume(code: ResumeCode, request: Request) -> Any:
        """Come back with the resume code."""
        visitor = request.client.host if request.client else ""
        async with guesses.turn(visitor):
            begun = await service.resume(code.resume_code)
            if begun is None:
                guesses.failed(visitor)
                raise unknown_code()
        return await with_place(begun.conversation.id, started(begun))

    @routes.post(
        "/{conversation_id}/messages",
        response_model=Messages,
        response_model_exclude_unset=True,
    )
    async def say(conversation_id: str, new: NewMessage, token: Token) -> Any:
        """Say something; the answer holds everything new since that message. The same
        `client_message_id` again gives the same answer and has no second effect."""
        text = checked(new.text)
        reply = await turns.say(conversation_id, token, new.client_message_id, text)
        return await with_place(conversation_id, shown(reply))

    @routes.get(
        "/{conversation_id}/messages",
        response_model=Messages,
        response_model_exclude_unset=True,
    )
    async def read(
        conversation_id: str, token: Token, after: Annotated[int, Query(ge=0)] = 0
    ) -> Any:
        """Everything after a `seq`, in order."""
        answer = shown(await service.read(conversation_id, token, after))
        if signs.types(conversation_id, COUNSELLOR):
            answer["typing"] = True
        return await with_place(conversation_id, answer)

    @routes.post("/{conversation_id}/typing", status_code=204)
    async def types(conversation_id: str, token: Token) -> Response:
        """The citizen is writing: shown to the counsellor for some seconds and stored nowhere. The
        stream takes the same as `{"type": "typing"}`."""
        await signs.citizen_types(conversation_id, token)
        return Response(status_code=204)

    @routes.post("/{conversation_id}/receipts", status_code=204)
    async def reached(conversation_id: str, how: Reached, token: Token) -> Response:
        """How far the citizen's page has come with what counsellors write: `delivered`, and `seen`
        for what has been on the screen while the page was looked at. It never goes back. The
        stream takes the same as `{"type": "receipt", "delivered": 7, "seen": 5}`."""
        await receipts.reached(conversation_id, token, how.delivered, how.seen)
        return Response(status_code=204)

    @routes.get("/{conversation_id}/feedback", response_model=FeedbackOut)
    async def asked(conversation_id: str, token: Token) -> Any:
        """Two voluntary questions, once a counsellor has ended the conversation and until it is
        erased; also after coming back with the resume code."""
        return await feedback.read(conversation_id, token)

    @routes.patch(
        "/{conversation_id}/feedback",
        response_model=FeedbackOut,
        responses={409: {"model": ErrorBody}},
    )
    async def answer(conversation_id: str, given: FeedbackIn, token: Token) -> Any:
        """Answer, change or take back. Each answer counts once, as a number by month, channel and
        speaker; counsellors never see whose it was. 409 as long as the conversation goes on."""
        answers = given.model_dump(exclude_unset=True)
        return await feedback.answer(conversation_id, token, answers)

    @routes.get("/{conversation_id}/contact", response_model=ContactOut)
    async def contact(conversation_id: str, token: Token) -> Any:
        """How the citizen wants to be reached, and the times that can be chosen now."""
        return await contacts.read(conversation_id, token)

    @routes.put(
        "/{conversation_id}/contact",
        response_model=ContactOut,
        responses={409: {"model": ErrorBody}},
    )
    async def leave_contact(conversation_id: str, wish: ContactIn, token: Token) -> Any:
        """Leave a number and a time while waiting for a person; again: instead of the one before.
        409 when nothing has been handed over."""
        return await contacts.leave(conversation_id, token, wish)

    @routes.delete("/{conversation_id}", status_code=204)
    async def delete(conversation_id: str, token: Token) -> Response:
        """Erase it at once and for good. Of an open urgent case the risk, its evidence and a given
        contact stay until a counsellor closes it; a message in the conversation says so."""
        await service.delete(conversation_id, token)
        return Response(status_code=204)

    return routes


def shown(reply: Reply) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "status": reply.status,
        "messages": [m.to_json() for m in reply.messages],
    }
    return shown | ({"seen": reply.seen} if reply.seen else {})


def started(begun: Begun) -> dict[str, Any]:
    conversation = begun.conversation
    return {
        "conversation_id": conversation.id,
        **conversation.keys(),
        "status": conversation.status,
        "messages": [message.to_json() for message in begun.messages],
    }
