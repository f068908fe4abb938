"""The counsellors' queue in a real browser: what is there, and that it is up to date by itself."""

from __future__ import annotations

import pytest
from playwright.async_api import Response, Route, expect

from handover.pages import queue

from . import cases
from .conftest import PHONE, Place
from .test_accessibility import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
TIMID = "Jeg tør ikke gå i skole, fordi alle kigger på mig"


async def test_a_new_case_appears_without_a_reload_and_is_told(place: Place) -> None:
    page = await place.counsellor_at()
    await expect(page.get_by_text("Ingen venter lige nu")).to_be_visible()
    await page.evaluate("window.same = true")
    await cases.teller(place, TIMID, "ung", 12, ["bekymring_tristhed"])
    row = page.get_by_role("row").filter(has_text=TIMID)
    await expect(row).to_contain_text("Den unge selv, 12 år")
    await expect(row).to_contain_text("bekymring eller tristhed")
    await expect(row).to_contain_text("Chat")
    await expect(row).to_contain_text("Ikke aftalt endnu")
    await expect(page.locator("#news")).to_have_text("Ny henvendelse: Normal, Den unge selv, 12 år")
    await expect(page).to_have_title("(1) Henvendelser")
    assert await page.evaluate("window.same")


async def test_danger_stands_first_in_words_with_what_was_said(place: Place) -> None:
    await cases.teller(place, TIMID, "ung", 12, ["bekymring_tristhed"])
    place.clock.advance(hours=2, minutes=14)
    await cases.in_danger(place)
    page = await place.counsellor_at()
    rows = page.locator('[data-part="waiting"] tbody tr')
    await expect(rows).to_have_count(2)
    await expect(rows.nth(0)).to_contain_text("Akut")
    await expect(rows.nth(0)).to_contain_text(f"Tegn på fare: »{cases.DARK}«")
    await expect(rows.nth(1)).to_contain_text("Normal")
    await expect(rows.nth(1)).to_contain_text("2 t 15 min")
    await expect(page).to_have_title("(1 akut) Henvendelser")


async def test_a_counsellor_takes_a_case_from_the_queue_and_finds_it_among_their_own(
    place: Place,
) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    await page.get_by_role("button", name="Tag sagen").click()
    await page.wait_for_url(f"**/console/sager/{handover_id}")
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
    await page.get_by_role("link", name="Henvendelser").click()
    mine = page.get_by_role("region", name="Dine sager")
    await expect(mine.get_by_role("row").filter(has_text=TIMID)).to_contain_text("Din sag")


async def test_who_comes_too_late_is_told_who_has_the_case(place: Place) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    bo = await place.counsellor("Bo")

    async def bo_first(route: Route) -> None:
        await bo.post(f"/api/handovers/{handover_id}/claim")
        await route.continue_()

    await page.route("**/claim", bo_first)
    await page.get_by_role("button", name="Tag sagen").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "En anden rådgiver har allerede taget sagen. Bo har den."
    )
    others = page.get_by_role("region", name="Hos kolleger")
    await expect(others.get_by_role("row").filter(has_text=TIMID)).to_contain_text("Taget af Bo")
    await bo.aclose()


async def test_the_focus_stays_where_it_is_when_the_queue_changes(place: Place) -> None:
    await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    link = page.get_by_role("link", name="Den unge selv, 12 år")
    await link.focus()
    await cases.teller(place, "Han kan ikke sidde stille", "foraelder", 7, ["uro"])
    await expect(page.get_by_role("link", name="Forælder til 7-årig")).to_be_visible()
    await expect(link).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/sager/*")


async def test_a_queue_that_may_be_out_of_date_says_so(place: Place) -> None:
    page = await place.counsellor_at()
    place.wire.lose()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("#live")).to_contain_text("Der er ikke forbindelse lige nu")
    place.wire.mend()
    await expect(page.locator("#live")).to_contain_text("tilbage")
    await cases.teller(place, TIMID, "ung", 12, [])
    await expect(page.get_by_text(TIMID)).to_be_visible()


async def test_a_closed_case_leaves_the_queue_and_is_found_behind_its_link(place: Place) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    async with await place.counsellor("Bo") as bo:
        await bo.post(f"/api/handovers/{handover_id}/close", json={"outcome": "raadgivet"})
    await expect(page.get_by_text("Ingen venter lige nu")).to_be_visible()
    await page.get_by_role("link", name="Lukkede").click()
    await expect(page.get_by_role("row").filter(has_text=TIMID)).to_contain_text("Lukket med råd")


async def test_a_wrong_password_is_told_and_a_right_one_leads_in_and_out_again(
    place: Place,
) -> None:
    page = await place.counsellor_at()
    await page.get_by_role("button", name="Log ud").click()
    await page.get_by_label("Navn").fill("Anna")
    await page.get_by_label("Adgangskode").fill("forkert")
    await page.get_by_role("button", name="Log ind").click()
    await expect(page.get_by_role("alert")).to_have_text("Navn eller adgangskode er forkert.")
    await page.goto("/console")
    await expect(page.get_by_role("heading", name="Log ind som rådgiver")).to_be_visible()


async def test_a_filter_stays_while_the_queue_lives_and_hides_no_urgent_case_silently(
    place: Place,
) -> None:
    await cases.teller(place, TIMID, "ung", 12, ["bekymring_tristhed"])
    await cases.teller(place, "Han kan ikke sidde stille", "foraelder", 7, ["uro"])
    page = await place.counsellor_at()
    await page.get_by_label("Spor").select_option(label="Uro og opmærksomhed")
    await page.get_by_label("Prioritet").select_option(label="Normal")
    await page.get_by_role("button", name="Vis", exact=True).click()
    await page.wait_for_url("**/console?priority=normal&track=uro")
    rows = page.locator('[data-part="waiting"] tbody tr')
    await expect(rows).to_have_count(1)
    await expect(page.get_by_role("heading", name="Venter på en rådgiver")).to_contain_text(
        "1 af 2"
    )
    await cases.in_danger(place)
    told = page.get_by_role("status").filter(has_text="1 akut vises ikke på grund af filteret")
    await expect(told).to_be_visible()
    await expect(page).to_have_title("(1 akut) Henvendelser")
    await expect(rows).to_have_count(1)
    await page.get_by_role("link", name="Fjern filteret Spor").click()
    await page.wait_for_url("**/console?priority=normal")
    await expect(rows).to_have_count(2)
    await page.get_by_role("link", name="Vis alle").click()
    await expect(rows).to_have_count(3)
    await expect(page.locator('[data-part="hidden"]')).to_be_empty()


async def test_on_a_phone_the_first_case_comes_before_the_filter_is_unfolded(place: Place) -> None:
    await cases.teller(place, TIMID, "ung", 12, ["bekymring_tristhed"])
    page = await place.counsellor_at(**PHONE)
    await expect(page.get_by_role("link", name="Den unge selv")).to_be_in_viewport()
    await expect(page.get_by_label("Spor")).to_be_hidden()
    await page.get_by_text("Filtrér").tap()
    await page.get_by_label("Spor").select_option(label="Uro og opmærksomhed")
    await page.get_by_role("button", name="Vis", exact=True).tap()
    await page.wait_for_url("**/console?track=uro")
    await expect(page.get_by_role("link", name="Fjern filteret Spor")).to_be_in_viewport()


async def test_a_filter_works_without_scripts(place: Place) -> None:
    await cases.teller(place, TIMID, "ung", 12, [])
    await cases.teller(place, "Han kan ikke sidde stille", "foraelder", 7, [])
    page = await place.counsellor_at(java_script_enabled=False)
    await page.get_by_label("Henvender").select_option("foraelder")
    await page.get_by_role("button", name="Vis", exact=True).click()
    await expect(page.locator('[data-part="waiting"] tbody tr')).to_have_count(1)
    await expect(page.get_by_label("Henvender")).to_have_value("foraelder")
    await page.get_by_role("link", name="Fjern filteret Henvender").click()
    await expect(page.locator('[data-part="waiting"] tbody tr')).to_have_count(2)


async def test_who_has_waited_longer_than_the_target_is_marked_in_words(place: Place) -> None:
    await cases.in_danger(place)
    page = await place.counsellor_at()
    row = page.locator('[data-part="waiting"] tbody tr')
    await expect(row).to_contain_text("mål: 5 min")
    place.clock.advance(minutes=6)
    place.app.state.store.feed.publish("queue")
    await expect(row).to_contain_text("over målet på 5 min")
    await expect(row.locator(".target.over .icon")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
async def test_more_of_a_long_queue_is_shown_where_one_was_and_stays_while_it_lives(
    place: Place, monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    monkeypatch.setattr(queue, "FIRST", 2)
    monkeypatch.setattr(queue, "MORE", 2)
    for age in range(7, 12):
        place.clock.advance(minutes=1)
        await cases.teller(place, f"Jeg er {age} og kan ikke sove", "ung", age, [])
    page = await place.counsellor_at(java_script_enabled=scripts)
    rows = page.locator('[data-part="waiting"] tbody tr')
    await expect(rows).to_have_count(2)
    await expect(page.get_by_text("Viser 2 af 5")).to_be_visible()
    if scripts:
        assert await faults(page) == []
    await page.get_by_role("link", name="Vis 2 flere").press("Enter")
    await expect(rows).to_have_count(4)
    assert "/console?vis=4" in page.url
    if scripts:
        await expect(page.get_by_role("link", name="Den unge selv, 9 år")).to_be_focused()
        await cases.in_danger(place)
        await expect(rows).to_have_count(5)
        await expect(rows.nth(0)).to_contain_text("Akut")
        await expect(rows.nth(4)).to_contain_text("10 år")


def is_queue(answer: Response) -> bool:
    return answer.url.endswith("/console")


async def test_a_refresh_sends_only_what_has_changed_and_the_time_goes_on(place: Place) -> None:
    for age in (8, 9):
        await cases.teller(place, f"Jeg er {age} og kan ikke sove", "ung", age, [])
    page = await place.counsellor_at()
    rows = page.locator('[data-part="waiting"] tbody tr')
    await expect(rows).to_have_count(2)
    before = await rows.nth(0).inner_html()
    fetched: list[Response] = []
    page.on("response", lambda answer: fetched.append(answer) if is_queue(answer) else None)
    await cases.teller(place, "Jeg er 10 og kan ikke sove", "ung", 10, [])
    await expect(rows).to_have_count(3)
    texts = [await answer.text() for answer in fetched]
    [told] = [text for text in texts if "Jeg er 10" in text]
    assert "Jeg er 8" not in told
    assert await rows.nth(0).inner_html() == before
