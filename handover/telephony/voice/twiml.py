"""The documents that Twilio gets: built with its own library, with our voice in every sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twilio.twiml.voice_response import Dial, Gather, Say, VoiceResponse

from handover.telephony.voice.speech import Line

LANGUAGE = "da-DK"
SILENCE = "7"
"""Seconds without a word until the caller is taken to say nothing."""
PAUSE = "3"
"""Seconds of silence after words until they are taken to be all: thinking is no end."""
RINGS = 20
"""Seconds that a counsellor's telephone rings."""
BREAK = "400ms"


@dataclass(frozen=True)
class Question:
    """What a ``<Gather>`` listens for. ``digits``: up to so many keys, 1 is sent at once."""

    action: str
    hints: Sequence[str] = ()
    digits: int = 1
    speech: bool = True


class Document:
    """One answer to Twilio, from top to bottom."""

    def __init__(self, voice: str) -> None:
        self.voice = voice
        self.response = VoiceResponse()

    def say(self, lines: Sequence[Line]) -> Document:
        for line in lines:
            self.response.append(self._said(line))
        return self

    def ask(self, lines: Sequence[Line], question: Question) -> Document:
        """Keys and words may come while we still speak."""
        words: dict[str, Any] = {
            "language": LANGUAGE,
            "hints": ", ".join(question.hints) or None,
            "speech_timeout": PAUSE,
            "profanity_filter": False,
        }
        gather = Gather(
            input="dtmf speech" if question.speech else "dtmf",
            action=question.action,
            method="POST",
            timeout=SILENCE,
            num_digits=question.digits,
            finish_on_key="" if question.digits == 1 else "#",
            barge_in=True,
            action_on_empty_result=True,
            **(words if question.speech else {}),
        )
        for line in lines:
            gather.append(self._said(line))
        self.response.append(gather)
        return self

    def dial(self, number: str, caller_id: str, action: str, **noun: Any) -> Document:
        """``noun``: what Twilio asks or tells us about the called telephone."""
        dial = Dial(action=action, method="POST", timeout=RINGS, caller_id=caller_id)
        dial.number(number, **noun)
        self.response.append(dial)
        return self

    def wait(self, seconds: int, then: str) -> Document:
        self.response.pause(length=seconds)
        self.response.redirect(then, method="POST")
        return self

    def hang_up(self) -> Document:
        self.response.hangup()
        return self

    def reject(self) -> Document:
        self.response.reject()
        return self

    def _said(self, line: Line) -> Say:
        say = Say(voice=self.voice, language=LANGUAGE)
        for part in line:
            if part.slow:
                say.prosody(part.text, rate="slow")
                say.break_(time=BREAK)
            else:
                say.append(part.text)
        return say

    def __str__(self) -> str:
        return str(self.response)
