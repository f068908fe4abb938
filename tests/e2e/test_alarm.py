"""The alarm in a real browser: heard on every page, repeated until somebody takes the case."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.patience import until

from . import cases
from .conftest import DESK, PASSWORD, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")
LISTEN = """
  window.tones = []; window.told = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    if (this.context.state === "running") window.tones.push(this.frequency.value);
    return start.apply(this, when);
  };
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title, how) { super(title, how); window.told.push({ title, ...how }); }
  };
"""
"""Notes what the page's real sound and notifications are asked for."""
ALARM, CALM = 6, 1
"""Tones of the two signals."""
TIMID = "Jeg tør ikke gå i skole, fordi alle kigger på mig"


async def at_work(place: Place, path: str = "/console/lukkede", **look: Any) -> Page:
    page = await place.counsellor_at(**look)
    await page.context.add_init_script(LISTEN)
    await page.context.grant_permissions(["notifications"], origin=place.wire.url)
    await page.clock.install()
    await page.goto(path)
    return page


async def sounding(page: Page) -> None:
    await page.get_by_role("button", name="Slå lyd til").click()
    await expect(page.get_by_role("button", name="Slå lyd fra")).to_be_visible()
    await heard(page, CALM)
    await page.evaluate("window.tones = []")


async def heard(page: Page, tones: int) -> None:
    """Asked from here: the page's own rules let no text be run in it."""
    await until(lambda: page.evaluate("(tones) => window.tones.length === tones", tones))


async def test_an_urgent_case_sounds_on_another_page_again_and_again_until_it_is_taken(
    place: Place,
) -> None:
    page = await at_work(place)
    await sounding(page)
    handover_id = await cases.in_danger(place)
    await heard(page, ALARM)
    await expect(page.locator("#alarm-line")).to_contain_text("1 akut henvendelse har ventet siden")
    await expect(page).to_have_title("(1 akut) Lukkede henvendelser")
    await page.clock.fast_forward(20_000)
    await page.wait_for_timeout(6_000)
    await heard(page, ALARM)
    await page.clock.fast_forward(10_000)
    await heard(page, 2 * ALARM)
    async with await place.counsellor("Bo") as bo:
        await bo.post(f"/api/handovers/{handover_id}/claim")
    await expect(page.locator("#alarm-line span")).to_have_text("")
    await expect(page).to_have_title("Lukkede henvendelser")
    await page.clock.fast_forward(31_000)
    await page.wait_for_timeout(6_000)
    await heard(page, 2 * ALARM)


async def test_nothing_sounds_before_the_counsellor_has_turned_it_on(place: Place) -> None:
    page = await at_work(place)
    await cases.in_danger(place)
    await expect(page.locator("#alarm-line")).to_contain_text("1 akut henvendelse har ventet")
    await page.wait_for_timeout(500)
    assert await page.evaluate("[window.tones, window.told]") == [[], []]


async def test_the_choice_is_remembered_and_a_new_page_does_not_tell_old_news(
    place: Place,
) -> None:
    page = await at_work(place)
    await page.get_by_role("button", name="Slå beskeder til").click()
    await sounding(page)
    await cases.teller(place, TIMID, "ung", 12, [])
    await heard(page, CALM)
    await page.get_by_role("link", name="Henvendelser").click()
    await expect(page).to_have_title("(1) Henvendelser")
    await expect(page.get_by_role("button", name="Slå lyd fra")).to_be_visible()
    await expect(page.get_by_role("button", name="Slå beskeder fra")).to_be_visible()
    await page.wait_for_timeout(1_000)
    await heard(page, 0)
    await cases.teller(place, "Han kan ikke sidde stille", "foraelder", 7, [])
    await heard(page, CALM)
    await page.get_by_role("button", name="Slå lyd fra").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Slå lyd til")).to_be_visible()


async def test_a_notification_says_that_somebody_waits_and_nothing_of_what_was_said(
    place: Place,
) -> None:
    page = await at_work(place)
    await page.get_by_role("button", name="Slå beskeder til").click()
    await cases.in_danger(place)
    [told] = await until(lambda: page.evaluate("window.told"))
    assert told["title"].startswith("1 akut henvendelse har ventet siden i dag kl. 10")
    assert told["body"] == "Se den under Henvendelser."
    assert told["requireInteraction"]
    assert all(part not in str(told) for part in ("15", cases.DARK, cases.TIRED, "ung"))


async def to_follow_up(place: Place, by: str) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    async with await place.counsellor(by) as counsellor:
        path = f"/api/handovers/{handover_id}"
        await counsellor.put(f"{path}/follow-up", json={"date": "2026-11-23"})
        await counsellor.post(f"{path}/close", json={"outcome": "raadgivet"})


async def test_what_is_to_be_followed_up_is_told_once_and_stands_until_it_is_ticked_off(
    place: Place,
) -> None:
    page = await at_work(place)
    await place.account("Bo", PASSWORD)
    await to_follow_up(place, "Bo")  # not this counsellor's
    await page.get_by_role("button", name="Slå beskeder til").click()
    await to_follow_up(place, "Anna")
    due = "() => window.told.filter(({ tag }) => tag === 'vagt-due')"
    [told] = await until(lambda: page.evaluate(due))
    assert told["title"] == "Du har 1 opfølgning i dag"
    assert TIMID not in str(told)
    await expect(page).to_have_title("(1) Lukkede henvendelser")
    await page.get_by_role("link", name="Henvendelser").click()
    row = page.get_by_role("region", name="Følg op i dag").get_by_role("listitem")
    await expect(row).to_have_count(1)
    await page.wait_for_timeout(1_000)
    assert await page.evaluate(due) == [], "not told again on the next page"
    await page.keyboard.press("n")
    await expect(row.get_by_role("link")).to_be_focused()
    await row.get_by_role("button", name="Fulgt op").click()
    await expect(row).to_have_count(0)
    await expect(page).to_have_title("Henvendelser")


async def test_of_several_tabs_one_sounds_and_another_takes_over_when_it_is_closed(
    place: Place,
) -> None:
    first = await at_work(place)
    await sounding(first)
    second = await another(first.context)
    await second.get_by_role("heading", name="Lukkede henvendelser").click()
    await expect(second.get_by_role("button", name="Slå lyd fra")).to_be_visible()
    await cases.in_danger(place)
    for tab in (first, second):
        await expect(tab.locator("#alarm-line")).to_contain_text("1 akut henvendelse har ventet")
        await expect(tab).to_have_title("(1 akut) Lukkede henvendelser")
    await second.wait_for_timeout(1_500)
    both = [await tab.evaluate("window.tones.length") for tab in (first, second)]
    assert sorted(both) == [0, ALARM]
    await first.close()
    await second.evaluate("window.tones = []")
    await second.clock.fast_forward(31_000)
    await heard(second, ALARM)


async def another(context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto("/console/lukkede")
    return page


async def test_an_alarm_without_connection_says_so_and_comes_back(place: Place) -> None:
    page = await at_work(place)
    await expect(page).to_have_title("Lukkede henvendelser")
    await page.wait_for_timeout(500)
    place.wire.lose()
    await page.clock.fast_forward(50_000)
    await expect(page.locator("#alarm-line")).to_contain_text("Alarmen har ikke forbindelse")
    await cases.in_danger(place)
    place.wire.mend()
    await expect(page.locator("#alarm-line")).to_contain_text("1 akut henvendelse har ventet")


async def test_the_alarm_is_turned_on_with_the_keyboard_and_leads_to_the_queue(
    place: Place,
) -> None:
    page = await at_work(place, **DESK)
    await page.locator("#alarm-sound").focus()
    await page.keyboard.press("Enter")
    await heard(page, CALM)
    await cases.in_danger(place)
    link = page.get_by_role("link", name="Se køen")
    await link.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console")
    await expect(page.locator("#alarm-line span")).to_have_text("")
