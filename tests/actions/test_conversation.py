"""The closing steps and the way to a human, with the real catalogue and the real sentences."""

from __future__ import annotations

import pytest

from bot.actions.conversation import Conversation
from bot.actions.store import ShellStore
from bot.actions.texts import Texts
from bot.tracks.catalogue import load_catalogue
from bot.tracks.intake import INTERRUPTED, Fact, Pending, Quote
from bot.tracks.reading import Reading

CATALOGUE, TEXTS = load_catalogue(), Texts()


@pytest.fixture
async def turn():
    store = ShellStore()
    record = await store.read("c1")
    record.intake.concern = [Quote(1, "min datter er ked af det")]
    return Conversation(record, store, CATALOGUE, TEXTS)


def texts(turn):
    return [message["text"] for message in turn.said]


async def test_a_correction_that_is_not_understood_is_not_called_corrected(turn):
    turn.intake.pending = Pending("ret_hvad")
    await turn.hear(Reading("det med skolen er anderledes"), 5)
    assert TEXTS.say("rettet", turn.intake) not in texts(turn)
    assert turn.intake.concern[-1].quote == "det med skolen er anderledes"


async def test_no_to_the_read_back_asks_what_is_wrong_and_is_not_kept_as_the_matter(turn):
    turn.intake.pending = Pending("opsummering")
    await turn.hear(Reading("nej"), 5)
    assert turn.intake.pending.id == "ret_hvad"
    assert [quote.quote for quote in turn.intake.concern] == ["min datter er ked af det"]


async def test_consent_that_stays_unclear_is_taken_as_no_after_asking_twice(turn):
    turn.intake.closing.reviewed, turn.intake.pending = True, Pending("samtykke")
    await turn.hear(Reading("tja altså hvorfor"), 5)
    await turn.ask()
    await turn.hear(Reading("tja altså hvorfor"), 7)
    assert turn.intake.closing.consent == "nej"
    assert turn.record.handover_id is None


async def test_a_struck_age_is_not_asked_for_again(turn):
    turn.intake.age = Fact(13, [Quote(1, "13")])
    rows = [key for key, _ in turn.closing.readback.rows()]
    turn.intake.pending = Pending("stryg_hvad")
    await turn.hear(Reading(f"linje {rows.index('age') + 1}"), 5)
    assert turn.intake.age is None
    for seq in range(7, 41, 2):
        await turn.ask()
        assert turn.intake.pending.id != "alder"
        if turn.intake.pending.id == "opsummering":
            return
        await turn.hear(Reading("spring over"), seq)
    pytest.fail("the questions never came to their end")


async def test_asking_for_a_human_again_is_answered_and_not_kept_as_an_answer(turn):
    turn.intake.pending = Pending("funktionsniveau")
    wish = Reading("jeg vil tale med et menneske", intent="tale_med_menneske")
    await turn.aside(wish, 5)
    assert turn.record.handover_id
    await turn.aside(wish, 7)
    assert texts(turn)[-1] == turn.text("menneske_allerede")
    assert "faelles.funktionsniveau" not in turn.intake.answers
    assert turn.intake.pending.id == "funktionsniveau"


@pytest.mark.parametrize(("said", "again"), [("spring over", 0), ("asdf", 1)])
async def test_the_matter_is_asked_for_once_more_at_most_and_not_when_skipped(turn, said, again):
    turn.intake.concern = []
    turn.intake.pending = Pending("fylder")
    asked = []
    for seq in (1, 3, 5):
        await turn.hear(Reading(said), seq)
        await turn.ask()
        asked.append(turn.intake.pending.id)
    assert asked.count("fylder") == again
    assert "sikkerhed_nu" in asked


async def test_an_answer_that_sets_off_the_crisis_is_still_an_answer(turn):
    turn.intake.safety.step = "sikkerhed_nu"
    turn.intake.pending = Pending("funktionsniveau")
    await turn.hear(Reading("ja, han er sendt hjem fra skole og ser ingen mere"), 5)
    assert turn.intake.status("faelles.funktionsniveau") == "opfyldt"
    assert turn.said == []


async def test_a_safety_question_is_left_to_the_crisis_dialogue(turn):
    turn.intake.safety.step = "sikkerhed_nu"
    turn.intake.pending = Pending("sikkerhed_nu")
    await turn.hear(Reading("nej det tror jeg ikke"), 5)
    assert turn.intake.answers == {}


async def test_an_answer_that_set_off_a_crisis_counts_though_the_crisis_was_over_first(turn):
    asked = {"id": "funktionsniveau", "track": None, "attempt": 1, "text": "Går det ud over noget?"}
    turn.intake.notes[INTERRUPTED] = {"seq": 5, "pending": asked}
    turn.intake.pending = None
    await turn.hear(Reading("ja, han er sendt hjem fra skole og ser ingen mere"), 5)
    answer = turn.intake.answers["faelles.funktionsniveau"]
    assert answer.status == "opfyldt"
    assert answer.evidence[0].question == "Går det ud over noget?"
    assert INTERRUPTED not in turn.intake.notes


async def test_the_question_that_was_open_is_taken_from_the_crisis_message_alone(turn):
    asked = {"id": "funktionsniveau", "track": None, "attempt": 1, "text": ""}
    turn.intake.notes[INTERRUPTED] = {"seq": 5, "pending": asked}
    turn.intake.pending = Pending("psykiatriens_maalgruppe")
    await turn.hear(Reading("nej"), 7)
    assert "faelles.funktionsniveau" not in turn.intake.answers
    assert turn.intake.status("faelles.psykiatriens_maalgruppe") == "ikke_opfyldt"


WINDOW = {
    "title": "I morgen kl. 9-12",
    "from": "2026-11-24T08:00:00Z",
    "to": "2026-11-24T11:00:00Z",
}


def at_the_time(turn):
    turn.record.windows = [WINDOW]
    turn.intake.closing.reviewed, turn.intake.closing.consent = True, "ja"
    turn.intake.closing.contact.wants, turn.intake.closing.contact.phone = "call", "12345678"
    turn.intake.pending = Pending("tidspunkt")


async def test_the_next_times_are_offered_and_the_chosen_one_is_kept_with_its_day(turn):
    at_the_time(turn)
    await turn.ask()
    assert turn.said[-1]["choices"] == [{"title": WINDOW["title"], "value": WINDOW["title"]}]
    turn.record.windows = []  # the answer comes when other times are offered
    await turn.hear(Reading("i morgen kl. 9-12"), 5)
    contact = turn.intake.closing.contact
    assert contact.time == WINDOW["title"]
    assert contact.window == {"from": WINDOW["from"], "to": WINDOW["to"]}


async def test_free_words_about_the_time_are_kept_as_they_are(turn):
    at_the_time(turn)
    await turn.ask()
    await turn.hear(Reading("når jeg har fri"), 5)
    contact = turn.intake.closing.contact
    assert (contact.time, contact.window) == ("når jeg har fri", None)


def asked_by(turn, speaker, text):
    turn.intake.speaker = Fact(speaker, [])
    return turn.aside(Reading(text, intent="undervisning"), 3)


@pytest.mark.parametrize(
    ("speaker", "text", "kind"),
    [
        ("fagperson", "Kan I holde et oplæg for vores lærere?", "undervisning"),
        ("fagperson", "Vi har brug for sparring i teamet", "vejledning"),
        ("fagperson", "Tilbyder I kurser og vejledning?", "undervisning"),
        ("foraelder", "Har I undervisning om angst?", "intake"),
    ],
)
async def test_what_a_professional_asks_for_is_noted(turn, speaker, text, kind):
    await asked_by(turn, speaker, text)
    assert turn.intake.kind == kind


async def test_of_who_wants_teaching_nothing_is_asked_about_a_child_but_danger(turn):
    await asked_by(turn, "fagperson", "Kan I holde et oplæg for vores lærere?")
    asked = []
    for seq in range(5, 25, 2):
        await turn.ask()
        if turn.intake.pending.id == "opsummering":
            break
        asked.append(turn.intake.pending.id)
        await turn.hear(Reading("nej"), seq)
    assert [*dict.fromkeys(asked)] == ["sikkerhed_nu", "selvmordstanker", "kommune", "oensker"]


def at(turn, step):
    turn.intake.closing.reviewed = True
    turn.intake.pending = Pending(step)


async def test_a_time_of_the_day_beside_a_number_is_no_part_of_it(turn):
    turn.intake.closing.consent, turn.intake.closing.contact.wants = "ja", "call"
    at(turn, "telefonnummer")
    await turn.hear(Reading("12345678 efter kl 16"), 5)
    assert turn.intake.closing.contact.phone == "12345678"


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("ring ikke til mig, skriv her", "chat"),
        ("ring ikk", "none"),
        ("helst ikke ringe, bare sms", "sms"),
        ("jeg vil ikke ringes op, skriv en sms", "sms"),
        ("I må ikke kontakte mig", "none"),
        ("ring til mig", "call"),
        ("I må gerne ringe", "call"),
        ("ring ikke før kl 16", "call"),
        ("ring bare ikke for sent", "call"),
        ("ring gerne, men ikke før 16", "call"),
        ("I må ikke ringe til mig før kl. 16", "call"),
    ],
)
async def test_whoever_will_not_be_called_is_not(turn, said, wants):
    turn.intake.closing.consent = "ja"
    at(turn, "kontaktform")
    await turn.hear(Reading(said), 5)
    assert turn.intake.closing.contact.wants == wants
