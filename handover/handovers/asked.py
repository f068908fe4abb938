"""What a counsellor has asked about a criterion, and what the citizen wrote next.

It stands beside the criterion and changes no state: whether it is an answer is for the counsellor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.tracks.intake import COMMON
from handover.clock import rfc3339
from handover.conversations.messages import CITIZEN, COUNSELLOR, Message

Json = dict[str, Any]


def asked_in(messages: Sequence[Message]) -> Mapping[tuple[str, str], list[Json]]:
    """``{("krop_mad", "stabil_somatisk"): [{"seq", "question", "at", "replies": [...]}]}``"""
    found: defaultdict[tuple[str, str], list[Json]] = defaultdict(list)
    for place, message in enumerate(messages):
        draft = message.draft
        if draft.sender == COUNSELLOR and draft.question:
            row = {
                "seq": message.seq,
                "question": draft.text,
                "at": rfc3339(message.created_at),
                "replies": _replies(messages[place + 1 :]),
            }
            found[draft.track or COMMON, draft.question].append(row)
    return found


def _replies(later: Sequence[Message]) -> list[Json]:
    """The citizen's next messages, up to where somebody else speaks again."""
    replies: list[Json] = []
    for message in later:
        if message.sender == CITIZEN:
            replies.append({"seq": message.seq, "quote": message.text})
        elif replies:
            break
    return replies
