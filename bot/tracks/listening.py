"""Taking a message in: what it tells, answers or corrects goes into the intake, with its words.

``listen`` is the only way into the intake from free text, whoever calls it. It never guesses in
silence: an answer that cannot be read is asked about once more and then recorded as unclear.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.danish.ages import find_bare_age
from bot.danish.answers import (
    DONT_KNOW,
    NO,
    PARTLY,
    WONT_SAY,
    YES,
    is_a_maybe,
    read_polarity,
)
from bot.danish.municipalities import find_municipality
from bot.tracks.catalogue import SPEAKERS, Catalogue, Criterion
from bot.tracks.intake import (
    COMMON,
    DOES_NOT_KNOW,
    FULFILLED,
    NOT_FULFILLED,
    UNCLEAR,
    UNRESOLVED,
    WILL_NOT_SAY,
    Fact,
    Intake,
    Quote,
    key_of,
)
from bot.tracks.reading import ABUSE, FOREIGN, GIBBERISH, Found, Reading
from bot.tracks.thresholds import THRESHOLDS, Thresholds

_TRIES_FOR_THE_MATTER = 2
_WORDS_OF_A_CORRECTION = 6
_WORDS_OF_A_TELLING = 5
_TELLINGS = ("proevet", "oensker")
"""Questions that are answered with a story, in which another track may show."""
_STATUS = {YES: FULFILLED, NO: NOT_FULFILLED}
_REASON = {DONT_KNOW: DOES_NOT_KNOW, WONT_SAY: WILL_NOT_SAY}
_CHOICES = {
    "ja": YES,
    "nej": NO,
    "ved_ikke": DONT_KNOW,
    "ved ikke": DONT_KNOW,
    "spring_over": WONT_SAY,
    "spring over": WONT_SAY,
}


@dataclass
class Heard:
    """What a message did: ``answered`` the open question, ``again`` if it was not understood,
    ``inferred`` criterion keys and facts that were filled without being asked, ``corrected`` keys.
    """

    answered: bool = False
    again: bool = False
    skipped: bool = False
    inferred: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    two_children: bool = False


@dataclass
class Listener:
    """Reads one message into ``intake`` (changed in place)."""

    intake: Intake
    catalogue: Catalogue
    reading: Reading
    seq: int
    limits: Thresholds = THRESHOLDS
    heard: Heard = field(default_factory=Heard)

    def listen(self, aside: bool = False) -> Heard:
        """``aside``: the message interrupts the open question instead of answering it."""
        intake = self.intake
        if self._tells_the_matter():
            self._opening(aside)
        elif self._seems_a_correction() and self._correct():
            pass
        elif not aside and self._is_criterion():
            self._answer()
            self._extras()
        self._facts_by_the_way()
        intake.handled_seq = max(intake.handled_seq, self.seq)
        return self.heard

    def _tells_the_matter(self) -> bool:
        """It is open what this is about, or nothing is open and nothing has been told yet."""
        pending = self.intake.pending
        if pending and pending.key == key_of(COMMON, "fylder"):
            return True
        return not self._is_criterion() and not self.intake.concern

    def _seems_a_correction(self) -> bool:
        """Said so, or a few words with another age than the one that is known."""
        if self.reading.correction:
            return True
        age, asked = self.reading.age, self.intake.pending and self.intake.pending.id == "alder"
        short = len(self.reading.text.split()) <= _WORDS_OF_A_CORRECTION
        return bool(age and self.intake.age and not asked and short)

    # --- the matter told first

    def _opening(self, aside: bool) -> None:
        intake, reading = self.intake, self.reading
        choice = reading.text.strip().lower()
        if choice in self.catalogue.tracks or choice == "andet":
            if choice in self.catalogue.tracks:
                intake.see_track(choice, self._quote())
            intake.concern = intake.concern or [self._quote()]
            self.heard.answered = True
            return
        self._facts()
        self._tracks(self.limits.track_in_opening)
        self._signs(self.limits.sign_in_opening, self.limits.else_in_opening)
        if reading.intent in (FOREIGN, ABUSE, GIBBERISH):
            return
        words = len(reading.text.split())
        told = bool(self.heard.inferred) or words > _WORDS_OF_A_TELLING
        if told and (not aside or reading.tracks or words > 2 * _WORDS_OF_A_TELLING):
            intake.concern.append(self._quote())
            self.heard.answered = True
        elif not aside:
            self._matter_not_told()
        self.heard.two_children = len({c.value for c in reading.children}) > 1

    def _matter_not_told(self) -> None:
        """Asked for in three ways at most; then the conversation goes on without it."""
        said = _CHOICES.get(self.reading.text.strip().lower()) or read_polarity(self.reading.text)
        tries = self.intake.pending.attempt if self.intake.pending else 1
        if said in _REASON or self.intake.concern or tries >= _TRIES_FOR_THE_MATTER:
            self._settle(key_of(COMMON, "fylder"), UNRESOLVED, _REASON.get(said or "", UNCLEAR))
            self.heard.skipped = said == WONT_SAY
        else:
            self.heard.again = True

    def _facts(self) -> None:
        intake, reading = self.intake, self.reading
        if reading.speaker and intake.speaker is None:
            intake.speaker = Fact(reading.speaker.value, [self._quote(reading.speaker)])
            self.heard.inferred.append("henvender")
        self._relation()
        if reading.age and intake.age is None:
            intake.age = Fact(reading.age.value, [self._quote(reading.age)])
            self.heard.inferred.append("alder")
        if reading.kommune and intake.kommune is None:
            intake.kommune = Fact(reading.kommune.value, [self._quote(reading.kommune)])
            self.heard.inferred.append("kommune")

    def _facts_by_the_way(self) -> None:
        """An age, or words that show who is writing, said while something else was open."""
        intake, reading = self.intake, self.reading
        if reading.age and intake.age is None:
            intake.age = Fact(reading.age.value, [self._quote(reading.age)])
        shown = reading.speaker and reading.speaker.end - reading.speaker.start < len(reading.text)
        if reading.speaker and shown and intake.speaker is None:
            intake.speaker = Fact(reading.speaker.value, [self._quote(reading.speaker)])
            self._relation()

    def _relation(self) -> None:
        if self.intake.relation is None and self.reading.relation:
            self.intake.relation = self.reading.relation
        if self.intake.notes.get("sex") is None and self.reading.sex:
            self.intake.notes["sex"] = self.reading.sex

    def _tracks(self, least: float) -> None:
        surest = max((found.confidence for found in self.reading.tracks), default=0.0)
        shown = self._shown()
        for found in self.reading.tracks:
            besides = found.confidence < surest and found.value not in shown
            bar = max(least, self.limits.track_besides) if besides else least
            if found.confidence < bar or found.value not in self.catalogue.tracks:
                continue
            if self.intake.see_track(found.value, self._quote(found if found.end else None)):
                self.heard.inferred.append(found.value)

    def _shown(self) -> set[str]:
        """The tracks of which a clause plainly tells a sign."""
        least = self.limits.sign_shows_track
        signs = [s for s in self.reading.signs if s.role == YES and s.confidence >= least]
        return {sign.value.split(".")[0] for sign in signs}

    def _signs(self, sign: float, other: float) -> None:
        """How sure a sign that is there must be, and anything else that is told."""
        for found in self.reading.signs:
            group = found.value.split(".")[0]
            known = group == COMMON or group in self.intake.track_ids
            if not known or found.value not in self.catalogue:
                continue
            criterion = self.catalogue.criterion(found.value)
            least = other
            if found.role != NO and criterion.kind == "inklusion":
                least = max(sign, other) if criterion.calms else sign
            if found.confidence < least or found.value in self.intake.answers:
                continue
            if criterion.kind == "sikkerhed":
                continue
            self.intake.settle(found.value, _STATUS[found.role or YES], None, self._quote(found))
            self.heard.inferred.append(found.value)

    # --- an answer to the open question

    def _is_criterion(self) -> bool:
        pending = self.intake.pending
        return pending is not None and pending.key in self.catalogue

    def _answer(self) -> None:
        assert self.intake.pending is not None
        key = self.intake.pending.key
        criterion = self.catalogue.criterion(key)
        if criterion.yes_no:
            self._yes_no(key, criterion)
        else:
            getattr(self, f"_{criterion.id}", self._telling)(key)

    def _yes_no(self, key: str, criterion: Criterion) -> None:
        verdict = self.verdict(key, criterion)
        if verdict in _STATUS:
            self._settle(key, _STATUS[verdict], None)
        elif verdict in _REASON:
            self._settle(key, UNRESOLVED, _REASON[verdict])
            self.heard.skipped = verdict == WONT_SAY
        else:
            self._unclear(key)

    def verdict(self, key: str, criterion: Criterion) -> str | None:
        """ "ja", "nej", "ved_ikke", "vil_ikke_svare", or None when the answer cannot be read."""
        text = self.reading.text.strip()
        chosen = _CHOICES.get(text.lower())
        if chosen:
            return chosen
        said, (leaning, share) = read_polarity(text), self.reading.leaning(key)
        if criterion.kind == "sikkerhed":
            return self._safe_verdict(said, leaning, share)
        if is_a_maybe(text):
            return None
        if leaning in _STATUS and share >= self._least(said, len(text.split())):
            return leaning
        return said if said in (*_STATUS, *_REASON) else self._half(said, criterion)

    def _safe_verdict(self, said: str | None, leaning: str, share: float) -> str | None:
        """A no is taken only from plain words, or when all but certain."""
        if said in (*_STATUS, *_REASON):
            return said
        least = self.limits.answer if leaning == YES else self.limits.override
        return leaning if leaning in _STATUS and share >= least else None

    def _least(self, said: str | None, words: int) -> float:
        """The share at which what was told counts, against what the words yes and no say."""
        if said in _STATUS:
            short = words < self.limits.long_answer_words
            return self.limits.never if short else self.limits.override_yes_no
        if said in _REASON:
            return self.limits.override
        second = self.intake.pending is not None and self.intake.pending.attempt > 1
        return self.limits.answer_second_try if second else self.limits.answer

    @staticmethod
    def _half(said: str | None, criterion: Criterion) -> str | None:
        """ "Nogle gange" says that what is asked about is there."""
        return YES if said == PARTLY and criterion.kind == "inklusion" else None

    def _unclear(self, key: str) -> None:
        assert self.intake.pending is not None
        if self.intake.pending.attempt == 1:
            self.heard.again = True
        else:
            self._settle(key, UNRESOLVED, UNCLEAR)

    def _settle(self, key: str, status: str, reason: str | None) -> None:
        self.intake.settle(key, status, reason, self._quote())
        self.heard.answered = True

    def _henvender(self, key: str) -> None:
        text = self.reading.text.strip().lower()
        value = (
            text
            if text in SPEAKERS
            else self.reading.speaker.value
            if self.reading.speaker
            else None
        )
        if value:
            self.intake.speaker = Fact(value, [self._quote()])
            self._relation()
            self.heard.answered = True
        else:
            self._open_fact(key)

    def _alder(self, key: str) -> None:
        age = find_bare_age(self.reading.text)
        if age:
            self.intake.age = Fact(age.years, [self._quote()])
            self.heard.answered = True
        else:
            self._open_fact(key)

    def _kommune(self, key: str) -> None:
        place = find_municipality(self.reading.text, asked=True)
        if place:
            self.intake.kommune = Fact(place.name, [self._quote()])
            self.heard.answered = True
        else:
            self._open_fact(key)

    def _open_fact(self, key: str) -> None:
        """A fact that was asked for and not given: why, or asked once more."""
        said = _CHOICES.get(self.reading.text.strip().lower()) or read_polarity(self.reading.text)
        if said in _REASON:
            self._settle(key, UNRESOLVED, _REASON[said])
            self.heard.skipped = said == WONT_SAY
        else:
            self._unclear(key)

    def _telling(self, key: str) -> None:
        chosen = _CHOICES.get(self.reading.text.strip().lower())
        if chosen in _REASON:
            self._settle(key, UNRESOLVED, _REASON[chosen])
            self.heard.skipped = chosen == WONT_SAY
            return
        into = {"proevet": self.intake.tried, "oensker": self.intake.wishes}.get(
            key.split(".")[1], self.intake.concern
        )
        into.append(self._quote())
        self.heard.answered = True

    def _extras(self) -> None:
        """What a telling says besides answering: only what is stated surely."""
        if len(self.reading.text.split()) < self.limits.long_answer_words:
            return
        pending = self.intake.pending
        asked = pending.key if pending else ""
        others = tuple(s for s in self.reading.signs if s.value != asked)
        if pending and pending.id in _TELLINGS:
            self._tracks(self.limits.track_later)
        Listener(
            self.intake,
            self.catalogue,
            _with_signs(self.reading, others),
            self.seq,
            self.limits,
            self.heard,
        )._signs(self.limits.sign_later, self.limits.else_later)

    # --- corrections

    def _correct(self) -> bool:
        """Change what the message corrects; False when it corrects nothing that is known."""
        reading, intake = self.reading, self.intake
        if reading.age and intake.age and reading.age.value != intake.age.value:
            intake.age = intake.age.corrected(reading.age.value, self._quote())
            self.heard.corrected.append("alder")
        if reading.kommune and intake.kommune and reading.kommune.value != intake.kommune.value:
            intake.kommune = intake.kommune.corrected(reading.kommune.value, self._quote())
            self.heard.corrected.append("kommune")
        if reading.speaker and intake.speaker and reading.speaker.value != intake.speaker.value:
            intake.speaker = intake.speaker.corrected(reading.speaker.value, self._quote())
            self.heard.corrected.append("henvender")
        for found in self._signs_of_a_correction():
            self._turn(found.value, self._now(found.value, found.role or YES))
        if reading.correction and not self.heard.corrected:
            self._turn_the_latest()
        return bool(self.heard.corrected)

    def _signs_of_a_correction(self) -> list[Found]:
        """All that are told of; where none is, the answered one that is hinted at most."""
        told = [s for s in self.reading.signs if s.confidence >= self.limits.sign_in_correction]
        if told or not self.reading.correction:
            return told
        known = [s for s in self.reading.signs if s.value in self.intake.answers]
        hinted = max(known, key=lambda sign: sign.confidence, default=None)
        return [hinted] if hinted and hinted.confidence >= self.limits.hint_in_correction else []

    def _now(self, key: str, role: str) -> str:
        """What a correction says of a criterion: as an answer to its question, if that is plain;
        who says it was wrong needs less, for it is the other way round then."""
        leaning, share = self.reading.leaning(key)
        limits = self.limits
        least = limits.answer_second_try if self.reading.correction else limits.answer
        return leaning if leaning in _STATUS and share >= least else role

    def _turn_the_latest(self) -> None:
        """ "Jeg sagde forkert", and nothing says what: the latest answer that it contradicts."""
        for key in reversed(self.intake.asked):
            leaning, share = self.reading.leaning(key)
            if leaning in _STATUS and share >= self.limits.latest_in_correction:
                self._turn(key, leaning)
            if self.heard.corrected:
                return

    def _turn(self, key: str, said: str) -> None:
        """Change an answer that was given; what nobody answered is not corrected."""
        old = self.intake.answers.get(key)
        if old is None or key not in self.catalogue or key in self.heard.corrected:
            return
        criterion = self.catalogue.criterion(key)
        if old.status == _STATUS[said] or criterion.kind == "sikkerhed":
            return
        self.intake.settle(key, _STATUS[said], None, self._quote())
        self.heard.corrected.append(key)

    # --- quotes

    def _quote(self, found: Found | None = None) -> Quote:
        pending = self.intake.pending
        question = pending.text if pending and pending.text else None
        return Quote(self.seq, self.reading.words(found), question)


def _with_signs(reading: Reading, signs: tuple[Found, ...]) -> Reading:
    return replace(reading, signs=signs)


def listen(
    intake: Intake, catalogue: Catalogue, reading: Reading, seq: int, aside: bool = False
) -> Heard:
    """Read message ``seq`` into the intake; a message that was read before changes nothing."""
    if seq and seq <= intake.handled_seq:
        return Heard(answered=True)
    return Listener(intake, catalogue, reading, seq).listen(aside)
