"""Danger in the edge: which word the crisis dialogue takes, and what is kept of it.

The screen and the dialogue are bot.safety's; here is when they speak, and their memory in the
intake. Where the dialogue stands lies in ``intake.safety.step`` and ``intake.notes["krise"]``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

from bot.danish.ages import find_age
from bot.danish.relations import find_relation, identified, plain_speaker
from bot.safety.dialogue import Dialogue, Setting, State, Turn
from bot.safety.screen import Verdict
from bot.tracks.intake import (
    FULFILLED,
    INTERRUPTED,
    NOT_FULFILLED,
    UNRESOLVED,
    Fact,
    Intake,
    Pending,
    Quote,
    key_of,
)
from bot.tracks.wording import placeholders_of
from handover import opening
from handover.clock import Clock
from handover.conversations.messages import ASSISTANT, Draft, Message
from handover.municipality import Municipality

NONE, ASK, ALARM = LEVELS = ("none", "ask", "alarm")
SAFETY_QUESTIONS = ("sikkerhed_nu", "selvmordstanker")
CRISIS = "krise"
"""The note in the intake, and the id of the open question while the edge asks its own."""


class Screen(Protocol):
    def read(
        self, recent: Sequence[str], *, pending: str | None = None, heightened: bool = False
    ) -> Verdict: ...


class Guard:
    def __init__(
        self, screen: Screen, dialogue: Dialogue, municipality: Municipality, clock: Clock
    ) -> None:
        self.screen, self.dialogue = screen, dialogue
        self.municipality, self.clock = municipality, clock

    async def read(self, recent: Sequence[str], intake: Intake) -> Verdict:
        """Read in a thread: it is some milliseconds of pure computing."""
        pending, heightened = open_question(intake), intake.safety.level != NONE
        return await asyncio.to_thread(
            self.screen.read, recent, pending=pending, heightened=heightened
        )

    def meet(self, text: str, verdict: Verdict, intake: Intake) -> Turn | None:
        """What the crisis dialogue says to a message, or None on the ordinary path."""
        known = Intake.from_json(intake.to_json())
        note_who(known, text, verdict)
        setting, pending = self._setting(known), open_question(intake)
        if intake.safety.step:
            return self.dialogue.answer(state_of(intake), text, verdict, setting)
        if intake.safety.level == ALARM and verdict.level == NONE:
            taken_back = self.dialogue.texts.retracts(text)
            return self.dialogue.waiting(text, verdict, setting) if taken_back else None
        if pending in SAFETY_QUESTIONS:
            return self.dialogue.ordinary(str(pending), text, verdict, setting)
        if verdict.level == NONE or _heard_before(intake, text, verdict):
            return None
        turn = self.dialogue.begin(verdict, setting)
        return None if verdict.level == ASK and _asked_before(intake, verdict, turn) else turn

    def _setting(self, intake: Intake) -> Setting:
        now, hours = self.clock(), self.municipality.hours
        human = {"open_now": opening.open_now(hours, now), "opens": opening.opens(hours, now)}
        return Setting(
            speaker=intake.speaker_value,
            channel=intake.channel,
            config={
                "omraader": list(self.municipality.areas),
                "kriselinjer": list(self.municipality.crisis_lines),
                "human": human,
            },
            words=placeholders_of(intake),
            age=intake.age.value if intake.age else None,
        )


def _heard_before(intake: Intake, text: str, verdict: Verdict) -> bool:
    """After an alarm the crisis message is not shown again for the same words, nor for what only
    the weights find and are not sure of; it is kept for the counsellor."""
    if intake.safety.level != ALARM:
        return False
    return not verdict.sure or any(row["quote"] == text.strip() for row in intake.safety.evidence)


def _asked_before(intake: Intake, verdict: Verdict, turn: Turn) -> bool:
    """Was this direct question answered before, with nothing that contradicts the answer now?

    A wish to die said after a "no" is asked about again, and so is violence told for the first
    time, and what a rule sees after an answer to the ordinary question; other signs are kept for
    the counsellor without asking the same twice. After an alarm nothing less is asked about.
    """
    if intake.safety.level == ALARM:
        return True
    question = next((said.question for said in turn.messages if said.question), None)
    status = intake.status(key_of(None, question)) if question else None
    first = not intake.safety.asked and (verdict.by_rule or status == UNRESOLVED)
    if status is None or first or (verdict.violence and not intake.safety.violence):
        return False
    return status == FULFILLED or not verdict.suicidal


def has_denied(intake: Intake) -> bool:
    """Were thoughts of dying asked about and denied, and is something else spoken of now?"""
    denied = intake.status(key_of(None, "selvmordstanker")) == NOT_FULFILLED
    return denied and open_question(intake) not in SAFETY_QUESTIONS


def open_question(intake: Intake) -> str | None:
    if intake.safety.step:
        return "sikkerhed_nu" if intake.safety.step == "sikkerhed_nu" else "selvmordstanker"
    return intake.pending.id if intake.pending else None


def state_of(intake: Intake) -> State:
    note = intake.notes.get(CRISIS) or {}
    return State(
        step=str(intake.safety.step),
        level=note.get("level", intake.safety.level),
        poison=intake.safety.poison,
        violence=intake.safety.violence,
        suicidal=note.get("suicidal", True),
        attempt=note.get("attempt", 1),
        own=note.get("own", False),
        guessed=note.get("guessed", False),
        safe=intake.status(key_of(None, "sikkerhed_nu")) == NOT_FULFILLED,
    )


def higher(one: str, other: str) -> str:
    return max(one, other, key=LEVELS.index)


def note_verdict(
    intake: Intake,
    verdict: Verdict,
    recent: Sequence[Message],
    newest: int,
    denied: bool = False,
) -> None:
    """Keep what the screen found: the highest level reached, and the words it rests on.

    ``denied``: nobody is asked about it, because that was denied before. Then what only the weights
    find and are not sure of raises no level; the counsellor still sees the words.
    """
    safety = intake.safety
    if verdict.sure or not denied:
        safety.level = higher(safety.level, verdict.level)
    safety.poison = safety.poison or verdict.poison
    safety.violence = safety.violence or verdict.violence
    for finding in verdict.evidence:
        seq = next((m.seq for m in reversed(recent) if finding.quote in m.text), newest)
        row = {"seq": seq, "quote": finding.quote, "why": list(finding.why)}
        if row not in safety.evidence:
            safety.evidence.append(row)


def note_turn(intake: Intake, turn: Turn, verdict: Verdict, text: str, seq: int) -> None:
    """Keep where the dialogue stands now and what the message settled."""
    safety, before = intake.safety, intake.notes.get(CRISIS) or {}
    answered = safety.step is not None
    asked = str(before.get("text") or "") or (intake.pending.text if intake.pending else "")
    for key, found in turn.answers.items():
        quote = Quote(seq, text, asked or None)
        intake.settle(key, str(found["status"]), found["reason"], quote)
    if not answered and intake.pending:
        intake.notes[INTERRUPTED] = {"seq": seq, "pending": asdict(intake.pending)}
    note_who(intake, text, verdict, seq)
    _note_questions(intake, turn)
    safety.level = higher(safety.level, turn.level)
    safety.retracted = safety.retracted or turn.retracted
    if answered and turn.level == ALARM and before.get("level") != ALARM:
        safety.evidence.append({"seq": seq, "quote": text, "why": [f"svar: {safety.step}"]})
    _note_state(intake, turn, verdict, before, answered)


def note_who(intake: Intake, text: str, verdict: Verdict, seq: int = 0) -> None:
    """Who writes, of whom, and the age, where the words of a crisis say so plainly.

    The assistant may be dead, and has not read the message yet: a mother is spoken to otherwise
    than a child, and what was said is not asked for afterwards."""
    age = find_age(text)
    if age and intake.age is None:
        intake.age = Fact(age.years, [Quote(seq, text[age.start : age.end])])
    begins = intake.safety.step is None and verdict.level != NONE and not verdict.own
    speaker = plain_speaker(text) if begins else identified(text)
    if intake.speaker is not None or speaker is None:
        return
    intake.speaker = Fact(speaker, [Quote(seq, text)])
    relation = find_relation(text)
    if relation and intake.relation is None:
        intake.relation = relation.word or None
        intake.notes.setdefault("sex", relation.sex)


def _note_questions(intake: Intake, turn: Turn) -> None:
    for said in turn.messages:
        if said.question:
            intake.safety.asked = True
            key = key_of(None, said.question)
            if key not in intake.asked:
                intake.asked.append(key)


def _note_state(
    intake: Intake, turn: Turn, verdict: Verdict, before: dict[str, Any], answered: bool
) -> None:
    if turn.step is None:
        intake.notes.pop(CRISIS, None)
    else:
        same = answered and intake.safety.step == turn.step
        suicidal = before.get("suicidal", verdict.suicidal) or verdict.suicidal
        intake.notes[CRISIS] = {
            "text": next((s.text for s in reversed(turn.messages) if s.question), ""),
            "attempt": before.get("attempt", 1) + 1 if same else 1,
            "suicidal": suicidal,
            "own": before.get("own", False) or verdict.own,
            "guessed": before.get("guessed", True) and not verdict.by_rule,
            "level": turn.level,
        }
    if answered:  # the next words are no answer to what the assistant had asked before
        intake.pending = Pending(CRISIS) if turn.step else None
    intake.safety.step = turn.step


def drafts_of(turn: Turn) -> list[Draft]:
    return [
        Draft(
            ASSISTANT,
            said.text,
            said.kind,
            said.question,
            said.reworded,
            choices=[{"title": c.title, "value": c.value} for c in said.choices],
        )
        for said in turn.messages
    ]
