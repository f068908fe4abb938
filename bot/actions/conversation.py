"""What the assistant says next: the question that is open, the closing steps, the asides.

Everything here works on a Record and returns messages; Rasa's actions only pass them on.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.actions.store import Record, Store
from bot.actions.texts import Texts
from bot.danish.answers import NO, YES, read_polarity
from bot.tracks.catalogue import Catalogue
from bot.tracks.intake import COMMON, UNRESOLVED, WILL_NOT_SAY, Answer, Pending, Quote, key_of
from bot.tracks.listening import Heard, listen
from bot.tracks.questionnaire import next_question
from bot.tracks.reading import Reading
from bot.tracks.wording import question_text

Message = dict[str, Any]
CLOSING = ("opsummering", "samtykke", "kontaktform", "telefonnummer", "navn", "tidspunkt")
_ASKS = re.compile(
    r"\?|^\W*(hvad|hvor|hvordan|hvornår|hvem|hvilke\w*|koster|gemmer|må|kan|skal|slet|hej|tak|farvel)\b"
    r"|\b(koster det|slet (alt|mine|det|samtalen)|vil have slettet)\b",
    re.I,
)
_STRUCK_AS = {
    "speaker": "faelles.henvender",
    "age": "faelles.alder",
    "concern": "faelles.fylder",
    "tried": "faelles.proevet",
    "wishes": "faelles.oensker",
}
_STATES = {"opfyldt": "laeses_ja", "ikke_opfyldt": "laeses_nej"}


class Conversation:
    """One turn of one conversation."""

    def __init__(self, record: Record, store: Store, catalogue: Catalogue, texts: Texts) -> None:
        self.record, self.store, self.catalogue, self.texts = record, store, catalogue, texts
        self.said: list[Message] = []

    @property
    def intake(self) -> Any:
        return self.record.intake

    def say(self, key: str, kind: str = "text", **values: object) -> None:
        self.said.append({"text": self.texts.say(key, self.intake, **values), "kind": kind})

    # --- hearing

    async def hear(self, reading: Reading, seq: int) -> None:
        """Take an answer (not an aside) in."""
        intake = self.intake
        if intake.safety.step or seq and seq <= intake.handled_seq:
            listen(intake, self.catalogue, reading, seq, aside=self._about_safety())
            return
        pending = intake.pending
        if pending and pending.id in (*CLOSING, "ret_hvad", "stryg_hvad", "slet_bekraeft"):
            intake.handled_seq = max(seq, intake.handled_seq)
            await self._closing_answer(pending.id, reading, seq)
            return
        if reading.text.strip().lower() == "menneske":
            return await self.human(seq)
        self._heard(listen(intake, self.catalogue, reading, seq))
        for topic in [t.value for t in reading.topics][:1]:
            self._answer_topic(topic)

    def _about_safety(self) -> bool:
        """Is the open question the crisis dialogue's own? Any other was answered by what set it off."""
        pending = self.intake.pending
        if not pending or pending.key not in self.catalogue.keys():
            return True
        return self.catalogue.criterion(pending.key).kind == "sikkerhed"

    def _heard(self, heard: Heard) -> None:
        intake, pending = self.intake, self.intake.pending
        if heard.two_children:
            self.say("to_boern")
        if heard.corrected:
            self.say("rettet")
        elif heard.again and pending:
            intake.fallback += 1
            intake.pending = Pending(pending.id, pending.track, pending.attempt + 1, pending.text)
            self.say("uklart" if pending.id != "fylder" else f"fallback_{min(pending.attempt, 2)}")
        elif heard.skipped:
            self.say("sprunget_over")
            intake.pending = None
        elif heard.answered:
            if pending and pending.id == "fylder" and heard.inferred:
                self._show_back()
            intake.pending = None

    def _show_back(self) -> None:
        intake, pieces = self.intake, []
        if intake.speaker:
            pieces.append(self.texts.say(f"forstaaet_henvender_{intake.speaker_value}", intake))
        if intake.age:
            pieces.append(self.texts.say("forstaaet_alder", intake, alder=intake.age.value))
        if intake.track_ids:
            names = f" {self.texts.say('samt', intake)} ".join(self.catalogue.tracks[t].short for t in intake.track_ids)
            pieces.append(self.texts.say("forstaaet_spor", intake, spor=names))
        labels = [self.catalogue.criterion(k).label.lower() for k in intake.answers if k in self.catalogue.keys()]
        pieces += labels
        if pieces:
            text = pieces[0] if len(pieces) == 1 else f"{', '.join(pieces[:-1])} {self.texts.say('og', intake)} {pieces[-1]}"
            self.say("forstaaet", liste=text)

    # --- asides

    async def aside(self, reading: Reading, seq: int) -> None:
        intent, intake = reading.intent, self.intake
        if self._answers_after_all(reading):
            return await self.hear(reading, seq)
        listen(intake, self.catalogue, reading, seq, aside=True)
        if intake.pending and intake.pending.id == "fylder" and intake.concern:
            intake.pending = None
        if intent == "tale_med_menneske":
            return await self.human(seq)
        self._answer_topic(intent)
        if intent == "slet_data":
            intake.pending = Pending("slet_bekraeft")
        if intent == "undervisning" and not intake.track_ids:
            intake.notes["kind"] = "undervisning"

    def _answers_after_all(self, reading: Reading) -> bool:
        """A statement on an open question is its answer, however much it sounds like a topic."""
        pending = self.intake.pending
        if not pending or pending.id == "fylder":
            return False
        if reading.intent == "tale_med_menneske":
            tells = pending.key in self.catalogue.keys() and self.catalogue.criterion(pending.key).kind == "fritekst"
            return tells and bool(self.record.handover_id)  # a wish told to somebody who has a human coming
        return not _ASKS.search(reading.text)

    def _answer_topic(self, topic: str) -> None:
        self.said.append({"text": self.texts.answer(topic, self.intake), "kind": "answer", "topic": topic})

    async def human(self, seq: int) -> None:
        """Asked for a human: handed over at once with what is known; asking is the consent."""
        self.intake.handled_seq = max(seq, self.intake.handled_seq)
        if self.record.handover_id:
            return self.said.append({**self._text("menneske_allerede"), "kind": "handover", "topic": "tale_med_menneske"})
        self.intake.closing.consent = YES
        await self.store.write(self.record)
        await self.store.hand_over(self.record, "menneske")
        human = self.record.human
        key = "menneske_nu" if human["open_now"] else "menneske_senere" if human["opens"] else "menneske_senere_ukendt"
        self.said.append({**self._text(key, aabner=human["opens"]), "kind": "handover", "topic": "tale_med_menneske"})
        self.say("fortsaet_imens")

    def _text(self, key: str, **values: object) -> Message:
        values.setdefault("plads", self.record.human.get("waiting", 0) + 1)
        values.setdefault("kode", self.record.human.get("resume_code", ""))
        return {"text": self.texts.say(key, self.intake, **values)}

    # --- asking

    async def ask(self) -> None:
        """The next question: the open one again, the catalogue's next, or the next closing step."""
        intake = self.intake
        if intake.safety.step or self.record.status == "closed" or intake.closing.done:
            if intake.closing.done and not self.said and not intake.safety.step:
                self.say("efter_afslutning")
            return
        if intake.pending and intake.pending.id == "krise":
            intake.pending = None
        pending = intake.pending
        if pending and pending.key in self.catalogue.keys():
            return self._ask_criterion(pending.track or COMMON, pending.id, pending.attempt)
        if pending:
            return await self._closing_question(pending.id)
        if intake.concern and not intake.track_ids and "faelles.fylder" not in intake.asked and not intake.notes.get("kind"):
            intake.asked.append("faelles.fylder")
            return self._ask_criterion(COMMON, "fylder", 2)
        question = next_question(intake, self.catalogue)
        if question:
            return self._ask_criterion(question.group, question.criterion.id, 1)
        await self._closing_question(self._next_step())

    def _ask_criterion(self, group: str, name: str, attempt: int) -> None:
        intake, criterion = self.intake, self.catalogue.group(group)[name]
        again = attempt > 1
        text = question_text(intake, criterion, again)
        track = None if group == COMMON else group
        intake.pending = Pending(name, track, attempt, text)
        key = key_of(group, name)
        if key not in intake.asked and name != "fylder":
            intake.asked.append(key)
        self._question(text, name, track, again, self._choices(criterion, again))

    def _choices(self, criterion: Any, again: bool) -> list[dict[str, str]]:
        if criterion.id == "fylder":
            if not again:
                return []
            own = [{"title": t.short[:1].upper() + t.short[1:], "value": t.id} for t in self.catalogue.tracks.values()]
            return own + [{"title": c.title, "value": c.value} for c in criterion.choices if c.value == "andet"]
        if criterion.choices:
            return [{"title": c.title, "value": c.value} for c in criterion.choices]
        names = ("ja", "nej", "ved_ikke", "spring_over") if criterion.yes_no else ()
        return [self._choice(name) for name in names]

    def _choice(self, value: str, key: str = "") -> dict[str, str]:
        return {"title": self.texts.say(key or f"valg_{value}", self.intake), "value": value}

    def _question(
        self, text: str, name: str | None, track: str | None = None, reworded: bool = False, choices: Any = (), kind: str = "question"
    ) -> None:
        self.said.append({"text": text, "kind": kind, "question": name, "track": track, "reworded": reworded, "choices": list(choices)})

    # --- closing

    def _next_step(self) -> str:
        closing = self.intake.closing
        if not closing.reviewed:
            return "opsummering"
        if not closing.consent:
            return "samtykke"
        if not closing.contact.wants:
            return "kontaktform"
        if closing.contact.wants in ("call", "sms") and "telefonnummer" not in closing.steps:
            return "telefonnummer"
        if closing.contact.wants != "none" and "navn" not in closing.steps:
            return "navn"
        if closing.contact.wants == "call" and "tidspunkt" not in closing.steps:
            return "tidspunkt"
        return "afslut"

    async def _closing_question(self, step: str) -> None:
        if step == "afslut":
            return await self._finish()
        if step == "opsummering":
            text = "\n".join([self.texts.say("opsummering_intro", self.intake), *self.lines(), self.texts.say("opsummering_slut", self.intake)])
        else:
            text = self.texts.say(step, self.intake)
        values = {
            "opsummering": [self._choice(v) for v in ("videre", "ret", "stryg")],
            "samtykke": [self._choice("ja", "valg_samtykke_ja"), self._choice("nej", "valg_samtykke_nej")],
            "kontaktform": [self._choice(v) for v in ("chat", "call", "sms", "none")],
            "navn": [self._choice("anonym")],
            "slet_bekraeft": [self._choice("ja"), self._choice("nej")],
        }.get(step, [])
        pending = self.intake.pending
        attempt = pending.attempt if pending and pending.id == step else 1
        self.intake.pending = Pending(step, None, attempt, text)
        shown = step if step in CLOSING else None
        self._question(text, shown, choices=values, kind="summary" if step == "opsummering" else "question")

    def lines(self) -> list[str]:
        """The numbered lines of the read-back; struck ones are left out."""
        return [f"{n}. {text}" for n, (_, text) in enumerate(self._rows(), 1)]

    def _rows(self) -> list[tuple[str, str]]:
        intake, rows = self.intake, []
        if intake.speaker:
            text = self.texts.say(f"forstaaet_henvender_{intake.speaker_value}", intake)
            rows.append(("speaker", text[:1].upper() + text[1:]))
        if intake.age:
            rows.append(("age", self.texts.say("laeses_alder", intake, alder=intake.age.value)))
        rows += [("concern", self._quoted("fylder", q.quote)) for q in intake.concern[:2]]
        for key, answer in intake.answers.items():
            if answer.struck or key not in self.catalogue.keys() or answer.status == "uafklaret" and not answer.reason:
                continue
            label = self.catalogue.criterion(key).label
            rows.append((key, self.texts.say(_STATES.get(answer.status) or f"laeses_{answer.reason}", intake, kort=label)))
        rows += [("tried", self._quoted("proevet", q.quote)) for q in intake.tried]
        rows += [("wishes", self._quoted("oensker", q.quote)) for q in intake.wishes]
        return rows

    def _quoted(self, name: str, quote: str) -> str:
        short = quote if len(quote) <= 160 else quote[:157].rsplit(" ", 1)[0] + " ..."
        return self.texts.say("laeses_citat", self.intake, kort=self.catalogue.common[name].label, citat=short)

    async def _closing_answer(self, step: str, reading: Reading, seq: int) -> None:
        text = reading.text.strip()
        said = read_polarity(text)
        await getattr(self, f"_{step}")(text, text.lower(), said, reading, seq)

    async def _opsummering(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        if low.startswith("ret") or said == NO and len(text.split()) <= 3:
            self.intake.pending = Pending("ret_hvad")
        elif low.startswith("stryg"):
            self.intake.pending = Pending("stryg_hvad")
        elif low == "videre" or said == YES:
            self.intake.closing.reviewed, self.intake.pending = True, None
        else:
            await self._ret_hvad(text, low, said, reading, seq)

    async def _ret_hvad(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        self.intake.handled_seq = seq - 1
        self.intake.pending = Pending("opsummering")
        heard = listen(self.intake, self.catalogue, replace(reading, correction=True), seq)
        if heard.corrected:
            self.say("rettet")
        else:
            self.intake.concern.append(Quote(seq, text))
            self.say("uklart_videre")
        self.intake.pending = None

    async def _stryg_hvad(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        number, rows = re.search(r"\d+", text), self._rows()
        if number and 1 <= int(number.group()) <= len(rows):
            self._strike(rows[int(number.group()) - 1][0])
            self.say("stroeget")
        elif low != "videre":
            self.say("stryg_uklart")
        self.intake.pending = None

    def _strike(self, key: str) -> None:
        if key in self.intake.answers:
            self.intake.answers[key].struck = True
        elif key in ("concern", "tried", "wishes"):
            setattr(self.intake, key, [])
        else:
            setattr(self.intake, key, None)
        if key in _STRUCK_AS:  # struck is an answer: it is not asked for again
            self.intake.answers[_STRUCK_AS[key]] = Answer(UNRESOLVED, WILL_NOT_SAY, struck=True)

    async def _samtykke(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        closing = self.intake.closing
        if said == YES:
            closing.consent, self.intake.pending = YES, None
            await self.store.write(self.record)
            await self.store.hand_over(self.record, "samtykke")
        elif said == NO or self.intake.pending.attempt > 1:
            closing.consent, closing.done, self.intake.pending = NO, True, None
            self.say("samtykke_nej", kind="closing")
            self.intake.notes["end"] = "no_consent"
        else:
            self.say("samtykke_uklart")
            self.intake.pending.attempt += 1

    async def _kontaktform(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        words = (("none", r"none|ingen|ikke|nej"), ("sms", r"sms|besked"), ("call", r"call|ring|telefon"), ("chat", r"chat|her|skriv"))
        wants = next((value for value, pattern in words if re.search(pattern, low)), None)
        if wants is None and self.intake.pending.attempt == 1:
            self.intake.pending.attempt = 2
            return
        self.intake.closing.contact.wants, self.intake.pending = wants or "chat", None

    async def _telefonnummer(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        digits = re.sub(r"\D", "", text)
        if len(digits) in (8, 10):
            self.intake.closing.contact.phone = digits
        elif self.intake.pending.attempt == 1 and said is None:
            self.say("telefonnummer_uklart")
            self.intake.pending.attempt = 2
            return
        self._done("telefonnummer")

    async def _navn(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        if low != "anonym" and said is None and len(text.split()) <= 4:
            self.intake.closing.contact.name = text
        self._done("navn")

    async def _tidspunkt(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        self.intake.closing.contact.time = text
        self._done("tidspunkt")

    def _done(self, step: str) -> None:
        self.intake.closing.steps.append(step)
        self.intake.pending = None

    async def _slet_bekraeft(self, text: str, low: str, said: str | None, reading: Reading, seq: int) -> None:
        self.intake.pending = None
        if said == YES:
            self.intake.notes["end"], self.intake.closing.done = "erase", True
            urgent = self.record.handover_id and self.intake.safety.level == "alarm"
            self.say("slettet_akut" if urgent else "slettet", kind="closing")

    async def _finish(self) -> None:
        intake, human = self.intake, self.record.human
        intake.closing.done, intake.pending = True, None
        key = "afsluttet_aaben" if human["open_now"] else "afsluttet_lukket" if human["opens"] else "afsluttet_lukket_ukendt"
        parts = [self._text(key, aabner=human["opens"])["text"]]
        parts += [f"- {line}" for line in self.texts.advice_for(intake)]
        parts += [f"- {line}" for line in self.texts.possibilities(intake)]
        parts.append(self._text("afsluttet_kode")["text"])
        self.said.append({"text": "\n".join(parts), "kind": "closing"})

