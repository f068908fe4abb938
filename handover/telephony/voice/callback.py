"""Nobody can take the call: a call-back with consent, on which number, and when."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.danish.answers import NO, YES, read_polarity
from bot.danish.telephone import telephone_number
from bot.tracks.intake import Intake
from handover.clock import Clock
from handover.conversations.admission import found
from handover.handovers import windows, wishes
from handover.municipality import Municipality
from handover.storage.work import Store
from handover.telephony.numbers import e164
from handover.telephony.voice import keys
from handover.telephony.voice.notes import change_intake, intake_of, note
from handover.telephony.voice.speech import digits_in_words
from handover.telephony.voice.spoken import Here, Spoken
from handover.telephony.voice.state import Mode
from handover.telephony.voice.twiml import Document

CALL = "call"
MOST_MISSES = 3
CLOSING = ("opsummering", "samtykke", "kontaktform", "telefonnummer", "navn", "tidspunkt")
"""Questions that a call-back has answered."""
HOME = "+45"
_THIS = re.compile(r"\b(dette|det her|samme|det) nummer\b|\bringer fra\b")
_QUESTIONS = {
    Mode.ASK_FROM: "tale_ring_op_dette", Mode.ASK_NUMBER: "tale_ring_op_nummer",
    Mode.ASK_TIME: "tale_ring_op_hvornaar",
}  # fmt: skip
_TIMES = {"1": "tale_tid_altid", "2": "tale_tid_formiddag", "3": "tale_tid_eftermiddag"}


class CallBack:
    def __init__(
        self, store: Store, spoken: Spoken, municipality: Municipality, clock: Clock
    ) -> None:
        self.store, self.spoken = store, spoken
        self.municipality, self.clock = municipality, clock

    async def begin(self, here: Here, *before: str, why: str) -> Document:
        """``why``: the key of the sentence that says why, and asks."""
        async with self.store.read() as work:
            conversation = await work.conversations.get(here.conversation.id)
            known = await intake_of(work, conversation) if conversation else Intake()
        contact = known.closing.contact
        if contact.wants == CALL and contact.phone:
            return self._end(here, *before, self._promised(contact.phone))
        here.state.mode, here.state.misses = Mode.ASK_CALL, 0
        return self.spoken.ask(here, *before, self.spoken.text(why))

    async def take(self, here: Here) -> Document:
        """The answer to the step that is open."""
        match here.state.mode:
            case Mode.ASK_CALL:
                document = await self._wanted(here)
            case Mode.ASK_FROM:
                document = self._from_here(here)
            case Mode.ASK_NUMBER:
                document = self._number(here)
            case Mode.CHECK_NUMBER:
                document = self._checked(here)
            case _:
                return await self._time(here)
        return document

    async def nothing(self, here: Here) -> Document:
        here.state.misses += 1
        if here.state.misses >= MOST_MISSES:
            return self.spoken.goodbye(self.spoken.text("tale_ring_op_mangler"))
        return self.spoken.again(here)

    # the steps

    async def _wanted(self, here: Here) -> Document:
        said = yes_or_no(here)
        if said is None:
            return self._unclear(here)
        async with self.store.write() as work:
            conversation = await found(work, here.conversation.id)
            await note(work, conversation, here, here.state.prompt[-1], said)
        if said == NO:
            return self._end(here, self.spoken.text("tale_ring_op_nej"))
        return self._next(here, Mode.ASK_FROM if here.sender else Mode.ASK_NUMBER)

    def _from_here(self, here: Here) -> Document:
        said = yes_or_no(here)
        if said == YES and here.sender:
            here.state.number = here.sender
            return self._next(here, Mode.ASK_TIME)
        return self._next(here, Mode.ASK_NUMBER) if said == NO else self._number(here)

    def _number(self, here: Here) -> Document:
        if this_number(here.heard.words) and here.sender:
            here.state.number = here.sender
            return self._next(here, Mode.ASK_TIME)
        number = e164(here.heard.keys.strip("#*") or telephone_number(here.heard.words) or "")
        if number is None:
            return self._unclear(here)
        here.state.number, here.state.mode, here.state.misses = number, Mode.CHECK_NUMBER, 0
        said = self.spoken.text("tale_ring_op_rigtigt", nummer=digits_in_words(number))
        return self.spoken.ask(here, said)

    def _checked(self, here: Here) -> Document:
        said = yes_or_no(here)
        if said is None:
            return self._unclear(here)
        return self._next(here, Mode.ASK_TIME if said == YES else Mode.ASK_NUMBER)

    async def _time(self, here: Here) -> Document:
        key = _TIMES.get(here.heard.keys)
        when = self.spoken.text(key) if key else here.heard.words
        if not when:
            return self._unclear(here)
        written = national(here.state.number)

        def wants_call(intake: Intake) -> None:
            contact = intake.closing.contact
            before = replace(contact)
            contact.wants, contact.phone, contact.time = CALL, written, when
            windows.settle(contact, before, self.municipality.hours, self.clock())
            asked = {"telefonnummer", "navn", "tidspunkt"} - set(intake.closing.steps)
            intake.closing.steps += sorted(asked)

        async with self.store.write() as work:
            conversation = await found(work, here.conversation.id)
            question = self.spoken.text(_QUESTIONS[Mode.ASK_TIME])
            if await note(work, conversation, here, question, when):
                intake = await change_intake(work, conversation, wants_call)
                await wishes.follow(work, conversation, intake.closing.contact)
        return self._end(here, self._promised(written))

    def _promised(self, number: str) -> str:
        return self.spoken.text("tale_ring_op_tak", nummer=digits_in_words(number))

    def _next(self, here: Here, mode: Mode) -> Document:
        here.state.mode, here.state.misses = mode, 0
        return self.spoken.ask(here, self.spoken.text(_QUESTIONS[mode]))

    def _unclear(self, here: Here) -> Document:
        here.state.misses += 1
        if here.state.misses >= MOST_MISSES:
            return self.spoken.goodbye(self.spoken.text("tale_ring_op_mangler"))
        here.state.prompt = [self.spoken.text("tale_forstod_ikke"), *here.state.prompt[-1:]]
        return self.spoken.again(here)

    def _end(self, here: Here, *texts: str) -> Document:
        """It goes on with what was asked, if the caller wants to tell more meanwhile."""
        state = here.state
        state.mode, state.misses = Mode.END, 0
        if state.asked and state.question and state.question not in CLOSING:
            return self.spoken.ask(here, *texts, self.spoken.text("tale_imens"), *state.asked)
        state.question, state.choices = None, []
        return self.spoken.ask(here, *texts, self.spoken.text("tale_efter"))


def this_number(words: str) -> bool:
    """``this_number("det nummer, jeg ringer fra")``"""
    return _THIS.search(words.lower()) is not None


def national(number: str) -> str:
    """``national("+4520123456") == "20123456"``, as it is shown to a counsellor."""
    return number.removeprefix(HOME)


def yes_or_no(here: Here) -> str | None:
    """By keys 1 and 2 or in words."""
    if here.heard.keys:
        return {"1": keys.YES, "2": keys.NO}.get(here.heard.keys)
    said = read_polarity(here.heard.words)
    return said if said in (YES, NO) else None
