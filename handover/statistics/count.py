"""Counts a hand-over in the transaction that changes it.

Each case stands in the counters exactly once, as what is known of it now. What it was counted as is
kept sealed with its conversation and goes with it, so that a case that is closed twice, opened
again or passed on moves in the counters and is never added twice, and nothing in the counters leads
back to anybody.
"""

from __future__ import annotations

from dataclasses import replace

from bot.tracks.intake import Intake
from handover.statistics.facts import ERASED, Facts, facts
from handover.storage.conversations import Conversation
from handover.storage.work import Work


async def count(work: Work, conversation: Conversation) -> None:
    """Bring the counters in step with the conversation's hand-over, if it has one."""
    before, now = await _before_and_now(work, conversation)
    if now:
        await _move(work, conversation, before, now)


async def count_erased(work: Work, conversation: Conversation) -> None:
    """To be called before the citizen's erasure of a case that is not closed."""
    before, now = await _before_and_now(work, conversation)
    if now:
        await _move(work, conversation, before, replace(now, outcome=ERASED))


async def count_and_forget(work: Work, conversation: Conversation) -> None:
    """Who spoke of what is counted for good; it is then not known any more."""
    before, now = await _before_and_now(work, conversation)
    if now:
        await _move(work, conversation, before, now)
        await work.statistics.remember(conversation, now.anonymous().to_json())


async def _before_and_now(
    work: Work, conversation: Conversation
) -> tuple[Facts | None, Facts | None]:
    handover = await work.handovers.of(conversation.id)
    if handover is None:
        return None, None
    stood = await work.statistics.standing(conversation)
    before = Facts.from_json(stood) if stood else None
    _, document = await work.conversations.intake(conversation)
    return before, facts(handover, Intake.from_json(document), work.measures, before)


async def _move(work: Work, conversation: Conversation, before: Facts | None, now: Facts) -> None:
    if before == now:
        return
    changes = now.cells()
    changes.subtract(before.cells() if before else {})
    await work.statistics.add(changes)
    await work.statistics.remember(conversation, now.to_json())
