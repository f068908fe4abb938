"""Leaving a number while waiting: the citizen's own way to a call-back, without the assistant."""

from __future__ import annotations

from typing import Any

from bot.danish.telephone import telephone_number
from bot.tracks.intake import Contact, Intake
from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.admission import admitted
from handover.conversations.masking import masked
from handover.conversations.schemas import ContactIn
from handover.errors import Problem
from handover.handovers import windows
from handover.handovers.wishes import moments
from handover.municipality import Municipality
from handover.storage import handovers as states
from handover.storage.conversations import Conversation
from handover.storage.work import Store, Work
from handover.texts import Texts

ASKED = ("telefonnummer", "tidspunkt")
"""The closing steps that need no asking any more."""


class ContactService:
    def __init__(
        self, store: Store, texts: Texts, municipality: Municipality, clock: Clock
    ) -> None:
        self.store, self.texts, self.clock = store, texts, clock
        self.municipality = municipality

    async def read(self, conversation_id: str, token: str) -> dict[str, Any]:
        async with self.store.read() as work:
            conversation = await admitted(work, conversation_id, token)
            _, document = await work.conversations.intake(conversation)
            return self._shown(Intake.from_json(document).closing.contact)

    def _shown(self, contact: Contact) -> dict[str, Any]:
        return {
            "wants": contact.wants,
            "phone": contact.phone,
            "time": contact.time,
            "window": contact.window,
            "windows": windows.offered(self.municipality.hours, self.clock()),
        }

    async def leave(self, conversation_id: str, token: str, wish: ContactIn) -> dict[str, Any]:
        """Raises Problem 409 when nobody is waited for, 422 when there is no number in it."""
        phone = telephone_number(wish.phone)
        if phone is None:
            raise Problem(422, "telefonnummer")
        async with self.store.write() as work:
            conversation = await admitted(work, conversation_id, token)
            handover = await work.handovers.of(conversation_id)
            if handover is None or handover.status == states.CLOSED or conversation.reduced:
                raise Problem(409, "ikke_i_koe")
            version, document = await work.conversations.intake(conversation)
            intake = Intake.from_json(document)
            self._take(intake, wish, phone)
            await work.conversations.save_intake(conversation, version, intake.to_json())
            contact = intake.closing.contact
            await work.callbacks.renew(handover.id, wish.wants, *moments(contact))
            await self._tell(work, conversation, wish.wants)
            return self._shown(contact)

    def _take(self, intake: Intake, wish: ContactIn, phone: str) -> None:
        contact, before = intake.closing.contact, Contact()
        contact.wants, contact.phone = wish.wants, phone
        time = masked(wish.time) if wish.time else None
        if time != contact.time:
            contact.time, contact.window = time, self._window(time)
        windows.settle(contact, before, self.municipality.hours, self.clock())
        steps = intake.closing.steps
        steps += [step for step in ASKED if step not in steps]

    def _window(self, title: str | None) -> dict[str, str] | None:
        return (
            windows.chosen(title, windows.offered(self.municipality.hours, self.clock()))
            if title
            else None
        )

    async def _tell(self, work: Work, conversation: Conversation, way: str) -> None:
        """In the conversation, where the counsellor and the citizen's other device see it too."""
        told = sentences.said(self.texts, f"noteret_{way}", conversation.channel, "handover")
        await work.conversations.append(conversation, [told])
        work.announce(conversation.id)
        work.announce_queue()
