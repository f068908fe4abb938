"""What a caller hears: texts as documents for Twilio, each with the way to the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.tracks.catalogue import Catalogue
from handover.storage.conversations import Conversation
from handover.telephony.account import Account
from handover.telephony.voice import keys
from handover.telephony.voice.heard import Heard
from handover.telephony.voice.speech import Speech
from handover.telephony.voice.state import CALL_BACK, CallState, Mode
from handover.telephony.voice.twiml import Document, Question
from handover.texts import Texts

STEP = "/twilio/voice/answer"
PHONE, NUMBER = "phone", "telefonnummer"
COMMANDS = ("ja", "nej", "ved ikke", "menneske", "gentag", "spring over")
MOST_HINTS = 120
"""Twilio takes 500; more than a few make every one count less."""


@dataclass
class Here:
    """One webhook of a call: what was heard at which step, and where the call stands."""

    sid: str
    sid_hash: str
    step: int
    conversation: Conversation
    state: CallState
    heard: Heard
    sender: str | None
    """The caller's number; None when it is hidden."""

    @property
    def turn(self) -> str:
        """The client_message_id of what is said at this step."""
        return f"call {self.sid_hash[:40]} {self.step}"


class Spoken:
    def __init__(
        self, edge: Texts, own: Texts, speech: Speech, account: Account, voice: str,
        catalogue: Catalogue,
    ) -> None:  # fmt: skip
        self.edge, self.own, self.speech = edge, own, speech
        self.account, self.voice = account, voice
        tracks = catalogue.tracks.values()
        labels = [track.short for track in tracks]
        labels += [criterion.label for track in tracks for criterion in track.criteria]
        self._subjects = list(dict.fromkeys(label.lower() for label in labels))[:MOST_HINTS]

    def text(self, key: str, **values: object) -> str:
        return self.own.say(key, PHONE, **values)

    def document(self, *texts: str) -> Document:
        lines = [line for text in texts for line in self.speech.lines(text)]
        return Document(self.voice).say(lines)

    def next_step(self, here: Here) -> str:
        return self.account.url(f"{STEP}?step={here.step + 1}")

    def ask(self, here: Here, *texts: str) -> Document:
        """Say it and listen; said again when the caller asks for it."""
        here.state.prompt = list(texts)
        return self.again(here)

    def again(self, here: Here) -> Document:
        lines = [line for text in here.state.prompt for line in self.speech.lines(text)]
        return Document(self.voice).ask(lines, self._question(here))

    def goodbye(self, *texts: str) -> Document:
        return self.document(*texts).hang_up()

    def _question(self, here: Here) -> Question:
        state = here.state
        digits = 1
        goes_on = state.mode == Mode.END and state.question
        if state.mode == Mode.ANSWER or goes_on:
            digits = keys.wants_digits(state.question, state.choices) or 1
        elif state.mode == Mode.ASK_NUMBER:
            digits = keys.DIGITS[NUMBER]
        words = [] if state.mode in CALL_BACK else [t for _, t, _ in keys.listed(state.choices)]
        if state.mode == Mode.TELL:
            words += self._subjects
        hints = dict.fromkeys((*COMMANDS, *(word.lower().replace(",", "") for word in words)))
        return Question(self.next_step(here), tuple(hints), digits)

    # keys

    def keys_of(self, choices: Sequence[Mapping[str, str]]) -> list[str]:
        """``["Tryk 1 for ja, gå videre.", ...]``"""
        return [
            self.text("tale_valg", tast=key, titel=title[:1].lower() + title[1:])
            for key, title, _ in keys.listed(choices)
        ]
