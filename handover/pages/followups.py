"""What is to be followed up, as its page shows it: the late ones first, what is done last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class FollowUpView:
    """Each list stands as it came: the oldest day first."""

    overdue: Sequence[Json]
    today: Sequence[Json]
    later: Sequence[Json]
    done: Sequence[Json]


def follow_up_view(items: Sequence[Json], today: date) -> FollowUpView:
    left = [item for item in items if item["follow_up"]["done_at"] is None]
    days = [(date.fromisoformat(item["follow_up"]["date"]), item) for item in left]
    return FollowUpView(
        overdue=[item for day, item in days if day < today],
        today=[item for day, item in days if day == today],
        later=[item for day, item in days if day > today],
        done=[item for item in items if item["follow_up"]["done_at"]],
    )
