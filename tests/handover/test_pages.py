"""What the console's pages show: words for every id, moments in Danish, nothing out of sight."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.dialogue import STEPS
from bot.tracks.catalogue import load_catalogue
from handover import pages
from handover.clock import rfc3339
from handover.pages import moments
from handover.pages.case import case_view
from handover.pages.criteria import Tables
from handover.pages.quotes import Quotes, reasons
from handover.pages.words import FILE, NEEDED, load_words
from handover.texts import TextError

from .conftest import House

WORDS = load_words()
TEMPLATES = Path(pages.__file__).parent / "templates"
CATALOGUE = load_catalogue()
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # 13.00 in Copenhagen


def criterion(**changes: Any) -> dict[str, Any]:
    nothing = {"status": None, "by": None, "at": None}
    return {
        "id": "x", "kind": "inklusion", "group": None, "text": "X", "label": "x",
        "status": "opfyldt", "reason": None, "evidence": [], "counsellor": nothing,
        "source": "003", "points_to": None, "wording": "X?", "asked_by_counsellor": [], **changes,
    }  # fmt: skip


def rows(*criteria: dict[str, Any]) -> list[Any]:
    table = Tables(WORDS, Quotes([], WORDS)).table("t", "T", criteria)
    return [row for group in table.groups for row in group.rows]


def test_every_id_of_the_catalogue_and_the_crisis_has_a_word() -> None:
    for track in (CATALOGUE.common, *CATALOGUE.tracks.values()):
        for found in track.criteria:
            assert not found.points_to or WORDS.knows(found.points_to, "peger_paa"), found.id
            assert not re.search(r"\b(00\d|lokal)\b", WORDS.source(found.source)), found.source
    assert all(WORDS.knows(step, "fund") for step in STEPS)


@pytest.mark.parametrize("group", NEEDED)
def test_a_missing_word_stops_the_start_with_file_group_and_word(
    tmp_path: Path, group: str
) -> None:
    key = NEEDED[group][-1]
    text = FILE.read_text(encoding="utf-8")
    start = text.index(f"\n{group}:")
    line = re.compile(rf'^    "?{re.escape(key)}"?: .*\n', re.MULTILINE).search(text, start)
    assert line
    path = tmp_path / "ord.yml"
    path.write_text(text[: line.start()] + text[line.end() :], encoding="utf-8")
    with pytest.raises(TextError, match=rf"ord\.yml: {group}\.ord\.{key}: is missing"):
        load_words(path)


def test_who_asks_is_said_in_one_line() -> None:
    assert WORDS.who("foraelder", 13) == "Forælder til 13-årig"
    assert WORDS.who("ung", 15) == "Den unge selv, 15 år"
    assert WORDS.who("ukendt", None) == "Ukendt henvender"


@pytest.mark.parametrize(
    ("kind", "status", "word", "tone"),
    [
        ("inklusion", "opfyldt", "Taler for", "for"),
        ("inklusion", "ikke_opfyldt", "Taler imod", "against"),
        ("eksklusion", "opfyldt", "Til stede", "present"),
        ("eksklusion", "ikke_opfyldt", "Ikke til stede", "absent"),
        ("sikkerhed", "opfyldt", "Til stede", "present"),
        ("sikkerhed", "uafklaret", "Uafklaret", "open"),
    ],
)
def test_a_state_is_worded_by_its_kind(kind: str, status: str, word: str, tone: str) -> None:
    [row] = rows(criterion(kind=kind, status=status))
    assert (row.state.word, row.state.tone) == (word, tone)
    assert dict(row.choices)[status] == word


def test_of_signs_one_is_enough_and_the_others_are_not_open() -> None:
    unasked = {"group": "tegn", "status": "uafklaret", "reason": "ikke_spurgt"}
    first, second = rows(criterion(group="tegn"), criterion(id="y", **unasked))
    assert (first.open, second.open) == (False, False)
    assert second.state.reason == "ikke spurgt, ét tegn er nok"
    alone, other = rows(criterion(**unasked), criterion(id="y", **unasked))
    assert (alone.open, other.open) == (True, True)


def test_a_way_is_pointed_out_only_where_something_speaks_against_the_offer() -> None:
    doctor = {"points_to": "egen_laege", "kind": "eksklusion"}
    present, absent = rows(criterion(**doctor), criterion(**doctor, status="ikke_opfyldt"))
    assert (present.points_to, absent.points_to) == ("Egen læge", None)


def test_a_pressed_button_is_quoted_with_its_title_and_read_out_words_without_a_question() -> None:
    choices = [{"title": "Mit barn", "value": "foraelder"}]
    messages = [
        {"seq": 1, "sender": "assistant", "text": "Hvem?", "choices": choices},
        {"seq": 2, "sender": "citizen", "text": "foraelder", "choices": []},
        {"seq": 3, "sender": "citizen", "text": "min søn på 9 er ked af det", "choices": []},
    ]
    found = [
        {"seq": 2, "quote": "foraelder", "question": "Hvem?"},
        {"seq": 3, "quote": "min søn på 9", "question": "Hvem?"},
        {"seq": 9, "quote": "væk", "question": None},
    ]
    button, part, gone = Quotes(messages, WORDS).of(found)
    assert (button.text, button.question, button.linked) == ("Mit barn", "Hvem?", True)
    assert (part.text, part.question, part.linked) == ("min søn på 9", None, True)
    assert (gone.text, gone.linked) == ("væk", False)


def test_what_danger_was_seen_is_said_in_words_without_patterns_and_once() -> None:
    whys = [
        "regel: vil tage sit liv ((vil|skal) (dø|væk) ..2 <nu>)",
        "regel: vil tage sit liv (noget (andet))",
        "vægt: niveau=akut +1.39", "vægt: i aften +0.98", "vægt: mening +0.82", "vægt: dø +0.5",
        "svar: ja på sikkerhed_nu", "svar: hvornaar", "læst sammen med beskeden før",
    ]  # fmt: skip
    assert reasons(whys, WORDS) == (
        "vil tage sit liv",
        "svarede ja til: om nogen er i fare lige nu",
        "svaret på: om det skal ske snart",
        "læst sammen med beskeden før",
        "ord og vendinger, der vejede tungt: »i aften«, »dø«",
    )


def test_rule_and_reader_on_the_same_words_are_one_finding() -> None:
    evidence = [
        {"seq": 2, "quote": "jeg vil dø", "why": ["regel: a (x)"]},
        {"seq": 2, "quote": "hej. jeg vil dø", "why": ["vægt: dø +1.0"]},
        {"seq": 4, "quote": "jeg vil dø", "why": ["regel: a (x)"]},
    ]
    first, second = Quotes([], WORDS).danger(evidence)
    assert (first.seq, first.text, len(first.why)) == (2, "jeg vil dø", 2)
    assert second.seq == 4


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "under 1 min"),
        (14, "14 min"),
        (120, "2 t"),
        (134, "2 t 14 min"),
        (24 * 60, "1 døgn"),
        (27 * 60, "1 døgn 3 t"),
    ],
)
def test_waiting_is_told_at_a_glance(minutes: int, text: str) -> None:
    assert moments.waited(rfc3339(NOW - timedelta(minutes=minutes)), NOW) == text


@given(st.integers(min_value=0, max_value=10**6))
def test_waiting_grows_and_is_never_empty(seconds: int) -> None:
    assert re.fullmatch(
        r"under 1 min|\d+ min|\d+ t( \d+ min)?|\d+ døgn( \d+ t)?",
        moments.waited(rfc3339(NOW - timedelta(seconds=seconds)), NOW),
    )


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 23, 8, 5, tzinfo=UTC), "i dag kl. 9.05"),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "i dag kl. 0.30"),
        (datetime(2026, 11, 22, 22, 0, tzinfo=UTC), "i går kl. 23.00"),
        (datetime(2026, 7, 1, 8, 0, tzinfo=UTC), "1. juli kl. 10.00"),
        (datetime(2025, 12, 24, 8, 0, tzinfo=UTC), "24. december 2025 kl. 9.00"),
    ],
)
def test_a_moment_is_told_in_danish_time(moment: datetime, text: str) -> None:
    assert moments.when(rfc3339(moment), NOW) == text


async def counsellor_page(house: House, path: str) -> str:
    token = await house.app.state.logins.log_in("Anna", "et langt kodeord", "1")
    cookies = {"handover_session": token}
    async with httpx.AsyncClient(base_url=house.base_url, cookies=cookies) as browser:
        answer = await browser.get(path)
        assert answer.status_code == 200
        return answer.text


async def test_a_waiting_case_is_seen_however_many_urgent_ones_are_closed(house: House) -> None:
    await house.account("Anna", "et langt kodeord")
    async with await house.counsellor() as anna:
        for _ in range(205):
            citizen = await house.citizen()
            await house.change_intake(citizen, safety={"level": "alarm"})
            closed = await house.hand_over(citizen, "alarm")
            await anna.post(f"/api/handovers/{closed}/close", json={"outcome": "raadgivet"})
    waiting = await house.hand_over(await house.citizen())
    page = await counsellor_page(house, "/console")
    assert f"/console/sager/{waiting}" in page
    assert page.count('class="who"') == 1


async def test_the_newest_closed_case_stands_first(house: House) -> None:
    await house.account("Anna", "et langt kodeord")
    ids = [await house.hand_over(await house.citizen()) for _ in range(3)]
    async with await house.counsellor() as anna:
        for number in (1, 0, 2):
            house.clock.advance(minutes=1)
            await anna.post(f"/api/handovers/{ids[number]}/close", json={"outcome": "andet"})
    page = await counsellor_page(house, "/console/lukkede")
    order = [page.index(f"/console/sager/{ids[number]}") for number in (2, 0, 1)]
    assert order == sorted(order)


async def test_a_pressed_button_stands_with_its_title_in_the_queue(house: House) -> None:
    await house.account("Anna", "et langt kodeord")
    citizen = await house.citizen()
    await house.change_intake(citizen, concern=[{"seq": 3, "quote": "krop_mad"}])
    await house.hand_over(citizen)
    page = await counsellor_page(house, "/console")
    assert "»Krop og mad«" in page
    assert "krop_mad" not in page[page.index("<table") :]


async def test_the_queue_says_what_a_row_needs(house: House) -> None:
    citizen = await house.citizen()
    await citizen.say("min søn vil ikke i skole")
    quote = {"seq": 3, "quote": "min søn vil ikke i skole"}
    contact = {"wants": "call", "phone": "12345678", "name": None, "time": "kl. 16"}
    await house.change_intake(
        citizen,
        concern=[quote, {"seq": 3, "quote": "mere"}],
        tracks=[{"track": "bekymring_tristhed", "evidence": []}],
        closing={"contact": contact},
    )
    await house.hand_over(citizen)
    async with await house.counsellor() as anna:
        [item] = (await anna.get("/api/handovers")).json()["items"]
    assert item["concern"] == [quote]
    assert item["contact"] == contact | {"window": None}
    assert item["tracks"][0]["short"] == "bekymring eller tristhed"
    assert item["risk_evidence"] == []


def test_an_erased_urgent_case_still_has_a_page() -> None:
    nothing: dict[str, Any] = {"value": None, "evidence": []}
    facts = [
        criterion(id=i, kind="fakta", reason="ikke_spurgt", status=None)
        for i in ("henvender", "alder", "kommune")
    ]
    found: dict[str, Any] = {
        "speaker": {"value": "ukendt", "evidence": []}, "age": nothing, "kommune": nothing,
        "concern": [], "tried": [], "wishes": [], "tracks": [], "common": facts,
        "transcript": [],
        "risk": {"evidence": [{"seq": 3, "quote": "jeg vil dø i aften", "why": []}]},
    }  # fmt: skip
    view = case_view(found, WORDS)
    assert view.title == "Ukendt henvender"
    assert [(quote.text, quote.linked) for quote in view.danger] == [("jeg vil dø i aften", False)]
    assert [one.label for one in view.open] == ["Henvender", "Alder", "Kommune"]


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-11-22", "i går"), ("2026-11-23", "i dag"), ("2026-11-24", "i morgen"),
        ("2026-12-01", "tirsdag den 1. december"), ("2027-01-01", "fredag den 1. januar 2027"),
    ],
)  # fmt: skip
def test_a_day_is_told_as_one_says_it(day: str, text: str) -> None:
    assert moments.named_day(day, NOW.date()) == text


async def test_late_follow_ups_are_counted_in_the_bar_of_every_page(house: House) -> None:
    await house.account("Anna", "et langt kodeord")
    handover_id = await house.hand_over(await house.citizen())
    async with await house.counsellor() as anna:
        ending = {"outcome": "andet", "follow_up": "2026-11-24"}
        await anna.post(f"/api/handovers/{handover_id}/close", json=ending)
    paths = (
        "/console",
        "/console/lukkede",
        "/console/opfoelgning",
        f"/console/sager/{handover_id}",
    )
    for days, counted in ((0, False), (3, True)):
        house.clock.advance(days=days)
        for path in paths:
            assert ("1<span class" in await counsellor_page(house, path)) == counted, path


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_form_puts_what_is_written_into_an_address_when_its_script_is_not_there(
    template: Path,
) -> None:
    for form in re.findall(r"<form\b[^>]*>", template.read_text(encoding="utf-8")):
        assert " action=" in form or ' method="dialog"' in form, form
