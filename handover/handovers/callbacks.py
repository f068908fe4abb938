"""Call-backs: who wants to be called or texted, when, what it is about, and what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from bot.tracks.catalogue import Catalogue
from bot.tracks.intake import Intake
from handover.clock import COPENHAGEN, Clock, danish_day, rfc3339
from handover.errors import Problem
from handover.handovers.schemas import AttemptIn, Ending
from handover.handovers.summary import contact_json, headline
from handover.storage.callbacks import Attempt, Callback
from handover.storage.handovers import Handover
from handover.storage.work import Store, Work

Json = dict[str, Any]

SPOKE, NO_ANSWER, AGREED = "talte", "intet_svar", "aftalt_ny_tid"
RESULTS = (SPOKE, NO_ANSWER, AGREED)
AGREED_LASTS = timedelta(minutes=30)
"""An agreed time without an end: so long it is not overdue."""


class CallbackService:
    def __init__(self, store: Store, catalogue: Catalogue, clock: Clock) -> None:
        self.store, self.catalogue, self.clock = store, catalogue, clock

    async def due(self) -> int:
        """How many want to be called or texted now: their time has begun, or none was named."""
        async with self.store.read() as work:
            return await work.callbacks.due(self.clock())

    async def listed(self) -> list[Json]:
        """The open ones, the earliest time first, and what was done today."""
        now = self.clock()
        midnight = datetime.combine(danish_day(now), time(), COPENHAGEN)
        async with self.store.read() as work:
            found = await work.callbacks.open(done_since=midnight)
            ids = [one.handover_id for one in found]
            handovers = await work.handovers.some(ids)
            attempts = await work.callbacks.attempts(ids)
            known = await work.conversations.intakes(
                [h.conversation_id for h in handovers.values()]
            )
        items = []
        for one in found:
            handover = handovers[one.handover_id]
            intake = Intake.from_json(known[handover.conversation_id])
            items.append(self._item(handover, intake, one, attempts[one.handover_id], now))
        return items

    def _item(
        self,
        handover: Handover,
        intake: Intake,
        callback: Callback,
        attempts: Sequence[Attempt],
        now: datetime,
    ) -> Json:
        tracks = [self.catalogue.tracks[t] for t in intake.track_ids if t in self.catalogue.tracks]
        return {
            **headline(handover),
            "speaker": intake.speaker_value,
            "age": intake.age.value if intake.age else None,
            "tracks": [{"track": t.id, "title": t.title, "short": t.short} for t in tracks],
            "concern": [{"seq": q.seq, "quote": q.quote} for q in intake.concern[:1]],
            "contact": contact_json(intake),
            "callback": callback_json(callback, attempts),
            "when": standing(callback, now),
        }

    async def attempt(self, handover_id: str, actor: str, tried: AttemptIn) -> Json:
        """Note what came of it. Whoever calls, also a colleague of the one who has the case."""
        async with self.store.write() as work:
            handover = await work.handovers.get(handover_id)
            if handover is None:
                raise Problem(404, "findes_ikke")
            if await work.callbacks.of(handover_id) is None:
                raise Problem(409, "intet_opkald")
            if tried.result == SPOKE:
                await work.callbacks.done(handover_id)
            elif tried.result == NO_ANSWER:
                await work.callbacks.reopen(handover_id)
            else:
                await work.callbacks.agree(handover_id, *_agreed(tried, self.clock()))
            await work.callbacks.note(handover_id, tried.result, actor)
            await work.trail.note(actor, f"callback_{tried.result}", handover_id)
            work.announce(handover.conversation_id)
            work.announce_queue()
            return {"callback": await callback_of(work, handover)}


def _agreed(tried: AttemptIn, now: datetime) -> tuple[datetime, datetime]:
    if tried.start is None:
        raise Problem(422, "ny_tid")
    start = _danish(tried.start)
    end = _danish(tried.end) if tried.end else start + AGREED_LASTS
    if end <= start or end <= now:
        raise Problem(422, "ny_tid")
    return start, end


def _danish(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)


def standing(callback: Callback, now: datetime) -> str:
    """``overdue``, ``now``, ``anytime`` (no clear time was named), ``later``, ``done``"""
    if callback.done_at:
        return "done"
    if callback.due_from is None or callback.due_to is None:
        return "anytime"
    if callback.due_to <= now:
        return "overdue"
    return "now" if callback.due_from <= now else "later"


def callback_json(callback: Callback, attempts: Sequence[Attempt]) -> Json:
    """``window`` is the time that counts: the one agreed with a counsellor, else the wish."""
    window = None
    if callback.due_from and callback.due_to:
        window = {"from": rfc3339(callback.due_from), "to": rfc3339(callback.due_to)}
    return {
        "way": callback.way,
        "window": window,
        "agreed": callback.agreed,
        "done_at": rfc3339(callback.done_at) if callback.done_at else None,
        "attempts": [{"result": a.result, "by": a.by, "at": rfc3339(a.at)} for a in attempts],
    }


async def callback_of(work: Work, handover: Handover) -> Json | None:
    """The case's call-back; None when nobody wants to be called or texted."""
    found = await work.callbacks.of(handover.id)
    if found is None:
        return None
    attempts = await work.callbacks.attempts([handover.id])
    return callback_json(found, attempts[handover.id])


async def check_open(work: Work, handover: Handover, actor: str, ending: Ending) -> bool:
    """Is a case closed with a call-back open? Never silently. Raises Problem 409 when whoever
    closes it did not know."""
    found = await work.callbacks.of(handover.id)
    if found is None or found.done_at:
        return False
    if ending.callback_seen is False:
        raise Problem(409, "aabent_opkald")
    await work.trail.note(actor, "closed_with_callback", handover.id)
    return True
