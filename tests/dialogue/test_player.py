from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.dialogue.edge import Edge, closing, message, question, script
from tools.player import TURNS, Played, Player
from tools.script import CLOSING

GOES_ON = "assistant"


def play(edge: Edge, **fields: Any) -> Played:
    with edge.player() as player:
        return player.play(script(**fields))


def asks(*names: str | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """A question a turn, and then the farewell."""
    return [*((GOES_ON, [question(name)]) for name in names), ("closed", [closing()])]


def test_the_openings_are_said_one_a_turn_whatever_is_asked_meanwhile() -> None:
    edge = Edge(asks("fylder", "alder"))
    play(edge, opening=["hej", "jeg er ked af det"], answers={"alder": "14"})
    assert edge.heard == ["hej", "jeg er ked af det", "14"]


def test_each_question_gets_its_answer_and_any_other_the_same_evasion() -> None:
    edge = Edge(asks("alder", "kommune", None))
    play(edge, answers={"alder": "fjorten"}, otherwise="aner det ikke")
    assert edge.heard == ["hej", "fjorten", "aner det ikke", "aner det ikke"]


def test_the_last_question_of_a_turn_is_the_one_that_is_answered() -> None:
    edge = Edge([(GOES_ON, [question("alder"), question("kommune")]), ("closed", [closing()])])
    play(edge, answers={"alder": "14", "kommune": "Herlev"})
    assert edge.heard == ["hej", "Herlev"]


def test_an_aside_is_said_once_and_its_answers_hold_from_then_on() -> None:
    edge = Edge(asks("alder", "alder", "kommune"))
    aside = {"before": "alder", "say": "hvorfor", "answers": {"alder": "15", "kommune": "Herlev"}}
    played = play(edge, answers={"alder": "14", "kommune": "Greve"}, asides=[aside])
    assert edge.heard == ["hej", "hvorfor", "15", "Herlev"]
    assert [turn.aside for turn in played.turns if turn.aside] == played.script.asides


def test_the_closing_steps_are_answered_as_chosen_or_as_usual() -> None:
    edge = Edge(asks(*CLOSING))
    play(edge, closing={"kontaktform": "ring", "telefonnummer": 12345678})
    assert edge.heard == ["hej", "videre", "ja", "ring", "12345678", "anonym", "i morgen"]


@pytest.mark.parametrize(
    ("status", "last", "ending"),
    [
        ("closed", closing(), "closing"),
        ("counsellor", message(), "counsellor"),
        ("closed", message(), "closed"),
        ("waiting", message(kind="crisis"), "waiting"),
    ],
)
def test_a_conversation_ends_when_nobody_asks_on(
    status: str, last: dict[str, Any], ending: str
) -> None:
    played = play(Edge([(status, [last])]))
    assert (played.ending, played.error) == (ending, None)


def test_while_a_human_is_on_the_way_questions_are_still_answered() -> None:
    edge = Edge([("waiting", [question("alder")]), ("waiting", [message()])])
    played = play(edge, answers={"alder": "14"})
    assert (edge.heard, played.ending) == (["hej", "14"], "waiting")


def test_silence_that_is_no_end_is_a_failure() -> None:
    played = play(Edge([(GOES_ON, [message("Jeg kan desværre ikke svare lige nu.")])]))
    assert played.ending == "stuck"
    assert "nothing was asked" in str(played.error)


def test_a_conversation_that_goes_round_in_circles_is_a_failure() -> None:
    edge = Edge([(GOES_ON, [question("alder")])])
    assert play(edge).error == f"not at its end after {TURNS} turns"
    assert len(edge.heard) == TURNS


def test_an_error_of_the_system_is_a_failure_and_no_exception() -> None:
    broken = httpx.MockTransport(lambda _: httpx.Response(500))
    with Player("http://edge", "a token", broken) as player:
        assert "500" in str(player.play(script()).error)


def test_the_summary_is_found_beyond_the_first_page_of_the_queue() -> None:
    summary = {"handover_id": "h1"}
    assert play(Edge(asks(), summary)).summary == summary


def test_without_a_hand_over_there_is_no_summary() -> None:
    assert play(Edge(asks())).summary is None


def test_the_summary_is_taken_of_a_conversation_that_went_wrong_too() -> None:
    summary = {"handover_id": "h1"}
    played = play(Edge([("assistant", [message()])], summary))
    assert (played.ending, played.summary) == ("stuck", summary)


def test_the_transcript_holds_both_sides_in_order() -> None:
    played = play(Edge(asks("alder")), answers={"alder": "14"})
    assert played.transcript == [
        ("assistant", "fylder?"),
        ("citizen", "hej"),
        ("assistant", "alder?"),
        ("citizen", "14"),
        ("assistant", "Farvel"),
    ]
