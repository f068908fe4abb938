"""Who looked at what and did what, for those who must account for it. No citizen's words."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.clock import Clock
from handover.storage.tables import audit


class Trail:
    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def note(self, actor: str, action: str, handover_id: str | None = None) -> None:
        await self.connection.execute(
            insert(audit).values(
                at=self.clock(), actor=actor, action=action, handover_id=handover_id
            )
        )
