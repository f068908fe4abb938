"""The crisis dialogue: what is said when the screen has seen danger, and what each answer leads to.

Pure: ``begin`` and ``answer`` take what is known and return a ``Turn``; the caller stores the step
and sends the messages. Nobody is refused, no answer closes the conversation, and an alarm is never
taken down again.

    alarm: crisis message -> sikkerhed_nu -> plan -> forberedt -> hvornaar -> closing message
           (poison: sikkerhed_nu -> tanker -> closing; violence: sikkerhed_nu -> closing;
            danger to the body or to others: sikkerhed_nu -> tanker, and plan .. if yes;
            seen by the classifier alone, and no to both: the assistant's questions go on)
    ask:   tanker -> no: done | yes: numbers, plan -> forberedt -> hvornaar | unclear: once more
           (violence, weight loss: sikkerhed_nu instead, yes = alarm)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.danish.answers import DONT_KNOW, NO, PARTLY, WONT_SAY, YES, read_polarity
from bot.safety.resources import Resource, load_resources, own_resources
from bot.safety.screen import ALARM, ASK, NONE, Verdict
from bot.safety.texts import Choice, Texts, channel_of

SAFE_NOW, THOUGHTS = "sikkerhed_nu", "selvmordstanker"
KEYS = {SAFE_NOW: f"faelles.{SAFE_NOW}", THOUGHTS: f"faelles.{THOUGHTS}"}
STEPS = ("sikkerhed_nu", "tanker", "plan", "forberedt", "hvornaar")
_AFTER = {"plan": "forberedt", "forberedt": "hvornaar", "hvornaar": None}
_QUESTION_OF = {"sikkerhed_nu": SAFE_NOW}
_OPENINGS = ("gift", "skade", "krop", "andre", "vold", "selvmord")
_SMALL_CHILD = 7
_HUMAN = {True: "menneske_aabent", False: "menneske_lukket", None: "menneske_ukendt"}
_ADULTS = ("foraelder", "paaroerende", "fagperson")


@dataclass(frozen=True)
class Said:
    """One message to the citizen, as in the contract."""

    kind: str
    text: str
    question: str | None = None
    choices: tuple[Choice, ...] = ()
    reworded: bool = False


@dataclass(frozen=True)
class Turn:
    """What to send, what to keep. ``answers``: criterion key -> {"status", "reason"}.
    ``denied``: a danger that was only guessed at was denied in both direct questions."""

    messages: tuple[Said, ...]
    step: str | None = None
    level: str = NONE
    answers: dict[str, dict[str, str | None]] = field(default_factory=dict)
    retracted: bool = False
    done: bool = False
    denied: bool = False

    @property
    def goes_on(self) -> bool:
        """The assistant goes on with its questions in the same answer."""
        return self.done and (self.denied or self.level != ALARM)


@dataclass(frozen=True)
class Setting:
    """Who is spoken with, where, and what the municipality and the hour allow.

    ``config`` (all optional): ``omraader`` list of areas whose numbers are shown, ``kriselinjer``
    the municipality's own lines (as in resources.yml), ``human`` {"open_now", "opens"}.
    ``words`` fills {barnet}, {hun}, {hende}, {hendes}; ``age`` in years, if known.
    """

    speaker: str = "ukendt"
    channel: str = "web"
    config: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    age: int | None = None


@dataclass(frozen=True)
class State:
    """How far the dialogue has come: from ``intake.safety`` and the open question.

    ``suicidal`` and ``own`` as in the verdict that began it; ``guessed``: only the classifier has
    seen danger so far; ``safe``: it was said that nobody is in danger right now.
    """

    step: str
    level: str = ALARM
    poison: bool = False
    violence: bool = False
    suicidal: bool = True
    attempt: int = 1
    own: bool = False
    guessed: bool = False
    safe: bool = False


class Dialogue:
    """The crisis dialogue with its texts and numbers, loaded once."""

    def __init__(self, texts: Texts, resources: Sequence[Resource]) -> None:
        self.texts, self.resources = texts, tuple(resources)

    @classmethod
    def load(cls) -> Dialogue:
        return cls(Texts.load(), load_resources())

    # beginning

    def begin(self, verdict: Verdict, setting: Setting) -> Turn:
        """The turn after a message in which the screen saw something. Not for ``none``."""
        setting = _addressed(setting, verdict.own)
        if verdict.level == ALARM:
            return self._alarm(verdict, setting)
        if verdict.disclosed:
            return self._thoughts_told(setting)
        return self._ask(verdict, setting)

    def _alarm(self, verdict: Verdict, setting: Setting) -> Turn:
        messages = [self._crisis(verdict, setting), *self._advice(verdict, setting)]
        question = self._question("sikkerhed_nu", "sikkerhed_nu", setting, ALARM)
        told = {KEYS[THOUGHTS]: _status("opfyldt")} if verdict.suicidal else {}
        return Turn((*messages, question), "sikkerhed_nu", ALARM, told)

    def _crisis(self, verdict: Verdict, setting: Setting) -> Said:
        themes = set(verdict.themes) or {"selvmord"}
        opening = next(theme for theme in _OPENINGS if theme in themes)
        text = self._say(f"alarm_{opening}", setting)
        return Said("crisis", f"{text}\n\n{self._numbers(themes, setting)}")

    def _advice(self, verdict: Verdict, setting: Setting) -> list[Said]:
        if verdict.violence:
            return [Said("crisis", self._say("underretning", setting))]
        if setting.speaker in _ADULTS and set(verdict.themes) <= {"selvmord", "skade"}:
            return [Said("crisis", self._say("pas_paa", setting))]
        return []

    def _ask(self, verdict: Verdict, setting: Setting) -> Turn:
        if not verdict.suicidal and verdict.violence:
            return self._asked("sikkerhed_nu", "direkte_vold", setting)
        if not verdict.suicidal and set(verdict.themes) == {"krop"}:
            return self._asked("sikkerhed_nu", "direkte_krop", setting)
        return self._asked("tanker", "direkte", setting)

    def _asked(self, step: str, key: str, setting: Setting) -> Turn:
        return Turn((self._question(step, key, setting, ASK),), step, ASK)

    def _thoughts_told(self, setting: Setting) -> Turn:
        """Yes to the direct question: numbers, then the follow-ups."""
        text = f"{self._say('svar_ja', setting)}\n\n{self._numbers({'selvmord'}, setting)}"
        question = self._question("plan", "plan", setting, ASK)
        return Turn(
            (Said("text", text), question), "plan", ASK, {KEYS[THOUGHTS]: _status("opfyldt")}
        )

    # answers

    def answer(self, state: State, text: str, verdict: Verdict, setting: Setting) -> Turn:
        """The turn after an answer to the question of ``state.step``."""
        setting = _addressed(setting, state.own)
        if self.texts.retracts(text) and verdict.level != ALARM:
            return self._retracted(state, setting)
        if verdict.level == ALARM and state.level != ALARM and not _yes(text, verdict):
            return self.begin(verdict, setting)
        said = read_answer(text, verdict)
        if state.step == "tanker" and verdict.suicidal and verdict.by_rule:
            said = YES
        if state.step == "sikkerhed_nu":
            return self._safe_now(state, said, verdict, setting)
        if state.step == "tanker":
            return self._thoughts(state, said, verdict, setting)
        return self._follow_up(state, said, setting)

    def ordinary(self, question: str, text: str, verdict: Verdict, setting: Setting) -> Turn | None:
        """A yes to sikkerhed_nu or selvmordstanker asked outside a crisis; None: nothing new."""
        yes = read_answer(text, verdict) == YES
        if verdict.level == ALARM or (yes and question == SAFE_NOW and verdict.level == ASK):
            return self.begin(verdict, setting)
        if yes and question == THOUGHTS:
            return self._thoughts_told(_addressed(setting, verdict.own))
        return None

    def waiting(self, text: str, verdict: Verdict, setting: Setting) -> Turn:
        """More from the citizen after the closing message: new danger, or just words."""
        if verdict.level == ALARM:
            return self.begin(verdict, setting)
        if self.texts.retracts(text):
            return self._retracted(State("hvornaar"), setting)
        said = f"{self._say('videre', setting)} {self._say('lukning', setting)}"
        return Turn((self._closing_said(said),), None, ALARM, done=True)

    def goes_on(self, text: str) -> bool:
        return self.texts.goes_on(text)

    def _safe_now(self, state: State, said: str | None, verdict: Verdict, setting: Setting) -> Turn:
        answers = {KEYS[SAFE_NOW]: _answered(said)}
        if state.level == ASK:
            return self._safe_after_ask(state, said, answers, setting)
        reply = {YES: "sikkerhed_ja", NO: "sikkerhed_nej"}.get(said or "", "sikkerhed_uklar")
        first = Said("crisis", self._say(reply, setting))
        after = self._step_after_safety(state, verdict, setting)
        if after is None:
            return replace(self._closing(setting, first), answers=answers)
        key = "gift_direkte" if after == "tanker" and state.poison else _text_key(after)
        question = self._question(after, key, setting, ALARM)
        return Turn((first, question), after, ALARM, answers)

    def _step_after_safety(self, state: State, verdict: Verdict, setting: Setting) -> str | None:
        if state.poison:
            return None if setting.age is not None and setting.age < _SMALL_CHILD else "tanker"
        if state.violence and not (state.suicidal or verdict.suicidal):
            return None
        return "plan" if state.suicidal or verdict.suicidal else "tanker"

    def _safe_after_ask(
        self,
        state: State,
        said: str | None,
        answers: dict[str, dict[str, str | None]],
        setting: Setting,
    ) -> Turn:
        if said == YES:
            theme = "vold" if state.violence else "krop"
            turn = self._alarm(_verdict(theme), setting)
            question = self._closing(setting).messages
            return Turn((*turn.messages[:-1], *question), None, ALARM, answers, done=True)
        reply = "svar_nej" if said == NO else "svar_uklart"
        text = self._say(reply, setting)
        if said != NO:
            text = f"{text}\n\n{self._numbers({'vold' if state.violence else 'krop'}, setting)}"
        return Turn((Said("text", text),), None, ASK, answers, done=True)

    def _thoughts(self, state: State, said: str | None, verdict: Verdict, setting: Setting) -> Turn:
        if said == YES:
            return self._thoughts_confirmed(state, setting)
        answers = {KEYS[THOUGHTS]: _answered(said)}
        if state.level == ALARM:
            if said == NO and state.safe and state.guessed and not verdict.by_rule:
                told = Said("crisis", self._say("afkraeftet", setting))
                return Turn((told,), None, ALARM, answers, done=True, denied=True)
            return replace(self._closing(setting), answers=answers)
        if said == NO:
            return Turn(
                (Said("text", self._say("svar_nej", setting)),), None, ASK, answers, done=True
            )
        if state.attempt == 1 and said != WONT_SAY:
            again = self._question("tanker", "direkte_igen", setting, ASK)
            return Turn((replace(again, reworded=True),), "tanker", ASK)
        text = f"{self._say('svar_uklart', setting)}\n\n{self._numbers({'selvmord'}, setting)}"
        return Turn((Said("text", text),), None, ASK, answers, done=True)

    def _thoughts_confirmed(self, state: State, setting: Setting) -> Turn:
        if state.level != ALARM:
            return self._thoughts_told(setting)
        answers = {KEYS[THOUGHTS]: _status("opfyldt")}
        if state.poison:
            return replace(self._closing(setting), answers=answers)
        return Turn((self._question("plan", "plan", setting, ALARM),), "plan", ALARM, answers)

    def _follow_up(self, state: State, said: str | None, setting: Setting) -> Turn:
        level = ALARM if said == YES else state.level
        answers = {KEYS[THOUGHTS]: _status("opfyldt")} if said == YES else {}
        first = self._reply_to_follow_up(state, said, setting)
        after = _AFTER[state.step]
        if after is not None:
            question = self._question(after, after, setting, level)
            return Turn((*first, question), after, level, answers)
        if level == ALARM:
            return replace(self._closing(setting, *first), answers=answers)
        last = Said("text", self._say("opfulgt", setting))
        return Turn((*first, last), None, level, answers, done=True)

    def _reply_to_follow_up(
        self, state: State, said: str | None, setting: Setting
    ) -> tuple[Said, ...]:
        if said == YES and state.level != ALARM:
            return (
                self._crisis(_verdict("selvmord"), setting),
                *self._advice(_verdict("selvmord"), setting),
            )
        if said == WONT_SAY:
            return (
                Said("crisis" if state.level == ALARM else "text", self._say("vil_ikke", setting)),
            )
        return ()

    def _retracted(self, state: State, setting: Setting) -> Turn:
        answers = {} if state.level == ALARM else {KEYS[THOUGHTS]: _status("uafklaret", "uklart")}
        reply = self._say("taget_tilbage", setting)
        if state.level != ALARM:
            text = f"{reply}\n\n{self._numbers({'selvmord'}, setting)}"
            return Turn(
                (Said("text", text),), None, state.level, answers, retracted=True, done=True
            )
        closing = self._closing(setting, Said("crisis", reply))
        return replace(closing, retracted=True)

    # parts

    def _closing(self, setting: Setting, *before: Said) -> Turn:
        human = setting.config.get("human") or {}
        words = {**setting.words, "aabner": str(human.get("opens") or "næste hverdag")}
        key = _HUMAN[human.get("open_now")]
        told = self.texts.say(key, setting.speaker, setting.channel, words)
        said = self._closing_said(f"{told}\n\n{self._say('lukning', setting)}")
        return Turn((*before, said), None, ALARM, done=True)

    def _closing_said(self, text: str) -> Said:
        return Said("crisis", text, None, self.texts.choices("fortsaet"))

    def _question(self, step: str, key: str, setting: Setting, level: str) -> Said:
        kind = "crisis" if level == ALARM else "question"
        question = _QUESTION_OF.get(step, THOUGHTS)
        return Said(kind, self._say(key, setting), question, self.texts.choices("svar"))

    def _say(self, key: str, setting: Setting) -> str:
        return self.texts.say(key, setting.speaker, setting.channel, setting.words)

    def _numbers(self, themes: Any, setting: Setting) -> str:
        shown = fitting(self.resources, themes, setting)
        lines = [_line(resource, channel_of(setting.channel)) for resource in shown]
        separator = " " if channel_of(setting.channel) != "web" else "\n"
        return separator.join([self._say("numre", setting), *lines])


def _addressed(setting: Setting, own: bool) -> Setting:
    """An adult in danger themself is not asked about the child."""
    return replace(setting, speaker="ukendt") if own and setting.speaker in _ADULTS else setting


def fitting(resources: Sequence[Resource], themes: Any, setting: Setting) -> list[Resource]:
    """The numbers to show, 112 first, always more than one."""
    occasions = {"selvmord" if theme == "skade" else theme for theme in themes} or {"selvmord"}
    areas = list(setting.config.get("omraader") or [])
    own = own_resources(setting.config.get("kriselinjer") or [])
    speaker = setting.speaker if setting.speaker in ("ung", *_ADULTS) else "ukendt"
    chosen = [r for r in (*resources, *own) if r.fits(speaker, occasions, areas)]
    if len(chosen) < 2:
        chosen += [r for r in resources if r.fits(speaker, {"selvmord"}, areas) and r not in chosen]
    return chosen


def read_answer(text: str, verdict: Verdict) -> str | None:
    """The polarity of an answer to a crisis question; danger in the words is a yes."""
    polarity = read_polarity(text)
    if verdict.level == ALARM and not (polarity == NO and not verdict.by_rule):
        return YES
    told = verdict.level == ASK and verdict.by_rule and verdict.suicidal and not verdict.denied
    return YES if polarity == PARTLY or (polarity is None and told) else polarity


def _yes(text: str, verdict: Verdict) -> bool:
    return read_polarity(text) == YES


def _answered(said: str | None) -> dict[str, str | None]:
    if said == YES:
        return _status("opfyldt")
    if said == NO:
        return _status("ikke_opfyldt")
    reason = {DONT_KNOW: "ved_ikke", WONT_SAY: "vil_ikke_svare"}.get(said or "", "uklart")
    return _status("uafklaret", reason)


def _status(status: str, reason: str | None = None) -> dict[str, str | None]:
    return {"status": status, "reason": reason}


def _verdict(theme: str) -> Verdict:
    return Verdict(ALARM, (), themes=(theme,), violence=theme == "vold")


def _text_key(step: str) -> str:
    return "direkte" if step == "tanker" else step


def _line(resource: Resource, channel: str) -> str:
    hours = f" ({resource.hours})" if resource.hours else ""
    if channel == "telefon":
        return f"{resource.name}: {resource.spoken}."
    if channel == "sms":
        return f"{resource.name} {resource.number}."
    return f"{resource.name}: {resource.number}{hours}, {resource.when}"
