"""What will be passed on, as numbered lines that the citizen can change or strike."""

from __future__ import annotations

from bot.actions.texts import Texts
from bot.tracks.catalogue import Catalogue
from bot.tracks.intake import UNRESOLVED, WILL_NOT_SAY, Answer, Intake

Row = tuple[str, str]
"""What the line is about (a criterion key, "age", "concern" ...) and its text."""

_STATES = {"opfyldt": "laeses_ja", "ikke_opfyldt": "laeses_nej"}
_TELLINGS = {"concern": "fylder", "tried": "proevet", "wishes": "oensker"}
_CRITERION_OF = {
    "speaker": "faelles.henvender",
    "age": "faelles.alder",
    "kommune": "faelles.kommune",
    "concern": "faelles.fylder",
    "tried": "faelles.proevet",
    "wishes": "faelles.oensker",
}
_MOST_TELLINGS = 2
_LONGEST_QUOTE = 160


class ReadBack:
    def __init__(self, intake: Intake, catalogue: Catalogue, texts: Texts) -> None:
        self.intake, self.catalogue, self.texts = intake, catalogue, texts

    def lines(self) -> list[str]:
        return [f"{number}. {text}" for number, (_, text) in enumerate(self.rows(), 1)]

    def rows(self) -> list[Row]:
        """Without what was struck and what was never talked about."""
        return [
            *self._facts(),
            *self._told("concern"),
            *self._answers(),
            *self._told("tried"),
            *self._told("wishes"),
        ]

    def strike(self, what: str) -> None:
        """Take a line out; what is struck counts as answered and is not asked for again."""
        intake = self.intake
        if what in intake.answers:
            intake.answers[what].struck = True
        elif what in _TELLINGS:
            setattr(intake, what, [])
        else:
            setattr(intake, what, None)
        if what in _CRITERION_OF:
            intake.answers[_CRITERION_OF[what]] = Answer(UNRESOLVED, WILL_NOT_SAY, struck=True)

    def _facts(self) -> list[Row]:
        intake, rows = self.intake, []
        if intake.speaker:
            text = self.texts.say(f"forstaaet_henvender_{intake.speaker_value}", intake)
            rows.append(("speaker", text[:1].upper() + text[1:]))
        if intake.age:
            rows.append(("age", self.texts.say("laeses_alder", intake, alder=intake.age.value)))
        if intake.kommune:
            label = self.catalogue.common["kommune"].label
            text = self.texts.say("laeses_vaerdi", intake, kort=label, vaerdi=intake.kommune.value)
            rows.append(("kommune", text))
        return rows

    def _answers(self) -> list[Row]:
        known = set(self.catalogue.keys())
        return [
            (key, self._answer(key, answer))
            for key, answer in self.intake.answers.items()
            if key in known and not answer.struck and (answer.settled or answer.reason)
        ]

    def _answer(self, key: str, answer: Answer) -> str:
        wording = _STATES.get(answer.status) or f"laeses_{answer.reason}"
        label = self.catalogue.criterion(key).label
        return self.texts.say(wording, self.intake, kort=label)

    def _told(self, what: str) -> list[Row]:
        label = self.catalogue.common[_TELLINGS[what]].label
        quotes = getattr(self.intake, what)[:_MOST_TELLINGS]
        return [
            (what, self.texts.say("laeses_citat", self.intake, kort=label, citat=short(q.quote)))
            for q in quotes
        ]


def short(quote: str) -> str:
    if len(quote) <= _LONGEST_QUOTE:
        return quote
    return quote[: _LONGEST_QUOTE - 3].rsplit(" ", 1)[0] + " ..."
