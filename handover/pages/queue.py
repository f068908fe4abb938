"""The queue as its page shows it: whose case it is decides where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handover.storage.handovers import WAITING

Json = Mapping[str, Any]


@dataclass(frozen=True)
class QueueView:
    """Each list stands as it came: danger first, then who has waited longest."""

    waiting: Sequence[Json]
    mine: Sequence[Json]
    others: Sequence[Json]

    @property
    def urgent(self) -> int:
        return sum(item["priority"] == "akut" for item in self.waiting)


def queue_view(items: Sequence[Json], name: str) -> QueueView:
    claimed = [item for item in items if item["status"] != WAITING]
    return QueueView(
        waiting=[item for item in items if item["status"] == WAITING],
        mine=[item for item in claimed if item["claimed_by"] == name],
        others=[item for item in claimed if item["claimed_by"] != name],
    )
