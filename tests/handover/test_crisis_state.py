"""What the edge remembers of a crisis between two messages."""

from __future__ import annotations

from bot.safety.dialogue import Dialogue, Setting
from bot.safety.screen import Verdict
from bot.tracks.intake import Fact, Intake, Quote
from handover.conversations.safety import note_turn, state_of

DIALOGUE = Dialogue.load()


def alarm(**more: bool) -> Intake:
    """An intake after an alarm of this kind."""
    intake, verdict = Intake(speaker=Fact("foraelder", [Quote(1, "mor")])), Verdict("alarm", **more)
    note_turn(
        intake, DIALOGUE.begin(verdict, Setting("foraelder")), verdict, "jeg kan ikke mere", 3
    )
    return intake


def answer(intake: Intake, text: str, verdict: Verdict) -> None:
    turn = DIALOGUE.answer(state_of(intake), text, verdict, Setting("foraelder"))
    note_turn(intake, turn, verdict, text, 5)


def test_an_adult_in_danger_themself_stays_the_one_who_is_asked_about() -> None:
    intake = alarm(by_rule=True, suicidal=True, own=True)
    answer(intake, "nej", Verdict(denied=True))
    assert state_of(intake).own
    assert "barn" not in intake.notes["krise"]["text"]


def test_only_what_no_rule_has_seen_is_a_guess() -> None:
    assert state_of(alarm()).guessed
    assert not state_of(alarm(by_rule=True)).guessed


def test_a_guess_that_a_rule_confirms_is_none_any_more() -> None:
    intake = alarm()
    answer(
        intake, "nej, men hun skærer i sig selv", Verdict("ask", themes=("skade",), by_rule=True)
    )
    assert not state_of(intake).guessed
    assert state_of(intake).safe
