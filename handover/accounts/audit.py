"""The audit trail for those who answer for it: read in pages, and as a whole for a sheet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from handover.accounts.roles import NOBODYS
from handover.clock import COPENHAGEN
from handover.errors import Problem
from handover.storage.trail import Line, Wanted
from handover.storage.work import Store

PAGE = 50
AT_ONCE = 1000


@dataclass(frozen=True)
class Page:
    """``older``: the number before which the next page begins."""

    lines: Sequence[Line]
    older: int | None


class AuditTrail:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def page(self, wanted: Wanted) -> Page:
        async with self.store.read(long=True) as work:
            found = await work.trail.lines(wanted, PAGE + 1)
        shown = found[:PAGE]
        return Page(shown, shown[-1].id if len(found) > PAGE else None)

    async def whole(self, wanted: Wanted, actor: str) -> AsyncIterator[Sequence[Line]]:
        """Everything wanted, a part at a time. That it was taken away is noted, too."""
        async with self.store.write() as work:
            await work.trail.note(actor, "trail_exported")
        while True:
            async with self.store.read(long=True) as work:
                found = await work.trail.lines(wanted, AT_ONCE)
            if found:
                yield found
            if len(found) < AT_ONCE:
                return
            wanted = replace(wanted, before=found[-1].id)

    async def names(self) -> list[str]:
        """Everybody and everything that can stand in it."""
        async with self.store.read() as work:
            accounts = [entry.account.name for entry in await work.accounts.all()]
            tokens = [token.name for token in await work.accounts.tokens()]
        return [*sorted({*accounts, *tokens}, key=str.lower), *NOBODYS]


def days(first: str, last: str) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day until the end of the last, in Denmark. Raises Problem
    422 for what is no day, or no span."""
    try:
        since, until = (date.fromisoformat(day) if day else None for day in (first, last))
        after = until + timedelta(days=1) if until else None
    except (ValueError, OverflowError):
        raise Problem(422, "ugyldig") from None
    if since and until and since > until:
        raise Problem(422, "ugyldig")
    return _midnight(since), _midnight(after)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), COPENHAGEN) if day else None
