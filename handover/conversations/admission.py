"""Who may come into a conversation: whoever holds its token."""

from __future__ import annotations

from typing import TypeVar

from handover.errors import Problem
from handover.storage.conversations import Conversation, Standing
from handover.storage.work import Work

Asked = TypeVar("Asked", Conversation, Standing)


async def found(work: Work, conversation_id: str) -> Conversation:
    conversation = await work.conversations.get(conversation_id)
    if conversation is None:
        raise Problem(404, "findes_ikke")
    return conversation


async def admitted(work: Work, conversation_id: str, token: str) -> Conversation:
    """The conversation, for whoever holds its token."""
    return let_in(await work.conversations.get(conversation_id), token)


def let_in(asked: Asked | None, token: str) -> Asked:
    """Raises Problem 404 where there is none, 401 for a token that is not its own."""
    if asked is None:
        raise Problem(404, "findes_ikke")
    if not asked.admits(token):
        raise Problem(401, "ikke_logget_ind")
    return asked
