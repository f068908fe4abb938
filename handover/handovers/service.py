"""What counsellors do with a hand-over: see, claim, judge, note, pass on, close."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from bot.tracks.catalogue import Catalogue
from bot.tracks.intake import Intake
from handover.accounts.roles import RAADGIVER
from handover.clock import COPENHAGEN, Clock, from_rfc3339, rfc3339
from handover.conversations import sentences
from handover.conversations.messages import (
    ASSISTANT,
    CLOSED,
    COUNSELLED,
    WAITING,
    Draft,
)
from handover.errors import Problem
from handover.handovers.aftercare import Aftercare, follow_up_json, noted
from handover.handovers.callbacks import callback_of, check_open
from handover.handovers.desk import URGENT, conversation_of, owned, sign_of_life
from handover.handovers.desk import found as _handover
from handover.handovers.possibilities import Possibility
from handover.handovers.schemas import Ending
from handover.handovers.summary import (
    Case,
    Json,
    alert_json,
    contact_json,
    headline,
    judgement_json,
    leg_json,
    note_json,
    receipt_json,
    recording_json,
    sms_json,
    summary,
)
from handover.handovers.together import Together
from handover.handovers.waiting import target
from handover.municipality import Municipality
from handover.statistics.count import count
from handover.storage import handovers as states
from handover.storage.conversations import Conversation
from handover.storage.handovers import Handover, Position
from handover.storage.work import Store, Work
from handover.texts import Texts

PAGE = 50
MOST_HELD = 10_000
"""More than anybody holds."""


class HandoverService:
    def __init__(
        self,
        store: Store,
        texts: Texts,
        catalogue: Catalogue,
        municipality: Municipality,
        possibilities: Sequence[Possibility],
        clock: Clock,
    ) -> None:
        self.store, self.texts, self.catalogue = store, texts, catalogue
        self.municipality, self.possibilities, self.clock = municipality, possibilities, clock
        self.aftercare = Aftercare(municipality.retention, clock)
        self.waiting_now = Together(self._waiting)
        """For the alarm: how many wait, since when the newest, and the urgent ones. No words."""

    # seeing

    async def page(self, cursor: str | None, limit: int = PAGE, **equal: Any) -> Json:
        """``{"items": [...], "next_cursor": ...}``: danger first, then who has waited longest."""
        async with self.store.read() as work:
            found = await work.handovers.page(limit + 1, _position(cursor), **equal)
            shown = found[:limit]
            items = await self.items(work, shown)
        more = len(found) > limit
        return {"items": items, "next_cursor": _cursor(shown[-1]) if more else None}

    async def _waiting(self) -> Json:
        async with self.store.read() as work:
            number, newest = await work.handovers.waiting()
            urgent = await work.handovers.waiting_at(URGENT)
        return {
            "waiting": number,
            "newest": rfc3339(newest) if newest else "",
            "urgent": [f"{one.id} {rfc3339(one.since)}" for one in urgent],
            "since": min((rfc3339(one.since) for one in urgent), default=None),
        }

    async def closed_cases(self, limit: int = PAGE) -> list[Json]:
        async with self.store.read() as work:
            found = await work.handovers.closed(limit)
            return await self.items(work, found)

    async def follow_ups(self) -> list[Json]:
        """What is to be followed up, the oldest day first, and what was done today."""
        midnight = datetime.combine(self.aftercare.today, time(), COPENHAGEN)
        async with self.store.read() as work:
            rows = await work.aftercare.follow_ups(done_since=midnight)
            found = [await _handover(work, handover_id) for handover_id, _ in rows]
            items = await self.items(work, found)
        own = [
            {
                "follow_up": follow_up_json(follow_up),
                "last_day": self._last_day(handover) if handover.closed_at else None,
            }
            for handover, (_, follow_up) in zip(found, rows, strict=True)
        ]
        return [item | more for item, more in zip(items, own, strict=True)]

    def _last_day(self, handover: Handover) -> str:
        return self.aftercare.last_day(handover).isoformat()

    async def items(self, work: Work, found: Sequence[Handover]) -> list[Json]:
        """All intakes at once: a query for each would be felt in a long queue. What has been erased
        since it was found is left out."""
        known = await work.conversations.intakes([one.conversation_id for one in found])
        return [
            self._item(one, Intake.from_json(known[one.conversation_id]))
            for one in found
            if one.conversation_id in known
        ]

    def _item(self, handover: Handover, intake: Intake) -> Json:
        known = [self.catalogue.tracks[t] for t in intake.track_ids if t in self.catalogue.tracks]
        return {
            **headline(handover),
            "target": target(self.municipality, handover, self.clock()),
            "speaker": intake.speaker_value,
            "age": intake.age.value if intake.age else None,
            "tracks": [{"track": t.id, "title": t.title, "short": t.short} for t in known],
            "concern": [{"seq": q.seq, "quote": q.quote} for q in intake.concern[:1]],
            "risk": intake.safety.level,
            "risk_evidence": intake.safety.evidence[:1],
            "wants": intake.closing.contact.wants,
            "contact": contact_json(intake),
        }

    async def detail(
        self, handover_id: str, actor: str, action: str = "read", present: bool = True
    ) -> Json:
        """``present``: somebody looks at it. A page left open is no sign of life."""
        async with self.store.write() as work:
            handover = await _handover(work, handover_id)
            await work.trail.note(actor, action, handover_id)
            if present:
                await self._sign_of_life(work, handover, actor)
            return await self._summary(work, handover)

    async def glance(self, handover_id: str) -> Json:
        """The same for a page that has been opened: nothing is noted."""
        async with self.store.read() as work:
            return await self._summary(work, await _handover(work, handover_id))

    async def _summary(self, work: Work, handover: Handover) -> Json:
        conversation = await conversation_of(work, handover)
        _, document = await work.conversations.intake(conversation)
        intake = Intake.from_json(document)
        case = Case(
            handover=handover,
            intake=intake,
            messages=await work.conversations.messages(conversation),
            judgements=await work.handovers.judgements(handover.id),
            notes=await work.handovers.notes(conversation, handover.id),
            catalogue=self.catalogue,
            possibilities=self.possibilities,
            offered=tuple(self.municipality.tracks),
            names=self.texts.names,
        )
        return summary(case) | {
            "target": target(self.municipality, handover, self.clock()),
            "on_phone": await work.calls.running(conversation.id),
            "calls": [
                leg_json(one, self.clock()) for one in await work.calls.legs_of(conversation.id)
            ],
            "recordings": [
                recording_json(one) for one in await work.recordings.of(conversation.id)
            ],
            "alerts": [alert_json(one) for one in await work.alerts.of(handover.id)],
            **await noted(work, handover),
            "callback": await callback_of(work, handover),
            "last_day": self._last_day(handover),
            "receipts": receipt_json(await work.receipts.of(conversation.id)),
            "sms": sms_json(await work.lines.newest(conversation.id)),
            "conversation_status": conversation.status,
            "contact_asked": intake.closing.contact.wants is not None,
            "erased_by_citizen": conversation.reduced,
        }

    # owning

    async def claim(self, handover_id: str, actor: str) -> Json:
        """One conditional update decides who gets it; a repeated claim of one's own is no error."""
        async with self.store.write() as work:
            if await work.accounts.closed(actor):  # since the caller was let in
                raise Problem(401, "ikke_logget_ind")
            if not await work.handovers.claim(handover_id, actor):
                held = await _handover(work, handover_id)
                if held.status == states.CLOSED:
                    raise Problem(409, "allerede_lukket", fields={"held_by": None})
                if held.claimed_by != actor:
                    raise Problem(409, "optaget", fields={"held_by": held.claimed_by})
                return headline(held)
            handover = await _handover(work, handover_id)
            conversation = await self._change_hands(
                work, handover, COUNSELLED, "raadgiver_her", name=actor
            )
            await count(work, conversation)
            await work.trail.note(actor, "claimed", handover_id)
            return headline(handover)

    async def release(self, handover_id: str, actor: str) -> Json:
        """Back to the queue; the citizen is told."""
        return await self._give_up(handover_id, actor, WAITING, "raadgiver_slap", "released")

    async def give_back(self, handover_id: str, actor: str) -> Json:
        """Back to the assistant, which asks its open question again; the case waits on."""
        return await self._give_up(handover_id, actor, WAITING, "assistent_igen", "returned")

    async def _give_up(
        self, handover_id: str, actor: str, status: str, key: str, action: str
    ) -> Json:
        async with self.store.write() as work:
            handover = await owned(work, handover_id, actor)
            await self._put_back(work, handover, status, key)
            await work.trail.note(actor, action, handover_id)
            return headline(await _handover(work, handover_id))

    async def _put_back(self, work: Work, handover: Handover, status: str, key: str) -> None:
        await work.handovers.requeue(handover.id)
        await self._change_hands(work, handover, status, key, ask=True)

    async def put_back_all(self, work: Work, holder: str, actor: str) -> None:
        """What somebody holds who cannot log in any more goes back to the queue."""
        held = await work.handovers.page(MOST_HELD, status=states.CLAIMED, claimed_by=holder)
        for one in held:
            handover = await _handover(work, one.id)
            if handover.claimed_by != holder:  # given up meanwhile
                continue
            await self._put_back(work, handover, WAITING, "raadgiver_slap")
            await work.trail.note(actor, "released", handover.id, about=holder)

    async def transfer(self, handover_id: str, actor: str, to: str) -> Json:
        async with self.store.write() as work:
            there = {account.name for account in await work.accounts.with_role(RAADGIVER)}
            handover = await owned(work, handover_id, actor)
            if to not in there:
                raise Problem(422, "ugyldig", fields={"fields": ["body.to"]})
            now = self.clock()
            await work.handovers.change(handover_id, claimed_by=to, claimed_at=now, seen_at=now)
            await self._change_hands(work, handover, COUNSELLED, "raadgiver_skifter", name=to)
            await work.trail.note(actor, "transferred", handover_id)
            return headline(await _handover(work, handover_id))

    async def close(self, handover_id: str, actor: str, ending: Ending) -> Json:
        """Closed by a counsellor; a case whose citizen asked for erasure is erased with it."""
        async with self.store.write() as work:
            handover = await _handover(work, handover_id)
            if handover.status == states.CLOSED:
                raise Problem(409, "allerede_lukket")
            if handover.claimed_by not in (None, actor):
                raise Problem(409, "optaget", fields={"held_by": handover.claimed_by})
            left_open = await check_open(work, handover, actor, ending)
            now = self.clock()
            if ending.underretning:
                await self.aftercare.note_underretning(work, handover, actor, ending.underretning)
            if "follow_up" in ending.model_fields_set:
                await self.aftercare.plan(work, handover, actor, ending.follow_up)
            await work.handovers.change(
                handover_id, status=states.CLOSED, outcome=ending.outcome, closed_at=now
            )
            conversation = await self._change_hands(
                work, handover, CLOSED, "sag_lukket", closed_at=now
            )
            await work.trail.note(actor, "closed", handover_id)
            await count(work, conversation)
            closed = headline(await _handover(work, handover_id))
            closed["callback_left_open"] = left_open
            if conversation.reduced:
                await work.conversations.erase(conversation.id)
            return closed

    async def _change_hands(
        self,
        work: Work,
        handover: Handover,
        status: str,
        key: str,
        ask: bool = False,
        name: str = "",
        **changes: Any,
    ) -> Conversation:
        """Ownership changes: whatever was under way for the one before is dropped (epoch).
        ``name``: whose account takes over. The citizen is told the name that the account shows,
        where the municipality wants that; else, or if it shows none, the role."""
        conversation = await conversation_of(work, handover)
        named = name and self.municipality.counsellor_named
        shown = await work.accounts.shown_name(name) if named else ""
        key = f"{key}_navn" if shown else key
        drafts = [sentences.said(self.texts, key, conversation.channel, "handover", navn=shown)]
        if ask:
            drafts += await open_question(work, conversation)
        await work.conversations.append(
            conversation, drafts, status=status, epoch=conversation.epoch + 1, **changes
        )
        work.announce(conversation.id)
        work.announce_queue()
        return conversation

    # judging, noting

    async def judge(
        self, handover_id: str, actor: str, track: str, criterion: str, status: str | None
    ) -> Json:
        """The counsellor's own judgement, kept beside what the answers speak for."""
        self._known(track, criterion)
        async with self.store.write() as work:
            handover = await _handover(work, handover_id)
            if handover.claimed_by not in (None, actor):
                raise Problem(409, "optaget", fields={"held_by": handover.claimed_by})
            judged = await work.handovers.judge(handover_id, track, criterion, status, actor)
            await self._sign_of_life(work, handover, actor)
            await work.trail.note(actor, "judged", handover_id)
            return {"track": track, "id": criterion, "counsellor": judgement_json(judged)}

    def _known(self, track: str, criterion: str) -> None:
        try:
            self.catalogue.group(track)[criterion]
        except KeyError:
            raise Problem(404, "findes_ikke") from None

    async def note(self, handover_id: str, actor: str, text: str) -> Json:
        async with self.store.write() as work:
            handover = await _handover(work, handover_id)
            conversation = await conversation_of(work, handover)
            note = await work.handovers.add_note(conversation, handover_id, actor, text)
            await self._sign_of_life(work, handover, actor)
            await work.trail.note(actor, "noted", handover_id)
            return note_json(note)

    async def _sign_of_life(self, work: Work, handover: Handover, actor: str) -> None:
        await sign_of_life(work, handover, actor, self.clock())

    async def colleagues(self, actor: str) -> list[str]:
        """Whom a case can be passed on to."""
        async with self.store.read() as work:
            return [name for name in await work.accounts.names(RAADGIVER) if name != actor]

    async def conversation_of(self, handover_id: str) -> str:
        async with self.store.read() as work:
            return (await _handover(work, handover_id)).conversation_id


async def open_question(work: Work, conversation: Conversation) -> list[Draft]:
    """The question that was open when a person took over, so that the assistant can go on."""
    _, document = await work.conversations.intake(conversation)
    intake = Intake.from_json(document)
    if intake.pending is None or not intake.pending.text or intake.safety.step:
        return []
    pending = intake.pending
    return [Draft(ASSISTANT, pending.text, "question", pending.id, track=pending.track)]


def _cursor(handover: Handover) -> str:
    place = [handover.rank, rfc3339(handover.created_at), handover.id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _position(cursor: str | None) -> Position | None:
    if not cursor:
        return None
    try:
        rank, created_at, handover_id = json.loads(base64.urlsafe_b64decode(cursor))
        return Position(int(rank), from_rfc3339(created_at), str(handover_id))
    except (ValueError, TypeError, binascii.Error):
        raise Problem(422, "ugyldig", fields={"fields": ["query.cursor"]}) from None
