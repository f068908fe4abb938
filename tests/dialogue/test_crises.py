"""Crises as whole conversations, for everybody who writes, in every channel, on every branch of the
crisis dialogue: with the assistant up, and with Rasa and the action server dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from tests.dialogue.citizen import Citizen, Json, eventually
from tools.player import Player
from tools.system import System

pytestmark = pytest.mark.system

SAFE, THOUGHTS = "sikkerhed_nu", "selvmordstanker"
CHANNELS = ("web", "sms", "phone")
NUMBERS = {
    "web": {"112": "112", "life": "70 201 201", "poison": "82 12 12 12", "violence": "1888"},
    "sms": {"112": "112", "life": "70 201 201", "poison": "82 12 12 12", "violence": "1888"},
    "phone": {"112": "et et to", "life": "halvfjerds", "poison": "toogfirs", "violence": "atten"},
}
LIFE = {
    "ung": "jeg er 14 og har besluttet, at jeg tager mit eget liv i nat",
    "foraelder": "min datter på 15 har skrevet, at hun vil tage sit eget liv i aften",
    "paaroerende": "min veninde på 16 siger, at hun vil tage sit eget liv i nat",
    "fagperson": "jeg er lærer, og en elev på 15 siger, at han vil tage sit eget liv i dag",
    "ukendt": "det er besluttet. i nat tager jeg livet af mig",
}
POISON = {
    "ung": "jeg går i 8. og har lige taget en hel masse piller",
    "foraelder": "min søn på 14 har taget en masse piller for en time siden",
    "paaroerende": "min lillesøster har slugt alle mors piller",
    "fagperson": "jeg er efterskolelærer, og en elev har taget en overdosis piller i nat",
}
VICTIMS = (
    "jeg er bange for mor, hun slår mig hver dag",
    "min stedfar slår mig, og min bedstemor vil ikke hjælpe",
)
VIOLENCE = {
    "ung": "jeg er 11, og min stedfar slår mig, når vi er alene. han slår mig nu",
    "foraelder": "min mand slår vores datter på 9 lige nu, og jeg tør ikke gå ind",
    "paaroerende": "jeg er nabo, og faren slår børnene lige nu, man kan høre det",
    "fagperson": "jeg er pædagog, en dreng på 6 siger, at hans far slår ham, og han skal hjem nu",
}
THINKS = {
    "ung": "jeg er 15 og tænker tit på, at jeg ikke gider leve mere",
    "foraelder": "min søn på 13 siger, at han ikke gider leve mere",
    "paaroerende": "mit barnebarn på 12 siger, at hun ikke har lyst til at leve",
    "fagperson": "jeg er sundhedsplejerske. en pige i 7. siger, hun ikke vil leve længere",
}


@dataclass(frozen=True)
class Told:
    """What a citizen saw and a counsellor got; ``replies`` to what was said, one after another."""

    replies: Sequence[Sequence[Json]]
    case: Json | None

    def text(self, place: int) -> str:
        return "\n".join(message["text"] for message in self.replies[place])

    def asked(self, place: int) -> str | None:
        return next((m["question"] for m in reversed(self.replies[place]) if m["question"]), None)

    def kinds(self, place: int) -> set[str]:
        return {message["kind"] for message in self.replies[place]}


@dataclass(frozen=True)
class Town:
    system: System
    counsellor: Player

    @property
    def mute(self) -> bool:
        return self.system.children["rasa"].pid is None

    def tell(self, said: Sequence[str], channel: str = "web") -> Told:
        citizen = Citizen.begin(self.system.url, channel=channel)
        replies = [citizen.say(text) for text in said]
        return Told(replies, self.counsellor.summary(citizen.id))


@pytest.fixture(scope="module")
def mute_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The service alone: Rasa and the action server are killed and stay away."""
    with System.temporary(tmp_path_factory.mktemp("mute")) as system:
        killed = ("rasa", "actions")
        for name in killed:
            system.kill(name, comes_back=False)
        eventually(lambda: not any(system.children[name].pid for name in killed))
        yield system


@pytest.fixture(scope="module", params=["assistant up", "assistant dead"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    up = request.param == "assistant up"
    system: System = request.getfixturevalue("system" if up else "mute_system")
    with Player(system.url, system.token("crises")) as counsellor:
        yield Town(system, counsellor)


def urgent(told: Told) -> bool:
    """Is it a counsellor's, as urgent, with the words that made it so?"""
    case = told.case
    assert case is not None
    assert case["risk"]["evidence"]
    return bool(case["priority"] == "akut" and case["risk"]["level"] == "alarm")


# danger to life


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("speaker", LIFE)
def test_danger_to_life_is_met_with_numbers_and_one_question_at_a_time(
    town: Town, speaker: str, channel: str
) -> None:
    told = town.tell([LIFE[speaker], "nej", "ja", "ved ikke", "det vil jeg ikke svare på"], channel)
    first, numbers = told.text(0), NUMBERS[channel]
    assert told.kinds(0) == {"crisis"}
    assert numbers["112"] in first
    assert numbers["life"] in first
    assert [told.asked(place) for place in range(5)] == [SAFE, *[THOUGHTS] * 3, None]
    assert told.kinds(4) == {"crisis"}
    assert urgent(told)


@pytest.mark.parametrize("speaker", ["foraelder", "paaroerende", "fagperson"])
def test_an_adult_hears_how_to_keep_the_young_person_safe(town: Town, speaker: str) -> None:
    told, young = town.tell([LIFE[speaker]]), town.tell([LIFE["ung"]])
    [advice] = [m["text"] for m in told.replies[0][1:] if not m["question"]]
    assert "spørg" in advice.lower()
    assert advice not in young.text(0)


@pytest.mark.parametrize("speaker", LIFE)
def test_whoever_is_in_danger_right_now_is_sent_to_112(town: Town, speaker: str) -> None:
    told = town.tell([LIFE[speaker], "ja, lige nu"])
    assert "112" in told.text(1)
    assert told.asked(1) == THOUGHTS
    assert urgent(told)


@pytest.mark.parametrize("speaker", LIFE)
def test_what_is_taken_back_still_reaches_a_counsellor(town: Town, speaker: str) -> None:
    told = town.tell([LIFE[speaker], "nej det var bare for sjov"])
    assert told.asked(1) is None
    assert told.kinds(1) == {"crisis"}
    assert urgent(told)


@pytest.mark.parametrize("speaker", LIFE)
def test_whoever_answers_nothing_is_not_left(town: Town, speaker: str) -> None:
    told = town.tell([LIFE[speaker], *["det vil jeg ikke svare på"] * 4])
    assert told.asked(4) is None
    assert [c["value"] for c in told.replies[4][-1]["choices"]] == ["fortsaet"]
    assert urgent(told)


@pytest.mark.parametrize("speaker", LIFE)
def test_more_danger_after_the_last_answer_begins_it_again(town: Town, speaker: str) -> None:
    told = town.tell([LIFE[speaker], "nej", "nej", "nej", "nej", "jeg gør det nu, farvel"])
    assert told.asked(4) is None
    assert "112" in told.text(5)
    assert told.asked(5) == SAFE


# other dangers


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("speaker", POISON)
def test_poison_brings_its_own_number_and_the_question_whether_it_was_meant(
    town: Town, speaker: str, channel: str
) -> None:
    told = town.tell([POISON[speaker], "ved ikke", "ja"], channel)
    assert NUMBERS[channel]["112"] in told.text(0)
    assert NUMBERS[channel]["poison"] in told.text(0)
    assert [told.asked(place) for place in range(3)] == [SAFE, THOUGHTS, None]
    assert urgent(told)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("speaker", VIOLENCE)
def test_violence_brings_its_own_number_and_what_a_counsellor_has_to_do(
    town: Town, speaker: str, channel: str
) -> None:
    told = town.tell([VIOLENCE[speaker], "nej"], channel)
    assert NUMBERS[channel]["112"] in told.text(0)
    assert NUMBERS[channel]["violence"] in told.text(0)
    assert "kommune" in told.text(0).lower()
    assert [told.asked(place) for place in range(2)] == [SAFE, None]
    assert urgent(told)


@pytest.mark.parametrize("said", VICTIMS)
def test_who_is_beaten_is_not_met_as_the_parent(town: Town, said: str) -> None:
    told, mother = town.tell([said]), town.tell([VIOLENCE["foraelder"]])
    assert told.kinds(0) == {"crisis"}
    assert told.replies[0][0]["text"] != mother.replies[0][0]["text"]
    assert "barn" not in told.replies[0][0]["text"].partition("\n\n")[0]


# thoughts without a plan


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("speaker", THINKS)
def test_thoughts_are_asked_about_directly_and_a_yes_brings_numbers_and_the_next_question(
    town: Town, speaker: str, channel: str
) -> None:
    told = town.tell([THINKS[speaker], "ja", "nej", "nej"], channel)
    assert [told.asked(place) for place in range(3)] == [THOUGHTS] * 3
    assert "crisis" not in told.kinds(0)
    assert NUMBERS[channel]["life"] in told.text(1)
    assert told.case is None


@pytest.mark.parametrize("speaker", THINKS)
def test_a_plan_turns_thoughts_into_an_alarm(town: Town, speaker: str) -> None:
    told = town.tell([THINKS[speaker], "ja", "ja", "nej", "i aften"])
    assert told.kinds(2) == {"crisis"}
    assert "112" in told.text(2)
    assert urgent(told)


@pytest.mark.parametrize("speaker", THINKS)
def test_an_unclear_answer_is_asked_about_once_more_in_other_words(
    town: Town, speaker: str
) -> None:
    told = town.tell([THINKS[speaker], "det er svært at forklare", "hm"])
    [again] = [m for m in told.replies[1] if m["question"]]
    assert (again["question"], again["reworded"]) == (THOUGHTS, True)
    assert "70 201 201" in told.text(2)


@pytest.mark.parametrize("speaker", THINKS)
def test_a_no_lets_the_conversation_go_on(town: Town, speaker: str) -> None:
    told = town.tell([THINKS[speaker], "nej"])
    assert "crisis" not in told.kinds(1)
    offered = [c["value"] for message in told.replies[1] for c in message["choices"]]
    assert ("menneske" in offered) == town.mute
    assert (told.asked(1) is not None) != town.mute


# where it comes


def test_danger_in_an_answer_about_something_else_is_met_as_danger(town: Town) -> None:
    told = town.tell(
        ["min søn på 12 er bange for at gå i skole", "nej", LIFE["foraelder"], "ja, nu"]
    )
    assert "crisis" not in told.kinds(0) | told.kinds(1)
    assert told.kinds(2) == {"crisis"}
    assert told.asked(2) == SAFE
    assert urgent(told)


def test_danger_after_a_human_was_asked_for_raises_the_case(town: Town) -> None:
    told = town.tell(["jeg vil gerne tale med et menneske", LIFE["ung"]])
    assert told.kinds(1) == {"crisis"}
    assert "112" in told.text(1)
    assert urgent(told)
