"""The talk of a case: what only the counsellor who has it may send."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from handover.accounts.login import Caller, Gate
from handover.conversations.routes import checked
from handover.handovers.routes import ERRORS
from handover.handovers.schemas import Read, Spoken
from handover.handovers.talk import Talk


def router(talk: Talk, gate: Gate) -> APIRouter:
    routes = APIRouter(
        prefix="/api/handovers/{handover_id}",
        tags=["handovers"],
        dependencies=[Depends(gate)],
        responses=ERRORS,
    )
    Known = Annotated[Caller, Depends(gate)]  # noqa: N806

    @routes.post("/messages", status_code=201)
    async def speak(handover_id: str, new: Spoken, caller: Known) -> dict[str, Any]:
        """Say something to the citizen; only who has claimed the case can. The same
        `client_message_id` again has no second effect and gives the same message."""
        message = await talk.speak(handover_id, caller.name, new, checked(new.text))
        return message.to_json()

    @routes.post("/typing", status_code=204)
    async def typing(handover_id: str, caller: Known) -> Response:
        """Shown to the citizen for some seconds and stored nowhere; only who has claimed the case
        can."""
        await talk.typing(handover_id, caller.name)
        return Response(status_code=204)

    @routes.post("/read", status_code=204)
    async def read(handover_id: str, how: Read, caller: Known) -> Response:
        """The citizen's messages up to this `seq` are read: they see that a counsellor has, not
        who. Only who has claimed the case can; it never goes back."""
        await talk.read(handover_id, caller.name, how.through)
        return Response(status_code=204)

    return routes
