"""The overview: what is counted, that it is counted once, and that nobody can be made out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.tracks.catalogue import load_catalogue
from handover.pages.overview import Labels, ceiling, overview_view, rows, span
from handover.pages.rendering import number
from handover.pages.words import load_words
from handover.statistics.facts import BOUNDS, bound
from handover.statistics.overview import Overview, overview, quantile
from handover.statistics.period import Period, later
from handover.statistics.rounding import STEP, per_cent, shown
from handover.statistics.schemas import StatisticsOut
from handover.statistics.service import listed
from handover.statistics.sheet import sheet
from handover.statistics.yardsticks import FILE, load_yardsticks
from handover.storage.statistics import Cell
from handover.storage.tables import case_counts, contact_counts, standings
from handover.texts import TextError

from .conftest import Citizen, House

WORDS, CATALOGUE = load_words(), load_catalogue()
KNOWN = listed(WORDS.groups, CATALOGUE.tracks)
LABELS = Labels(WORDS, CATALOGUE)
NOVEMBER = date(2026, 11, 1)
YEAR = Period(date(2025, 12, 1), NOVEMBER)

TARGETS = {"akut": 10, "hoej": 60, "normal": 1440}
Monthly = st.lists(st.integers(0, 12), min_size=1, max_size=12)


def told(cases: dict[tuple[date, str, str], int], period: Period = YEAR) -> Overview:
    counted = Counter({Cell(*key): count for key, count in cases.items()})
    return overview(period, KNOWN, counted, Counter(), load_yardsticks(), TARGETS)


# what may be shown


@settings(deadline=None)
@given(st.integers(0, 30), Monthly)
def test_no_sum_over_any_period_and_no_difference_of_two_is_a_small_number(
    before: int, monthly: list[int]
) -> None:
    months = shown(before, monthly)
    ends = range(len(monthly) + 1)
    sums = {(a, b): sum(months[a:b]) for a, b in combinations(ends, 2)}
    for (a, b), total in sums.items():
        assert total % STEP == 0
        assert abs(total - sum(monthly[a:b])) < STEP
    assert not {abs(x - y) for x in sums.values() for y in sums.values()} & {1, 2, 3, 4}


@settings(deadline=None)
@given(st.integers(0, 30), Monthly, st.integers(1, 6))
def test_what_is_shown_of_a_month_is_the_same_whichever_period_is_asked_for(
    before: int, monthly: list[int], cut: int
) -> None:
    cut = min(cut, len(monthly))
    assert shown(before + sum(monthly[:cut]), monthly[cut:]) == shown(before, monthly)[cut:]


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_the_total_less_the_other_channels_tells_no_small_number(counts: list[int]) -> None:
    channels = ("web", "sms", "phone")
    found = told({(NOVEMBER, "channel", c): n for c, n in zip(channels, counts, strict=True)})
    shown_counts = found.measures["channel"].counts
    for channel in channels:
        others = sum(n for c, n in shown_counts.items() if c != channel)
        for total in (found.measures["channel"].total, found.measures["way"].total):
            assert abs(total - others) not in (1, 2, 3, 4)


def numbers_in(found: Any) -> list[int]:
    if isinstance(found, dict):
        return [n for key, v in found.items() if "minutes" not in key for n in numbers_in(v)]
    if isinstance(found, list):
        return [n for v in found for n in numbers_in(v)]
    return [found] if isinstance(found, int) else []


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["web", "sms", "phone"]), st.integers(1, 4)))
def test_small_numbers_reach_neither_page_nor_sheet_nor_program(counts: dict[str, int]) -> None:
    found = told({(NOVEMBER, "channel", channel): n for channel, n in counts.items()})
    assert not set(numbers_in(StatisticsOut.of(found).model_dump())) & {1, 2, 3, 4}
    assert not {cell for row in rows(found, LABELS) for cell in row} & {1, 2, 3, 4}
    view = overview_view(found, LABELS)
    assert not {bar.count for chart in view.charts for bar in chart.bars} & {1, 2, 3, 4}
    assert not {c.handed_over for c in view.columns} & {1, 2, 3, 4}


def test_shares_are_not_shown_of_few_and_not_finely_of_some() -> None:
    assert per_cent(5, 45) is None
    assert per_cent(15, 85) == 20
    assert per_cent(70, 1000) == 7
    assert per_cent(505, 500) == 100


def test_an_outcome_that_nobody_can_choose_any_more_shows_only_with_numbers() -> None:
    few = told({(NOVEMBER, "outcome", "gammelt_udfald"): 4})
    many = told({(NOVEMBER, "outcome", "gammelt_udfald"): 5})
    assert "gammelt_udfald" not in few.measures["outcome"].counts
    assert many.measures["outcome"].counts["gammelt_udfald"] == 5


# what follows from the numbers


def test_the_share_sent_on_to_psychiatry_is_of_closed_cases() -> None:
    outcomes = {"psykiatrien": 50, "raadgivet": 450, "aaben": 90, "slettet": 60}
    found = told({(NOVEMBER, "outcome", name): n for name, n in outcomes.items()})
    assert (found.psychiatry, found.closed, found.per_cent_psychiatry) == (50, 500, 10)


def test_waits_are_told_by_priority_with_the_share_within_the_target() -> None:
    waits = {"2": 50, "10": 40, "20": 9, "laengere": 1}
    found = told({(NOVEMBER, "wait_akut", minutes): n for minutes, n in waits.items()})
    urgent, high, _ = found.waits
    assert (urgent.median, urgent.ninetieth) == (2, 10)
    assert (urgent.count, urgent.within, urgent.per_cent_within) == (100, 90, 90)
    assert (high.count, high.median, high.ninetieth, high.per_cent_within) == (0, None, None, None)


@pytest.mark.parametrize(("count", "known"), [(9, (None, None)), (10, (3, None)), (20, (3, 3))])
def test_the_wait_of_one_or_two_persons_is_not_told(count: int, known: Any) -> None:
    wait = told({(NOVEMBER, "wait_akut", "3"): count}).waits[0]
    assert (wait.median, wait.ninetieth) == known


def test_waits_from_other_months_do_not_count_in_the_period() -> None:
    early = {(date.min, "wait_akut", "900"): 400, (NOVEMBER, "wait_akut", "3"): 20}
    assert told(early).waits[0].median == 3


@settings(deadline=None)
@given(st.lists(st.sampled_from(BOUNDS), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_quantile_is_the_smallest_bound_that_enough_lie_under(
    minutes: list[int], share: float
) -> None:
    found = quantile(Counter(map(str, minutes)), share)
    ordered = sorted(minutes)
    assert found in ordered
    assert sum(m <= int(found or 0) for m in ordered) >= share * len(ordered)
    assert sum(m < int(found or 0) for m in ordered) < share * len(ordered)


@pytest.mark.parametrize(
    ("minutes", "counted"),
    [(0, "1"), (1, "1"), (1.1, "2"), (17, "20"), (61, "75"), (1500, "2880"), (21000, "laengere")],
)
def test_a_wait_is_counted_under_the_first_bound_it_does_not_exceed(
    minutes: float, counted: str
) -> None:
    assert bound(timedelta(minutes=minutes)) == counted


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(14, "14 min"), (135, "2 t 15 min"), (120, "2 t"), (2880, "2 døgn"), (None, None),
     ("laengere", "over 14 døgn")],
)  # fmt: skip
def test_a_span_is_told_in_danish(minutes: Any, text: str | None) -> None:
    assert span(minutes) == text


def test_a_chart_ends_at_a_round_number_that_nothing_exceeds() -> None:
    assert [ceiling(n) for n in (0, 37, 65, 81, 1250)] == [10, 40, 80, 100, 2000]
    assert number(1234567) == "1.234.567"


def test_a_measure_that_is_wrong_stops_the_start_with_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "opgoerelse.yml"
    path.write_text(FILE.read_text(encoding="utf-8").replace("udfald:", "udfaldet:"))
    with pytest.raises(TextError, match=r"opgoerelse\.yml: psykiatri\.udfald"):
        load_yardsticks(path)


def test_psychiatry_has_an_outcome_that_a_case_can_be_closed_with() -> None:
    assert set(load_yardsticks().psychiatry.outcomes) & set(WORDS.groups["udfald"])


# periods


def test_without_months_the_period_is_the_last_year() -> None:
    assert Period.of(None, None, date(2026, 11, 23)) == YEAR
    assert len(YEAR.months) == 12


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11", "2026-10"), ("2026-13", None), ("igår", None), ("2027-01", None),
     ("2010-01", None), ("2026-1", None)],
)  # fmt: skip
def test_what_is_no_period_is_refused(first: str, last: str | None) -> None:
    with pytest.raises(ValueError, match=r"."):
        Period.of(first, last, date(2026, 11, 23))


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-200, 200))
def test_months_are_reckoned_there_and_back(day: date, by: int) -> None:
    month = day.replace(day=1)
    assert later(later(month, by), -by) == month


# the sheet


def test_a_danish_excel_opens_the_sheet_and_finds_no_formula_in_it() -> None:
    made = sheet([("Opgørelse", 5), ('=HYPERLINK("x")', "+4"), ("-1", " @sum"), ("a;b", "Sms")])
    assert made.startswith(b"\xef\xbb\xbf")
    lines = made.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Opgørelse;5"
    assert lines[1] == '"\'=HYPERLINK(""x"")";\'+4'
    assert lines[2] == "'-1;' @sum"
    assert lines[3] == '"a;b";Sms'


def test_every_value_in_the_sheet_and_on_the_page_has_a_word() -> None:
    for measure, values in KNOWN.items():
        for value in values:
            label = LABELS.of(measure, value)
            assert label
            assert label == "Sms" or label != value.replace("_", " "), (measure, value)


# what is counted, in the running service


async def counted(house: House, measure: str) -> dict[str, int]:
    """The exact counters of a measure, in the database."""
    async with house.app.state.store.read() as work:
        table = case_counts.c
        found = await work.connection.execute(
            select(table.value, table.count.label("count_")).where(
                table.measure == measure, table.count != 0
            )
        )
        return {row.value: row.count_ for row in found}


async def ended(house: House) -> dict[str, int]:
    """Contacts without a hand-over, by how they ended."""
    async with house.app.state.store.read() as work:
        table = contact_counts.c
        found = await work.connection.execute(
            select(table.outcome, table.count.label("count_")).where(table.count != 0)
        )
        return {row.outcome: row.count_ for row in found}


async def a_case(house: House, speaker: str = "foraelder", track: str = "krop_mad") -> Any:
    citizen = await house.citizen()
    await house.change_intake(
        citizen,
        speaker={"value": speaker, "evidence": []},
        tracks=[{"track": track, "evidence": []}],
    )
    return citizen, await house.hand_over(citizen)


async def act(house: House, handover_id: str, what: str, name: str = "Anna", **body: Any) -> None:
    async with await house.counsellor(name) as counsellor:
        answer = await counsellor.post(f"/api/handovers/{handover_id}/{what}", json=body or None)
        assert answer.status_code == 200, answer.text


async def test_a_hand_over_is_counted_when_it_is_made(house: House) -> None:
    await a_case(house)
    assert await counted(house, "channel") == {"web": 1}
    assert await counted(house, "speaker") == {"foraelder": 1}
    assert await counted(house, "track") == {"krop_mad": 1}
    assert await counted(house, "outcome") == {"aaben": 1}
    assert await counted(house, "hours") == {"aaben": 1}
    assert await counted(house, "wait_normal") == {}


async def test_one_that_comes_on_a_sunday_comes_outside_opening_hours(house: House) -> None:
    house.clock.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    await a_case(house)
    assert await counted(house, "hours") == {"lukket": 1}


async def test_only_the_first_wait_counts_whoever_has_the_case_later(house: House) -> None:
    await house.account("Bo", "et langt kodeord")
    _, handover_id = await a_case(house)
    house.clock.advance(minutes=12)
    await act(house, handover_id, "claim")
    house.clock.advance(minutes=30)
    await act(house, handover_id, "transfer", to="Bo")
    await act(house, handover_id, "release", "Bo")
    house.clock.advance(minutes=30)
    await act(house, handover_id, "claim")
    await act(house, handover_id, "close", outcome="raadgivet")
    assert await counted(house, "wait_normal") == {"12": 1}
    assert await counted(house, "channel") == {"web": 1}
    assert await counted(house, "outcome") == {"raadgivet": 1}


async def test_a_wait_counts_from_when_the_case_became_urgent_as_in_the_queue(
    house: House,
) -> None:
    citizen, handover_id = await a_case(house)
    house.clock.advance(hours=2)
    await citizen.say("jeg vil dø i aften")
    house.clock.advance(minutes=3)
    await act(house, handover_id, "claim")
    assert await counted(house, "wait_akut") == {"3": 1}


async def test_a_case_closed_without_being_taken_has_waited_until_then(house: House) -> None:
    _, handover_id = await a_case(house)
    house.clock.advance(minutes=40)
    await act(house, handover_id, "close", outcome="ikke_naaet")
    assert await counted(house, "wait_normal") == {"40": 1}


async def test_a_case_closed_twice_counts_once_and_as_it_was_closed_last(house: House) -> None:
    citizen, handover_id = await a_case(house)
    await act(house, handover_id, "close", outcome="raadgivet")
    async with await house.counsellor() as anna:
        again = await anna.post(
            f"/api/handovers/{handover_id}/close", json={"outcome": "egen_laege"}
        )
    assert again.status_code == 409
    assert await counted(house, "outcome") == {"raadgivet": 1}
    await citizen.say("jeg vil dø i aften")
    assert await counted(house, "outcome") == {"aaben": 1}
    assert await counted(house, "priority") == {"akut": 1}
    await act(house, handover_id, "close", outcome="akut_hjaelp")
    assert await counted(house, "outcome") == {"akut_hjaelp": 1}
    assert await counted(house, "channel") == {"web": 1}
    assert await counted(house, "wait_normal") == {"1": 1}
    assert await counted(house, "wait_akut") == {}


async def test_what_is_understood_later_counts_when_the_case_is_closed(house: House) -> None:
    citizen, handover_id = await a_case(house, speaker="paaroerende")
    tracks = [{"track": t, "evidence": []} for t in ("krop_mad", "selvskade")]
    await house.change_intake(citizen, speaker={"value": "ung", "evidence": []}, tracks=tracks)
    await act(house, handover_id, "close", outcome="raadgivet")
    assert await counted(house, "speaker") == {"ung": 1}
    assert await counted(house, "track") == {"krop_mad": 1, "selvskade": 1}


async def test_the_numbers_stay_when_the_text_is_erased_and_lead_back_to_nobody(
    house: House,
) -> None:
    citizen, handover_id = await a_case(house)
    await act(house, handover_id, "close", outcome="psykiatrien")
    house.clock.advance(days=31)
    await house.app.state.watchdog.forget()
    assert (await house.http.get(f"{citizen.path}/messages", headers=citizen.headers)).is_error
    assert await counted(house, "outcome") == {"psykiatrien": 1}
    async with house.app.state.store.read() as work:
        assert (await work.connection.execute(select(standings))).all() == []
        kept = (await work.connection.execute(select(case_counts))).all()
    assert citizen.id not in str(kept)
    assert handover_id not in str(kept)


async def test_a_case_that_the_citizen_erases_while_it_waits_is_counted_as_erased(
    house: House,
) -> None:
    citizen, _ = await a_case(house)
    assert (await house.http.delete(citizen.path, headers=citizen.headers)).status_code == 204
    assert await counted(house, "outcome") == {"slettet": 1}
    assert await counted(house, "speaker") == {"foraelder": 1}


async def test_erasing_a_closed_case_changes_no_number(house: House) -> None:
    citizen, handover_id = await a_case(house)
    await act(house, handover_id, "close", outcome="andet")
    await house.http.delete(citizen.path, headers=citizen.headers)
    assert await counted(house, "outcome") == {"andet": 1}


async def test_of_an_erased_urgent_case_it_is_not_kept_as_whom_it_was_counted(
    house: House,
) -> None:
    citizen, handover_id = await a_case(house, speaker="ung", track="selvskade")
    await citizen.say("jeg vil dø i aften")
    await house.http.delete(citizen.path, headers=citizen.headers)
    async with house.app.state.store.read() as work:
        conversation = await work.conversations.get(citizen.id)
        standing = await work.statistics.standing(conversation)
    assert (standing["speaker"], standing["tracks"]) == (None, [])
    await act(house, handover_id, "close", outcome="akut_hjaelp")
    assert await counted(house, "speaker") == {"ung": 1}
    assert await counted(house, "track") == {"selvskade": 1}
    assert await counted(house, "outcome") == {"akut_hjaelp": 1}


async def test_words_in_place_of_an_outcome_are_not_kept(house: House) -> None:
    _, handover_id = await a_case(house)
    async with await house.counsellor() as anna:
        await anna.post(
            f"/api/handovers/{handover_id}/close", json={"outcome": "Sofie er kørt hjem"}
        )
    assert set(await counted(house, "outcome")) <= {"andet", "aaben"}


async def test_one_who_ended_and_comes_back_in_danger_is_one_contact(house: House) -> None:
    citizen = await house.citizen()
    await house.internal("POST", citizen, "end", json={"outcome": "finished"})
    assert await ended(house) == {"finished": 1}
    await citizen.say("jeg vil dø i aften")
    assert await counted(house, "channel") == {"web": 1}
    assert await ended(house) == {}


async def test_one_who_ended_and_is_asked_about_a_worry_is_counted_at_the_next_end(
    house: House,
) -> None:
    citizen = await house.citizen()
    await house.internal("POST", citizen, "end", json={"outcome": "finished"})
    await citizen.say("jeg gider ikke leve")
    assert await ended(house) == {}
    await house.internal("POST", citizen, "end", json={"outcome": "no_consent"})
    assert await ended(house) == {"no_consent": 1}


async def test_danger_that_is_handed_over_is_counted_in_the_same_transaction(house: House) -> None:
    citizen: Citizen = await house.citizen()
    await citizen.say("jeg vil dø i aften")
    await citizen.say("jeg vil dø i aften")
    assert await counted(house, "priority") == {"akut": 1}


# who may see it


async def browser(house: House) -> httpx.AsyncClient:
    await house.account("Anna", "et langt kodeord")
    token = await house.app.state.logins.log_in("Anna", "et langt kodeord", "1")
    return httpx.AsyncClient(base_url=house.base_url, cookies={"handover_session": token})


async def test_page_sheet_and_program_say_the_same(house: House) -> None:
    for _ in range(6):
        await a_case(house)
    async with await browser(house) as anna:
        page = await anna.get("/console/overblik?fra=2026-10&til=2026-11")
        csv = await anna.get("/console/overblik.csv?fra=2026-10&til=2026-11")
    async with await house.counsellor() as program:
        answer = await program.get("/api/statistics?from=2026-10&to=2026-11")
    found = {measure["id"]: measure["values"] for measure in answer.json()["measures"]}
    assert {"id": "web", "count": 5, "months": [None, 5]} in found["channel"]
    assert {"id": "sms", "count": None, "months": [None, None]} in found["channel"]
    assert (answer.json()["from"], answer.json()["to"]) == ("2026-10", "2026-11")
    lines = csv.content.decode("utf-8-sig").split("\r\n")
    assert "Kanal;Chat;hele perioden;5" in lines
    assert "Kanal;Sms;2026-10;under 5" in lines
    assert csv.headers["content-disposition"].endswith('"overblik-2026-10-2026-11.csv"')
    assert "oktober 2026 til november 2026" in page.text
    assert page.status_code == 200


async def test_a_period_that_is_none_is_said_kindly_and_refused(house: House) -> None:
    async with await browser(house) as anna:
        page = await anna.get("/console/overblik?fra=2026-11&til=2026-01")
        csv = await anna.get("/console/overblik.csv?fra=2026-13")
    async with await house.counsellor() as program:
        answer = await program.get("/api/statistics?from=2026-11&to=2026-01")
    assert (page.status_code, csv.status_code, answer.status_code) == (422, 422, 422)
    assert "Den første måned må ikke" in page.text


async def test_months_before_the_period_are_not_in_it(house: House) -> None:
    for _ in range(5):
        await a_case(house)
    house.clock.now = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    async with await house.counsellor() as program:
        answer = await program.get("/api/statistics?from=2026-12")
    values = {value["id"]: value for m in answer.json()["measures"] for value in m["values"]}
    assert values["web"]["count"] is None


async def test_what_citizens_answer_afterwards_is_shown_rounded_for_all_channels(
    house: House,
) -> None:
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    async with house.app.state.store.write() as work:
        await work.counts.add_feedback(october, "web", "ung", "tilfreds", "ja", by=4)
        await work.counts.add_feedback(november, "web", "ung", "tilfreds", "ja", by=5)
        await work.counts.add_feedback(november, "sms", "foraelder", "tilfreds", "ja", by=4)
        await work.counts.add_feedback(november, "web", "ung", "tilfreds", "nej", by=4)
    async with await house.counsellor() as program:
        answer = await program.get("/api/statistics?from=2026-11&to=2026-11")
    found = {measure["id"]: measure["values"] for measure in answer.json()["measures"]}
    assert found["tilfreds"] == [
        {"id": "ja", "count": 10, "months": [10]},
        {"id": "delvist", "count": None, "months": [None]},
        {"id": "nej", "count": None, "months": [None]},
    ]
    async with await browser(house) as anna:
        page = await anna.get("/console/overblik?fra=2026-11&til=2026-11")
    assert "Er borgeren tilfreds med hjælpen?" in page.text
