"""The pictures of the documents, taken anew: ``make pictures``. Nobody in them exists."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from handover.settings import Settings
from tests.e2e import cases
from tests.e2e.conftest import DESK, PHONE, Place, Wire
from tests.e2e.foreign import Site
from tests.handover.conftest import (
    FakeClock,
    RasaStandIn,
    WordScreen,
    entry,
    running,
    serving,
)
from tests.handover.test_widget import municipality_with
from tools import browser as chromium
from tools.generate import Many, generate
from tools.places import ROOT
from tools.ports import free_port

IMAGES = ROOT / "docs" / "images"
UNDERSTOOD = (
    "Sådan har jeg forstået det: du er forælder, din datter er 13 år, og det handler om krop og "
    "mad. Sig til, hvis noget er forkert."
)
ASKED = "Et vigtigt spørgsmål, som jeg stiller alle: Er din datter eller en anden i fare lige nu?"


async def chat(place: Place) -> None:
    question = entry(ASKED, question="sikkerhed_nu", choices=cases.YES_NO)
    place.rasa.answer = lambda _: [*entry(UNDERSTOOD), *question]
    page = await place.window(**PHONE)
    await page.goto("/")
    await expect(page.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await page.get_by_label("Skriv din besked").fill(cases.MOTHER)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Ved ikke").wait_for()
    await page.evaluate("document.activeElement.blur()")
    await page.wait_for_timeout(800)
    await page.screenshot(path=IMAGES / "chat.png")


async def console(place: Place) -> None:
    place.clock.advance(minutes=-30)
    handover_id = await cases.mother(place)
    place.clock.advance(minutes=134)
    page = await place.counsellor_at(**DESK)
    await page.goto(f"/console/sager/{handover_id}")
    await page.wait_for_timeout(800)
    await page.screenshot(path=IMAGES / "console.png")


async def widget(place: Place, site: Site) -> None:
    question = entry(ASKED, question="sikkerhed_nu", choices=cases.YES_NO)
    place.rasa.answer = lambda _: [*entry(UNDERSTOOD), *question]
    page = await place.window(viewport={"width": 1100, "height": 720})
    await page.goto(site.url)
    await page.locator("stime-raadgivning .launcher").click()
    frame = page.frame_locator("stime-raadgivning iframe")
    await expect(frame.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await frame.get_by_label("Skriv din besked").fill(cases.MOTHER)
    await page.keyboard.press("Enter")
    await frame.get_by_role("button", name="Ved ikke").wait_for()
    await page.mouse.move(0, 0)
    await page.wait_for_timeout(800)
    await page.screenshot(path=IMAGES / "widget.png")


async def busy_day(place: Place) -> None:
    """Queue, a case and the overview of a counselling with many cases, at a desk and on a phone."""
    for size, name in ((DESK, "desk"), (PHONE, "phone")):
        page = await place.counsellor_at({"desk": "Anna", "phone": "Bo"}[name], **size)
        for path, what in (("/console", "queue"), ("/console/overblik", "overview")):
            await page.goto(path)
            await page.wait_for_timeout(800)
            await page.screenshot(path=IMAGES / f"{what}-{name}.png")
    await page.goto("/console")
    await page.locator("a.who").first.click()
    await page.wait_for_timeout(800)
    await page.screenshot(path=IMAGES / "case-phone.png")


async def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    rasa = RasaStandIn(port=free_port())
    async with serving(rasa.app(), rasa.port), async_playwright() as playwright:
        chrome = await playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"]
        )
        await one_conversation(rasa, chrome)
        await many_conversations(rasa, chrome)
        await chrome.close()


async def many_conversations(rasa: RasaStandIn, chrome: Browser) -> None:
    folder, clock = Path(tempfile.mkdtemp()), FakeClock(datetime.now(UTC))
    await asyncio.to_thread(generate, Settings(var=folder), Many(6000, 60, 14, 5))
    async with running(folder, rasa, clock, WordScreen()) as house:
        wire = Wire(int(house.base_url.rsplit(":", 1)[1]))
        await wire.open()
        await busy_day(Place(**vars(house), wire=wire, browser=chrome))
        await wire.close()


async def one_conversation(rasa: RasaStandIn, chrome: Browser) -> None:
    folder = Path(tempfile.mkdtemp())
    site = Site()
    listed = municipality_with(folder, site.url)
    async with running(folder, rasa, FakeClock(), WordScreen(), municipality=listed) as house:
        wire = Wire(int(house.base_url.rsplit(":", 1)[1]))
        await wire.open()
        place = Place(**vars(house), wire=wire, browser=chrome)
        site.service = wire.url
        site.head = site.line()
        await chat(place)
        async with site.open():
            await widget(place, site)
        await console(place)
        await wire.close()


if __name__ == "__main__":
    asyncio.run(main())
