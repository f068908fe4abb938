"""What the action server calls: loopback only, behind a shared secret."""

from __future__ import annotations

import hmac
import ipaddress
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel

from bot.tracks.intake import Intake
from handover.clock import Clock
from handover.conversations.admission import found
from handover.conversations.safety import higher
from handover.conversations.sentences import names_of
from handover.conversations.service import ConversationService
from handover.errors import Problem
from handover.handovers import desk, windows, wishes
from handover.municipality import Hours, Municipality
from handover.storage.conversations import Conversation
from handover.storage.handovers import Handover
from handover.storage.work import Store, Work

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class IntakeIn(BaseModel):
    version: int
    intake: dict[str, Any]


class HandoverIn(BaseModel):
    reason: Literal["samtykke", "menneske", "alarm", "sammenbrud"]
    kind: Literal["intake", "undervisning", "vejledning"] = "intake"


class EndIn(BaseModel):
    outcome: Literal["no_consent", "finished"]


def router(
    store: Store,
    service: ConversationService,
    municipality: Municipality,
    clock: Clock,
    secret: str,
) -> APIRouter:
    def neighbour(request: Request, x_internal_secret: Annotated[str, Header()] = "") -> None:
        """Only who is on this machine and knows the secret; everybody else finds nothing here."""
        if not _on_this_machine(request) or not _same(x_internal_secret, secret):
            raise Problem(403, "ikke_tilladt")

    routes = APIRouter(
        prefix="/internal/conversations/{conversation_id}",
        dependencies=[Depends(neighbour)],
        include_in_schema=False,
    )

    async def human(
        work: Work, conversation: Conversation, handover: Handover | None
    ) -> dict[str, Any]:
        found = await desk.human(work, conversation, handover, municipality, clock())
        return found.to_json()

    @routes.get("/intake")
    async def read(conversation_id: str) -> dict[str, Any]:
        async with store.read() as work:
            conversation = await found(work, conversation_id)
            version, intake = await work.conversations.intake(conversation)
            handover = await work.handovers.of(conversation_id)
            return {
                "version": version,
                "status": conversation.status,
                "intake": intake,
                "handover_id": handover.id if handover else None,
                "human": await human(work, conversation, handover),
                "names": names_of(municipality),
                "ages": municipality.age_spans,
                "windows": windows.offered(municipality.hours, clock()),
            }

    @routes.put("/intake")
    async def write(conversation_id: str, new: IntakeIn, response: Response) -> dict[str, Any]:
        async with store.write() as work:
            conversation = await found(work, conversation_id)
            saved = await save(work, conversation, new, municipality.hours, clock())
            if not saved:
                version, _ = await work.conversations.intake(conversation)
                response.status_code = 409
                return {"version": version}
            return {"version": new.version + 1}

    @routes.post("/handover")
    async def hand_over(
        conversation_id: str, new: HandoverIn, response: Response
    ) -> dict[str, Any]:
        async with store.write() as work:
            conversation = await found(work, conversation_id)
            _, document = await work.conversations.intake(conversation)
            level = Intake.from_json(document).safety.level
            level = higher(level, "alarm" if new.reason == "alarm" else "none")
            handover, is_new = await desk.hand_over(work, conversation, level, new.reason, new.kind)
            response.status_code = 201 if is_new else 200
            return {"handover_id": handover.id, "human": await human(work, conversation, handover)}

    @routes.post("/end", status_code=204)
    async def end(conversation_id: str, how: EndIn) -> Response:
        await service.end(conversation_id, how.outcome)
        return Response(status_code=204)

    @routes.post("/erase", status_code=204)
    async def erase(conversation_id: str) -> Response:
        await service.erase(conversation_id)
        return Response(status_code=204)

    return routes


async def save(
    work: Work, conversation: Conversation, new: IntakeIn, hours: Hours, now: datetime
) -> bool:
    """Write the intake; danger that is already known stays known whatever is written."""
    version, before = await work.conversations.intake(conversation)
    if version != new.version:
        return False
    intake, old = Intake.from_json(new.intake), Intake.from_json(before)
    intake.safety.level = higher(intake.safety.level, old.safety.level)
    contact, known = intake.closing.contact, old.closing.contact
    windows.settle(contact, known, hours, now)
    saved = await work.conversations.save_intake(conversation, version, intake.to_json())
    if saved and contact != known:
        await wishes.follow(work, conversation, contact)
    if saved and intake.safety.level != old.safety.level:
        handover = await work.handovers.of(conversation.id)
        if handover:
            await desk.hand_over(work, conversation, intake.safety.level, "alarm")
    return saved


def _on_this_machine(request: Request) -> bool:
    """A proxy's word is not taken: a request that was passed on is not from here."""
    if any(name in request.headers for name in _FORWARDED) or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())
