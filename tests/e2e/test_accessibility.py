"""The pages for everybody: axe-core's rules, small screens, no scripts, no mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Frame, Page, expect

from . import cases
from .conftest import HERE, PHONE, Place
from .test_overview_page import a_year

pytestmark = pytest.mark.asyncio(loop_scope="session")
AXE = HERE / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def faults(page: Page | Frame) -> list[str]:
    """``rule: element`` for everything that axe-core objects to."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    only = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: dict[str, Any] = await page.evaluate("(only) => axe.run(document, only)", only)
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


async def console_pages(place: Place) -> list[str]:
    mother, danger = await cases.mother(place), await cases.in_danger(place)
    worried = {"level": "ask", "asked": True, "evidence": []}
    sister = await cases.teller(
        place, "Min søster er ked af det", "paaroerende", 9, [], safety=worried
    )
    async with await place.counsellor("Bo") as bo:
        ending = {"outcome": "raadgivet", "underretning": "2026-11-20", "follow_up": "2026-11-23"}
        await bo.post(f"/api/handovers/{sister}/close", json=ending)
    async with await place.counsellor("Anna") as anna:
        await anna.post(f"/api/handovers/{mother}/claim")
    cases_seen = [f"/console/sager/{i}" for i in (mother, danger, sister)]
    lists = [
        "/console",
        "/console?priority=normal&mine=ja",
        "/console/opfoelgning",
        "/console/lukkede",
    ]
    return [*lists, "/console/sager/findes-ikke", *cases_seen]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_console_has_no_known_barriers(place: Place, theme: Any) -> None:
    paths = await console_pages(place)
    page = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    for path in paths:
        await page.goto(path)
        assert await faults(page) == [], path


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_alarm_late_cases_and_what_was_called_have_no_known_barriers(
    place: Place, theme: Any
) -> None:
    danger = await cases.in_danger(place)
    place.clock.advance(minutes=10)
    async with place.app.state.store.write() as work:
        [untaken] = await work.alerts.lacking(1, "mail", place.clock())
        for number, way in ((1, "mail"), (1, "webhook"), (2, "mail")):
            await work.alerts.add(untaken, number, way, "Vagthavende")
        sent, failed, _ = await work.alerts.of(danger)
        await work.alerts.settle(sent, tries=1, sent_at=place.clock())
        await work.alerts.settle(failed, tries=3, failure="ConnectError")
    page = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    for path in ("/console", f"/console/sager/{danger}", "/console/lukkede"):
        await page.goto(path)
        if path != "/console":
            await expect(page.locator("#alarm-line")).to_contain_text(
                "1 akut henvendelse har ventet"
            )
        await expect(page.locator("#alarm-sound")).to_have_text("Slå lyd til")
        assert await faults(page) == [], path


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_what_is_to_be_followed_up_today_has_no_known_barriers(
    place: Place, theme: Any
) -> None:
    mother = await cases.mother(place)
    async with await place.counsellor("Anna") as anna:
        await anna.put(f"/api/handovers/{mother}/follow-up", json={"date": "2026-11-23"})
    place.clock.advance(days=1)
    page = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    await expect(page.get_by_text("Skulle være fulgt op i går.")).to_be_visible()
    assert await faults(page) == []
    await page.set_viewport_size({"width": 320, "height": 480})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_overview_has_no_known_barriers(place: Place, theme: Any) -> None:
    page = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    await page.goto("/console/overblik?fra=2026-11&til=2026-01")
    assert await faults(page) == [], "an empty one, with its error"
    await a_year(place)
    await page.goto("/console/overblik")
    for summary in await page.locator("summary").all():
        await summary.click()
    assert await faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_chat_and_the_login_have_no_known_barriers(place: Place, theme: Any) -> None:
    page = await place.window(**PHONE, color_scheme=theme, reduced_motion="reduce")
    await page.goto("/console/login")
    assert await faults(page) == []
    await page.goto("/")
    await expect(page.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await page.get_by_label("Skriv din besked").fill("jeg vil dø i aften")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.crisis").first).to_be_visible()
    assert await faults(page) == []


@pytest.mark.parametrize(("width", "height"), [(320, 640), (341, 192), (768, 1024), (1366, 768)])
async def test_no_page_scrolls_sideways(place: Place, width: int, height: int) -> None:
    paths = await console_pages(place)
    page = await place.counsellor_at()
    await page.set_viewport_size({"width": width, "height": height})
    for path in ("/", *paths):
        await page.goto(path)
        await page.wait_for_load_state("load")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_a_case_is_read_and_taken_with_the_keyboard_alone(place: Place) -> None:
    await cases.mother(place)
    page = await place.counsellor_at()
    await press_until(page, "Forælder til 14-årig")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/sager/*")
    await press_until(page, "Tag sagen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Læg tilbage i køen")).to_be_visible()
    await press_until(page, f"»{cases.SCHOOL}«")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line:target")).to_be_focused()


async def press_until(page: Page, text: str) -> None:
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == text:
            return
    raise AssertionError(f"Tab never comes to {text}")


async def test_without_scripts_a_counsellor_can_still_read_every_case(place: Place) -> None:
    await cases.mother(place)
    page = await place.counsellor_at(java_script_enabled=False)
    await page.get_by_role("link", name="Forælder til 14-årig").click()
    await page.get_by_role("link", name=f"»{cases.MOTHER}«").click()
    await expect(page.locator(".line:target")).to_contain_text(cases.MOTHER)
