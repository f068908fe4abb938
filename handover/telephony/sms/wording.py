"""A conversation's messages as one SMS, and what a number in the answer stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handover.conversations.messages import CITIZEN, COUNSELLOR, Message
from handover.telephony.sms.alphabet import plain

Choice = Mapping[str, str]

CRISIS = "crisis"
POLARITY = frozenset({"ja", "nej", "ved_ikke", "vil_ikke_svare", "spring_over"})
"""Choices that everybody writes without being told."""
_NUMBER = re.compile(r"(?:svar|nr|nummer)?\s*(\d{1,2})\s*[.)!]?", re.IGNORECASE)


def bodies(messages: Sequence[Message]) -> list[str]:
    """What was said since the last SMS, in the order in which it is sent: danger first.

    A question that the citizen has answered meanwhile is not sent any more.
    """
    said = [
        message
        for place, message in enumerate(messages)
        if message.sender != CITIZEN
        and not (message.draft.question and _answered(messages[place + 1 :]))
    ]
    urgent = [message for message in said if message.draft.kind == CRISIS]
    rest = [message for message in said if message.draft.kind != CRISIS]
    return [plain("\n".join(map(_text, group))) for group in (urgent, rest) if group]


def _answered(later: Sequence[Message]) -> bool:
    return any(message.sender == CITIZEN for message in later)


def _asks(message: Message) -> bool:
    return message.sender != CITIZEN and bool(message.draft.question)


def _text(message: Message) -> str:
    choices = message.draft.choices
    if not choices or not numbered(message.text, choices):
        return message.text
    listed = [f"{place} {choice['title']}" for place, choice in enumerate(choices, 1)]
    return "\n".join([message.text, *listed])


def numbered(text: str, choices: Sequence[Choice]) -> bool:
    """Choices are listed with numbers unless they are yes and no, or the text names them all."""
    if all(choice["value"].replace(" ", "_") in POLARITY for choice in choices):
        return False
    said = text.lower()
    return not all(_named(choice, said) for choice in choices)


def _named(choice: Choice, said: str) -> bool:
    words = (choice["title"].lower(), choice["value"].lower())
    return any(re.search(rf"\b{re.escape(word)}", said) for word in words)


def answer(text: str, messages: Sequence[Message]) -> str:
    """The value of the choice that a number stands for; else the text as it is.

    ``answer("2", [...])``: only if the newest question was sent with so many numbers, and no
    counsellor has spoken since: then the number is an answer to what the counsellor asked.
    """
    found = _NUMBER.fullmatch(text.strip())
    spoken = (m for m in reversed(messages) if m.sender == COUNSELLOR or _asks(m))
    asked = next(spoken, None)
    if not found or asked is None or asked.sender == COUNSELLOR or not asked.draft.choices:
        return text
    place, choices = int(found.group(1)), asked.draft.choices
    if not 1 <= place <= len(choices) or not numbered(asked.text, choices):
        return text
    return choices[place - 1]["value"]
