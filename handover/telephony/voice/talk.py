"""A call, step by step: what was heard becomes the citizen's message, what is answered is said.

Each step has a number, and what was answered to it is stored with it: a webhook that comes twice,
late or in another order gets the same answer and has no second effect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.danish.answers import NO, YES
from bot.safety.screen import ALARM
from bot.safety.screen import NONE as NO_DANGER
from bot.tracks.intake import Intake
from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.access import digest
from handover.conversations.admission import found
from handover.conversations.arrival import Reply
from handover.conversations.lanes import Lanes
from handover.conversations.messages import CITIZEN, COUNSELLED, WAITING, Draft, Message
from handover.conversations.service import FIRST_QUESTION, ConversationService
from handover.conversations.turn import Turns
from handover.errors import Problem
from handover.handovers import desk
from handover.municipality import Municipality
from handover.storage.calls import ENDED, NO_ANSWER, RINGING, TALKING
from handover.storage.conversations import Conversation
from handover.storage.work import Store, Work
from handover.telephony.numbers import e164
from handover.telephony.voice import heard as hearing
from handover.telephony.voice import keys
from handover.telephony.voice.callback import CallBack, national, this_number, yes_or_no
from handover.telephony.voice.notes import change_intake, intake_of, note
from handover.telephony.voice.spoken import NUMBER, PHONE, Here, Spoken
from handover.telephony.voice.state import CALL_BACK, CallState, Mode, together
from handover.telephony.voice.transfer import Transfer
from handover.telephony.voice.twiml import Document

log = logging.getLogger("handover.voice")

MOST_WAITS = 3
MOST_PIECES = 8
TOGETHER = 3
"""Pieces of a telling that are screened for danger together."""
SWITCHES = (Mode.CONFIRM, Mode.OFFER)
"""Steps that want yes or no, and are asked again rather than confirmed when the line is bad."""


class Talk:
    def __init__(
        self,
        store: Store,
        turns: Turns,
        conversations: ConversationService,
        spoken: Spoken,
        transfer: Transfer,
        back: CallBack,
        municipality: Municipality,
        clock: Clock,
        answer_within: float,
    ) -> None:
        """``answer_within``: seconds until the caller hears something, whatever happens."""
        self.store, self.turns, self.conversations = store, turns, conversations
        self.answer_within = answer_within
        self.spoken, self.transfer, self.back = spoken, transfer, back
        self.municipality, self.clock = municipality, clock
        self.lanes = Lanes()
        self._asking: set[asyncio.Task[Reply]] = set()

    # webhooks

    async def begin(self, sid: str, fields: Mapping[str, str]) -> str:
        """A call comes in: what this is, and the first question."""
        async with self.lanes[sid]:
            async with self.store.read() as work:
                call = await work.calls.get(sid)
            if call is None:
                begun = await self.conversations.begin(PHONE, None, f"call {sid}")
                async with self.store.write() as work:
                    await work.calls.begin(sid, begun.conversation.id)
            here = await self._open(sid, 0, fields)
            if not isinstance(here, Here):
                return here
            return await self._keep(here, await self._greet(here))

    async def step(self, sid: str, step: int, fields: Mapping[str, str]) -> str:
        async with self.lanes[sid]:
            here = await self._open(sid, step, fields)
            if not isinstance(here, Here):
                return here
            return await self._keep(here, await self._answer(here, fields))

    async def over(self, sid: str) -> None:
        """The caller has hung up. What was said of danger stands in the queue already; of a case
        that a counsellor will see, the last words are kept too."""
        async with self.lanes[sid], self.store.write() as work:
            call = await work.calls.get(sid)
            if call is None or not await work.calls.end(sid) or not call.conversation_id:
                return
            conversation = await work.conversations.get(call.conversation_id)
            work.announce(call.conversation_id)
            work.announce_queue()
            if conversation is None or not call.payload:
                return
            here = self._here(sid, call.step, conversation, call.payload, {})
            if here.state.mode == Mode.DIAL:  # the counsellor's telephone stops with the call
                await work.calls.move(here.state.leg, ENDED, TALKING)
                await work.calls.move(here.state.leg, NO_ANSWER, RINGING)
            if here.state.unsent and await work.handovers.of(conversation.id):
                await note(work, conversation, here, "", here.state.unsent)

    async def settle(self) -> None:
        await asyncio.gather(*self._asking, return_exceptions=True)

    # opening and keeping a step

    async def _open(self, sid: str, step: int, fields: Mapping[str, str]) -> Here | str:
        """The step to be answered, or its answer if it was answered before."""
        async with self.store.read() as work:
            call = await work.calls.get(sid)
            known = call.conversation_id if call else None
            conversation = await work.conversations.get(known) if known else None
            if call is None or conversation is None:
                return str(self.spoken.goodbye(self.spoken.text("tale_slut")))
            if step != call.step:  # before: told again; never asked for yet: where the call is
                before = min(step, call.step - 1)
                answer = await work.calls.answer(sid, conversation, before)
                return answer or str(self.spoken.goodbye(self.spoken.text("tale_slut")))
        return self._here(sid, step, conversation, call.payload, fields)

    def _here(
        self,
        sid: str,
        step: int,
        conversation: Conversation,
        payload: bytes | None,
        fields: Mapping[str, str],
    ) -> Here:
        sid_hash = digest(sid).hex()
        opened = conversation.sealer.open(payload, f"call {sid_hash}") if payload else {}
        return Here(
            sid,
            sid_hash,
            step,
            conversation,
            CallState.from_json(opened),
            hearing.read(fields),
            e164(fields.get("From", "")),
        )

    async def _keep(self, here: Here, document: Document) -> str:
        said = str(document)
        async with self.store.write() as work:
            conversation = await work.conversations.get(here.conversation.id)
            if conversation:
                state = CallState() if conversation.reduced else here.state
                step = (here.step, said, state.to_json())
                await work.calls.answered(here.sid, conversation, *step)
        return said

    # what was heard

    async def _greet(self, here: Here) -> Document:
        async with self.store.read() as work:
            messages = await work.conversations.messages(here.conversation)
        *greeting, question = [message.text for message in messages]
        here.state.question, here.state.asked = FIRST_QUESTION, [question]
        here.state.spoken_seq = here.conversation.seq
        return self.spoken.ask(here, *greeting, self.spoken.text("tale_menneske_valg"), question)

    async def _answer(self, here: Here, fields: Mapping[str, str]) -> Document:
        state, heard = here.state, here.heard
        if state.mode == Mode.DIAL:
            return await self.transfer.ended(here, fields)
        if state.mode == Mode.WAIT:
            return await self._turn(here)
        if heard.nothing and state.mode == Mode.ASK_RECORD:
            return await self.transfer.consented(here)
        if heard.nothing:
            return await self._nothing(here)
        if heard.asks_again:
            return self.spoken.again(here)
        if await self._dangerous(here):
            return await self._say(here, together([*state.pieces, heard.words]))
        if heard.wants_human:
            return await self._human(here)
        if state.mode == Mode.ASK_RECORD:
            return await self.transfer.consented(here)
        if state.mode in CALL_BACK:
            return await self.back.take(here)
        return await self._words(here)

    async def _dangerous(self, here: Here) -> bool:
        """Danger is acted on at once, at any confidence and whatever was asked."""
        if not here.heard.words:
            return False
        async with self.store.read() as work:
            intake = await intake_of(work, here.conversation)
        texts = [*here.state.pieces, here.heard.words][-TOGETHER:]
        return (await self.turns.guard.read(texts, intake)).level != NO_DANGER

    async def _words(self, here: Here) -> Document:
        state, heard = here.state, here.heard
        if state.mode == Mode.END and state.question:
            state.mode = _mode(state.question)
            if state.mode == Mode.TELL and heard.nothing_more:
                return self.spoken.goodbye(self.spoken.text("tale_farvel"))
        if heard.unsure:
            if state.mode in SWITCHES:
                return await self._nothing(here)
            return self._confirm(here)
        if state.mode in SWITCHES:
            return await self._switched(here)
        if state.mode == Mode.TELL and not (heard.nothing_more and not state.pieces):
            return await self._piece(here)
        text = heard.words or keys.meaning(heard.keys, state.question, state.choices)
        if state.question == NUMBER and here.sender and this_number(heard.words):
            text = national(here.sender)
        return await self._say(here, text) if text else await self._nothing(here)

    def _confirm(self, here: Here) -> Document:
        state = here.state
        state.unsure, state.back, state.mode = here.heard.words, state.mode, Mode.CONFIRM
        return self.spoken.ask(here, self.spoken.text("tale_hoerte", ord=here.heard.words))

    async def _switched(self, here: Here) -> Document:
        """Yes, no, or an answer to the question behind it."""
        state, said = here.state, yes_or_no(here)
        confirms, state.mode = state.mode == Mode.CONFIRM, state.back
        if said is None:
            if here.heard.keys:
                state.mode = Mode.CONFIRM if confirms else Mode.OFFER
                return await self._nothing(here)
            state.unsure = ""
            return await self._words(here)
        if not confirms:
            return await self._human(here) if said == YES else self._go_on(here)
        words, state.unsure = state.unsure, ""
        if said == NO:
            state.misses += 1
            return self._again(here, self.spoken.text("tale_proev_igen"))
        here.heard = hearing.Heard(words)
        return await self._words(here)

    def _go_on(self, here: Here) -> Document:
        here.state.misses = 0
        if not here.state.asked:
            return self.spoken.goodbye(self.spoken.text("tale_gemt"))
        return self._again(here)

    async def _piece(self, here: Here) -> Document:
        """A telling goes on until nothing more comes."""
        state, heard = here.state, here.heard
        if heard.nothing_more:
            return await self._say(here, together(state.pieces))
        if not heard.words:
            return await self._nothing(here)
        state.pieces.append(heard.words)
        state.misses = 0
        if len(state.pieces) == MOST_PIECES:
            return await self._say(here, together(state.pieces))
        return self.spoken.ask(here, self.spoken.text("tale_mere"))

    # nothing heard

    async def _nothing(self, here: Here) -> Document:
        """Asked again, then with the keys, then a human is offered, then it is over."""
        state = here.state
        if state.mode in CALL_BACK:
            return await self.back.nothing(here)
        if state.mode == Mode.TELL and state.pieces and here.heard.nothing:
            return await self._say(here, together(state.pieces))
        if state.mode == Mode.END:
            return self.spoken.goodbye(self.spoken.text("tale_farvel"))
        state.misses += 1
        if state.mode == Mode.OFFER:
            return await self._give_up(here)
        if state.misses >= MOST_WAITS:
            state.back = state.back if state.mode == Mode.CONFIRM else state.mode
            state.mode, state.unsure = Mode.OFFER, ""
            return self.spoken.ask(here, self.spoken.text("tale_tilbyd_menneske"))
        if state.mode == Mode.CONFIRM:
            return self.spoken.again(here)
        if state.misses == 1:
            key = "tale_hoerte_intet" if here.heard.nothing else "tale_forstod_ikke"
            return self._again(here, self.spoken.text(key))
        return self._again(here, *self._by_keys(here))

    def _again(self, here: Here, *before: str) -> Document:
        return self.spoken.ask(here, *before, *here.state.asked)

    def _by_keys(self, here: Here) -> list[str]:
        """The same question in another way: what can be pressed."""
        state = here.state
        if keys.wants_digits(state.question, state.choices):
            return [self.spoken.text("tale_tryk_tal")]
        if state.choices:
            return [self.spoken.text("tale_tryk"), *self.spoken.keys_of(state.choices)]
        return [self.spoken.text("tale_taettere")]

    async def _give_up(self, here: Here) -> Document:
        async with self.store.read() as work:
            level = (await intake_of(work, here.conversation)).safety.level
        if level != ALARM:
            return self.spoken.goodbye(self.spoken.text("tale_farvel_stilhed"))
        if self.transfer.open_now:
            return await self.transfer.begin(here)
        return self.spoken.goodbye(self.spoken.text("tale_farvel_fare"))

    # a human

    async def _human(self, here: Here) -> Document:
        """Handed over without waiting for the assistant; asking is the consent."""
        state = here.state
        if state.unsent:
            await self._within(here, f"{here.turn} foer", state.unsent)
            state.pieces, state.unsure = [], ""
        async with self.store.write() as work:
            conversation = await found(work, here.conversation.id)
            wish = here.heard.words or self.spoken.text("tale_vil_have_menneske")
            if await note(work, conversation, here, "", wish):
                await self._hand_over(work, conversation)
        return await self._speak(here, ())

    async def _hand_over(self, work: Work, conversation: Conversation) -> None:
        before = await work.handovers.of(conversation.id)

        def agree(intake: Intake) -> None:
            intake.closing.consent = YES

        intake = await change_intake(work, conversation, agree)
        handover, _ = await desk.hand_over(work, conversation, intake.safety.level, "menneske")
        human = await desk.human(work, conversation, handover, self.municipality, self.clock())
        draft = sentences.human_comes(self.spoken.edge, conversation.channel, human)
        if before:
            draft = Draft(draft.sender, self.spoken.text("tale_har_besked"), draft.kind)
        await work.conversations.append(conversation, [draft], offer_seq=None)

    # the turn

    async def _say(self, here: Here, text: str) -> Document:
        """The citizen's message; the same id again is the same message."""
        state = here.state
        state.pieces, state.unsure, state.misses, state.waits = [], "", 0, 0
        state.turn, state.text = here.turn, text
        return await self._turn(here)

    async def _turn(self, here: Here) -> Document:
        state = here.state
        reply = await self._within(here, state.turn, state.text)
        if reply:
            return await self._speak(here, reply.messages)
        state.waits += 1
        if state.waits > MOST_WAITS:
            state.mode, state.back, state.asked = Mode.OFFER, Mode.ANSWER, []
            return self.spoken.ask(here, self.spoken.text("tale_svarer_ikke"))
        key = "tale_oejeblik" if state.waits == 1 else "tale_stadig"
        state.mode = Mode.WAIT
        document = self.spoken.document(self.spoken.text(key))
        return document.wait(1, self.spoken.next_step(here))

    async def _within(self, here: Here, turn: str, text: str) -> Reply | None:
        """None when it takes longer than a caller waits; it goes on by itself then."""
        token = here.conversation.keys()["token"]
        task = asyncio.create_task(self.turns.say(here.conversation.id, token, turn, text))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        await asyncio.wait({task}, timeout=self.answer_within)
        if not task.done():
            return None
        try:
            return task.result()
        except Problem:  # erased meanwhile
            return Reply("closed")

    # what is answered

    async def _speak(self, here: Here, answer: Sequence[Message]) -> Document:
        """Everything said since the caller heard us last."""
        state = here.state
        async with self.store.read() as work:
            conversation = await work.conversations.get(here.conversation.id)
            news = answer
            if conversation:
                news = await work.conversations.messages(conversation, state.spoken_seq)
        said = [message for message in news if message.sender != CITIZEN]
        texts = [message.text for message in said]
        if conversation is None or conversation.reduced:
            return self.spoken.goodbye(*texts, self.spoken.text("tale_farvel"))
        here.conversation, state.spoken_seq = conversation, conversation.seq
        self._keep_question(here, said, answered=bool(answer))
        if conversation.status == COUNSELLED:
            return await self.transfer.begin(here)
        if conversation.status == WAITING and any(m.draft.kind == "handover" for m in said):
            before = [m.text for m in said if m.draft.kind in ("handover", "crisis")]
            return await self.transfer.begin(here, *before)
        return self._ask(here, said, texts)

    def _keep_question(self, here: Here, said: Sequence[Message], answered: bool) -> None:
        """What is open when a human is rung for, and stays so until it is answered."""
        state = here.state
        asked = next((m for m in reversed(said) if m.draft.question), None)
        if asked:
            state.question = asked.draft.question
            state.choices = [dict(one) for one in asked.draft.choices]
            state.asked = [asked.text]
        elif answered:
            state.question, state.choices, state.asked = None, [], []

    def _ask(self, here: Here, said: Sequence[Message], texts: list[str]) -> Document:
        state = here.state
        if not said:
            return self._again(here)
        if any(message.draft.kind == "closing" for message in said):
            state.mode, state.question, state.choices = Mode.END, None, []
            state.asked = [self.spoken.text("tale_efter")]
            return self.spoken.ask(here, *texts, *state.asked)
        draft = said[-1].draft
        state.question, state.choices = draft.question, [dict(one) for one in draft.choices]
        state.mode = _mode(draft.question)
        state.asked = [texts[-1], *self._keys(here)]
        before = texts[:-1]
        if any(m.draft.kind == "crisis" for m in said) and self.transfer.open_now:
            before.append(self.spoken.text("tale_igennem"))
        return self.spoken.ask(here, *before, *state.asked)

    def _keys(self, here: Here) -> list[str]:
        """The keys of choices are said with them; those of yes and no once in a call."""
        state = here.state
        if state.question == NUMBER and here.sender:
            return [self.spoken.text("tale_dette_nummer")]
        if not state.choices:
            return []
        if not keys.is_plain(state.choices):
            return self.spoken.keys_of(state.choices)
        if state.keys_told:
            return []
        state.keys_told = True
        return [self.spoken.text("tale_taster")]


def _mode(question: str | None) -> Mode:
    return Mode.TELL if question == FIRST_QUESTION else Mode.ANSWER
