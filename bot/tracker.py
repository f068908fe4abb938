"""Rasa's tracker in memory only, short and bounded: the answers live in the handover service.

A conversation that is forgotten here (too long, too many, a new process) is taken up again by
``action_session_start``, which asks the handover service where it was.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Any

import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

# Rasa's REST channel writes the citizen's words to the log when an answer comes too late.
logging.getLogger("rasa.core.channels.rest").setLevel(logging.CRITICAL)

# Rasa checks its own schema anew with every answer of the action server: a third of its time.
_ANSWER_SCHEMA = RemoteAction.action_response_format_spec()
_ANSWERS = jsonschema.validators.validator_for(_ANSWER_SCHEMA)(_ANSWER_SCHEMA)


def _validate_action_result(_action: RemoteAction, result: dict[str, Any]) -> bool:
    error = jsonschema.exceptions.best_match(_ANSWERS.iter_errors(result))
    if error is not None:
        raise error
    return True


RemoteAction._validate_action_result = _validate_action_result

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
