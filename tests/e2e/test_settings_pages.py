"""A leader changes what the municipality decides, and the citizen's page follows."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from handover.storage.tables import accounts
from tests.handover.conftest import SUNDAY

from .conftest import PHONE, Place
from .test_accessibility import faults, press_until

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLACE = "/console/indstillinger"
PAGES = ("", "/aabningstider", "/vagt", "/kontakt", "/svar", "/svar/hilsen", "/nyt-svar",
         "/tekster", "/tekster/spoerg_tilfreds", "/historik/aabningstider")  # fmt: skip


async def leader_at(place: Place, name: str = "Lis", **look: Any) -> Page:
    page = await place.counsellor_at(name, **look)
    async with place.app.state.store.write() as work:
        account = await work.accounts.by_name(name)
        assert account
        await work.connection.execute(
            update(accounts).where(accounts.c.id == account[0].id).values(roles="leder raadgiver")
        )
    return page


async def a_change_and_a_conflict(place: Place, page: Page) -> None:
    """Two versions in the history, and before the reader the page of one who was too late."""
    await page.goto(f"{PLACE}/aabningstider")
    other = await page.context.new_page()
    for end in ("16.00", "17.00"):
        await other.goto(f"{PLACE}/aabningstider")
        await other.get_by_role("group", name="Mandag").get_by_label("Til").first.fill(end)
        await other.get_by_role("button", name="Gem").click()
        await expect(other.locator(".banner.good")).to_contain_text("Gemt")
    await other.close()
    await page.get_by_role("group", name="Tirsdag").get_by_label("Til").first.fill("18.00")
    await page.get_by_role("button", name="Gem").click()
    await expect(page.get_by_role("alert")).to_contain_text("har gemt imens")


async def test_new_hours_are_seen_by_the_citizen_who_asks_for_a_person(place: Place) -> None:
    place.clock.now = SUNDAY
    page = await leader_at(place)
    await page.goto("/console")
    await page.get_by_role("link", name="Indstillinger").click()
    await page.get_by_role("link", name="Åbningstider").click()
    sunday = page.get_by_role("group", name="Søndag")
    await sunday.get_by_label("Fra").first.fill("18")
    await sunday.get_by_label("Til").first.fill("kl. 21")
    await page.get_by_role("button", name="Gem").click()
    await expect(page.get_by_role("alert")).to_contain_text("Det er ikke gemt endnu")
    await expect(sunday.get_by_label("Fra").first).to_have_value("18")
    await sunday.get_by_label("Til").first.fill("21")
    await page.get_by_role("button", name="Gem").click()
    await expect(page.locator(".banner.good")).to_contain_text("Det gælder nu")

    place.rasa.status = 500
    chat = await place.window(**PHONE)
    await chat.goto("/")
    await chat.get_by_label("Skriv din besked").fill("hej")
    await chat.keyboard.press("Enter")
    await chat.get_by_role("group", name="Svarmuligheder").get_by_role("button").first.click()
    await expect(chat.get_by_role("log")).to_contain_text("søndag den 22. november kl. 18")
    await chat.get_by_role("button", name="Mere hjælp").click()
    await expect(chat.locator("#contact")).to_contain_text("søndag kl. 18-21")


async def test_hours_are_changed_and_brought_back_with_the_keyboard_and_without_scripts(
    place: Place,
) -> None:
    page = await leader_at(place, java_script_enabled=False)
    await page.goto(f"{PLACE}/aabningstider")
    await page.locator("#loerdag-fra-0").focus()
    await page.keyboard.type("10")
    await page.keyboard.press("Tab")
    await page.keyboard.type("12")
    await page.keyboard.press("Enter")
    await expect(page.locator(".banner.good")).to_contain_text("Gemt")
    await page.goto(f"{PLACE}/historik/aabningstider")
    await expect(page.get_by_role("row", name="Lørdag")).to_contain_text("10.00-12.00")
    await page.get_by_role("button", name="Brug den her igen").click()
    await expect(page.locator(".banner.good")).to_contain_text("Hentet frem igen")
    await page.goto(f"{PLACE}/aabningstider")
    await expect(page.locator("#loerdag-fra-0")).to_have_value("")


async def test_what_is_wrong_has_the_focus_and_leads_to_its_field(place: Place) -> None:
    page = await leader_at(place)
    await page.goto(f"{PLACE}/kontakt")
    await page.get_by_label("Telefon").fill("ring bare")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_focused()
    await press_until(page, "Telefon")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Mail")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_settings_have_no_known_barriers(place: Place, theme: Any) -> None:
    page = await leader_at(place, color_scheme=theme, reduced_motion="reduce")
    await a_change_and_a_conflict(place, page)
    assert await faults(page) == [], "somebody else has saved"
    await page.get_by_role("group", name="Onsdag").get_by_label("Til").first.fill("x")
    await page.get_by_role("button", name="Gem").click()
    await expect(page.get_by_role("alert")).to_contain_text("Det er ikke gemt endnu")
    assert await faults(page) == [], "a form that was refused"
    for path in PAGES:
        await page.goto(f"{PLACE}{path}")
        assert await faults(page) == [], path


@pytest.mark.parametrize(("width", "height"), [(320, 640), (341, 192), (768, 1024)])
async def test_no_page_of_the_settings_scrolls_sideways(
    place: Place, width: int, height: int
) -> None:
    page = await leader_at(place)
    await page.set_viewport_size({"width": width, "height": height})
    await a_change_and_a_conflict(place, page)
    for path in (None, *PAGES):
        if path is not None:
            await page.goto(f"{PLACE}{path}")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
