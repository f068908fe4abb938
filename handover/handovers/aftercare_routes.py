"""After the talk, for counsellors and their programs."""

import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from handover.accounts.login import Caller, Gate
from handover.conversations.schemas import ErrorBody
from handover.handovers.aftercare import AftercareService
from handover.handovers.fhir import MEDIA_TYPE, Fhir
from handover.handovers.service import HandoverService

_errors: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody} for status in (401, 403, 404, 409, 422)
}


class MadeOn(BaseModel):
    date: datetime.date = Field(description="The day it was made; never in the future")


class DueOn(BaseModel):
    date: datetime.date = Field(
        description="From today to the last whole day before the case is erased; else 422"
    )


def router(desk: HandoverService, service: AftercareService, gate: Gate, fhir: Fhir) -> APIRouter:
    routes = APIRouter(
        prefix="/api",
        tags=["after the talk"],
        dependencies=[Depends(gate)],
        responses=_errors,
    )
    case = "/handovers/{handover_id}"
    Known = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.put(f"{case}/underretning")
    async def note(handover_id: str, made: MadeOn, caller: Known) -> dict[str, Any]:
        """Note that the counsellor has made an underretning. The system sends nothing to anybody.
        Answers `{"underretning": {"date", "by", "at"} | null, "follow_up": ... | null}`."""
        return await service.note_underretning(handover_id, caller.name, made.date)

    @routes.delete(f"{case}/underretning")
    async def take_back(handover_id: str, caller: Known) -> dict[str, Any]:
        """Take a wrong note back; the audit trail keeps both."""
        return await service.forget_underretning(handover_id, caller.name)

    @routes.put(f"{case}/follow-up")
    async def plan(handover_id: str, due: DueOn, caller: Known) -> dict[str, Any]:
        """Set the day to follow up, before closing or after. It is erased with the case.
        `follow_up` is `{"date", "by", "done_at", "done_by"}`."""
        return await service.plan(handover_id, caller.name, due.date)

    @routes.delete(f"{case}/follow-up")
    async def cancel(handover_id: str, caller: Known) -> dict[str, Any]:
        return await service.plan(handover_id, caller.name, None)

    @routes.post(f"{case}/follow-up/done")
    async def done(handover_id: str, caller: Known) -> dict[str, Any]:
        """Any counsellor may have followed up; a repeat changes nothing."""
        return await service.mark(handover_id, caller.name, True)

    @routes.delete(f"{case}/follow-up/done")
    async def undone(handover_id: str, caller: Known) -> dict[str, Any]:
        return await service.mark(handover_id, caller.name, False)

    @routes.get("/follow-ups")
    async def follow_ups() -> dict[str, Any]:
        """What is to be followed up, the oldest day first, and what was done today: the queue's
        fields, with `follow_up` and `last_day` (the last whole day before the case is erased,
        null while it is open). `due`: how many open ones are due today or were before."""
        return {"items": await desk.follow_ups(), "due": await service.due()}

    @routes.get(
        "/questionnaire",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPE: {}}}},
    )
    async def questionnaire() -> Response:
        """The FHIR R4B Questionnaire that every case's QuestionnaireResponse answers
        (`/api/handovers/{id}/export?format=fhir`), made from the criteria catalogue. A response
        names it as `urn:stime:intake|<version>`; the version changes with the form."""
        return Response(fhir.questionnaire, media_type=MEDIA_TYPE)

    return routes
