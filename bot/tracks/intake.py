"""What is known about one conversation: the document that edge and action server share.

The JSON form (``Intake.to_json``) is stored encrypted by the handover service. A quote always holds
the citizen's own words, never a paraphrase, so a state can be shown beside what it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FULFILLED = "opfyldt"
NOT_FULFILLED = "ikke_opfyldt"
UNRESOLVED = "uafklaret"
SETTLED = (FULFILLED, NOT_FULFILLED)
INTERRUPTED = "afbrudt"
"""The note with the question that was open when a message was met as danger, by its ``seq``: the
crisis dialogue may be over before the message is read as the answer that it also was."""

NOT_ASKED = "ikke_spurgt"
DOES_NOT_KNOW = "ved_ikke"
WILL_NOT_SAY = "vil_ikke_svare"
UNCLEAR = "uklart"

COMMON = "faelles"

INTAKE = "intake"
REQUESTERS = ("fagperson", "ukendt")
"""Who may ask for teaching or guidance; whoever else mentions it is met as what they are."""


def key_of(group: str | None, criterion: str) -> str:
    """``key_of("krop_mad", "alder") == "krop_mad.alder"``; without a group the common one."""
    return f"{group or COMMON}.{criterion}"


@dataclass
class Quote:
    """The citizen's words in message ``seq``, and the question they answered (if any)."""

    seq: int
    quote: str
    question: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Quote:
        return cls(int(data["seq"]), str(data["quote"]), data.get("question"))


def _quotes(data: Any) -> list[Quote]:
    return [Quote.from_json(item) for item in data or []]


@dataclass
class Answer:
    """The state of one criterion, what it rests on, and what it was before a correction."""

    status: str
    reason: str | None = None
    evidence: list[Quote] = field(default_factory=list)
    previous: list[dict[str, Any]] = field(default_factory=list)
    struck: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        return cls(
            status=data["status"],
            reason=data.get("reason"),
            evidence=_quotes(data.get("evidence")),
            previous=list(data.get("previous") or []),
            struck=bool(data.get("struck", False)),
        )

    @property
    def settled(self) -> bool:
        return self.status in SETTLED


@dataclass
class Fact:
    """A value (age, speaker, municipality) with the words it was read from."""

    value: Any
    evidence: list[Quote] = field(default_factory=list)
    previous: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Fact | None:
        if not data or data.get("value") is None:
            return None
        return cls(data["value"], _quotes(data.get("evidence")), list(data.get("previous") or []))

    def corrected(self, value: Any, quote: Quote) -> Fact:
        """The new value, with the first one kept beside it."""
        if value == self.value:
            return self
        first = {"value": self.value, "evidence": [asdict(q) for q in self.evidence]}
        return Fact(value, [quote], [*self.previous, first])


@dataclass
class Pending:
    """The question now open: a criterion (``track`` None = common) or a closing step."""

    id: str
    track: str | None = None
    attempt: int = 1
    text: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Pending | None:
        if not data:
            return None
        return cls(data["id"], data.get("track"), int(data.get("attempt", 1)), data.get("text", ""))

    @property
    def key(self) -> str:
        return key_of(self.track, self.id)


@dataclass
class Safety:
    """How far the danger screen and the crisis dialogue have come (see bot.safety)."""

    level: str = "none"
    asked: bool = False
    step: str | None = None
    evidence: list[dict[str, Any]] = field(default_factory=list)
    retracted: bool = False
    poison: bool = False
    violence: bool = False


@dataclass
class Contact:
    wants: str | None = None
    phone: str | None = None
    name: str | None = None
    time: str | None = None
    window: dict[str, str] | None = None
    """``{"from": "<RFC 3339>", "to": ...}`` where the time in words is clear or was chosen."""


@dataclass
class Closing:
    consent: str | None = None
    contact: Contact = field(default_factory=Contact)
    reviewed: bool = False
    steps: list[str] = field(default_factory=list)
    done: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Closing:
        data = dict(data or {})
        contact = Contact(**_known(Contact, data.pop("contact", None)))
        return cls(contact=contact, **_known(cls, data))


@dataclass
class TrackSeen:
    track: str
    evidence: list[Quote] = field(default_factory=list)


@dataclass
class Intake:
    """Everything that the questionnaire knows about one conversation."""

    channel: str = "web"
    handled_seq: int = 0
    speaker: Fact | None = None
    relation: str | None = None
    age: Fact | None = None
    kommune: Fact | None = None
    tracks: list[TrackSeen] = field(default_factory=list)
    concern: list[Quote] = field(default_factory=list)
    tried: list[Quote] = field(default_factory=list)
    wishes: list[Quote] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    pending: Pending | None = None
    asked: list[str] = field(default_factory=list)
    safety: Safety = field(default_factory=Safety)
    closing: Closing = field(default_factory=Closing)
    fallback: int = 0
    topic: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Intake:
        """The intake of its JSON form; missing keys take their defaults, others are ignored."""
        data = data or {}
        return cls(
            channel=data.get("channel", "web"),
            handled_seq=int(data.get("handled_seq", 0)),
            speaker=Fact.from_json(data.get("speaker")),
            relation=data.get("relation"),
            age=Fact.from_json(data.get("age")),
            kommune=Fact.from_json(data.get("kommune")),
            tracks=[
                TrackSeen(t["track"], _quotes(t.get("evidence"))) for t in data.get("tracks") or []
            ],
            concern=_quotes(data.get("concern")),
            tried=_quotes(data.get("tried")),
            wishes=_quotes(data.get("wishes")),
            answers={k: Answer.from_json(v) for k, v in (data.get("answers") or {}).items()},
            pending=Pending.from_json(data.get("pending")),
            asked=list(data.get("asked") or []),
            safety=Safety(**_known(Safety, data.get("safety"))),
            closing=Closing.from_json(data.get("closing")),
            fallback=int(data.get("fallback", 0)),
            topic=data.get("topic"),
            notes=dict(data.get("notes") or {}),
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def speaker_value(self) -> str:
        return self.speaker.value if self.speaker else "ukendt"

    @property
    def track_ids(self) -> list[str]:
        return [seen.track for seen in self.tracks]

    @property
    def kind(self) -> str:
        """``undervisning`` or ``vejledning`` when a professional asks for that and about no child;
        else ``intake``."""
        about_a_child = self.track_ids or self.age or self.relation
        if about_a_child or self.speaker_value not in REQUESTERS:
            return INTAKE
        return str(self.notes.get("kind") or INTAKE)

    def status(self, key: str) -> str | None:
        answer = self.answers.get(key)
        return answer.status if answer and not answer.struck else None

    def settle(self, key: str, status: str, reason: str | None, quote: Quote) -> None:
        """Record a state for a criterion; an earlier different one is kept beside it."""
        old = self.answers.get(key)
        if old is None:
            self.answers[key] = Answer(status, reason, [quote])
        elif old.status == status:
            old.reason, old.struck = reason, False
            if quote not in old.evidence:
                old.evidence.append(quote)
        else:
            first = asdict(old)
            kept = [
                *first.pop("previous"),
                {"status": old.status, "reason": old.reason, "evidence": first["evidence"]},
            ]
            self.answers[key] = Answer(status, reason, [quote], kept)

    def see_track(self, track: str, quote: Quote) -> bool:
        """Add a track with the words that speak of it; False when it was there already."""
        for seen in self.tracks:
            if seen.track == track:
                return False
        self.tracks.append(TrackSeen(track, [quote]))
        return True


def _known(kind: Any, data: Mapping[str, Any] | None) -> dict[str, Any]:
    names = set(kind.__dataclass_fields__)
    return {k: v for k, v in (data or {}).items() if k in names}
