"""A unit of work: one transaction, and the notices that go out once it is committed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handover.clock import Clock
from handover.conversations.feed import NEWS, QUEUE, Feed, Notice
from handover.keyring import Keyring
from handover.storage.accounts import Accounts
from handover.storage.aftercare import Aftercare
from handover.storage.alerts import Alerts
from handover.storage.callbacks import Callbacks
from handover.storage.calls import Calls
from handover.storage.conversations import Conversations
from handover.storage.counts import Counts
from handover.storage.database import Connection, Database
from handover.storage.decisions import Decisions
from handover.storage.handovers import Handovers
from handover.storage.lines import Lines
from handover.storage.queue import Queue
from handover.storage.receipts import Receipts
from handover.storage.recordings import Recordings
from handover.storage.reminders import ReminderBox
from handover.storage.statistics import Statistics
from handover.storage.trail import Trail
from handover.storage.vault import Vault

if TYPE_CHECKING:
    from handover.statistics.facts import Measures


@dataclass
class Work:
    connection: Connection
    conversations: Conversations
    handovers: Handovers
    queue: Queue
    alerts: Alerts
    aftercare: Aftercare
    callbacks: Callbacks
    reminders: ReminderBox
    accounts: Accounts
    counts: Counts
    decisions: Decisions
    trail: Trail
    statistics: Statistics
    receipts: Receipts
    lines: Lines
    calls: Calls
    recordings: Recordings
    counted_by: Measures | None = None
    notices: list[tuple[str, Notice]] = field(default_factory=list)

    def announce(self, topic: str, notice: Notice = NEWS) -> None:
        """Tell the listeners, after the commit."""
        if (topic, notice) not in self.notices:
            self.notices.append((topic, notice))

    def announce_queue(self) -> None:
        self.announce(QUEUE)

    @property
    def measures(self) -> Measures:
        assert self.counted_by, "a store without measures takes no hand-overs"
        return self.counted_by


class Store:
    """``measures``: what hand-overs are counted by; a store that takes none needs none."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        clock: Clock,
        feed: Feed,
        measures: Measures | None = None,
    ) -> None:
        self.database, self.keyring, self.clock, self.feed = database, keyring, clock, feed
        self.measures = measures
        self.vault = Vault(keyring.wrapping)

    @asynccontextmanager
    async def read(self, long: bool = False) -> AsyncIterator[Work]:
        """``long``: it may read so much that others would wait for it."""
        async with self.database.read(long) as connection:
            yield self._work(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        async with self.database.write() as connection:
            work = self._work(connection)
            yield work
        for topic, notice in work.notices:
            self.feed.publish(topic, notice)

    def _work(self, connection: Connection) -> Work:
        return Work(
            connection,
            Conversations(connection, self.vault, self.keyring.lookup, self.clock),
            Handovers(connection, self.clock),
            Queue(connection, self.vault),
            Alerts(connection, self.clock),
            Aftercare(connection, self.clock),
            Callbacks(connection, self.clock),
            ReminderBox(connection, self.clock),
            Accounts(connection, self.clock),
            Counts(connection),
            Decisions(connection, self.clock),
            Trail(connection, self.clock),
            Statistics(connection),
            Receipts(connection, self.clock),
            Lines(connection, self.keyring.lookup, self.clock),
            Calls(connection, self.clock),
            Recordings(connection, self.vault, self.clock),
            self.measures,
        )
