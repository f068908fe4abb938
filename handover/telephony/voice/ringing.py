"""A counsellor calls a citizen back from the console: our number calls the counsellor, and once
they press a key, the citizen. Neither sees the other's number."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from handover.errors import Problem
from handover.handovers.desk import found
from handover.municipality import Telephony
from handover.storage import handovers as states
from handover.storage.calls import (
    BACK,
    BUSY,
    DECLINED,
    ENDED,
    FAILED,
    NO_ANSWER,
    REACHING,
    RINGING,
    TALKING,
    UNANSWERED,
    UNDER_WAY,
    Leg,
)
from handover.storage.work import Store, Work
from handover.telephony.account import Account, RefusedError
from handover.telephony.numbers import e164
from handover.telephony.voice.notes import intake_of
from handover.telephony.voice.recording import Recorder
from handover.telephony.voice.spoken import Spoken
from handover.telephony.voice.transfer import YES_KEY, Transfer
from handover.telephony.voice.twiml import RINGS, Document, Question

log = logging.getLogger("handover.voice")

PICKED_UP, BRIDGE = "/twilio/voice/back", "/twilio/voice/bridge"
BRIDGED, ANSWERED = "/twilio/voice/bridged", "/twilio/voice/answered"
LEG = "/twilio/voice/leg"
CONSENT, CONSENTED = "/twilio/voice/consent", "/twilio/voice/consented"
_OVER = {
    "busy": BUSY, "no-answer": NO_ANSWER, "failed": FAILED, "canceled": NO_ANSWER,
}  # fmt: skip


class Ringing:
    def __init__(
        self, store: Store, account: Account, spoken: Spoken, transfer: Transfer,
        recorder: Recorder, rules: Telephony,
    ) -> None:  # fmt: skip
        self.store, self.account, self.spoken = store, account, spoken
        self.transfer, self.recorder, self.rules = transfer, recorder, rules

    async def ring(self, handover_id: str, actor: str, typed: str) -> Leg:
        """``typed``: the counsellor's telephone; empty: the one of the duty telephones."""
        number = e164(typed) if typed else self.rules.number_of(actor)
        if number is None:
            raise Problem(422, "ugyldig", fields={"fields": ["body.phone"]})
        async with self.store.write() as work:
            handover = await found(work, handover_id)
            if handover.status == states.CLOSED:
                raise Problem(409, "allerede_lukket")
            if handover.claimed_by != actor:
                raise Problem(409, "ikke_din", fields={"held_by": handover.claimed_by})
            if await self._citizen(work, handover.conversation_id) is None:
                raise Problem(422, "ugyldig", fields={"fields": ["contact.phone"]})
            legs = await work.calls.legs_of(handover.conversation_id)
            if any(one.kind == BACK and one.live(self.store.clock()) for one in legs):
                raise Problem(409, "optaget", fields={"held_by": actor})
            leg_id = await work.calls.add_leg(handover.conversation_id, BACK, actor)
            await work.trail.note(actor, "called", handover_id)
            work.announce(handover.conversation_id)
        await self._create(leg_id, number)
        async with self.store.read() as work:
            leg = await work.calls.leg(leg_id)
        if leg is None:
            raise Problem(404, "findes_ikke")
        return leg

    async def _create(self, leg_id: str, number: str) -> None:
        url = self.account.url(f"{PICKED_UP}?leg={leg_id}")
        callback = self.account.url(f"{LEG}?leg={leg_id}")
        try:
            await self.account.ask(
                lambda twilio: twilio.calls.create(
                    to=number,
                    from_=self.account.number,
                    url=url,
                    method="POST",
                    timeout=RINGS,
                    status_callback=callback,
                    status_callback_method="POST",
                    status_callback_event=["completed"],
                )
            )
        except RefusedError as error:
            log.error("call %s is not made: %s", leg_id, error)
            await self._move(leg_id, FAILED)

    # the counsellor has picked up

    async def picked_up(self, leg_id: str) -> Document:
        async with self.store.read() as work:
            leg = await work.calls.leg(leg_id)
            conversation = await work.conversations.get(leg.conversation_id) if leg else None
            intake = await intake_of(work, conversation) if conversation else None
        if leg is None or intake is None:
            return self.spoken.goodbye(self.spoken.text("tale_hvisk_forbi"))
        about = [self.transfer.about(intake)]
        if self.recorder.asked(intake):
            about.append(self.spoken.text("tale_bro_optages"))
        said = self.spoken.text("tale_bro", om=" ".join(about))
        question = Question(self.account.url(f"{BRIDGE}?leg={leg.id}"), speech=False)
        document = Document(self.spoken.voice).ask(self.spoken.speech.lines(said), question)
        return document.hang_up()

    async def bridge(self, leg_id: str, keys: str) -> Document:
        """The citizen is called with our number, once the counsellor has pressed the key."""
        async with self.store.write() as work:
            leg = await work.calls.leg(leg_id)
            number = await self._citizen(work, leg.conversation_id) if leg else None
            if leg is None or number is None or leg.state not in UNDER_WAY:
                return self.spoken.goodbye(self.spoken.text("tale_hvisk_forbi"))
            accepted = keys == YES_KEY
            await work.calls.move(leg_id, REACHING if accepted else DECLINED, RINGING)
            work.announce(leg.conversation_id)
            asks = await self.recorder.allowed(work, leg.conversation_id)
        if not accepted:
            return self.spoken.goodbye(self.spoken.text("tale_hvisk_nej"))
        alone = {"url": self.account.url(f"{CONSENT}?leg={leg_id}"), "method": "POST"}
        return self.spoken.document(self.spoken.text("tale_bro_ringer")).dial(
            number,
            self.account.number,
            self.account.url(f"{BRIDGED}?leg={leg_id}"),
            status_callback=self.account.url(f"{ANSWERED}?leg={leg_id}"),
            status_callback_method="POST",
            status_callback_event="answered",
            **(alone if asks else {}),
        )

    # the citizen has picked up, and is asked alone whether it may be recorded

    async def ask(self, leg_id: str) -> Document:
        question = Question(self.account.url(f"{CONSENTED}?leg={leg_id}"), speech=False)
        said = [self.spoken.text("tale_optag_ring"), self.transfer.ask_to_record()]
        lines = [line for text in said for line in self.spoken.speech.lines(text)]
        return Document(self.spoken.voice).ask(lines, question)

    async def consented(self, leg_id: str, keys: str, call_sid: str) -> Document:
        """Whatever is answered, the two are joined then; the same answer again changes nothing."""
        async with self.store.write() as work:
            leg = await work.calls.leg(leg_id)
            if leg is None or leg.state not in UNDER_WAY:
                return self.spoken.goodbye(self.spoken.text("tale_hvisk_forbi"))
            first = keys == YES_KEY and await work.calls.consent(leg_id)
        if first and not await self.recorder.start(leg, call_sid):
            return self.spoken.document(self.spoken.text("tale_optag_fejl"))
        yes = first or leg.recorded
        return self.spoken.document(self.spoken.text("tale_optag_ja" if yes else "tale_optag_nej"))

    async def answered(self, leg_id: str) -> None:
        """The citizen has picked up."""
        await self._move(leg_id, TALKING, REACHING)

    async def bridged(self, leg_id: str, fields: Mapping[str, str]) -> Document:
        talked = fields.get("DialCallStatus") == "completed"
        await self._move(leg_id, ENDED if talked else UNANSWERED, REACHING, TALKING)
        if talked:
            return Document(self.spoken.voice).hang_up()
        return self.spoken.goodbye(self.spoken.text("tale_bro_intet_svar"))

    async def over(self, leg_id: str, fields: Mapping[str, str]) -> None:
        """The counsellor's own call has ended, wherever it was."""
        ended = _OVER.get(fields.get("CallStatus", ""))
        if ended:
            await self._move(leg_id, ended, RINGING)
        elif fields.get("CallStatus") == "completed":
            await self._move(leg_id, DECLINED, RINGING)
            await self._move(leg_id, ENDED, REACHING, TALKING)

    async def _citizen(self, work: Work, conversation_id: str) -> str | None:
        """The number that the citizen wants to be called on."""
        conversation = await work.conversations.get(conversation_id)
        intake = await intake_of(work, conversation) if conversation else None
        phone = intake.closing.contact.phone if intake else None
        return e164(phone) if phone else None

    async def _move(self, leg_id: str, state: str, *before: str) -> None:
        async with self.store.write() as work:
            leg = await work.calls.leg(leg_id)
            if leg and await work.calls.move(leg_id, state, *before):
                work.announce(leg.conversation_id)
