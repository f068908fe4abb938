"""To which conversation a number's SMS belong. A number may have several open ones: one is written
in, chosen by a code, by SKIFT, or by being the only one; what is said in the others still goes out,
and says where it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from handover.clock import Clock
from handover.conversations import sentences
from handover.conversations.access import ALPHABET
from handover.conversations.messages import CLOSED, SYSTEM, Draft
from handover.conversations.service import SMS, speak_by
from handover.errors import Problem
from handover.limits import Limit
from handover.storage.conversations import Conversation
from handover.storage.work import Work
from handover.texts import Texts

_CODE = re.compile(rf"[{ALPHABET}]{{4}}-?[{ALPHABET}]{{4}}(-?[{ALPHABET}]{{2}})?")
CODE_TRIES = (10, timedelta(hours=1))


@dataclass(frozen=True)
class Sentences:
    """What the edge says everywhere, and what is said by SMS only."""

    edge: Texts
    own: Texts
    address: str
    lines: str
    """Whom to call in danger, in one breath."""


class Threads:
    def __init__(self, said: Sentences, clock: Clock) -> None:
        self.said, self.guesses = said, Limit(*CODE_TRIES, clock)

    async def current(self, work: Work, number: str) -> Conversation | None:
        """Where an SMS of this number goes. It is told when that is not where it went before."""
        open_ones = await work.lines.open_ones(number)
        if not open_ones:
            return None
        conversation = await work.conversations.get(open_ones[0].conversation_id)
        if conversation is None:
            return None
        await speak_by(work, conversation, SMS)
        if await work.lines.chosen(open_ones[0].number_hash) != conversation.id:
            await self._choose(work, conversation, number, self._belongs())
        return conversation

    # chosen by the young person

    async def by_code(self, work: Work, number: str, text: str) -> bool:
        """A resume code, or the code to the chat, names the conversation that is written in now."""
        code = text.strip().upper()
        if not _CODE.fullmatch(code):
            return False
        key = work.lines.hash_of(number)
        try:
            self.guesses.check(key.hex())
        except Problem:
            return False
        conversation = await work.conversations.by_resume_code(code)
        if conversation is None:
            conversation = await self._linked(work, key, code)
            if conversation and await self._written_in(work, key, conversation):
                await self._say(work, conversation, self._where_codes_go())
                return True
        if conversation is None:
            self.guesses.failed(key.hex())
            return False
        await self._come_back(work, number, conversation)
        return True

    async def by_word(self, work: Work, number: str) -> bool:
        """SKIFT: the other conversation that was heard of last. False when there is none."""
        other = await work.lines.heard_beside(number)
        conversation = await work.conversations.get(other) if other else None
        if conversation is None:
            return False
        await self._choose(work, conversation, number, self._belongs())
        return True

    async def _linked(self, work: Work, key: bytes, code: str) -> Conversation | None:
        """It is used up only by a number that it lets in: who has the conversation already may
        still want the chat."""
        linked = await work.lines.linked(code)
        line = await work.lines.of(linked) if linked else None
        if line is None or line.number_hash != key:
            linked = await work.lines.use_link(code)
        return await work.conversations.get(linked) if linked else None

    async def _written_in(self, work: Work, key: bytes, conversation: Conversation) -> bool:
        line = await work.lines.of(conversation.id)
        here = line is not None and line.number_hash == key and line.speaks
        return here and await work.lines.chosen(key) == conversation.id

    async def _come_back(self, work: Work, number: str, conversation: Conversation) -> None:
        if conversation.status == CLOSED:  # it says so, and goes on in no way
            told = [sentences.said(self.said.edge, "samtale_lukket", SMS)]
        else:
            told = [sentences.said(self.said.edge, "velkommen_tilbage", SMS)]
            others = await work.lines.open_ones(number)
            if any(line.conversation_id != conversation.id for line in others):
                told.append(self._belongs())
        await self._choose(work, conversation, number, *told)
        await speak_by(work, conversation, SMS)

    async def _choose(
        self, work: Work, conversation: Conversation, number: str, *told: Draft
    ) -> None:
        await work.lines.open(conversation, number)
        await self._say(work, conversation, *told)

    async def _say(self, work: Work, conversation: Conversation, *told: Draft) -> None:
        await work.conversations.append(conversation, told)
        work.announce(conversation.id)

    def _belongs(self) -> Draft:
        return Draft(SYSTEM, self.said.own.say("sms_hoerer_til"))

    def _where_codes_go(self) -> Draft:
        return Draft(SYSTEM, self.said.own.say("sms_kode_her", adresse=self.said.address))

    # STOP and whatever is written after it

    async def stop(self, work: Work, number: str) -> None:
        """Whoever speaks in one of the conversations must know that nothing arrives."""
        await work.lines.opt_out(number)
        told = Draft(SYSTEM, self.said.own.say("sms_skrev_stop"))
        for line in await work.lines.open_ones(number):
            conversation = await work.conversations.get(line.conversation_id)
            if conversation and line.speaks:
                await self._say(work, conversation, told)
                silent = {"speaks": False, "sent_seq": conversation.seq}
                await work.lines.change(conversation.id, **silent)

    async def go_on(self, work: Work, number: str) -> None:
        """All that had been stopped speak again; what has moved to the chat stays there."""
        if not await work.lines.opted_out(number):
            return
        await work.lines.opt_in(number)
        for line in await work.lines.open_ones(number):
            conversation = await work.conversations.get(line.conversation_id)
            if conversation and conversation.channel == SMS:
                await speak_by(work, conversation, SMS)
