"""What counsellors and their programs call. Every route here needs a known caller."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from handover.accounts.login import Caller, Gate
from handover.conversations.routes import checked
from handover.conversations.schemas import ErrorBody
from handover.handovers import letter
from handover.handovers.fhir import MEDIA_TYPE, Fhir
from handover.handovers.filters import in_database
from handover.handovers.letter import Letters
from handover.handovers.schemas import (
    Channel,
    Ending,
    Format,
    JudgementIn,
    Kind,
    Priority,
    State,
    Transfer,
    Words,
)
from handover.handovers.service import HandoverService

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody} for status in (401, 403, 404, 409, 422)
}


def router(service: HandoverService, gate: Gate, letters: Letters, fhir: Fhir) -> APIRouter:
    routes = APIRouter(
        prefix="/api/handovers",
        tags=["handovers"],
        dependencies=[Depends(gate)],
        responses=ERRORS,
    )
    Known = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.get("")
    async def queue(
        caller: Known,
        status: State | None = None,
        kind: Kind | None = None,
        channel: Channel | None = None,
        priority: Priority | None = None,
        mine: Annotated[bool, Query(description="Only what the caller has claimed")] = False,
        cursor: Annotated[str | None, Query(max_length=300)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The queue: danger first, then who has waited longest.

        Track and speaker are no filters here: they lie encrypted, and the database cannot ask for
        them. `waiting_since` is when the present waiting began (put back, opened again or made
        more urgent, it begins anew); `target` holds it against the municipality's target in
        `minutes`, counted in the opening hours only where `open_hours_only` says so, and is null
        when the case does not wait."""
        holder = caller.name if mine else None
        equal = in_database(channel, priority, holder, status=status, kind=kind)
        return await service.page(cursor, limit, **equal)

    @routes.get("/{handover_id}")
    async def detail(handover_id: str, caller: Known) -> dict[str, Any]:
        """The intake summary. Looking at it is noted in the audit trail.

        A criterion's `wording` is the question as this citizen would get it (null: it follows from
        another one). `asked_by_counsellor` holds each time a counsellor has asked about it, with
        what the citizen wrote next in `replies`; it changes no `status`. `receipts` holds how far
        both sides have come, as `seq`, with `seen_at` for the citizen's. `callback` is null or
        what `/api/callbacks` says of the case, with every attempt; `contact.window` is the wished
        time as `{from, to}` where it is clear. `sms` is null or what became of the newest SMS to
        the citizen: `{"state": "queued|sent|delivered|failed|blocked", "failure"}`. `on_phone`:
        the citizen is on the telephone now. `calls`: the counsellors that were called for it, or
        who called back, in order, each with its `state`: `ringing`, `reaching` (the citizen's
        telephone rings), `talking`, `ended`, `no_answer`, `busy`, `failed`, `declined`, `taken`
        (somebody else had the case) or `unanswered` (the citizen did not pick up), and
        `recorded`: the citizen has agreed to it. `recordings`: the recorded talks, each with its
        `call_id` and its `seconds`, null until it is complete."""
        return await service.detail(handover_id, caller.name)

    @routes.post("/{handover_id}/claim")
    async def claim(handover_id: str, caller: Known) -> dict[str, Any]:
        """Take the case; 409 with `held_by` when somebody has it."""
        return await service.claim(handover_id, caller.name)

    @routes.post("/{handover_id}/release")
    async def release(handover_id: str, caller: Known) -> dict[str, Any]:
        """Back to the queue; the citizen is told."""
        return await service.release(handover_id, caller.name)

    @routes.post("/{handover_id}/return")
    async def give_back(handover_id: str, caller: Known) -> dict[str, Any]:
        """Back to the assistant, which asks its open question again; the case waits on."""
        return await service.give_back(handover_id, caller.name)

    @routes.post("/{handover_id}/transfer")
    async def transfer(handover_id: str, new: Transfer, caller: Known) -> dict[str, Any]:
        return await service.transfer(handover_id, caller.name, new.to)

    @routes.post("/{handover_id}/notes", status_code=201)
    async def note(handover_id: str, new: Words, caller: Known) -> dict[str, Any]:
        """A note among colleagues; the citizen never sees it."""
        return await service.note(handover_id, caller.name, checked(new.text))

    @routes.post("/{handover_id}/close")
    async def close(handover_id: str, how: Ending, caller: Known) -> dict[str, Any]:
        """End the conversation; the citizen is told, and may answer two voluntary questions.
        `callback_left_open` of the answer: somebody still waits to be called or texted."""
        return await service.close(handover_id, caller.name, how)

    @routes.patch("/{handover_id}/criteria/{track}/{criterion}")
    async def judge(
        handover_id: str, track: str, criterion: str, new: JudgementIn, caller: Known
    ) -> dict[str, Any]:
        """The counsellor's own judgement; `track` is `faelles` for the common criteria."""
        return await service.judge(handover_id, caller.name, track, criterion, new.status)

    @routes.get(
        "/{handover_id}/export",
        response_class=Response,
        responses={
            200: {
                "content": {
                    "text/plain": {},
                    "application/pdf": {},
                    "application/fhir+json": {},
                }
            }
        },
    )
    async def export(handover_id: str, caller: Known, format: Format = "text") -> Response:
        """The summary as text, PDF or a FHIR R4B QuestionnaireResponse, whose form is at
        `/api/questionnaire`."""
        found = await service.detail(handover_id, caller.name, f"exported_{format}")
        if format == "fhir":
            return Response(fhir.response(found), media_type=MEDIA_TYPE)
        lines = letters.rows(found)
        if format == "pdf":
            return Response(
                letter.pdf(lines),
                media_type="application/pdf",
                headers={"Content-Disposition": f'inline; filename="{handover_id}.pdf"'},
            )
        return Response(letter.text(lines), media_type="text/plain; charset=utf-8")

    return routes
