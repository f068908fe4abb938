"""Who is reminded of what is to be followed up: the counsellor who set the day, or, if that one is
gone, whoever leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from handover.accounts.roles import LEDER, RAADGIVER
from handover.handovers.aftercare import follow_up_json
from handover.handovers.service import HandoverService
from handover.handovers.together import Together
from handover.storage.aftercare import FollowUp
from handover.storage.work import Work

Json = dict[str, Any]
Due = tuple[str, FollowUp]
"""The id of the hand-over, and its open day: today or one before."""


def reminded(by: str, counsellors: Collection[str], leaders: Collection[str]) -> Collection[str]:
    """Names. Where nobody leads, everybody is."""
    return (by,) if by in counsellors else leaders or counsellors


class Reminders:
    def __init__(self, desk: HandoverService) -> None:
        self.desk, self.store = desk, desk.store
        self.now = Together(self._now)
        """For each name what it is reminded of, the oldest day first. Empty is left out."""

    async def of(self, name: str) -> Sequence[Due]:
        return (await self.now()).get(name, ())

    async def items(self, name: str) -> list[Json]:
        """The queue's fields with ``follow_up``."""
        due = await self.of(name)
        if not due:
            return []
        async with self.store.read() as work:
            found = {one: await work.handovers.get(one) for one, _ in due}
            items = await self.desk.items(work, [one for one in found.values() if one])
        days = dict(due)
        return [item | {"follow_up": follow_up_json(days[item["handover_id"]])} for item in items]

    async def _now(self) -> Mapping[str, Sequence[Due]]:
        async with self.store.read() as work:
            due = await work.aftercare.due_until(self.desk.aftercare.today)
            return await _shared_out(work, due) if due else {}


async def _shared_out(work: Work, due: Sequence[Due]) -> Mapping[str, Sequence[Due]]:
    counsellors = await work.accounts.names(RAADGIVER)
    leaders = await work.accounts.names(LEDER)
    shares: dict[str, list[Due]] = {}
    for one in due:
        for name in reminded(one[1].by, counsellors, leaders):
            shares.setdefault(name, []).append(one)
    return shares
