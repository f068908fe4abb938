"""What a citizen wishes about being called or texted, as a call-back that counsellors see."""

from __future__ import annotations

from datetime import datetime

from bot.tracks.intake import Contact
from handover.clock import from_rfc3339
from handover.storage.conversations import Conversation
from handover.storage.work import Work

WAYS = ("call", "sms")


def moments(contact: Contact) -> tuple[datetime | None, datetime | None]:
    """Beginning and end of the window, where there is one."""
    if not contact.window:
        return None, None
    return from_rfc3339(contact.window["from"]), from_rfc3339(contact.window["to"])


async def follow(work: Work, conversation: Conversation, contact: Contact) -> None:
    """Bring the hand-over's call-back in step with the contact: there is none without a number,
    and none before something is handed over."""
    handover = await work.handovers.of(conversation.id)
    if handover is None:
        return
    if contact.wants in WAYS and contact.phone:
        await work.callbacks.wish(handover.id, str(contact.wants), *moments(contact))
    else:
        await work.callbacks.withdraw(handover.id)
    work.announce_queue()
