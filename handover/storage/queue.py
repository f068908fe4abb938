"""Every open case, as little of each as it takes to order, filter and count them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, case, select

from handover.storage.database import Connection
from handover.storage.handovers import CLAIMED, WAITING, Handover
from handover.storage.tables import conversations, handovers, intakes
from handover.storage.traits import Traits, open_traits
from handover.storage.vault import Vault

_FIELDS = tuple(Handover.__dataclass_fields__)
_COLUMNS = (
    *(conversations.c.channel if name == "channel" else handovers.c[name] for name in _FIELDS),
    conversations.c.wrapped_key, intakes.c.version, intakes.c.traits,
    case((intakes.c.traits.is_(None), intakes.c.payload)),
)  # fmt: skip


@dataclass(frozen=True)
class OpenCase:
    """``version`` is the intake's: what is read of one version stays true. The traits are opened
    when a filter asks for them."""

    handover: Handover
    version: int
    vault: Vault
    sealed: tuple[bytes, bytes | None, bytes | None]

    @cached_property
    def traits(self) -> Traits:
        wrapped, sealed, intake = self.sealed
        sealer = self.vault.unwrap(self.handover.conversation_id, wrapped)
        return open_traits(sealer, self.version, sealed, intake)


class Queue:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self.connection, self.vault = connection, vault

    async def open_cases(self) -> list[OpenCase]:
        """Danger first, then who has waited longest."""
        statement = (
            select(*_COLUMNS)
            .join(conversations, conversations.c.id == handovers.c.conversation_id)
            .join(intakes, intakes.c.conversation_id == conversations.c.id)
            .where(handovers.c.status.in_((WAITING, CLAIMED)))
            .order_by(handovers.c.rank, handovers.c.created_at, handovers.c.id)
        )
        return [self._open(row) for row in await self.connection.execute(statement)]

    def _open(self, row: Row[Any]) -> OpenCase:
        handover = Handover(*row[: len(_FIELDS)])
        wrapped, version, sealed, intake = row[len(_FIELDS) :]
        return OpenCase(handover, version, self.vault, (wrapped, sealed, intake))
