"""Call-backs, as counsellors and their programs see them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from handover.accounts.login import Caller, Gate
from handover.conversations.schemas import ErrorBody
from handover.handovers.callbacks import CallbackService
from handover.handovers.schemas import AttemptIn

_errors: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody} for status in (401, 403, 404, 409, 422)
}


def router(service: CallbackService, gate: Gate) -> APIRouter:
    routes = APIRouter(
        prefix="/api/callbacks",
        tags=["call-backs"],
        dependencies=[Depends(gate)],
        responses=_errors,
    )
    Known = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.get("")
    async def callbacks() -> dict[str, Any]:
        """Who wants to be called or texted, of all cases that are not closed, the earliest time
        first, and what was done today. `contact.phone` is the number, `contact.time` the wish in
        the citizen's words, `callback.window` `{from, to}` (null: no clear time was named). `when`
        is `overdue`, `now`, `anytime`, `later` or `done`; `due` counts the first three."""
        return {"items": await service.listed(), "due": await service.due()}

    @routes.post("/{handover_id}/attempts", status_code=201)
    async def attempt(handover_id: str, tried: AttemptIn, caller: Known) -> dict[str, Any]:
        """Note an attempt; any counsellor may have made it. Answers the case's
        `{"callback": {way, window, agreed, done_at, attempts}}`."""
        return await service.attempt(handover_id, caller.name, tried)

    return routes
