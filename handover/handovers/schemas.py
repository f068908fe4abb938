"""The hand-overs' part of the contract: what comes in. What goes out is built in summary.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from handover.conversations.schemas import LARGEST

State = Literal["waiting", "claimed", "closed"]
Kind = Literal["intake", "undervisning", "vejledning"]
Channel = Literal["web", "sms", "phone"]
Priority = Literal["akut", "hoej", "normal"]
Format = Literal["pdf", "fhir", "text"]


class Transfer(BaseModel):
    to: str = Field(min_length=1, max_length=100, description="The other counsellor's name")


class Words(BaseModel):
    text: str


class Spoken(Words):
    client_message_id: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="Of the sender's own making (a UUID), so that a retry never says it twice",
    )
    question: str | None = Field(
        None, max_length=60, description="The id of the criterion that the message asks about"
    )
    track: str | None = Field(
        None, max_length=40, description="The criterion's track; null or `faelles`: a common one"
    )


class Read(BaseModel):
    through: int = Field(ge=0, le=LARGEST, description="The `seq` that was reached")


class Ending(BaseModel):
    """How a case is closed, and what was noted for afterwards."""

    outcome: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[\w\-]+( [\w\-]+)*$",
        description="An id of `udfald` in handover/pages/ord.yml, such as `andet`. A program's own "
        "is kept as it is and counted as `andet` in the statistics",
    )
    underretning: date | None = Field(
        None,
        description="The day the counsellor made an underretning; the system only notes it and "
        "sends nothing",
    )
    follow_up: date | None = Field(
        None,
        description="The day to follow up; left out: what was set before stays, null: taken away",
    )
    callback_seen: bool | None = Field(
        None,
        description="false: the caller knows of no open call-back, and gets 409 `aabent_opkald` if "
        "there is one. true or left out: it is closed with it, which the audit trail notes and "
        "`callback_left_open` of the answer says",
    )


class AttemptIn(BaseModel):
    """What came of a call or a text message."""

    result: Literal["talte", "intet_svar", "aftalt_ny_tid"] = Field(
        description="`talte` settles the call-back; the others leave it open, or open it again"
    )
    start: datetime | None = Field(
        None,
        alias="from",
        description="Of `aftalt_ny_tid`: from when; without an offset it is Danish time",
    )
    end: datetime | None = Field(
        None, alias="to", description="Until when; left out: half an hour later"
    )


class JudgementIn(BaseModel):
    status: Literal["opfyldt", "ikke_opfyldt", "uafklaret"] | None = Field(
        description="null takes the judgement back"
    )
