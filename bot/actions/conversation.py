"""One turn of one conversation: what is heard, answered and asked next.

Everything here works on a Record and collects messages in ``said``; Rasa's actions only pass them
on. The closing steps are in bot.actions.closing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bot.actions.closing import STEPS, WITHIN, ClosingSteps
from bot.actions.store import Record, Store
from bot.actions.texts import Texts
from bot.danish.ages import find_bare_age
from bot.danish.answers import NO, YES, read_polarity
from bot.tracks.catalogue import Catalogue, Criterion
from bot.tracks.intake import COMMON, INTAKE, INTERRUPTED, Fact, Intake, Pending, Quote, key_of
from bot.tracks.listening import Heard, listen
from bot.tracks.questionnaire import Question, next_question, progress
from bot.tracks.reading import ABUSE, FOREIGN, GIBBERISH, TOPICS, Reading
from bot.tracks.wording import question_text

Message = dict[str, Any]

WHICH_CHILD = "hvilket_barn"
HUMAN = "menneske"
"""The value of the choice that asks for a human."""

_ASKS = re.compile(
    r"\?|^\W*((øh|øhm|ej|hov|men|og|nå|ok|okay|undskyld|lige|altså|bare)\W+)*"
    r"(hvad|hva|hvor|hvordan|hvornår|hvem|hvilke\w*|koster|gemmer|må|kan|skal|er (du|i|det|der)"
    r"|har i|slet|hej|tak|farvel|snakker|taler)\b"
    r"|\b(koster det|slet(te)? (alt|mine|det|samtalen)|vil have slettet)\b",
    re.I,
)
_SURE_ASIDE = 0.6
_RIGHT_NOW = re.compile(
    r"\b(nu|i stedet|hellere|straks)\b|\b(ikke|ik) .{0,20}\b(computer|robot|maskine|bot)\b"
    r"|\b(rigtigt? menneske|rigtig person)\b",
    re.I,
)
_OF_A_REQUEST = {"kommune": "kommune_fagperson", "oensker": "oensker_fagperson"}
"""Questions that are put in other words when no child is asked about."""
_GUIDANCE = re.compile(r"\b(vejledning|sparring|supervision|konsulentbistand)", re.I)
_TEACHING = re.compile(r"undervis|kurs(us|er)|oplæg|tema(dag|eftermiddag)|foredrag|workshop", re.I)
_NOT_UNDERSTOOD = (FOREIGN, ABUSE, GIBBERISH, "uden_for_emne")
_LADDER = 3
"""So many messages in a row that were not understood, and a human is offered."""
_HARD = ("selvmordstanker", "selvskadende_adfaerd", "tegn_tristhed", "svaere_foelelser")
_SHOWN_BACK = 4


class Conversation:
    def __init__(self, record: Record, store: Store, catalogue: Catalogue, texts: Texts) -> None:
        self.record, self.store, self.texts = record, store, texts
        self.catalogue = catalogue.with_ages(record.ages) if record.ages else catalogue
        self.said: list[Message] = []
        self.ending: str | None = None
        """How the conversation ends with this turn: "no_consent", "erase"."""
        self.closing = ClosingSteps(self)

    @property
    def intake(self) -> Intake:
        return self.record.intake

    # --- saying

    def text(self, key: str, **values: object) -> str:
        human = self.record.human
        known = {"plads": human.get("waiting", 0) + 1, "kode": human.get("resume_code", "")}
        return self.texts.say(key, self.intake, **{**self.record.names, **known, **values})

    def say(self, key: str, kind: str = "text", **values: object) -> None:
        self.said.append({"text": self.text(key, **values), "kind": kind})

    def choice(self, value: str, key: str = "") -> dict[str, str]:
        return {"title": self.text(key or f"valg_{value}"), "value": value}

    def question(
        self,
        text: str,
        name: str | None,
        track: str | None = None,
        reworded: bool = False,
        choices: Iterable[dict[str, str]] = (),
        kind: str = "question",
    ) -> None:
        about = {"question": name, "track": track, "reworded": reworded}
        self.said.append({"text": text, "kind": kind, **about, "choices": list(choices)})

    # --- hearing

    async def hear(self, reading: Reading, seq: int) -> None:
        """Take an answer (not an aside) in."""
        intake, pending = self.intake, self.intake.pending
        if intake.safety.step or self._interrupted(seq) or (seq and seq <= intake.handled_seq):
            self._listen_in_danger(reading, seq)
        elif reading.text.strip().lower() == HUMAN:
            await self.human(seq)
        elif pending and pending.id in (*STEPS, *WITHIN):
            intake.handled_seq = max(seq, intake.handled_seq)
            await self.closing.answer(pending.id, reading, seq)
        elif pending and pending.id == WHICH_CHILD:
            self._first_child(reading, seq)
        else:
            self._heard(listen(intake, self.catalogue, reading, seq))
            self._topics(reading)

    def _listen_in_danger(self, reading: Reading, seq: int) -> None:
        """What set the crisis off is still an answer, unless to the crisis dialogue's own question;
        what could not be read is asked once more, in other words, when the crisis is over."""
        self._note_topic(reading)
        now, pending = self.intake.pending, self._open_when_said(seq)
        about_safety = not pending or self._is_safety(pending)
        self.intake.pending = pending
        heard = listen(self.intake, self.catalogue, reading, seq, aside=about_safety)
        if heard.again and pending:
            self._once_more(pending)
        elif heard.answered and pending and not about_safety:
            self.intake.pending = None if now is pending else now
        else:
            self.intake.pending = now

    def _interrupted(self, seq: int) -> bool:
        """Did the message set off a crisis, when another question was open?"""
        return bool(seq) and self.intake.notes.get(INTERRUPTED, {}).get("seq") == seq

    def _open_when_said(self, seq: int) -> Pending | None:
        """The question that was open when the message came; the crisis may be over by now."""
        if not self._interrupted(seq):
            return self.intake.pending
        return Pending(**self.intake.notes.pop(INTERRUPTED)["pending"])

    def _is_safety(self, pending: Pending) -> bool:
        if pending.key not in self.catalogue:
            return True
        return self.catalogue.criterion(pending.key).kind == "sikkerhed"

    def _heard(self, heard: Heard) -> None:
        intake, pending = self.intake, self.intake.pending
        intake.fallback = intake.fallback + 1 if heard.again else 0
        if heard.corrected:
            self.say("rettet")
        elif heard.again and pending:
            self._once_more(pending)
            self.say("uklart" if pending.id != "fylder" else f"fallback_{min(pending.attempt, 2)}")
        elif heard.skipped:
            self.say("sprunget_over")
            intake.pending = None
        elif heard.answered:
            self._answered(pending, heard)
        if heard.two_children and not intake.notes.get(WHICH_CHILD):
            intake.notes[WHICH_CHILD] = True
            intake.pending = Pending(WHICH_CHILD)

    def _once_more(self, pending: Pending) -> None:
        self.intake.pending = Pending(pending.id, pending.track, pending.attempt + 1, pending.text)

    def _answered(self, pending: Pending | None, heard: Heard) -> None:
        self.intake.pending = None
        if pending and pending.id == "fylder":
            self.say("kvittering_fortalt_1")
            if heard.inferred:
                self._show_back()
        elif pending and pending.key in self.catalogue:
            self._acknowledge(pending)

    def _acknowledge(self, pending: Pending) -> None:
        """A word of thanks after what is hard to say, and only then."""
        if pending.id in _HARD and self.intake.status(pending.key) == "opfyldt":
            self.say("kvittering_svaert_1")

    def _first_child(self, reading: Reading, seq: int) -> None:
        """Which of several children it is about first: the age, and the word for the child."""
        intake, age = self.intake, find_bare_age(reading.text)
        intake.handled_seq, intake.pending = max(seq, intake.handled_seq), None
        quote = Quote(seq, reading.text.strip(), self.text("to_boern"))
        if age:
            intake.age = Fact(age.years, [quote])
        intake.relation = reading.relation or intake.relation
        intake.notes["sex"] = reading.sex or intake.notes.get("sex")
        if not age and not reading.relation:
            intake.concern.append(quote)

    # --- showing back

    def _show_back(self) -> None:
        pieces = [*self._facts_in_words(), *self._labels()]
        if pieces:
            self.say("forstaaet", liste=self._listed(pieces))

    def _facts_in_words(self) -> list[str]:
        intake, pieces = self.intake, []
        if intake.speaker:
            pieces.append(self.text(f"forstaaet_henvender_{intake.speaker_value}"))
        if intake.age:
            pieces.append(self.text("forstaaet_alder", alder=intake.age.value))
        if intake.kommune:
            pieces.append(self.text("forstaaet_kommune", kommune=intake.kommune.value))
        if intake.track_ids:
            names = [self.catalogue.tracks[track].short for track in intake.track_ids]
            joined = f" {self.text('samt')} ".join(names)
            pieces.append(self.text("forstaaet_spor", spor=joined))
        return pieces

    def _labels(self) -> list[str]:
        """What counts as answered already, in a few words; the read-back has the whole."""
        known = self.catalogue.keys()
        told = [
            self.catalogue.criterion(key).label.lower()
            for key, answer in self.intake.answers.items()
            if key in known and answer.status == "opfyldt"
        ]
        return told[:_SHOWN_BACK]

    def _listed(self, pieces: list[str]) -> str:
        if len(pieces) == 1:
            return pieces[0]
        return f"{', '.join(pieces[:-1])} {self.text('og')} {pieces[-1]}"

    # --- asides

    async def aside(self, reading: Reading, seq: int) -> None:
        intake = self.intake
        if self._answers_after_all(reading):
            return await self.hear(reading, seq)
        if intake.safety.step:
            self._note_topic(reading)
        listen(intake, self.catalogue, reading, seq, aside=True)
        if intake.pending and intake.pending.id == "fylder" and intake.concern:
            intake.pending = None
        if reading.intent == "tale_med_menneske":
            return await self.human(seq)
        self._climb(reading.intent)
        self._answer_topic(reading.intent)
        if reading.intent == "slet_data":
            intake.pending = Pending("slet_bekraeft")
        self._note_kind(reading.intent, reading.text)
        return None

    def _note_kind(self, topic: str, text: str) -> None:
        """What a professional asks for, as long as it is about no child (``Intake.kind``)."""
        if topic == "undervisning" and not self.intake.track_ids:
            guidance = _GUIDANCE.search(text) and not _TEACHING.search(text)
            self.intake.notes["kind"] = "vejledning" if guidance else "undervisning"

    def _answers_after_all(self, reading: Reading) -> bool:
        """A statement on an open question is its answer, however much it sounds like a topic."""
        pending = self.intake.pending
        if not pending or pending.id == "fylder":
            return False
        if reading.intent == "tale_med_menneske":
            wish = pending.id == "oensker" and not _RIGHT_NOW.search(reading.text)
            return wish or pending.id == "kontaktform"
        if read_polarity(reading.text) in (YES, NO) and "?" not in reading.text:
            return True
        if _ASKS.search(reading.text):
            return False
        return not self._is_yes_no(pending) or reading.confidence < _SURE_ASIDE

    def _is_yes_no(self, pending: Pending) -> bool:
        """Else a telling, a name, a place or a step is asked for: what may sound like anything."""
        known = pending.key in self.catalogue
        return known and self.catalogue.criterion(pending.key).yes_no

    def _topics(self, reading: Reading) -> None:
        """A question inside a telling is answered too."""
        for topic in [found.value for found in reading.topics][:1]:
            self._answer_topic(topic)
            self._note_kind(topic, reading.text)

    def _note_topic(self, reading: Reading) -> None:
        """What was asked about in a message that set the crisis off; the counsellor can answer."""
        asked = [reading.intent] if reading.intent in TOPICS else []
        self.intake.topic = next(iter([*asked, *(t.value for t in reading.topics)]), None)

    def _answer_topic(self, topic: str) -> None:
        text = self.texts.answer(topic, self.intake, **self.record.names)
        self.said.append({"text": text, "kind": "answer", "topic": topic})

    def _climb(self, intent: str) -> None:
        """The ladder: rephrase, choices, human."""
        self.intake.fallback = self.intake.fallback + 1 if intent in _NOT_UNDERSTOOD else 0

    async def human(self, seq: int) -> None:
        """Asked for a human: handed over at once with what is known; asking is the consent."""
        self.intake.handled_seq = max(self.intake.handled_seq, seq)
        self.intake.fallback = 0
        if self.record.handover_id:
            return self._of_the_human("menneske_allerede")
        self.intake.closing.consent = YES
        await self.hand_over(HUMAN)
        human = self.record.human
        closed = "menneske_senere" if human["opens"] else "menneske_senere_ukendt"
        self._of_the_human("menneske_nu" if human["open_now"] else closed)
        return self.say("fortsaet_imens")

    def _of_the_human(self, key: str) -> None:
        text = self.text(key, aabner=self.record.human["opens"])
        self.said.append({"text": text, "kind": "handover", "topic": "tale_med_menneske"})

    async def hand_over(self, reason: str) -> None:
        await self.store.write(self.record)
        await self.store.hand_over(self.record, reason)

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
        if intake.pending:
            self._ask_pending(intake.pending)
        elif self._matter_unclear():
            intake.notes["matter_asked"] = True
            self._ask_criterion(COMMON, "fylder", 2)
        else:
            self._ask_next(next_question(intake, self.catalogue))

    def _ask_pending(self, pending: Pending) -> None:
        if pending.key in self.catalogue:
            self._ask_criterion(pending.track or COMMON, pending.id, pending.attempt)
        elif pending.id == WHICH_CHILD:
            self.question(self.text("to_boern"), None)
        else:
            self.closing.ask(pending.id)

    def _matter_unclear(self) -> bool:
        """Something was told that fits no track, and that has not been asked about yet."""
        intake = self.intake
        known = intake.track_ids or intake.notes.get("matter_asked") or intake.notes.get("kind")
        return bool(intake.concern and not known)

    def _ask_next(self, question: Question | None) -> None:
        if question:
            return self._ask_criterion(question.group, question.criterion.id, 1)
        step = self.closing.next_step()
        return self.closing.ask(step) if step else self.closing.finish()

    def _ask_criterion(self, group: str, name: str, attempt: int) -> None:
        intake, criterion = self.intake, self.catalogue.group(group)[name]
        text = question_text(intake, criterion, attempt > 1)
        if name in _OF_A_REQUEST and attempt == 1 and intake.kind != INTAKE:
            text = self.text(_OF_A_REQUEST[name])
        track, key = None if group == COMMON else group, key_of(group, name)
        number = self._number(key) if name != "fylder" else ""
        intake.pending = Pending(name, track, attempt, text)
        if key not in intake.asked and name != "fylder":
            intake.asked.append(key)
        choices = [*self._choices(criterion, attempt > 1), *self._human_offered()]
        self.question(f"{number}{text}", name, track, attempt > 1, choices)

    def _number(self, key: str) -> str:
        """ "Spørgsmål 4 af ca. 9": above the question, where it costs nothing (not by SMS)."""
        if self.intake.channel != "web":
            return ""
        number, about = progress(self.intake, self.catalogue, key)
        return f"{self.text('fremdrift', nr=number, antal=about)}\n"

    def _human_offered(self) -> list[dict[str, str]]:
        if self.intake.fallback < _LADDER or self.record.handover_id:
            return []
        self.say("fallback_3")
        return [self.choice(HUMAN)]

    def _choices(self, criterion: Criterion, again: bool) -> list[dict[str, str]]:
        if criterion.id == "fylder":
            return self._matters(criterion) if again else []
        if criterion.choices:
            return [{"title": c.title, "value": c.value} for c in criterion.choices]
        names = ("ja", "nej", "ved_ikke", "spring_over") if criterion.yes_no else ()
        return [self.choice(name) for name in names]

    def _matters(self, criterion: Criterion) -> list[dict[str, str]]:
        """The tracks by their short names, and something else."""
        tracks = [(t.short[:1].upper() + t.short[1:], t.id) for t in self.catalogue.tracks.values()]
        other = [(c.title, c.value) for c in criterion.choices if c.value == "andet"]
        return [{"title": title, "value": value} for title, value in (*tracks, *other)]
