"""A message as it is said (``Draft``) and as it stands in the conversation (``Message``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from handover.clock import rfc3339

CITIZEN, ASSISTANT, COUNSELLOR, SYSTEM = "citizen", "assistant", "counsellor", "system"

ASSISTED, WAITING, COUNSELLED, CLOSED = "assistant", "waiting", "counsellor", "closed"
"""The states of a conversation; ``waiting`` does not silence the assistant."""


@dataclass(frozen=True)
class Draft:
    sender: str
    text: str
    kind: str = "text"
    question: str | None = None
    reworded: bool = False
    track: str | None = None
    topic: str | None = None
    choices: Sequence[Mapping[str, str]] = field(default_factory=tuple)

    def content(self) -> dict[str, Any]:
        """What is sealed; the sender stands in the clear beside it."""
        content = asdict(self)
        del content["sender"]
        return content


@dataclass(frozen=True)
class Message:
    seq: int
    created_at: datetime
    draft: Draft
    client_message_id: str | None = None

    @property
    def sender(self) -> str:
        return self.draft.sender

    @property
    def text(self) -> str:
        return self.draft.text

    def to_json(self) -> dict[str, Any]:
        """The message of the contract; a citizen's also carries its ``client_message_id``."""
        draft = self.draft
        row: dict[str, Any] = {
            "seq": self.seq,
            "sender": draft.sender,
            "kind": draft.kind,
            "text": draft.text,
            "question": draft.question,
            "reworded": draft.reworded,
            "track": draft.track,
            "topic": draft.topic,
            "choices": [dict(choice) for choice in draft.choices],
            "created_at": rfc3339(self.created_at),
        }
        if self.client_message_id and self.sender == CITIZEN:
            row["client_message_id"] = self.client_message_id
        return row
