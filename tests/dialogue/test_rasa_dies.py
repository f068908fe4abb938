"""What a citizen meets when Rasa or the action server is killed in the middle of a conversation."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from tests.dialogue.citizen import Citizen, Json, eventually
from tools.player import Player
from tools.script import CLOSING
from tools.system import System

pytestmark = pytest.mark.system


MATTER = "Min søn på 8 er bange for at gå i skole og har ondt i maven hver morgen"
ANSWER = "Ja, han har ikke været til fodbold i to måneder og ser ingen efter skole"
MORE = "Og om aftenen græder han, fordi han tænker på dagen efter"
DANGER = "jeg vil tage mit eget liv i aften"
HUMAN = "må jeg tale med et menneske"
KNOWN = {
    **CLOSING,
    "henvender": "jeg er hans mor",
    "sikkerhed_nu": "nej",
    "selvmordstanker": "nej",
    "kommune": "Herlev",
    "funktionsniveau": ANSWER,
    "psykiatriens_maalgruppe": "nej",
    "proevet": "vi har talt med hans lærer",
    "oensker": "at han bliver glad igen",
}


@dataclass
class Town:
    """A running system, its citizens, and what the counsellors see."""

    system: System
    counsellor: Player

    def citizen(self, question: str = "funktionsniveau") -> Citizen:
        """Somebody in the middle of a conversation: this question is open."""
        citizen = self.newcomer()
        citizen.say(MATTER)
        citizen.until(question)
        return citizen

    def newcomer(self) -> Citizen:
        return Citizen.begin(self.system.url, KNOWN)

    def case(self, citizen: Citizen) -> Json | None:
        return self.counsellor.summary(citizen.id)

    def dead(self, name: str) -> None:
        """SIGKILL, for good."""
        self.system.kill(name, comes_back=False)
        eventually(lambda: self.system.children[name].pid is None)

    def alive(self, name: str) -> None:
        self.system.revive(name)
        eventually(self.system.children[name].healthy)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    settings = {"HANDOVER_REDRIVE_EVERY": "0.5"}
    with (
        System.temporary(tmp_path_factory.mktemp("town"), settings) as system,
        Player(system.url, system.token("town")) as counsellor,
    ):
        yield Town(system, counsellor)


@dataclass
class Outage:
    """What happened to five people while a process was dead, and after it came back."""

    town: Town
    answering: Citizen
    told: list[Json]
    waited: list[Json]
    talkative: Citizen
    asking: Citizen
    human: list[Json]
    in_danger: Citizen
    crisis: list[Json]
    newcomer: Citizen
    greeted: list[Json]


@pytest.fixture(scope="module", params=["rasa", "actions"])
def outage(town: Town, request: pytest.FixtureRequest) -> Outage:
    name = request.param
    answering, talkative, asking, in_danger = (town.citizen() for _ in range(4))
    town.dead(name)
    told = answering.say(ANSWER)
    waited = answering.say("vent")
    for text in (ANSWER, MORE):
        talkative.say(text)
    human = asking.say(HUMAN)
    crisis = in_danger.say(DANGER)
    newcomer = town.newcomer()
    greeted = newcomer.say(MATTER)
    town.alive(name)
    return Outage(
        town,
        answering,
        told,
        waited,
        talkative,
        asking,
        human,
        in_danger,
        crisis,
        newcomer,
        greeted,
    )


def citizens_words(citizen: Citizen) -> list[str]:
    return [m["text"] for m in citizen.feed() if m["sender"] == "citizen"]


def criterion(case: Json, name: str) -> Json:
    [found] = [row for row in case["common"] if row["id"] == name]
    return dict(found)


def words(row: Json) -> list[str]:
    return [quote["quote"] for quote in row["evidence"]]


# while it is dead


def test_whoever_answers_is_told_and_offered_a_human(outage: Outage) -> None:
    [message] = outage.told
    assert message["sender"] == "system"
    assert "gemt" in message["text"]
    assert "112" in message["text"]
    assert [choice["value"] for choice in message["choices"]] == ["menneske", "vent"]


def test_whoever_waits_hears_that_it_is_all_right(outage: Outage) -> None:
    [message] = outage.waited
    assert "så snart" in message["text"]


def test_whoever_begins_then_is_told_too(outage: Outage) -> None:
    [message] = outage.greeted
    assert [choice["value"] for choice in message["choices"]] == ["menneske", "vent"]


def test_whoever_asks_for_a_human_is_handed_over_with_what_was_known(outage: Outage) -> None:
    [message] = outage.human
    assert message["kind"] == "handover"
    assert outage.asking.status == "waiting"
    case = outage.town.case(outage.asking)
    assert case is not None
    assert case["age"]["value"] == 8
    assert [quote["quote"] for quote in case["concern"]] == [MATTER]
    assert criterion(case, "selvmordstanker")["status"] == "ikke_opfyldt"
    assert HUMAN in [message["text"] for message in case["transcript"]]


def test_danger_is_answered_at_once_and_handed_over_as_urgent(outage: Outage) -> None:
    first, last = outage.crisis[0], outage.crisis[-1]
    assert first["kind"] == "crisis"
    assert "112" in first["text"]
    assert last["question"] == "sikkerhed_nu"
    case = outage.town.case(outage.in_danger)
    assert case is not None
    assert (case["priority"], case["risk"]["level"]) == ("akut", "alarm")
    assert DANGER in [row["quote"] for row in case["risk"]["evidence"]]


# after it came back


def test_the_conversation_goes_on_where_it_was_and_comes_to_its_end(outage: Outage) -> None:
    citizen = outage.answering
    question = citizen.wait_for_question()
    assert question["question"] != "funktionsniveau"
    citizen.to_the_end()
    case = outage.town.case(citizen)
    assert case is not None
    found = criterion(case, "funktionsniveau")
    assert (found["status"], words(found)) == ("opfyldt", [ANSWER])
    assert case["age"]["value"] == 8
    assert [track["track"] for track in case["tracks"]] == ["bekymring_tristhed"]


def test_the_return_is_told_once(outage: Outage) -> None:
    texts = [message["text"] for message in outage.answering.answered()]
    assert sum("Nu kan jeg svare igen" in text for text in texts) == 1


def test_every_word_stands_once_and_in_order(outage: Outage) -> None:
    for citizen in (outage.answering, outage.talkative, outage.newcomer, outage.in_danger):
        citizen.answered()
        assert citizens_words(citizen) == citizen.said


def test_two_messages_said_meanwhile_are_both_read_and_leave_one_question_open(
    outage: Outage,
) -> None:
    citizen = outage.talkative
    question = citizen.wait_for_question()
    late = [m for m in citizen.feed() if m["sender"] == "assistant" and m["question"]]
    assert [m["question"] for m in late].count(question["question"]) == 1
    citizen.to_the_end()
    case = outage.town.case(citizen)
    assert case is not None
    assert words(criterion(case, "funktionsniveau"))[0] == ANSWER


def test_what_was_told_first_to_a_dead_assistant_is_taken_in(outage: Outage) -> None:
    question = outage.newcomer.wait_for_question()
    assert question["question"] == "sikkerhed_nu"
    texts = [m["text"] for m in outage.newcomer.feed()]
    assert any("8 år" in text for text in texts)


def test_whoever_waits_for_a_human_can_go_on_answering(outage: Outage) -> None:
    outage.asking.say(ANSWER)
    assert outage.asking.wait_for_question()["question"] != "funktionsniveau"
    assert outage.asking.status == "waiting"


def test_after_the_crisis_the_alarm_stands(outage: Outage) -> None:
    citizen = outage.in_danger
    while question := citizen.open_question():
        assert question["question"] in ("sikkerhed_nu", "selvmordstanker")
        citizen.say("nej")
    case = outage.town.case(citizen)
    assert case is not None
    assert case["priority"] == "akut"


# killed at the very moment


@pytest.mark.parametrize("name", ["actions", "rasa"])
def test_a_process_killed_while_it_reads_an_answer_loses_and_doubles_nothing(
    town: Town, name: str
) -> None:
    citizen, message_id = town.citizen(), str(uuid4())
    citizen.said.append(ANSWER)
    answers: list[list[Json]] = []
    saying = threading.Thread(target=lambda: answers.append(citizen.say(ANSWER, message_id)))
    saying.start()
    time.sleep(0.02)
    town.system.kill(name)  # it comes back by itself
    saying.join()
    assert answers, "the citizen was left without an answer"
    eventually(town.system.children[name].healthy)
    question = citizen.wait_for_question()
    assert question["question"] != "funktionsniveau"
    before = citizen.feed()
    assert citizen.say(ANSWER, message_id) == answers[0]
    assert citizen.feed() == before
    citizen.to_the_end()
    assert citizens_words(citizen) == citizen.said
    case = town.case(citizen)
    assert case is not None
    assert words(criterion(case, "funktionsniveau")) == [ANSWER]
