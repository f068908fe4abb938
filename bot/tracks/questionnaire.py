"""Which states follow from what is known, what is still open, and which question comes next."""

from __future__ import annotations

from dataclasses import dataclass

from bot.tracks.catalogue import Catalogue, Criterion, Track
from bot.tracks.intake import (
    COMMON,
    FULFILLED,
    INTAKE,
    NOT_ASKED,
    NOT_FULFILLED,
    UNRESOLVED,
    Answer,
    Intake,
    key_of,
)
from bot.tracks.thresholds import QUESTION_LIMIT

_FACTS = {"henvender": "speaker", "alder": "age", "kommune": "kommune"}
_TELLINGS = {"fylder": "concern", "proevet": "tried", "oensker": "wishes"}
_PHASES = ("fylder", "sikkerhed", "fakta", "inklusion", "eksklusion", "proevet", "oensker")
_TREATED = ("krop_mad.tidl_beh_spiseforstyrrelse", "faelles.psykiatriens_maalgruppe")
REQUEST = ("fylder", "sikkerhed_nu", "selvmordstanker", "henvender", "kommune", "oensker")
"""What is asked of a professional who wants teaching or guidance: nothing about a child, but
danger is always asked about."""
SUICIDE = key_of(COMMON, "selvmordstanker")


@dataclass(frozen=True)
class Question:
    """A criterion to ask about, and to which group it belongs."""

    group: str
    criterion: Criterion

    @property
    def key(self) -> str:
        return key_of(self.group, self.criterion.id)

    @property
    def track(self) -> str | None:
        return None if self.group == COMMON else self.group


def state(intake: Intake, track: Track, criterion: Criterion) -> Answer:
    """The state of a criterion: answered, derived, or not asked. Never a state without evidence."""
    if criterion.derived_from == "alder":
        return _age_state(intake, track)
    key = track.key(criterion)
    own = intake.answers.get(key)
    if own and not own.struck:
        return own
    if criterion.derived_from:
        source = intake.answers.get(criterion.derived_from)
        if source and not source.struck:
            return source
    return Answer(UNRESOLVED, NOT_ASKED if key not in intake.asked else "uklart")


def _age_state(intake: Intake, track: Track) -> Answer:
    if not intake.age or not track.age:
        return Answer(
            UNRESOLVED, NOT_ASKED if key_of(COMMON, "alder") not in intake.asked else "ved_ikke"
        )
    inside = intake.age.value in track.age
    return Answer(FULFILLED if inside else NOT_FULFILLED, None, intake.age.evidence)


def out_of_question(intake: Intake, track: Track) -> bool:
    """Does the age or earlier treatment put this track's own details out of the question?

    It changes only what is still asked; nobody is told, and the counsellor decides.
    """
    by_age = _age_state(intake, track).status == NOT_FULFILLED
    by_treatment = any(
        intake.status(key) == FULFILLED
        for key in _TREATED
        if key.split(".")[0] in (COMMON, track.id)
    )
    return by_age or by_treatment


def is_known(intake: Intake, group: str, criterion: Criterion) -> bool:
    if group == COMMON and criterion.id in _FACTS:
        return getattr(intake, _FACTS[criterion.id]) is not None or _gave_up(
            intake, group, criterion
        )
    if group == COMMON and criterion.id in _TELLINGS:
        return bool(getattr(intake, _TELLINGS[criterion.id])) or _gave_up(intake, group, criterion)
    return key_of(group, criterion.id) in intake.answers


def _gave_up(intake: Intake, group: str, criterion: Criterion) -> bool:
    """Asked, and answered with "don't know", "won't say" or twice unclear."""
    return key_of(group, criterion.id) in intake.answers


def _group_enough(intake: Intake, track: Track, criterion: Criterion) -> bool:
    if not criterion.group:
        return False
    return any(
        state(intake, track, other).status == FULFILLED
        for other in track.criteria
        if other.group == criterion.group
    )


def _wanted(intake: Intake, catalogue: Catalogue) -> list[Question]:
    groups = [catalogue.common] + [
        catalogue.tracks[t] for t in intake.track_ids if t in catalogue.tracks
    ]
    wanted = []
    for track in groups:
        closed = track.id != COMMON and out_of_question(intake, track)
        for criterion in track.criteria:
            if criterion.derived_from or is_known(intake, track.id, criterion):
                continue
            if intake.kind != INTAKE and criterion.id not in REQUEST:
                continue
            if _group_enough(intake, track, criterion) or (closed and criterion.detail):
                continue
            wanted.append(Question(track.id, criterion))
    return sorted(wanted, key=_phase)


def _phase(question: Question) -> int:
    criterion = question.criterion
    name = criterion.id if question.group == COMMON and criterion.id in _PHASES else criterion.kind
    return _PHASES.index(name if name in _PHASES else "oensker")


def open_questions(intake: Intake, catalogue: Catalogue) -> tuple[list[Question], list[Question]]:
    """What is still asked, in order, and what was dropped because the channel allows no more."""
    wanted = _wanted(intake, catalogue)
    room = QUESTION_LIMIT.get(intake.channel, 18) - len(
        [k for k in intake.asked if k != key_of(COMMON, "fylder")]
    )
    dropped: list[Question] = []
    for question in sorted(
        (q for q in wanted if q.criterion.drop_order), key=lambda q: q.criterion.drop_order or 0
    ):
        if _likely(wanted) <= room:
            break
        wanted.remove(question)
        dropped.append(question)
    return (wanted if room > 0 else []), dropped


def _likely(wanted: list[Question]) -> int:
    """How many questions that is at least: of a group of signs one is enough."""
    groups = {(q.group, q.criterion.group) for q in wanted if q.criterion.group}
    return len([q for q in wanted if not q.criterion.group]) + len(groups)


def next_question(intake: Intake, catalogue: Catalogue) -> Question | None:
    wanted, _ = open_questions(intake, catalogue)
    return wanted[0] if wanted else None


def progress(intake: Intake, catalogue: Catalogue, key: str) -> tuple[int, int]:
    """(number of the question ``key``, about how many there will be)."""
    asked = [k for k in intake.asked if k != key_of(COMMON, "fylder")]
    before = asked.index(key) if key in asked else len(asked)
    wanted, _ = open_questions(intake, catalogue)
    still_open = [question for question in wanted if question.key != key]
    return before + 1, max(len(asked), before + 1) + _likely(still_open)
