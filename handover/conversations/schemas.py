"""The conversations' part of the contract, as OpenAPI describes it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Satisfied = Literal["ja", "delvist", "nej"]
Recommends = Literal["ja", "ved_ikke", "nej"]
Channel = Literal["web", "sms", "phone"]
Status = Literal["assistant", "waiting", "counsellor", "closed"]

LARGEST = 2**31 - 1
"""Of a ``seq`` that anybody says to have reached."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="ignore")


class NewConversation(Strict):
    channel: Channel = "web"
    kommune: str | None = Field(None, max_length=60, description="Municipality, if known")
    client_conversation_id: str | None = Field(
        None,
        min_length=16,
        max_length=100,
        description="A secret of the client's own making (a UUID); the same again gives the same "
        "conversation",
    )


class NewMessage(Strict):
    client_message_id: str = Field(min_length=1, max_length=100)
    text: str


class Reached(Strict):
    delivered: int = Field(ge=0, le=LARGEST, description="The `seq` that has come")
    seen: int = Field(0, ge=0, le=LARGEST, description="The `seq` that has been on the screen")


class ResumeCode(Strict):
    resume_code: str = Field(max_length=100)


class Choice(BaseModel):
    title: str
    value: str


class MessageOut(BaseModel):
    seq: int
    sender: Literal["citizen", "assistant", "counsellor", "system"]
    kind: Literal["text", "question", "crisis", "answer", "summary", "handover", "closing"]
    text: str
    question: str | None = Field(description="The id of the criterion or closing step asked about")
    reworded: bool
    track: str | None
    topic: str | None
    choices: list[Choice]
    created_at: str = Field(description="RFC 3339")
    client_message_id: str | None = Field(None, description="Only of a citizen's message")


class QueueOut(BaseModel):
    """For who waits for a person. Never a promise: the times are what others really waited."""

    ahead: int = Field(description="How many are taken first")
    open: bool = Field(description="Are counsellors there now")
    closes_at: str | None = Field(description="RFC 3339; null while it is closed")
    opens_at: str | None = Field(
        description="RFC 3339; while it is closed, by opening hours, closed days and holidays; "
        "null: nothing is planned"
    )
    typical_minutes: int | None = Field(
        description="The median wait of the last 7 days for this priority, rounded up, in opening "
        "hours (urgent: around the clock); null: closed, fewer than five waits, or over 6 hours"
    )
    slow_minutes: int | None = Field(description="Nine of ten waited at most so long; as above")
    place: str = Field(examples=["Der er 2 før dig."])
    time: str = Field(
        description="How long it may take or when somebody comes, in Danish; empty when nothing "
        "can be said"
    )


class Messages(BaseModel):
    status: Status
    messages: list[MessageOut]
    seen: int | None = Field(
        None, description="The `seq` of the citizen's newest message that a counsellor has read"
    )
    typing: bool = Field(
        False,
        description="A counsellor was writing within the last six seconds; left out otherwise. "
        'For pages that ask; the stream sends it as a frame `{"type": "typing"}`',
    )
    queue: QueueOut | None = Field(
        None,
        description="Only while the citizen waits for a person. The stream sends it as a frame "
        '`{"type": "queue", "queue": {...} | null}` whenever it changes',
    )


class Started(Messages):
    conversation_id: str
    token: str
    resume_code: str = Field(description='"ABCD-EFGH-JK", to come back with')


class ContactIn(Strict):
    wants: Literal["call", "sms"]
    phone: str = Field(max_length=40, description="Danish, unless it begins with + and a country")
    time: str | None = Field(
        None, max_length=200, description="A title of `windows`, or words; null: any time"
    )


class WindowOut(BaseModel):
    title: str = Field(examples=["I dag kl. 13-15"])
    start: str = Field(serialization_alias="from", validation_alias="from", description="RFC 3339")
    end: str = Field(serialization_alias="to", validation_alias="to")


class ContactOut(BaseModel):
    wants: Literal["chat", "call", "sms", "none"] | None
    phone: str | None
    time: str | None = Field(description="The wish in words, or the title that was chosen")
    window: dict[str, str] | None = Field(
        description="`{from, to}` (RFC 3339) where the wish names a clear time"
    )
    windows: list[WindowOut] = Field(description="The next times in which a counsellor can call")


class FeedbackIn(Strict):
    """Left out: as it was. null: taken back."""

    tilfreds: Satisfied | None = Field(None, description="Is the citizen satisfied with the help?")
    anbefale: Recommends | None = Field(
        None, description="Would they recommend it to a friend, to another parent?"
    )


class FeedbackQuestion(BaseModel):
    id: Literal["tilfreds", "anbefale"]
    text: str = Field(description="Worded for who the citizen is (`speaker`)")
    choices: list[Choice]
    answer: str | None = Field(description="The value that was answered, which can be changed")


class FeedbackOut(BaseModel):
    questions: list[FeedbackQuestion] = Field(
        description="Empty as long as no counsellor has ended the conversation"
    )


class ErrorDetail(BaseModel):
    code: str
    message: str = Field(description="A kind Danish sentence")


class ErrorBody(BaseModel):
    error: ErrorDetail
