"""The overview in a real browser: pictures, tables, period, by keyboard and on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.async_api import Page, expect

from handover.storage.statistics import Cell

from .conftest import PHONE, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")

YEAR = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
SHARES: dict[tuple[str, str], float] = {
    ("channel", "web"): 0.7, ("channel", "sms"): 0.1, ("channel", "phone"): 0.2,
    ("speaker", "foraelder"): 0.5, ("speaker", "ung"): 0.3, ("speaker", "fagperson"): 0.2,
    ("track", "krop_mad"): 0.4, ("track", "bekymring_tristhed"): 0.5, ("track", "ingen"): 0.1,
    ("outcome", "raadgivet"): 0.5, ("outcome", "psykiatrien"): 0.1, ("outcome", "egen_laege"): 0.2,
    ("outcome", "afklarende_samtale"): 0.2,
    ("priority", "akut"): 0.1, ("priority", "hoej"): 0.2, ("priority", "normal"): 0.7,
    ("kind", "intake"): 0.97, ("kind", "undervisning"): 0.03,
    ("hours", "aaben"): 0.6, ("hours", "lukket"): 0.4,
    ("wait_akut", "3"): 0.08, ("wait_akut", "10"): 0.02,
    ("wait_hoej", "30"): 0.15, ("wait_hoej", "90"): 0.05,
    ("wait_normal", "120"): 0.5, ("wait_normal", "1380"): 0.2,
}  # fmt: skip


async def a_year(place: Place) -> None:
    """Some hundred hand-overs and some contacts without one, as the counters hold them."""
    async with place.app.state.store.write() as work:
        for number, month in enumerate(YEAR):
            many = 60 + 25 * (number % 4)
            await work.statistics.add(
                {Cell(month, *pair): round(many * share) for pair, share in SHARES.items()}
            )
            for _ in range(6 + number):
                moment = place.clock.now.replace(year=month.year, month=month.month, day=5)
                await work.counts.add(moment, "web", "finished")


async def test_the_numbers_behind_every_picture_can_be_opened_by_keyboard(place: Place) -> None:
    await a_year(place)
    page = await place.counsellor_at()
    await page.get_by_role("link", name="Overblik").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overblik")
    cards = page.locator("section.card")
    assert await cards.count() == 11
    for number in range(11):
        card = cards.nth(number)
        await card.locator("summary").focus()
        await page.keyboard.press("Enter")
        await expect(card.get_by_role("table")).to_be_visible()
    months = page.get_by_role("table", name="Henvendelser måned for måned")
    await expect(months.get_by_role("row")).to_have_count(13)
    await expect(page.locator(".keys")).to_contain_text("10 %")


async def test_a_period_is_chosen_without_scripts_and_the_sheet_is_of_it(place: Place) -> None:
    await a_year(place)
    page = await place.counsellor_at(java_script_enabled=False)
    await page.goto("/console/overblik")
    await page.get_by_label("Fra og med").select_option("2026-09")
    await page.get_by_label("Til og med").select_option("2026-10")
    await page.get_by_role("button", name="Vis").click()
    await expect(page.get_by_text("september 2026 til oktober 2026")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Hent som regneark").click()
    found = await download.value
    assert found.suggested_filename == "overblik-2026-09-2026-10.csv"
    text = (await found.path()).read_text(encoding="utf-8-sig")
    assert "Kanal;Chat;2026-09;" in text
    assert "2026-08" not in text


async def test_a_wrong_period_is_said_where_it_was_chosen(place: Place) -> None:
    page = await place.counsellor_at()
    await page.goto("/console/overblik")
    await page.get_by_label("Fra og med").select_option("2026-11")
    await page.get_by_label("Til og med").select_option("2026-01")
    await page.get_by_role("button", name="Vis").click()
    await expect(page.get_by_role("alert")).to_contain_text("Den første måned må ikke")


async def too_wide(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 1
                && !e.closest(".visually-hidden, svg"))
            .map((e) => e.outerHTML.slice(0, 80))"""
    )
    return found


@pytest.mark.parametrize("width", [320, 390])
async def test_on_a_phone_nothing_is_out_of_sight(place: Place, width: int) -> None:
    await a_year(place)
    page = await place.counsellor_at(**{**PHONE, "viewport": {"width": width, "height": 780}})
    await page.goto("/console/overblik")
    for summary in await page.locator("summary").all():
        await summary.click()
    assert await too_wide(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
