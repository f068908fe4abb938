"""The overview for programs. Needs a known caller, as everything about hand-overs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from handover.accounts.login import Gate
from handover.conversations.schemas import ErrorBody
from handover.statistics.schemas import StatisticsOut
from handover.statistics.service import StatisticsService

Month = Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$", examples=["2026-11"])]
_errors: dict[int | str, dict[str, Any]] = {s: {"model": ErrorBody} for s in (401, 422)}


def router(service: StatisticsService, gate: Gate) -> APIRouter:
    routes = APIRouter(
        prefix="/api/statistics",
        tags=["statistics"],
        dependencies=[Depends(gate)],
        responses=_errors,
    )

    @routes.get("")
    async def statistics(
        first: Annotated[Month, Query(alias="from")] = None,
        last: Annotated[Month, Query(alias="to")] = None,
    ) -> StatisticsOut:
        """Contacts, outcomes and waits by month, rounded so that nobody can be made out. Without
        `from` the year that ends with `to`; without `to` until now."""
        return StatisticsOut.of(await service.overview(service.period(first, last)))

    return routes
