"""The intake summary of the contract: pure, from what is known to what a counsellor reads.

Nothing is concluded here: each criterion stands with its state, the citizen's words it rests on,
and the counsellor's own judgement beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.tracks.catalogue import Catalogue, Criterion, Track
from bot.tracks.intake import COMMON, INTAKE, NOT_ASKED, UNRESOLVED, Answer, Fact, Intake, Quote
from bot.tracks.questionnaire import state
from bot.tracks.wording import question_text
from handover.clock import rfc3339
from handover.conversations.messages import Message
from handover.handovers.asked import asked_in
from handover.handovers.possibilities import Possibility
from handover.storage.alerts import Alert
from handover.storage.calls import Leg
from handover.storage.handovers import Handover, Judgement, Note
from handover.storage.lines import Outgoing
from handover.storage.receipts import Receipt
from handover.storage.recordings import Recording
from handover.texts import fill

Json = dict[str, Any]
VALUES = ("fakta", "fritekst")
"""Kinds with a value or quotes, and no state."""


@dataclass(frozen=True)
class Case:
    """Everything that a summary is made of."""

    handover: Handover
    intake: Intake
    messages: Sequence[Message]
    judgements: Mapping[tuple[str, str], Judgement]
    notes: Sequence[Note]
    catalogue: Catalogue
    possibilities: Sequence[Possibility]
    offered: Sequence[str]
    names: Mapping[str, str]

    @cached_property
    def asked(self) -> Mapping[tuple[str, str], list[Json]]:
        return asked_in(self.messages)


def summary(case: Case) -> Json:
    handover, intake = case.handover, case.intake
    return {
        **headline(handover),
        "speaker": _fact(intake.speaker, "ukendt"),
        "age": _fact(intake.age),
        "kommune": _fact(intake.kommune),
        "concern": _quotes(intake.concern),
        "risk": _risk(intake),
        "tracks": [
            _track(case, seen) for seen in intake.track_ids if seen in case.catalogue.tracks
        ],
        "common": [_criterion(case, case.catalogue.common, c) for c in _common(case)],
        "tried": _quotes(intake.tried),
        "wishes": _quotes(intake.wishes),
        "contact": contact_json(intake),
        "consent": intake.closing.consent,
        "possibilities": _possibilities(case),
        "transcript": [message.to_json() for message in case.messages],
        "notes": [note_json(note) for note in case.notes],
    }


def headline(handover: Handover) -> Json:
    """The part that the queue shows too."""
    return {
        "handover_id": handover.id,
        "kind": handover.kind,
        "conversation_id": handover.conversation_id,
        "created_at": rfc3339(handover.created_at),
        "waiting_since": rfc3339(handover.waiting_since),
        "channel": handover.channel,
        "status": handover.status,
        "claimed_by": handover.claimed_by,
        "priority": handover.priority,
        "reason": handover.reason,
        "closed_at": rfc3339(handover.closed_at) if handover.closed_at else None,
        "outcome": handover.outcome,
    }


def asked_common(found: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The common criteria of a summary; of a request for teaching or guidance only those that were
    asked, since it is about no child."""
    rows: Sequence[Mapping[str, Any]] = found["common"]
    if found.get("kind", INTAKE) == INTAKE:
        return rows
    return [row for row in rows if row["reason"] != NOT_ASKED]


def sms_json(newest: Outgoing | None) -> Json | None:
    """What became of the newest SMS to the citizen; ``failure``: Twilio's code, or ``stop``."""
    return {"state": newest.state, "failure": newest.failure} if newest else None


def note_json(note: Note) -> Json:
    return {
        "id": note.id,
        "author": note.author,
        "text": note.text,
        "created_at": rfc3339(note.created_at),
    }


def alert_json(alert: Alert) -> Json:
    """``state``: ``sent``, ``waiting`` (it goes on being tried), or ``dropped`` (not needed)."""
    state = "sent" if alert.sent_at else "waiting" if alert.live else "dropped"
    return {
        "step": alert.step,
        "way": alert.way,
        "contact": alert.contact,
        "state": state,
        "tries": alert.tries,
        "created_at": rfc3339(alert.created_at),
        "sent_at": rfc3339(alert.sent_at) if alert.sent_at else None,
    }


def receipt_json(receipt: Receipt) -> Json:
    """``delivered`` and ``seen``: the newest of the counsellors' messages that has come to the
    citizen, and that has been on their screen; ``read``: the newest of theirs that is read."""
    return {
        "delivered": receipt.delivered_seq or None,
        "seen": receipt.seen_seq or None,
        "seen_at": rfc3339(receipt.seen_at) if receipt.seen_at else None,
        "read": receipt.read_seq or None,
    }


def leg_json(leg: Leg, now: datetime) -> Json:
    """A call that we made. ``kind``: ``through`` for a caller who waited, ``back`` to call the
    citizen back; ``name``: the counsellor; ``live``: it is under way."""
    return {
        "call_id": leg.id,
        "kind": leg.kind,
        "name": leg.name,
        "state": leg.state,
        "live": leg.live(now),
        "recorded": leg.recorded,
        "created_at": rfc3339(leg.created_at),
        "changed_at": rfc3339(leg.changed_at),
    }


def recording_json(one: Recording) -> Json:
    """A recorded talk. ``seconds``: null until it is complete."""
    return {
        "recording_id": one.id,
        "call_id": one.call_id,
        "seconds": one.seconds,
        "begun_at": rfc3339(one.begun_at),
    }


def judgement_json(judgement: Judgement | None) -> Json:
    if judgement is None:
        return {"status": None, "by": None, "at": None}
    return {"status": judgement.status, "by": judgement.by, "at": rfc3339(judgement.at)}


def _fact(fact: Fact | None, unknown: Any = None) -> Json:
    if fact is None:
        return {"value": unknown, "evidence": []}
    found: Json = {"value": fact.value, "evidence": _quotes(fact.evidence)}
    if fact.previous:
        found["previous"] = fact.previous
    return found


def _quotes(quotes: Sequence[Quote], question: bool = False) -> list[Json]:
    return [_quote(quote, question) for quote in quotes]


def _quote(quote: Quote, question: bool) -> Json:
    found: Json = {"seq": quote.seq, "quote": quote.quote}
    return (
        {"seq": quote.seq, "question": quote.question, "quote": quote.quote} if question else found
    )


def _risk(intake: Intake) -> Json:
    safety = intake.safety
    return {
        "level": safety.level,
        "asked": safety.asked or any(k in intake.asked for k in _ASKED),
        "evidence": safety.evidence,
        "retracted": safety.retracted,
    }


_ASKED = (f"{COMMON}.sikkerhed_nu", f"{COMMON}.selvmordstanker")


def _common(case: Case) -> Sequence[Criterion]:
    return case.catalogue.common.criteria


def _track(case: Case, track_id: str) -> Json:
    track = case.catalogue.tracks[track_id]
    rows = [_criterion(case, track, criterion) for criterion in track.criteria]
    return {
        "track": track.id,
        "title": track.title,
        "evidence": [
            q for t in case.intake.tracks if t.track == track.id for q in _quotes(t.evidence)
        ],
        "criteria": rows,
        "open_questions": [
            row["id"] for row in rows if row["status"] == UNRESOLVED and row["kind"] not in VALUES
        ],
    }


def _criterion(case: Case, track: Track, criterion: Criterion) -> Json:
    judgement = case.judgements.get((track.id, criterion.id))
    found: Json = {
        "id": criterion.id,
        "kind": criterion.kind,
        "group": criterion.group,
        "text": criterion.text,
        "label": criterion.label,
        "status": None,
        "reason": None,
        "evidence": [],
        "counsellor": judgement_json(judgement),
        "source": criterion.source,
        "points_to": criterion.points_to,
        "wording": question_text(case.intake, criterion) if criterion.questions else None,
        "asked_by_counsellor": case.asked.get((track.id, criterion.id), []),
    }
    if criterion.kind in VALUES:
        return found | _value(case.intake, track, criterion)
    return found | _state(state(case.intake, track, criterion))


def _state(answer: Answer) -> Json:
    found: Json = {
        "status": answer.status,
        "reason": answer.reason if answer.status == UNRESOLVED else None,
        "evidence": _quotes(answer.evidence, question=True),
    }
    if answer.previous:
        found["previous"] = answer.previous
    return found


def _value(intake: Intake, track: Track, criterion: Criterion) -> Json:
    """Facts have a value, tellings have quotes; both may have been left open."""
    facts = {"henvender": intake.speaker, "alder": intake.age, "kommune": intake.kommune}
    tellings = {"fylder": intake.concern, "proevet": intake.tried, "oensker": intake.wishes}
    if criterion.id in tellings:
        return {"evidence": _quotes(tellings[criterion.id], question=True)} | _left_open(
            intake, track, criterion, bool(tellings[criterion.id])
        )
    fact = facts.get(criterion.id)
    found: Json = {"value": fact.value if fact else None}
    if fact:
        found["evidence"] = _quotes(fact.evidence, question=True)
    return found | _left_open(intake, track, criterion, fact is not None)


def _left_open(intake: Intake, track: Track, criterion: Criterion, known: bool) -> Json:
    if known:
        return {}
    answer = intake.answers.get(track.key(criterion))
    return {"reason": answer.reason if answer else "ikke_spurgt"}


def contact_json(intake: Intake) -> Json:
    contact = intake.closing.contact
    return {
        "wants": contact.wants or "none",
        "phone": contact.phone,
        "name": contact.name,
        "time": contact.time,
        "window": contact.window,
    }


def _possibilities(case: Case) -> list[Json]:
    tracks, speaker = case.intake.track_ids, case.intake.speaker_value
    return [
        {"id": p.id, "text": fill(p.text, case.names), "source": p.source}
        for p in case.possibilities
        if p.fits(tracks, speaker, case.offered)
    ]
