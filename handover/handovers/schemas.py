"""The hand-overs' part of the contract: what comes in. What goes out is built in summary.py."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

State = Literal["waiting", "claimed", "closed"]
Kind = Literal["intake", "undervisning", "vejledning"]
Channel = Literal["web", "sms", "phone"]
Priority = Literal["akut", "hoej", "normal"]
Format = Literal["pdf", "fhir", "text"]


class Transfer(BaseModel):
    to: str = Field(min_length=1, max_length=100, description="The other counsellor's name")


class Words(BaseModel):
    text: str


class Outcome(BaseModel):
    outcome: str = Field(min_length=1, max_length=64, pattern=r"^[\w\- ]+$")


class JudgementIn(BaseModel):
    status: Literal["opfyldt", "ikke_opfyldt", "uafklaret"] | None = Field(
        description="null takes the judgement back"
    )
