"""How long a case has waited, held against the municipality's target for its priority: pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from handover import opening
from handover.municipality import Hours, Municipality
from handover.storage.handovers import WAITING, Handover

AROUND_THE_CLOCK = frozenset({"akut"})
"""Danger does not keep opening hours; what else waits is not late because it is night."""


def target(municipality: Municipality, handover: Handover, now: datetime) -> dict[str, Any] | None:
    """``{"minutes": 5, "open_hours_only": False, "over": True}``; None when it does not wait."""
    if handover.status != WAITING:
        return None
    minutes = int(getattr(municipality.duty.targets, handover.priority))
    always = handover.priority in AROUND_THE_CLOCK
    so_far = waited(municipality.hours, handover.priority, handover.waiting_since, now)
    return {
        "minutes": minutes,
        "open_hours_only": not always,
        "over": so_far > timedelta(minutes=minutes),
    }


def waited(hours: Hours, priority: str, since: datetime, until: datetime) -> timedelta:
    """What counts of a wait: all of it in danger, else what lies in the opening hours."""
    if priority in AROUND_THE_CLOCK:
        return until - since
    return opening.open_between(hours, since, until)
