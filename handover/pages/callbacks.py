"""Call-backs as their page shows them: what is late first, what is done last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
ORDER = ("overdue", "now", "anytime", "later", "done")


def callback_view(items: Sequence[Json]) -> dict[str, list[Json]]:
    """By how they stand; each list as it came, the earliest time first."""
    return {when: [item for item in items if item["when"] == when] for when in ORDER}
