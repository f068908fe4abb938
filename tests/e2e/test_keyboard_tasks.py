"""Every task of a counsellor without a mouse, and axe-core on the states on the way."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from . import cases
from .conftest import PASSWORD, PHONE, Place
from .test_accessibility import faults
from .test_overview_page import a_year

pytestmark = pytest.mark.asyncio(loop_scope="session")
FOCUS = """() => {
    const at = document.activeElement;
    const label = at.labels?.[0]?.textContent ?? at.ariaLabel ?? at.textContent;
    return label.replace(/\\s+/g, " ").trim();
}"""


async def tab_to(page: Page, name: str, most: int = 120) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if (await page.evaluate(FOCUS)).startswith(name):
            return
    raise AssertionError(f"Tab never comes to {name!r}")


async def press(page: Page, name: str) -> None:
    await tab_to(page, name)
    await page.keyboard.press("Enter")


async def choose(page: Page, name: str, beginning: str) -> None:
    """Of a list, by its first letters."""
    await tab_to(page, name)
    await page.keyboard.type(beginning)


async def test_a_case_is_filtered_for_claimed_judged_noted_and_passed_on(place: Place) -> None:
    await place.account("Carl", PASSWORD)
    await cases.mother(place)
    page = await place.counsellor_at()
    await choose(page, "Henvender", "For")
    await press(page, "Vis")
    await page.wait_for_url("**/console?speaker=foraelder")
    await press(page, "Tag sagen")
    await page.wait_for_url("**/console/sager/*")
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()

    await choose(page, "Din vurdering af: Betydeligt vægttab", "Ikke t")
    await press(page, "Gem")
    row = page.get_by_role("row", name="Betydeligt vægttab")
    await expect(row).to_contain_text("Anna, i dag kl.")
    await tab_to(page, "Skriv en note")
    await page.keyboard.type("Ring til egen læge")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".note-text")).to_have_text("Ring til egen læge")

    await press(page, "Giv til en kollega")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator("#act-transfer")).to_be_focused()
    await page.keyboard.press("Enter")
    await choose(page, "Kollega", "Carl")
    await press(page, "Giv sagen videre")
    await expect(page.get_by_text("Taget af Carl")).to_be_visible()
    assert await faults(page) == []


async def test_a_case_goes_back_to_the_computer_and_to_the_queue(place: Place) -> None:
    await cases.mother(place)
    page = await place.counsellor_at()
    for name in ("Lad computeren fortsætte", "Læg tilbage i køen"):
        await press(page, "Forælder til 14-årig")
        await page.wait_for_url("**/console/sager/*")
        await press(page, "Tag sagen")
        await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
        await press(page, name)
        await expect(page.get_by_role("button", name="Tag sagen")).to_be_visible()
        await press(page, "Henvendelser")
        await page.wait_for_url("**/console")


async def test_what_is_to_be_followed_up_is_done(place: Place) -> None:
    handover_id = await cases.mother(place)
    async with await place.counsellor("Bo") as bo:
        ending = {"outcome": "raadgivet", "follow_up": "2026-11-23"}
        await bo.post(f"/api/handovers/{handover_id}/close", json=ending)
    page = await place.counsellor_at()
    await press(page, "Opfølgning")
    await page.wait_for_url("**/opfoelgning")
    await press(page, "Fulgt op")
    await expect(page.get_by_role("button", name="Fortryd")).to_be_visible()
    assert await faults(page) == []


async def test_the_overview_is_asked_for_another_period(place: Place) -> None:
    await a_year(place)
    page = await place.counsellor_at()
    await press(page, "Overblik")
    await page.wait_for_url("**/overblik")
    await choose(page, "Fra", "marts 2026")
    await press(page, "Vis")
    await page.wait_for_url("**/overblik?fra=2026-03*")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_dialogs_errors_filters_and_refusals_have_no_known_barriers(
    place: Place, theme: Any
) -> None:
    await place.account("Carl", PASSWORD)
    handover_id = await cases.mother(place)
    page = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    await page.goto("/console?channel=sms&speaker=ung&track=uro")
    await expect(page.get_by_text("Ingen af dem, der venter, passer til filteret.")).to_be_visible()
    assert await faults(page) == [], "filters that nothing fits"
    await page.goto(f"/console/sager/{handover_id}")
    await page.get_by_role("button", name="Tag sagen").click()
    await page.get_by_role("button", name="Luk sagen").click()
    dialog = page.get_by_role("dialog", name="Luk sagen")
    await dialog.get_by_label("Jeg har lavet en underretning").check()
    assert await faults(page) == [], "the dialog that closes a case"
    await page.keyboard.press("Escape")
    async with await place.counsellor("Anna") as anna:
        await anna.post(f"/api/handovers/{handover_id}/transfer", json={"to": "Carl"})
    await expect(page.get_by_text("Taget af Carl")).to_be_visible()
    await page.get_by_label("Skriv en note").fill("Ring til egen læge")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Gem noten").click()
    await expect(page.get_by_text("Du er logget ud").first).to_be_visible()
    assert await faults(page) == [], "logged out with something written"
    await page.get_by_label("Skriv en note").fill("")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_chat_without_network_and_its_dialogs_have_no_known_barriers(
    place: Place, theme: Any
) -> None:
    page = await place.window(**PHONE, color_scheme=theme, reduced_motion="reduce")
    await page.goto("/")
    await expect(page.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    for opener in await page.locator("[data-opens]:visible").all():
        await opener.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await faults(page) == [], await opener.inner_text()
        await page.evaluate("document.querySelector('dialog[open]').close()")
    place.wire.lose()
    await page.get_by_label("Skriv din besked").fill("Er du der?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Der er ikke forbindelse lige nu").first).to_be_visible()
    assert await faults(page) == [], "without a network"
    place.wire.mend()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_wrong_password_has_no_known_barriers(place: Place, theme: Any) -> None:
    page = await place.window(color_scheme=theme, reduced_motion="reduce")
    await page.goto("/console/login")
    await page.get_by_label("Navn").fill("Anna")
    await page.get_by_label("Adgangskode").fill("forkert")
    await page.get_by_role("button", name="Log ind").click()
    await expect(page.get_by_role("alert")).to_have_text("Navn eller adgangskode er forkert.")
    assert await faults(page) == []


async def test_what_the_citizen_says_is_announced_once(place: Place) -> None:
    citizen = await place.citizen()
    handover_id = await cases.in_danger(place, citizen)
    page = await place.counsellor_at()
    await page.goto(f"/console/sager/{handover_id}")
    await page.get_by_role("button", name="Tag sagen").click()
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
    await page.evaluate(
        """() => {
          window.said = [];
          const place = document.getElementById("news");
          new MutationObserver(() => place.textContent && said.push(place.textContent))
            .observe(place, { childList: true, characterData: true, subtree: true });
        }"""
    )
    for text in ("Er du der", "Jeg sidder her stadig"):
        await citizen.post(text)
        await expect(page.locator(".line.citizen").last).to_contain_text(text)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.wait_for_timeout(1500)
    assert await page.evaluate("said") == [
        f"Ny besked fra borgeren: {text}" for text in ("Er du der", "Jeg sidder her stadig")
    ]
