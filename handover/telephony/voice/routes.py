"""The webhooks that Twilio calls for a telephone call, and the console's call back."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import requests
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from handover.accounts.login import Caller, Gate
from handover.conversations.schemas import ErrorBody
from handover.telephony.account import Account
from handover.telephony.signature import signed
from handover.telephony.voice import heard, recording, ringing, transfer
from handover.telephony.voice.phone import Phone
from handover.telephony.voice.spoken import STEP
from handover.telephony.voice.twiml import Document

START, STATUS = "/twilio/voice", "/twilio/voice/status"
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
CHUNK = 64 * 1024
"""Bytes of sound passed on at a time."""
Leg = Annotated[str, Query(max_length=36)]


class Ring(BaseModel):
    phone: str = Field(
        "",
        max_length=30,
        description="The counsellor's own telephone; empty: the one in the municipality's list of "
        "duty telephones. It is called and not kept.",
    )


def router(account: Account, phone: Phone) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    Fields = Annotated[Mapping[str, str], Depends(signed(account))]  # noqa: N806

    @routes.post(START)
    async def start(fields: Fields) -> Response:
        if fields.get("To") != account.number or not fields.get("CallSid"):
            return _xml(str(Document(phone.spoken.voice).reject()))
        return _xml(await phone.talk.begin(fields["CallSid"], fields))

    @routes.post(STEP)
    async def step(fields: Fields, step: Annotated[int, Query(ge=1, le=10_000)]) -> Response:
        return _xml(await phone.talk.step(fields.get("CallSid", ""), step, fields))

    @routes.post(STATUS, status_code=204)
    async def status(fields: Fields) -> Response:
        if fields.get("CallStatus") in OVER:
            await phone.talk.over(fields.get("CallSid", ""))
        return Response(status_code=204)

    # a counsellor is called for a caller

    @routes.post(transfer.WHISPER)
    async def whisper(fields: Fields, leg: Leg) -> Response:
        return _xml(str(await phone.transfer.whisper(leg)))

    @routes.post(transfer.ACCEPT)
    async def accept(fields: Fields, leg: Leg) -> Response:
        return _xml(str(await phone.transfer.accept(leg, *_pressed(fields))))

    # a counsellor calls back

    @routes.post(ringing.PICKED_UP)
    async def picked_up(fields: Fields, leg: Leg) -> Response:
        return _xml(str(await phone.ringing.picked_up(leg)))

    @routes.post(ringing.BRIDGE)
    async def bridge(fields: Fields, leg: Leg) -> Response:
        return _xml(str(await phone.ringing.bridge(leg, heard.read(fields).keys)))

    @routes.post(ringing.CONSENT)
    async def consent(fields: Fields, leg: Leg) -> Response:
        return _xml(str(await phone.ringing.ask(leg)))

    @routes.post(ringing.CONSENTED)
    async def consented(fields: Fields, leg: Leg) -> Response:
        return _xml(str(await phone.ringing.consented(leg, *_pressed(fields))))

    @routes.post(ringing.BRIDGED)
    async def bridged(fields: Fields, leg: Leg) -> Response:
        return _xml(str(await phone.ringing.bridged(leg, fields)))

    @routes.post(ringing.ANSWERED, status_code=204)
    async def answered(fields: Fields, leg: Leg) -> Response:
        await phone.ringing.answered(leg)
        return Response(status_code=204)

    @routes.post(ringing.LEG, status_code=204)
    async def over(fields: Fields, leg: Leg) -> Response:
        await phone.ringing.over(leg, fields)
        return Response(status_code=204)

    @routes.post(recording.REPORT, status_code=204)
    async def recorded(
        fields: Fields, recording_id: Annotated[str, Query(alias="id", max_length=36)]
    ) -> Response:
        await phone.recorder.report(recording_id, fields)
        return Response(status_code=204)

    return routes


def console_router(phone: Phone, gate: Gate) -> APIRouter:
    """The part that counsellors call."""
    routes = APIRouter(
        prefix="/api/handovers",
        tags=["handovers"],
        dependencies=[Depends(gate)],
        responses={status: {"model": ErrorBody} for status in (401, 403, 404, 409, 422)},
    )
    Known = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.post("/{handover_id}/call", status_code=201)
    async def ring(handover_id: str, new: Ring, caller: Known) -> dict[str, Any]:
        """Call the citizen: first the counsellor's own telephone rings, then the citizen's, both
        from the offer's number. Only who has claimed the case can, and only where the citizen has
        given a number. `state` is how far it has come: `ringing`, `reaching` (the citizen's
        telephone rings), `talking`, `ended`, or why it did not come about."""
        leg = await phone.ringing.ring(handover_id, caller.name, new.phone.strip())
        return {"call_id": leg.id, "state": leg.state}

    @routes.get("/{handover_id}/recordings/{recording_id}", response_class=StreamingResponse)
    async def hear(
        handover_id: str,
        recording_id: str,
        caller: Known,
        span: Annotated[str | None, Header(alias="Range", pattern=r"^bytes=[\d, -]+$")] = None,
    ) -> StreamingResponse:
        """A recorded talk as `audio/mpeg`, fetched from Twilio while it is heard. For the
        counsellor who has the case, and for leaders who are counsellors too; noted in the audit
        trail. Parts can be asked for with `Range`."""
        sound = await phone.recorder.hear(handover_id, recording_id, caller, span)
        headers = {**sound.headers, "Cache-Control": "no-store"}
        passed_on = _passed_on(sound.response)
        return StreamingResponse(passed_on, sound.status, headers, "audio/mpeg")

    @routes.delete("/{handover_id}/recordings/{recording_id}", status_code=204)
    async def forget(handover_id: str, recording_id: str, caller: Known) -> Response:
        """The citizen does not want the recording kept: it is gone from the case at once, and
        Twilio is asked to delete it until it has."""
        await phone.recorder.forget(handover_id, recording_id, caller)
        return Response(status_code=204)

    return routes


def _passed_on(response: requests.Response) -> Iterator[bytes]:
    """Closed also when nobody listens any more."""
    with response:
        yield from response.iter_content(CHUNK)


def _pressed(fields: Mapping[str, str]) -> tuple[str, str]:
    """The keys, and the call in which they were pressed."""
    return heard.read(fields).keys, fields.get("CallSid", "")


def _xml(said: str) -> Response:
    return Response(said, media_type="text/xml")
