"""Two short, voluntary questions when a counsellor has ended the conversation.

What is kept for good is a number for each answer, by month, channel and speaker. The answer itself
stands sealed with the conversation, only so that it can be changed, and goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.tracks.intake import Intake
from handover.clock import Clock, danish_day
from handover.conversations.admission import admitted
from handover.conversations.messages import CLOSED
from handover.errors import Problem
from handover.storage import handovers as states
from handover.storage.conversations import Conversation
from handover.storage.work import Store, Work
from handover.texts import Texts

Json = dict[str, Any]


class Feedback:
    def __init__(self, store: Store, texts: Texts, clock: Clock) -> None:
        self.store, self.texts, self.clock = store, texts, clock

    async def read(self, conversation_id: str, token: str) -> Json:
        """The questions with what was answered; none as long as no counsellor has ended it."""
        async with self.store.read() as work:
            conversation = await admitted(work, conversation_id, token)
            if not await _ended(work, conversation):
                return {"questions": []}
            return await self._questions(work, conversation)

    async def answer(
        self, conversation_id: str, token: str, answers: Mapping[str, str | None]
    ) -> Json:
        """Take what is answered, changed, or (None) taken back; each counts once."""
        async with self.store.write() as work:
            conversation = await admitted(work, conversation_id, token)
            if not await _ended(work, conversation):
                raise Problem(409, "ikke_slut")
            given = await work.conversations.feedback(conversation)
            given.setdefault("speaker", await _speaker(work, conversation))
            for question, answer in sorted(answers.items()):
                await self._count(work, conversation.channel, given, question, answer)
            await work.conversations.save_feedback(conversation, given)
            return await self._questions(work, conversation)

    async def _count(
        self, work: Work, channel: str, given: Json, question: str, answer: str | None
    ) -> None:
        """A changed answer counts in the month of the first."""
        before = given.pop(question, None)
        month = before["month"] if before else danish_day(self.clock()).replace(day=1).isoformat()
        cell = (date.fromisoformat(month), channel, given["speaker"], question)
        moves = [(before["answer"], -1)] if before else []
        if answer:
            moves.append((answer, 1))
            given[question] = {"answer": answer, "month": month}
        for value, by in sorted(moves):  # in one order, or two citizens wait for each other
            await work.counts.add_feedback(*cell, value, by)

    async def _questions(self, work: Work, conversation: Conversation) -> Json:
        given = await work.conversations.feedback(conversation)
        speaker = given.get("speaker") or await _speaker(work, conversation)
        keys = {"tilfreds": "spoerg_tilfreds", "anbefale": f"spoerg_anbefale_{speaker}"}
        return {
            "questions": [
                {
                    "id": question,
                    "text": self.texts.say(key, conversation.channel),
                    "choices": self.texts.choices(key),
                    "answer": given.get(question, {}).get("answer"),
                }
                for question, key in keys.items()
            ]
        }


async def _ended(work: Work, conversation: Conversation) -> bool:
    if conversation.status != CLOSED:
        return False
    handover = await work.handovers.of(conversation.id)
    return handover is not None and handover.status == states.CLOSED


async def _speaker(work: Work, conversation: Conversation) -> str:
    _, document = await work.conversations.intake(conversation)
    return Intake.from_json(document).speaker_value
