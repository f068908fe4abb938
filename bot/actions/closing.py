"""The closing steps: read-back, consent, how to be reached, the end.

Each step has a question and a reader of its answer: ``await steps.answer("samtykke", reading, 7)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.actions.readback import ReadBack
from bot.danish.answers import NO, WONT_SAY, YES, read_polarity
from bot.danish.telephone import telephone_number
from bot.tracks.intake import INTAKE, Pending, Quote
from bot.tracks.listening import listen
from bot.tracks.reading import Reading

if TYPE_CHECKING:
    from bot.actions.conversation import Conversation

STEPS = ("opsummering", "samtykke", "kontaktform", "telefonnummer", "navn", "tidspunkt")
"""In their order; these ids stand in the contract."""
WITHIN = ("ret_hvad", "stryg_hvad", "slet_bekraeft")
"""Questions inside a step, and the one before erasing."""

_CHOICES = {
    "opsummering": dict.fromkeys(("videre", "ret", "stryg"), ""),
    "samtykke": {"ja": "valg_samtykke_ja", "nej": "valg_samtykke_nej"},
    "kontaktform": dict.fromkeys(("chat", "call", "sms", "none"), ""),
    "navn": {"anonym": ""},
    "slet_bekraeft": {"ja": "", "nej": ""},
}
_CONTACTS = (
    ("sms", r"\b(sms|besked)"),
    ("call", r"\b(call|ring|opkald|telefon)"),
    ("chat", r"\b(chat|her|skriv)"),
)
_NO_CONTACT = re.compile(
    r"\b(none|ingen (kontakt|af dem)|(ikke|ik) (kontakt|skriv|høre|have)\w*)\b|^(ingen|nej)\b"
)
_NOT_CALLED = re.compile(
    r"(\bringe? (ikke|ikk|ik)\b|\b(ikke|ikk|ik) (\w+ )?(ring|ringes?|opkald)\b)"
    r"(?!( \w+){0,2} (før|efter|inden|mellem|når|mens|hvis|for|så)\b)"
)
"""Said of every call; "ring ikke før kl. 16" asks for one."""
_GO_ON = re.compile(r"^(videre|ok|okay|oki|fint|send (det|bare)|giv det)\b")
_LONGEST_NAME = 4
WINDOWS = "tider"
"""The note with the times that were offered."""


@dataclass(frozen=True)
class Given:
    """An answer to a step."""

    text: str
    low: str
    said: str | None
    reading: Reading
    seq: int

    @property
    def words(self) -> int:
        return len(self.text.split())


class ClosingSteps:
    def __init__(self, conversation: Conversation) -> None:
        self.talk = conversation
        self.intake = conversation.intake
        self.readback = ReadBack(self.intake, conversation.catalogue, conversation.texts)

    # --- asking

    def next_step(self) -> str | None:
        """The step that is still open; None: the end."""
        closing, contact = self.intake.closing, self.intake.closing.contact
        if not closing.reviewed:
            return "opsummering"
        if not closing.consent:
            return "samtykke"
        if not contact.wants:
            return "kontaktform"
        wanted = {
            "telefonnummer": contact.wants in ("call", "sms"),
            "navn": contact.wants != "none",
            "tidspunkt": contact.wants == "call",
        }
        return next((s for s, ask in wanted.items() if ask and s not in closing.steps), None)

    def ask(self, step: str) -> None:
        pending = self.intake.pending
        attempt = pending.attempt if pending and pending.id == step else 1
        text = self._read_back() if step == "opsummering" else self.talk.text(step)
        self.intake.pending = Pending(step, None, attempt, text)
        self.talk.question(
            text,
            step if step in STEPS else None,
            choices=self._choices(step),
            kind="summary" if step == "opsummering" else "question",
        )

    def _choices(self, step: str) -> list[dict[str, str]]:
        if step == "tidspunkt":
            return self._windows()
        return [self.talk.choice(value, key) for value, key in _CHOICES.get(step, {}).items()]

    def _windows(self) -> list[dict[str, str]]:
        """The next times when somebody can call. What was offered is kept: "i morgen" is another
        day when the answer comes after midnight."""
        self.intake.notes[WINDOWS] = self.talk.record.windows
        return [{"title": w["title"], "value": w["title"]} for w in self.talk.record.windows]

    def _read_back(self) -> str:
        first, last = self.talk.text("opsummering_intro"), self.talk.text("opsummering_slut")
        return "\n".join([first, *self.readback.lines(), last])

    # --- answers

    async def answer(self, step: str, reading: Reading, seq: int) -> None:
        text = reading.text.strip()
        given = Given(text, text.lower(), read_polarity(text), reading, seq)
        await getattr(self, f"_{step}")(given)

    async def _opsummering(self, given: Given) -> None:
        if given.low.startswith("ret") or (given.said == NO and given.words <= 3):
            self.intake.pending = Pending("ret_hvad")
        elif given.low.startswith("stryg"):
            self.intake.pending = Pending("stryg_hvad")
        elif _GO_ON.match(given.low) or given.said == YES:
            self.intake.closing.reviewed, self.intake.pending = True, None
        else:
            await self._ret_hvad(given)

    async def _ret_hvad(self, given: Given) -> None:
        self.intake.handled_seq = given.seq - 1
        self.intake.pending = Pending("opsummering")
        corrects = replace(given.reading, correction=True)
        if listen(self.intake, self.talk.catalogue, corrects, given.seq).corrected:
            self.talk.say("rettet")
        else:
            self.intake.concern.append(Quote(given.seq, given.text))
            self.talk.say("uklart_videre")
        self.intake.pending = None

    async def _stryg_hvad(self, given: Given) -> None:
        number, rows = re.search(r"\d+", given.text), self.readback.rows()
        if number and 1 <= int(number.group()) <= len(rows):
            self.readback.strike(rows[int(number.group()) - 1][0])
            self.talk.say("stroeget")
        elif given.low != "videre":
            self.talk.say("stryg_uklart")
        self.intake.pending = None

    async def _samtykke(self, given: Given) -> None:
        closing, pending = self.intake.closing, self.intake.pending
        if given.said == YES:
            closing.consent, self.intake.pending = YES, None
            await self.talk.hand_over("samtykke")
        elif given.said == NO or (pending and pending.attempt > 1):
            closing.consent, closing.done, self.intake.pending = NO, True, None
            self.talk.say("samtykke_nej", kind="closing")
            self.talk.ending = "no_consent"
        else:
            self._once_more("samtykke_uklart")

    async def _kontaktform(self, given: Given) -> None:
        ways = [value for value, words in _CONTACTS if re.search(words, given.low)]
        wants: str | None
        if _NOT_CALLED.search(given.low):
            wants = next((way for way in ways if way != "call"), "none")
        else:
            wants = "none" if _NO_CONTACT.search(given.low) else next(iter(ways), None)
        if wants is None and self._first_try():
            self._once_more()
            return
        self.intake.closing.contact.wants, self.intake.pending = wants or "chat", None

    async def _telefonnummer(self, given: Given) -> None:
        phone = telephone_number(given.text)
        if phone:
            self.intake.closing.contact.phone = phone
        elif self._first_try() and given.said not in (NO, WONT_SAY):
            self._once_more("telefonnummer_uklart")
            return
        else:
            self.talk.say("telefonnummer_mangler")
        self._done("telefonnummer")

    async def _navn(self, given: Given) -> None:
        if given.low != "anonym" and given.said is None and given.words <= _LONGEST_NAME:
            self.intake.closing.contact.name = given.text
        self._done("navn")

    async def _tidspunkt(self, given: Given) -> None:
        contact, offered = self.intake.closing.contact, self.intake.notes.pop(WINDOWS, [])
        chosen = next((w for w in offered if w["title"].lower() == given.low), None)
        if chosen:
            contact.time = chosen["title"]
            contact.window = {"from": chosen["from"], "to": chosen["to"]}
        elif given.said not in (NO, WONT_SAY):
            contact.time, contact.window = given.text, None
        self._done("tidspunkt")

    async def _slet_bekraeft(self, given: Given) -> None:
        self.intake.pending = None
        if given.said == YES:
            self.talk.ending, self.intake.closing.done = "erase", True
            urgent = self.talk.record.handover_id and self.intake.safety.level == "alarm"
            self.talk.say("slettet_akut" if urgent else "slettet", kind="closing")

    def _first_try(self) -> bool:
        return self.intake.pending is None or self.intake.pending.attempt == 1

    def _once_more(self, why: str = "") -> None:
        if why:
            self.talk.say(why)
        if self.intake.pending:
            self.intake.pending.attempt += 1

    def _done(self, step: str) -> None:
        self.intake.closing.steps.append(step)
        self.intake.pending = None

    # --- the end

    def finish(self) -> None:
        """Who will read it and when, what helps meanwhile, what there is, and the code."""
        talk = self.talk
        advice = talk.texts.advice_for(self.intake) if self.intake.kind == INTAKE else []
        self.intake.closing.done, self.intake.pending = True, None
        paragraphs = [
            f"{self._passed_on()} {self._contact()}",
            _listed(talk.text("afsluttet_raad"), advice),
            _listed(
                talk.text("afsluttet_muligheder"),
                talk.texts.possibilities(self.intake, **talk.record.names),
            ),
            talk.text("afsluttet_kode"),
        ]
        text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
        talk.said.append({"text": text, "kind": "closing"})

    def _passed_on(self) -> str:
        human = self.talk.record.human
        closed = "afsluttet_lukket" if human["opens"] else "afsluttet_lukket_ukendt"
        key = "afsluttet_aaben" if human["open_now"] else closed
        return self.talk.text(key, aabner=human["opens"])

    def _contact(self) -> str:
        contact = self.intake.closing.contact
        reached = contact.wants if contact.phone or contact.wants == "none" else "chat"
        return self.talk.text(f"afsluttet_kontakt_{reached}", telefon=contact.phone)


def _listed(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)]) if lines else ""
