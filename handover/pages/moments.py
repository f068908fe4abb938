"""Moments and spans in Danish, as a counsellor reads them at a glance."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from handover.clock import COPENHAGEN, from_rfc3339
from handover.opening import DAYS, MONTHS


def clock(moment: str) -> str:
    """``9.05``"""
    local = _local(moment)
    return f"{local.hour}.{local.minute:02}"


def day(moment: str) -> str:
    """``mandag den 23. november``"""
    local = _local(moment)
    return f"{DAYS[local.weekday()]} den {local.day}. {MONTHS[local.month - 1]}"


def when(moment: str, now: datetime) -> str:
    """``i dag kl. 9.05``, ``i går kl. 14.30``, ``20. november kl. 8.00``"""
    local, today = _local(moment), now.astimezone(COPENHAGEN).date()
    near = {today: "i dag", today - timedelta(days=1): "i går"}.get(local.date())
    year = f" {local.year}" if local.year != today.year else ""
    return f"{near or f'{local.day}. {MONTHS[local.month - 1]}{year}'} kl. {clock(moment)}"


def since(moment: str, now: datetime) -> str:
    """``kl. 9.05`` of today, else as ``when``"""
    return when(moment, now).removeprefix("i dag ")


def named_day(text: str, today: date) -> str:
    """Of a date: ``i dag``, ``i morgen``, ``tirsdag den 1. december``, ``... 1. januar 2027``"""
    found = date.fromisoformat(text)
    near = {-1: "i går", 0: "i dag", 1: "i morgen"}.get((found - today).days)
    year = f" {found.year}" if found.year != today.year else ""
    return near or f"{DAYS[found.weekday()]} den {found.day}. {MONTHS[found.month - 1]}{year}"


def waited(since: str, now: datetime) -> str:
    """``under 1 min``, ``14 min``, ``2 t``, ``2 t 14 min``, ``1 døgn 3 t``"""
    minutes = max(0, int((now - from_rfc3339(since)).total_seconds()) // 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return " ".join([f"{days} døgn"] + [f"{hours % 24} t"] * bool(hours % 24))
    return span(minutes) or "under 1 min"


def span(minutes: int) -> str:
    """``5 min``, ``4 t``, ``1 t 30 min``"""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} t"] * bool(hours) + [f"{rest} min"] * bool(rest))


def _local(moment: str) -> datetime:
    return from_rfc3339(moment).astimezone(COPENHAGEN)
