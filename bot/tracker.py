"""Rasa's tracker in memory only, short and bounded: the answers live in the handover service.

A conversation that is forgotten here (too long, too many, a new process) is taken up again by
``action_session_start``, which asks the handover service where it was.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

# Rasa's REST channel writes the citizen's words to the log when an answer comes too late.
logging.getLogger("rasa.core.channels.rest").setLevel(logging.CRITICAL)

MOST_EVENTS = 120
MOST_CONVERSATIONS = 2000


class ShortTrackerStore(InMemoryTrackerStore):
    """Forgets a tracker that grows past MOST_EVENTS, and the oldest past MOST_CONVERSATIONS."""

    def __init__(
        self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: dict[str, Any]
    ) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[str, str] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        if len(tracker.events) > MOST_EVENTS:
            self.store.pop(tracker.sender_id, None)
            return
        await super().save(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > MOST_CONVERSATIONS:
            self.store.popitem(last=False)
