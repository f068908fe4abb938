"""Put through to a person: the duty telephones are called in turn, and each counsellor hears alone
whom it is about before accepting with a key."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.danish.answers import NO, YES
from bot.tracks.catalogue import Catalogue
from bot.tracks.intake import Intake
from handover import opening
from handover.clock import Clock
from handover.conversations.admission import found
from handover.errors import Problem
from handover.handovers.service import HandoverService
from handover.municipality import DutyPhone, Municipality
from handover.pages.words import Words
from handover.storage.calls import (
    BUSY,
    DECLINED,
    ENDED,
    FAILED,
    NO_ANSWER,
    RINGING,
    TAKEN,
    TALKING,
    THROUGH,
    Leg,
)
from handover.storage.work import Store
from handover.telephony.voice.callback import CallBack, yes_or_no
from handover.telephony.voice.notes import intake_of, note
from handover.telephony.voice.recording import Recorder
from handover.telephony.voice.spoken import Here, Spoken
from handover.telephony.voice.state import Mode
from handover.telephony.voice.twiml import Document, Question

log = logging.getLogger("handover.voice")

WHISPER, ACCEPT = "/twilio/voice/whisper", "/twilio/voice/accept"
YES_KEY = "1"
ENDINGS = {
    "busy": BUSY, "no-answer": NO_ANSWER, "failed": FAILED, "canceled": NO_ANSWER,
    "completed": DECLINED,
}  # fmt: skip
"""What Twilio calls the end of a call that nobody accepted. Who hangs up while the summary is read
ends as ``completed``: what counts is the key, which we have seen or not."""


class Transfer:
    def __init__(
        self,
        store: Store,
        desk: HandoverService,
        spoken: Spoken,
        back: CallBack,
        recorder: Recorder,
        municipality: Municipality,
        catalogue: Catalogue,
        words: Words,
        clock: Clock,
    ) -> None:
        self.store, self.desk, self.spoken, self.back = store, desk, spoken, back
        self.recorder = recorder
        self.municipality, self.catalogue = municipality, catalogue
        self.words, self.clock = words, clock

    @property
    def open_now(self) -> bool:
        """Can somebody be put through now?"""
        now = self.clock()
        return self._phones != () and opening.open_now(self.municipality.hours, now)

    @property
    def _phones(self) -> tuple[DutyPhone, ...]:
        return self.municipality.telephony.phones

    # the caller

    async def begin(self, here: Here, *before: str) -> Document:
        """``before``: what is said first."""
        here.state.tried = []
        if here.state.recording or not await self._asks_to_record(here):
            return await self._next(here, *before, key="tale_stiller_igennem")
        here.state.recording, here.state.mode = NO, Mode.ASK_RECORD
        return self.spoken.ask(here, *before, self.ask_to_record())

    async def _asks_to_record(self, here: Here) -> bool:
        """Only where somebody can be called."""
        async with self.store.read() as work:
            handover = await work.handovers.of(here.conversation.id)
            allowed = await self.recorder.allowed(work, here.conversation.id)
        holder = handover.claimed_by if handover else None
        return allowed and self._candidate(here, holder) is not None

    def ask_to_record(self) -> str:
        return self.spoken.text("tale_optag", dage=self.recorder.rules.days)

    async def consented(self, here: Here) -> Document:
        """Only a plain yes is one; everything else goes on unrecorded."""
        said = None if here.heard.unsure else yes_or_no(here)
        here.state.recording = YES if said == YES else NO
        if said:
            async with self.store.write() as work:
                conversation = await found(work, here.conversation.id)
                await note(work, conversation, here, self.ask_to_record(), said)
        key = "tale_optag_ja" if said == YES else "tale_optag_nej"
        return await self._next(here, self.spoken.text(key), key="tale_stiller_igennem")

    async def ended(self, here: Here, fields: Mapping[str, str]) -> Document:
        """A counsellor's telephone has stopped ringing, or the talk with them is over."""
        async with self.store.write() as work:
            leg = await work.calls.leg(here.state.leg)
            talked = leg is not None and leg.state in (TALKING, ENDED)
            ending = ENDINGS.get(fields.get("DialCallStatus", ""), FAILED)
            await work.calls.move(here.state.leg, ENDED if talked else ending)
            work.announce(here.conversation.id)
        if talked:
            return self.spoken.goodbye(self.spoken.text("tale_farvel"))
        return await self._next(here, key="tale_proever_naeste")

    async def _next(self, here: Here, *before: str, key: str) -> Document:
        async with self.store.write() as work:
            conversation = await work.conversations.get(here.conversation.id)
            handover = await work.handovers.of(here.conversation.id)
            holder = handover.claimed_by if handover else None
            phone = self._candidate(here, holder)
            if conversation is None or phone is None:
                leg_id = ""
            else:
                agreed = here.state.recording == YES
                recorded = agreed and await self.recorder.allowed(work, conversation.id)
                leg_id = await work.calls.add_leg(conversation.id, THROUGH, phone.name, recorded)
                work.announce(conversation.id)
        if phone is None or not leg_id:
            return await self.back.begin(here, *before, why=self._why(holder))
        here.state.mode, here.state.leg = Mode.DIAL, leg_id
        here.state.tried.append(phone.name)
        document = self.spoken.document(*before, self.spoken.text(key))
        account = self.spoken.account
        return document.dial(
            phone.number,
            account.number,
            self.spoken.next_step(here),
            url=account.url(f"{WHISPER}?leg={leg_id}"),
            method="POST",
        )

    def _candidate(self, here: Here, holder: str | None) -> DutyPhone | None:
        """The next to be called: whoever has the case, else everybody in turn while it is open."""
        untried = [phone for phone in self._phones if phone.name not in here.state.tried]
        if holder:
            return next((phone for phone in untried if phone.name == holder), None)
        return untried[0] if untried and self.open_now else None

    def _why(self, holder: str | None) -> str:
        if holder:
            return "tale_ring_op_taget"
        is_open = opening.open_now(self.municipality.hours, self.clock())
        return "tale_ring_op" if is_open else "tale_ring_op_lukket"

    # the counsellor, alone

    async def whisper(self, leg_id: str) -> Document:
        """What the case is about, without a name, and the key that takes it."""
        async with self.store.read() as work:
            leg = await work.calls.leg(leg_id)
            conversation = await work.conversations.get(leg.conversation_id) if leg else None
            intake = await intake_of(work, conversation) if conversation else None
        if leg is None or intake is None:
            return self.spoken.goodbye(self.spoken.text("tale_hvisk_forbi"))
        about = [self.about(intake)]
        if self.recorder.rules.on:
            key = "tale_hvisk_optages" if leg.recorded else "tale_hvisk_optages_ikke"
            about.append(self.spoken.text(key))
        said = self.spoken.text("tale_hvisk", om=" ".join(about))
        asked = Question(self.spoken.account.url(f"{ACCEPT}?leg={leg.id}"), speech=False)
        lines = self.spoken.speech.lines(said)
        return Document(self.spoken.voice).ask(lines, asked).hang_up()

    def about(self, intake: Intake) -> str:
        """``Forælder til 13-årig. Det handler om krop og mad. Ingen tegn på fare.``"""
        age = intake.age.value if intake.age else None
        known = [self.catalogue.tracks[t] for t in intake.track_ids if t in self.catalogue.tracks]
        subject = " og ".join(track.short for track in known)
        return " ".join(
            [
                self.words.who(intake.speaker_value, age) + ".",
                self.spoken.text("tale_hvisk_emne", spor=subject)
                if subject
                else self.spoken.text("tale_hvisk_uden_emne"),
                self.spoken.text(f"tale_hvisk_{intake.safety.level}"),
            ]
        )

    async def accept(self, leg_id: str, keys: str, call_sid: str) -> Document:
        """An empty answer joins the two calls; a hang-up lets the next counsellor be called."""
        async with self.store.read() as work:
            leg = await work.calls.leg(leg_id)
        if leg is None or leg.state not in (RINGING, TALKING):
            return self.spoken.goodbye(self.spoken.text("tale_hvisk_forbi"))
        if leg.state == TALKING:
            return Document(self.spoken.voice)
        if keys != YES_KEY:
            return await self._not_now(leg, DECLINED, "tale_hvisk_nej")
        if not await self._claim(leg):
            return await self._not_now(leg, TAKEN, "tale_hvisk_taget")
        first = await self._move(leg, TALKING)
        if first and leg.recorded and not await self.recorder.start(leg, call_sid):
            return self.spoken.document(self.spoken.text("tale_optag_fejl"))
        return Document(self.spoken.voice)

    async def _not_now(self, leg: Leg, state: str, key: str) -> Document:
        await self._move(leg, state)
        return self.spoken.goodbye(self.spoken.text(key))

    async def _move(self, leg: Leg, state: str) -> bool:
        async with self.store.write() as work:
            work.announce(leg.conversation_id)
            return await work.calls.move(leg.id, state, RINGING)

    async def _claim(self, leg: Leg) -> bool:
        """The case is theirs, as if taken in the console; False when somebody else has it."""
        async with self.store.read() as work:
            handover = await work.handovers.of(leg.conversation_id)
        if handover is None:
            return False
        try:
            await self.desk.claim(handover.id, leg.name)
        except Problem as problem:
            log.info("case %s is not taken by telephone: %s", handover.id, problem.status)
            return False
        return True
