"""The danger screen: what one message, read with those before it, says about danger.

Rules (rules.yml) and a trained classifier look at the same text, and neither can silence the
other: the higher level counts. One exception, for the sake of trust: where only the classifier
wants to ``ask`` and the text holds a clear idiom, denial or recovery, it takes more to ask.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.danish.answers import NO, PARTLY, YES, read_polarity
from bot.safety.classifier import MODEL, Classifier, Scores
from bot.safety.rules import ACUTE, NOTHING, RAISED, Hit, Reading, Rules

log = logging.getLogger(__name__)

NONE, ASK, ALARM = "none", "ask", "alarm"
LEVELS = (NONE, ASK, ALARM)
SAFETY_QUESTIONS = ("sikkerhed_nu", "selvmordstanker")
OPENING = (None, "fylder")
"""The open question while the matter is told."""
CLOSING = ("opsummering", "samtykke", "kontaktform", "telefonnummer", "navn", "tidspunkt")
RECENT = 3
_FRAGMENT_WORDS = 9
_QUOTE_WORDS = 40
_WORDS_OF_A_STEP = 6
_OWN_REACH = 25
_FIRST_PERSON = re.compile(r"\b(jeg|jg|mig|mit|mine)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(hun|han|hende|ham|hendes|hans|sig|datter|søn|barn|dreng|pige|ven|veninde|elev)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which the classifier alone decides, chosen by cross-validation on our own
    lines. ``alarm`` where a rule at least sees a sign, ``alarm_unruled`` where none does. Among
    answers to ordinary questions danger is far rarer than among first messages (and it has been
    asked about directly), so there the classifier alone must be surer, and surer still where a name
    or a time is asked for. What the rules see counts the same everywhere."""

    alarm: float = 0.5
    alarm_unruled: float = 0.65
    alarm_ruled_in_answer: float = 0.7
    alarm_in_answer: float = 0.90
    alarm_in_closing: float = 0.97
    ask: float = 0.35
    ask_in_answer: float = 0.65
    ask_in_closing: float = 0.95
    ask_softened: float = 0.75
    alarm_denied: float = 0.9
    heightened: float = 0.9


@dataclass(frozen=True)
class Finding:
    """The citizen's exact words, and which rule or weights saw danger in them."""

    quote: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """``themes``: selvmord, skade, gift, krop, vold, andre. ``suicidal``: a rule saw that living
    itself is in question. ``own``: told in the first person, about oneself. ``disclosed``: it was a
    yes to selvmordstanker. ``by_rule``: not by the classifier alone. ``sure``: by rule, or the
    classifier is all but certain. ``denied``: a plain no to a safety question."""

    level: str = NONE
    evidence: tuple[Finding, ...] = ()
    poison: bool = False
    violence: bool = False
    themes: tuple[str, ...] = ()
    suicidal: bool = False
    disclosed: bool = False
    by_rule: bool = False
    sure: bool = False
    denied: bool = False
    own: bool = False


@dataclass(frozen=True)
class _Bars:
    """What the classifier must reach: for an alarm where a rule sees a sign and where none does,
    and to ask."""

    ruled: float
    alarm: float
    ask: float


@dataclass(frozen=True)
class _Sight:
    """What rules and classifier see in one text."""

    text: str
    reading: Reading
    scores: Scores | None


class Screen:
    """Rules, and the classifier where it has been trained."""

    def __init__(
        self, rules: Rules, classifier: Classifier | None, thresholds: Thresholds = Thresholds()
    ) -> None:
        self.rules, self.classifier, self.limits = rules, classifier, thresholds

    @classmethod
    def load(cls, model: Path = MODEL) -> Screen:
        """Works without a trained model, by the rules alone, and says so in the log."""
        rules = Rules.load()
        classifier = Classifier.load(model, rules) if model.exists() else None
        if classifier is None:
            log.warning("danger screen: %s is missing, reading by rules alone", model.name)
        return cls(rules, classifier)

    def read(
        self, recent: Sequence[str], *, pending: str | None = None, heightened: bool = False
    ) -> Verdict:
        """``recent``: the citizen's last messages, newest last. ``pending``: the open question.
        ``heightened``: there was danger before in this conversation."""
        if not recent or not recent[-1].strip():
            return Verdict()
        verdict = self._alone(recent[-1], pending, heightened)
        if verdict.level == ALARM or verdict.denied:
            return verdict
        joined = self._together(recent[-RECENT:], pending, heightened)
        return joined if _above(joined.level, verdict.level) else verdict

    # one message

    def _alone(self, text: str, pending: str | None, heightened: bool) -> Verdict:
        sight = self._see(text)
        verdict = self._judge(sight, heightened, self._bars(pending, text))
        if pending in SAFETY_QUESTIONS:
            return self._as_answer(sight, verdict, str(pending))
        return verdict

    def _see(self, text: str) -> _Sight:
        reading = self.rules.read(text)
        scores = self.classifier.scores(text, reading) if self.classifier else None
        return _Sight(text, reading, scores)

    def _bars(self, pending: str | None, text: str) -> _Bars:
        limits = self.limits
        if pending in (*OPENING, *SAFETY_QUESTIONS):
            return _Bars(limits.alarm, limits.alarm_unruled, limits.ask)
        ruled = limits.alarm_ruled_in_answer
        if pending in CLOSING and len(text.split()) <= _WORDS_OF_A_STEP:
            return _Bars(limits.alarm_in_closing, limits.alarm_in_closing, limits.ask_in_closing)
        return _Bars(ruled, limits.alarm_in_answer, limits.ask_in_answer)

    def _judge(self, sight: _Sight, heightened: bool, bars: _Bars) -> Verdict:
        by_rule = self._rule_level(sight.reading, heightened)
        by_weight = self._weight_level(sight, heightened, bars)
        level = by_rule if _above(by_rule, by_weight) else by_weight
        certain = sight.scores is not None and sight.scores.acute >= self.limits.alarm_denied
        return replace(_verdict(sight, level, by_rule), sure=level == by_rule or certain)

    def _rule_level(self, reading: Reading, heightened: bool) -> str:
        if reading.level == ACUTE:
            return ALARM
        signs = {hit.group for hit in reading.hits} - _EVERYDAY_SIGNS
        if reading.level == RAISED or len(signs) >= 2 or (heightened and signs):
            return ASK
        return NONE

    def _weight_level(self, sight: _Sight, heightened: bool, bars: _Bars) -> str:
        if sight.scores is None:
            return NONE
        ease = self.limits.heightened if heightened else 1.0
        ruled = sight.reading.level != NOTHING
        if sight.scores.acute >= (bars.ruled if ruled else bars.alarm) * ease:
            return ALARM
        danger = sight.scores.acute + sight.scores.raised
        softened = sight.reading.softened and sight.reading.level != RAISED
        return ASK if danger >= max(bars.ask, self.limits.ask_softened * softened) * ease else NONE

    # an answer to a safety question

    def _as_answer(self, sight: _Sight, verdict: Verdict, question: str) -> Verdict:
        polarity = read_polarity(sight.text)
        ruled = self._rule_level(sight.reading, False)
        if self._plain_denial(sight, polarity, ruled):
            return Verdict(denied=True)
        if polarity not in (YES, PARTLY):
            return verdict
        certain = polarity == YES and not (ruled == NONE and sight.reading.denial)
        yes = ALARM if question == "sikkerhed_nu" and certain else ASK
        level = verdict.level if _above(verdict.level, yes) else yes
        why = Finding(sight.text.strip(), (f"svar: ja på {question}", *_whys(verdict)))
        return replace(
            verdict, level=level, evidence=(why,), disclosed=question == "selvmordstanker"
        )

    def _plain_denial(self, sight: _Sight, polarity: str | None, ruled: str) -> bool:
        if ruled != NONE:
            return False
        denies = polarity == NO or (
            polarity is None and (sight.reading.denial or bool(sight.reading.denied))
        )
        certain = sight.scores is not None and sight.scores.acute >= self.limits.alarm_denied
        return denies and not certain

    # split messages

    def _together(self, recent: Sequence[str], pending: str | None, heightened: bool) -> Verdict:
        """As "jeg vil ikke" + "være her mere": fragments read as one, if that shows more.

        Two answers to two questions make no sentence, so once questions have been asked only a rule
        counts; the classifier has learned from whole messages."""
        parts = _fragments(recent)
        if len(parts) < 2:
            return Verdict()
        bars = self._bars(pending, parts[-1])
        before = self._judge(self._see(" ".join(parts[:-1])), heightened, bars)
        joined = self._judge(self._see(" ".join(parts)), heightened, bars)
        if pending not in OPENING and not joined.by_rule:
            return Verdict()
        if not _above(joined.level, before.level):
            return Verdict()
        note = "læst sammen med beskeden før"
        whys = tuple((*finding.why, note) for finding in joined.evidence[:1])
        return replace(joined, evidence=tuple(Finding(recent[-1].strip(), why) for why in whys))


# Signs of illness or absence that are common without danger when nothing else is there.
_EVERYDAY_SIGNS = frozenset({"tidspunkt", "lidt_mad", "kollaps", "vaek"})


def _fragments(recent: Sequence[str]) -> list[str]:
    """The newest message and the short ones right before it."""
    parts: list[str] = []
    for text in reversed(recent):
        if len(text.split()) > _FRAGMENT_WORDS:
            break
        parts.insert(0, text.strip())
    return parts


def _verdict(sight: _Sight, level: str, by_rule: str) -> Verdict:
    if level == NONE:
        return Verdict()
    hits = sight.reading.hits
    danger = sight.reading.at(ACUTE) + sight.reading.at(RAISED)
    themes = tuple(dict.fromkeys(hit.theme for hit in sight.reading.at(ACUTE) or danger or hits))
    return Verdict(
        level=level,
        evidence=_evidence(sight, danger or [h for h in hits if h.group not in _EVERYDAY_SIGNS]),
        poison=any(hit.theme == "gift" for hit in danger),
        violence=any(hit.theme == "vold" for hit in danger),
        themes=themes,
        suicidal=any(_about_living(hit, themes) for hit in danger),
        by_rule=by_rule == level,
        own=_own(sight.text, danger),
    )


def _own(text: str, hits: Sequence[Hit]) -> bool:
    """Does the text say it of oneself? Words about another near the sign speak against it."""
    near = [text[max(hit.start - _OWN_REACH, 0) : hit.end] for hit in hits] or [text]
    return any(_FIRST_PERSON.search(part) and not _OTHERS.search(part) for part in near)


def _about_living(hit: Hit, themes: Sequence[str]) -> bool:
    """Whether living itself is in question; taking something may have other reasons."""
    return hit.theme == "selvmord" and not ("gift" in themes and hit.group == "tidl_forsoeg")


def _evidence(sight: _Sight, hits: Sequence[Hit]) -> tuple[Finding, ...]:
    weights = sight.scores.why if sight.scores else ()
    found = [Finding(_quote(sight.text, h), (f"regel: {h.name} ({h.phrase})",)) for h in hits]
    if weights or not found:
        found.append(Finding(_short(sight.text), weights or ("flere svage tegn",)))
    return tuple(found)


def _quote(text: str, hit: Hit) -> str:
    """The sentence in which the sign stands; in text without stops the words around it."""
    start = max((text.rfind(stop, 0, hit.start) for stop in ".!?\n"), default=-1) + 1
    ends = [at for at in (text.find(stop, max(hit.end - 1, 0)) for stop in ".!?\n") if at >= 0]
    end = min(ends) + 1 if ends else len(text)
    sentence = text[start:end].strip()
    return sentence if len(sentence.split()) <= _QUOTE_WORDS else _around(text, hit, start, end)


def _around(text: str, hit: Hit, start: int, end: int) -> str:
    before = text[start : hit.start].split(" ")[-_QUOTE_WORDS // 3 :]
    after = text[hit.end : end].split(" ")[: _QUOTE_WORDS // 3]
    first = hit.start - len(" ".join(before))
    return text[first : hit.end + len(" ".join(after))].strip()


def _short(text: str) -> str:
    words = text.strip().split(" ")
    return " ".join(words[:_QUOTE_WORDS])


def _whys(verdict: Verdict) -> tuple[str, ...]:
    return tuple(why for finding in verdict.evidence for why in finding.why)


def _above(level: str, other: str) -> bool:
    return LEVELS.index(level) > LEVELS.index(other)
