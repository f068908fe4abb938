"""Keeps in force what was decided last, here and in every other process of the service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handover.clock import Clock, danish_day
from handover.decisions.faults import WrongError
from handover.decisions.sections import Section
from handover.storage.decisions import Version
from handover.storage.work import Store, Work

log = logging.getLogger("handover.decisions")

EVERY = 2.0
"""Seconds until what was decided in another process counts here too."""
FILE = "filen"
"""Who decided version 0."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """What counts, and which version that is; 0 without a version: the file's."""

    number: int
    value: Json
    version: Version | None = None


class OvertakenError(Exception):
    """Somebody has saved since the form was shown."""

    def __init__(self, held: Held) -> None:
        super().__init__(f"version {held.number} is newer")
        self.held = held


class Current:
    def __init__(self, store: Store, sections: Mapping[str, Section], clock: Clock) -> None:
        self.store, self.sections, self.clock = store, sections, clock
        self.seen: dict[str, int] = {}

    # what counts

    async def follow(self) -> None:
        """Until cancelled; a look that fails is logged, and what counted goes on counting."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.refresh()
            except Exception:  # the one place that keeps looking; nothing is hidden
                log.exception("what was decided could not be read")

    async def refresh(self) -> None:
        async with self.store.read() as work:
            newest = await work.decisions.newest()
            for name, section in self.sections.items():
                if newest.get(name, 0) != self.seen.get(name, 0):
                    self._hold(section, await work.decisions.history(name))
                    self.seen[name] = newest[name]

    def _hold(self, section: Section, history: list[Version]) -> None:
        """The newest that this version of the program can still use, or else the file's."""
        for version in history:
            try:
                return section.hold(version.value)
            except (WrongError, ValueError) as error:
                log.error("%s, version %s cannot be used: %s", section.name, version.number, error)
        return section.hold(section.standard)

    # what is decided

    async def held(self, name: str) -> Held:
        async with self.store.read() as work:
            return await self._held(work, self.sections[name])

    async def _held(self, work: Work, section: Section) -> Held:
        last = await work.decisions.last(section.name)
        return Held(last.number, last.value, last) if last else Held(0, section.standard)

    async def history(self, name: str) -> list[Version]:
        """The newest first, down to what the file said. Empty while only the file counts."""
        async with self.store.read() as work:
            return await work.decisions.history(name)

    async def decide(self, name: str, value: Json, number: int, actor: str) -> None:
        """A new version after ``number``, which the form was made from.

        Raises WrongError, or OvertakenError when there is a newer one already."""
        section = self.sections[name]
        plain = section.check(value)
        async with self.store.write() as work:
            held = await self._held(work, section)
            if held.number != number:
                raise OvertakenError(held)
            who = f"{actor}, {danish_day(self.clock()).isoformat()}"
            stamped = section.confirmed(plain, held.value, who)
            if held.version is None:
                await work.decisions.add(name, 0, section.standard, FILE)
            if not await work.decisions.add(name, number + 1, stamped, actor):
                raise OvertakenError(await self._held(work, section))
            await work.trail.note(actor, f"decided_{name}")
        await self.refresh()

    async def decide_again(self, name: str, old: int, number: int, actor: str) -> None:
        """An old version counts again, as a new one. Raises KeyError when there is none such."""
        known = {version.number: version.value for version in await self.history(name)}
        await self.decide(name, known[old], number, actor)
