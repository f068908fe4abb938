"""The public edge: what a citizen's browser calls."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from handover.conversations.feedback import Feedback
from handover.conversations.receipts import Receipts
from handover.conversations.schemas import (
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
from handover.conversations.turn import Reply, Turns
from handover.errors import Problem
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
    feedback: Feedback,
    guesses: Limit,
) -> APIRouter:
    routes = APIRouter(prefix="/api/conversations", tags=["conversations"], responses=_errors)

    @routes.post("", status_code=201, response_model=Started, response_model_exclude_unset=True)
    async def begin(new: NewConversation) -> Any:
        """Begin a conversation; it opens with the greeting and the first question."""
        return started(await service.begin(new.channel, new.kommune, new.client_conversation_id))

    @routes.post("/resume", response_model=Started, response_model_exclude_unset=True)
    async def resume(code: ResumeCode, request: Request) -> Any:
        """Come back with the resume code."""
        visitor = request.client.host if request.client else ""
        guesses.check(visitor)
        begun = await service.resume(code.resume_code)
        if begun is None:
            guesses.failed(visitor)
            raise unknown_code()
        return started(begun)

    @routes.post(
        "/{conversation_id}/messages",
        response_model=Messages,
        response_model_exclude_unset=True,
    )
    async def say(conversation_id: str, new: NewMessage, token: Token) -> Any:
        """Say something; the answer holds everything new since that message. The same
        `client_message_id` again gives the same answer and has no second effect."""
        text = checked(new.text)
        return shown(await turns.say(conversation_id, token, new.client_message_id, text))

    @routes.get(
        "/{conversation_id}/messages",
        response_model=Messages,
        response_model_exclude_unset=True,
    )
    async def read(
        conversation_id: str, token: Token, after: Annotated[int, Query(ge=0)] = 0
    ) -> Any:
        """Everything after a `seq`, in order."""
        return shown(await service.read(conversation_id, token, after))

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
