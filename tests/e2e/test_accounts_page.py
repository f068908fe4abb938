"""Accounts, one's own account and the log, in a browser: axe, the keyboard, no scripts."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from playwright.async_api import Page, expect

from handover.accounts.login import issue_token

from . import cases
from .conftest import DESK, PASSWORD, Place
from .test_accessibility import faults, press_until

pytestmark = pytest.mark.asyncio(loop_scope="session")
EVERY = ("raadgiver", "leder", "administrator")
NARROW = [(320, 640), (341, 192), (1366, 768)]


async def at(place: Place, name: str, *roles: str, **look: Any) -> Page:
    """Logged in with these roles, on the first page that they may see."""
    await place.account(name, PASSWORD, roles)
    page = await place.window(**(DESK | look))
    await log_in(page, name)
    await expect(page.get_by_role("button", name="Log ud")).to_be_visible()
    return page


async def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.goto("/console/login")
    await page.get_by_label("Navn").fill(name)
    await page.get_by_label("Adgangskode").fill(password)
    await page.get_by_role("button", name="Log ind").click()


async def furnish(place: Place) -> None:
    """Accounts of every kind, a token, and something in the log."""
    await place.account("Lone Leder", PASSWORD, ("leder",))
    await place.account("Bo Berg", PASSWORD, ("raadgiver",))
    await issue_token(place.app.state.store, "Journalsystemet")
    handover_id = await cases.mother(place)
    async with place.app.state.store.write() as work:
        known = {e.account.name: e.account.id for e in await work.accounts.all()}
        await work.accounts.set_closed(known["Bo Berg"], True)
        await work.trail.note("Lone Leder", "claimed", handover_id)
        await work.trail.note("vagten", "called_1_mail", handover_id)
        roles = "leder raadgiver"
        await work.trail.note("Ada", "roles_changed", about="Lone Leder", detail=roles)


async def set_up(place: Place, page: Page) -> str:
    """One-time codes for whoever is logged in; the app's key."""
    await page.goto("/console/min-konto/koder")
    await page.get_by_label("Din adgangskode").fill(PASSWORD)
    await page.get_by_role("button", name="Begynd").click()
    key = (await page.locator("#key").inner_text()).replace(" ", "")
    await page.get_by_label("Skriv de seks cifre").fill(code(place, key))
    return key


def code(place: Place, key: str) -> str:
    return pyotp.HOTP(key).at(int(place.clock().timestamp()) // 30)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_pages_about_accounts_have_no_known_barriers(place: Place, theme: Any) -> None:
    await furnish(place)
    page = await at(place, "Ada", *EVERY, color_scheme=theme, reduced_motion="reduce")
    await page.goto("/console/konti")
    for summary in await page.locator("summary").all():
        await summary.click()
    assert await faults(page) == []
    await page.get_by_label("Navn", exact=True).fill("Eva")
    await page.get_by_role("button", name="Opret konto").click()
    await expect(page.locator("#fresh")).to_be_visible()
    assert await faults(page) == []
    for path in ("/console/log", "/console/log?fra=i-morgen", "/console/min-konto"):
        await page.goto(path)
        assert await faults(page) == [], path
    await page.goto("/console/min-konto/adgangskode")
    assert await faults(page) == []
    await set_up(place, page)
    assert await faults(page) == []
    await page.get_by_role("button", name="Slå til").click()
    await expect(page.get_by_role("heading", name="Dine reservekoder")).to_be_visible()
    assert await faults(page) == []
    await page.goto("/console/min-konto")
    for summary in await page.locator("summary").all():
        await summary.click()
    assert await faults(page) == []
    await page.get_by_role("button", name="Log ud").click()
    await log_in(page, "Ada")
    await expect(page.get_by_role("heading", name="Skriv din engangskode")).to_be_visible()
    assert await faults(page) == []


async def test_a_page_of_other_roles_says_so_and_leads_on(place: Place) -> None:
    page = await at(place, "Lone", "leder")
    assert page.url.endswith("/console/overblik")
    await page.goto("/console/konti")
    await expect(page.get_by_role("heading", name="Du har ikke adgang til siden")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("link", name="Til overblikket").click()
    await expect(page.get_by_role("heading", name="Overblik", level=1)).to_be_visible()


@pytest.mark.parametrize(("width", "height"), NARROW)
async def test_none_of_them_scrolls_sideways(place: Place, width: int, height: int) -> None:
    await furnish(place)
    page = await at(place, "Ada", *EVERY)
    await page.set_viewport_size({"width": width, "height": height})
    for path in ("/console/konti", "/console/log", "/console/min-konto/adgangskode"):
        await page.goto(path)
        for summary in await page.locator("summary").all():
            await summary.click()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    await set_up(place, page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_an_account_is_made_and_closed_with_the_keyboard_alone(place: Place) -> None:
    page = await at(place, "Ada", "administrator")
    await press_until(page, "Konti")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/konti")
    await page.get_by_label("Navn", exact=True).focus()
    await page.keyboard.type("Eva")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Adgangskode til Eva")).to_be_visible()
    await press_until(page, "Ret Eva")
    await page.keyboard.press("Enter")
    await press_until(page, "Luk kontoen: Eva")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Åbn igen")).to_be_visible()


async def test_codes_are_set_up_and_asked_for_without_scripts(place: Place) -> None:
    page = await at(place, "Ada", "raadgiver", java_script_enabled=False)
    key = await set_up(place, page)
    await expect(page.locator("svg.qr")).to_be_visible()
    await page.get_by_role("button", name="Slå til").click()
    await expect(page.locator(".recovery li")).to_have_count(10)
    await page.get_by_role("button", name="Log ud").click()
    await log_in(page, "Ada")
    place.clock.advance(seconds=30)
    await page.get_by_label("Kode fra appen").fill(code(place, key))
    await page.get_by_role("button", name="Log ind").click()
    await page.wait_for_url("**/console")


async def test_whoever_is_closed_out_is_told_on_the_open_page(place: Place) -> None:
    """The stream has ended, and the next look leads to the login."""
    page = await place.counsellor_at("Bo")
    async with place.app.state.store.write() as work:
        [entry] = await work.accounts.all()
        await work.accounts.set_closed(entry.account.id, True)
        await work.accounts.close_sessions(entry.account.id)
    await page.reload()
    await page.wait_for_url("**/console/login")
