"""After the talk: the counsellor's own underretning, and the day to follow up.

A reminder holds no words, but without its case it would say nothing: it is erased with the case,
so its day must lie before the case's own last one.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from handover.clock import Clock, danish_day, rfc3339
from handover.errors import Problem
from handover.handovers.desk import found
from handover.municipality import Retention
from handover.storage import handovers as states
from handover.storage.aftercare import FollowUp, Underretning
from handover.storage.handovers import Handover
from handover.storage.work import Store, Work

Json = dict[str, Any]


class Aftercare:
    """What may be noted when; every change is one line of the audit trail."""

    def __init__(self, retention: Retention, clock: Clock) -> None:
        self.retention, self.clock = retention, clock

    @property
    def today(self) -> date:
        return danish_day(self.clock())

    def last_day(self, handover: Handover) -> date:
        """The last whole day on which the case is there, if it is closed now (or was then)."""
        since = handover.closed_at or self.clock()
        return danish_day(since) + timedelta(days=self.retention.days_after_closing - 1)

    async def note_underretning(
        self, work: Work, handover: Handover, actor: str, made_on: date
    ) -> None:
        if made_on > self.today:
            raise Problem(422, "underretning_dato")
        await work.aftercare.note_underretning(handover.id, made_on, actor)
        await self._noted(work, handover, actor, "underretning_noted")

    async def forget_underretning(self, work: Work, handover: Handover, actor: str) -> None:
        if await work.aftercare.forget_underretning(handover.id):
            await self._noted(work, handover, actor, "underretning_removed")

    async def plan(self, work: Work, handover: Handover, actor: str, due_on: date | None) -> None:
        """Set the day to follow up; None takes it away. One that is done stays as it was."""
        before = await work.aftercare.follow_up(handover.id)
        still_open = before is not None and before.done_at is None
        if due_on is None:
            if still_open:
                await work.aftercare.forget_follow_up(handover.id)
                await self._noted(work, handover, actor, "follow_up_removed")
            return
        if before and still_open and before.due_on == due_on:
            return
        await self._check(work, handover, due_on)
        await work.aftercare.set_follow_up(handover.id, due_on, actor)
        await self._noted(work, handover, actor, "follow_up_set")

    async def _check(self, work: Work, handover: Handover, due_on: date) -> None:
        conversation = await work.conversations.get(handover.conversation_id)
        if conversation is None or conversation.reduced:
            raise Problem(422, "opfoelgning_slettet")
        last = self.last_day(handover)
        if not self.today <= due_on <= last:
            raise Problem(422, "opfoelgning_dato", values={"sidste": f"{last:%d.%m.%Y}"})

    async def mark(self, work: Work, handover: Handover, actor: str, done: bool) -> None:
        """Done, or open again; a repeat changes nothing."""
        if await work.aftercare.follow_up(handover.id) is None:
            raise Problem(404, "findes_ikke")
        if await work.aftercare.mark_follow_up(handover.id, actor if done else None):
            action = "follow_up_done" if done else "follow_up_reopened"
            await self._noted(work, handover, actor, action)

    async def _noted(self, work: Work, handover: Handover, actor: str, action: str) -> None:
        await work.trail.note(actor, action, handover.id)
        work.announce(handover.conversation_id)
        work.announce_queue()


class AftercareService:
    """The same for whoever calls: one transaction each."""

    def __init__(self, store: Store, rules: Aftercare) -> None:
        self.store, self.rules = store, rules

    async def note_underretning(self, handover_id: str, actor: str, made_on: date) -> Json:
        async with self.store.write() as work:
            handover = await _free(work, handover_id, actor)
            await self.rules.note_underretning(work, handover, actor, made_on)
            return await noted(work, handover)

    async def forget_underretning(self, handover_id: str, actor: str) -> Json:
        async with self.store.write() as work:
            handover = await _free(work, handover_id, actor)
            await self.rules.forget_underretning(work, handover, actor)
            return await noted(work, handover)

    async def plan(self, handover_id: str, actor: str, due_on: date | None) -> Json:
        async with self.store.write() as work:
            handover = await _free(work, handover_id, actor)
            await self.rules.plan(work, handover, actor, due_on)
            return await noted(work, handover)

    async def mark(self, handover_id: str, actor: str, done: bool) -> Json:
        """Whoever follows up, also a colleague of the one who set the day."""
        async with self.store.write() as work:
            handover = await found(work, handover_id)
            await self.rules.mark(work, handover, actor, done)
            return await noted(work, handover)

    async def due(self) -> int:
        """How many wait to be followed up, today or since before."""
        async with self.store.read() as work:
            return await work.aftercare.due(self.rules.today)


async def _free(work: Work, handover_id: str, actor: str) -> Handover:
    """A case that nobody else is at work with."""
    handover = await found(work, handover_id)
    if handover.status == states.CLAIMED and handover.claimed_by != actor:
        raise Problem(409, "optaget", fields={"held_by": handover.claimed_by})
    return handover


async def noted(work: Work, handover: Handover) -> Json:
    """``{"underretning": ..., "follow_up": ...}``, each null when there is none."""
    return {
        "underretning": underretning_json(await work.aftercare.underretning(handover.id)),
        "follow_up": follow_up_json(await work.aftercare.follow_up(handover.id)),
    }


def underretning_json(found: Underretning | None) -> Json | None:
    if found is None:
        return None
    return {"date": found.made_on.isoformat(), "by": found.by, "at": rfc3339(found.at)}


def follow_up_json(found: FollowUp | None) -> Json | None:
    if found is None:
        return None
    return {
        "date": found.due_on.isoformat(),
        "by": found.by,
        "done_at": rfc3339(found.done_at) if found.done_at else None,
        "done_by": found.done_by,
    }
