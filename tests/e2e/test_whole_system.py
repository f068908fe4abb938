"""From a parent's first words to a closed case: the whole running system and two real browsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.patience import PATIENCE, until
from tools.system import System

from .conftest import DESK, MILLISECONDS, PASSWORD, PHONE

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.system]
CONCERN = "Min datter på 13 er blevet meget optaget af sin krop og af, hvad hun spiser"
SUPPORTED = "Ja, hun spiser godt, når jeg sidder ved siden af hende"
BUTTONS = {
    "opsummering": "Ja, gå videre",
    "samtykke": "Ja, giv det videre",
    "kontaktform": "Ring til mig",
    "navn": "Jeg vil være anonym",
    "funktionsniveau": "Ja",
}
TOLD = {
    "kan_spise_med_stoette": SUPPORTED,
    "kommune": "Vi bor i København",
    "proevet": "Vi har talt med hendes lærer",
    "oensker": "At hun bliver glad igen",
    "telefonnummer": "12345678",
    "tidspunkt": "Efter klokken 16",
}
MESSAGES = """async () => {
    const { conversation } = JSON.parse(sessionStorage.samtale);
    const headers = { Authorization: `Bearer ${conversation.token}` };
    const path = `/api/conversations/${conversation.id}/messages?after=0`;
    return (await (await fetch(path, { headers })).json()).messages;
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def system(tmp_path: Path) -> AsyncIterator[System]:
    found = System.temporary(tmp_path, {"HANDOVER_RASA_TIMEOUT": str(PATIENCE)})
    await asyncio.to_thread(found.__enter__)
    yield found
    await asyncio.to_thread(found.stop)


async def next_message(page: Page, after: int) -> dict[str, Any]:
    """The newest question behind ``after``, or the closing word."""

    async def look() -> dict[str, Any] | None:
        new = [m for m in await page.evaluate(MESSAGES) if m["seq"] > after]
        found = [m for m in new if m["question"] or m["kind"] == "closing"]
        return dict(found[-1]) if found else None

    return await until(look, f"nothing is asked behind {after}")


async def answer(page: Page, asked: dict[str, Any]) -> None:
    """By button where there is one and nothing to tell, else in words and with Enter."""
    name, titles = asked["question"], [choice["title"] for choice in asked["choices"]]
    if name in TOLD or not titles:
        await page.get_by_label("Skriv din besked").fill(TOLD.get(name, "Det ved jeg ikke"))
        await page.keyboard.press("Enter")
        return
    title = BUTTONS.get(name, "Nej" if "Nej" in titles else titles[0])
    group = page.get_by_role("group", name="Svarmuligheder")
    await group.get_by_role("button", name=title, exact=True).tap()


async def log_in(system: System, page: Page) -> None:
    lines = (await asyncio.to_thread(system.handover, "first-account")).splitlines()
    name, password = (line.rpartition(" ")[2] for line in lines)
    await page.goto("/console")
    await page.get_by_label("Navn").fill(name)
    await page.get_by_label("Adgangskode").fill(password)
    await page.get_by_role("button", name="Log ind").click()
    await page.get_by_label("Den adgangskode, du har nu").fill(password)
    await page.get_by_label("Ny adgangskode", exact=True).fill(PASSWORD)
    await page.get_by_label("Ny adgangskode igen").fill(PASSWORD)
    await page.get_by_role("button", name="Skift adgangskode").click()
    await expect(page.get_by_text("Ingen venter lige nu")).to_be_visible()


async def converse(page: Page) -> list[str]:
    """Answer until the assistant says goodbye; what was asked."""
    await page.goto("/")
    await expect(page.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await page.get_by_label("Skriv din besked").fill(CONCERN)
    await page.keyboard.press("Enter")
    asked: list[str] = []
    message = await next_message(page, 2)
    while message["kind"] != "closing":
        asked.append(message["question"])
        await answer(page, message)
        message = await next_message(page, message["seq"])
    return asked


async def test_a_parent_is_heard_and_a_counsellor_takes_over_with_all_that_was_said(
    system: System, chrome: Browser
) -> None:
    desk = await chrome.new_context(locale="da-DK", base_url=system.url, **DESK)
    phone = await chrome.new_context(locale="da-DK", base_url=system.url, **PHONE)
    console, chat = await desk.new_page(), await phone.new_page()
    for context in (desk, phone):
        context.set_default_timeout(MILLISECONDS)
    await log_in(system, console)
    asked = await converse(chat)
    assert {"sikkerhed_nu", "selvmordstanker", "samtykke", "telefonnummer"} <= set(asked)

    row = console.get_by_role("row").filter(has_text="Forælder til 13-årig")
    await expect(row).to_contain_text("krop og mad")
    await expect(row).to_contain_text(CONCERN)
    await expect(row).to_contain_text("Vil ringes op")
    await row.get_by_role("button", name="Tag sagen").click()
    await expect(console.get_by_role("link", name="12345678")).to_be_visible()
    await expect(chat.locator("#status-text")).to_have_text("En rådgiver er her")

    criterion = console.get_by_role("row", name="Kan spise med rådgivning og støtte")
    await expect(criterion).to_contain_text("Taler for")
    await criterion.get_by_role("link", name=SUPPORTED).click()
    await expect(console.locator(".line:target")).to_contain_text(SUPPORTED)
    await expect(console.locator(".line:target")).to_be_in_viewport()
    await criterion.get_by_role("combobox").select_option("Uafklaret")
    await criterion.get_by_role("button", name="Gem").click()
    await expect(criterion).to_contain_text("raadgiver, i dag kl.")

    await console.get_by_role("button", name="Luk sagen").click()
    dialog = console.get_by_role("dialog", name="Luk sagen")
    await dialog.get_by_label("Hvad blev det til?").select_option("Tilbudt en afklarende samtale")
    await dialog.get_by_label("Luk sagen, selv om borgeren venter").check()
    await dialog.get_by_role("button", name="Luk sagen").click()
    await expect(console.get_by_text("Ingen venter lige nu")).to_be_visible()
    await expect(chat.get_by_role("heading", name="Samtalen er slut")).to_be_visible()
    await desk.close()
    await phone.close()
