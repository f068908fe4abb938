"""What is pressed is done: also before the page's scripts are there, and while the page changes."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from . import cases
from .conftest import PHONE, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")
TIMID = "Jeg tør ikke gå i skole, fordi alle kigger på mig"


async def hold_back(page: Page, address: str) -> asyncio.Event:
    """Nothing of ``address`` comes before the event is set."""
    comes = asyncio.Event()

    async def slow(route: Route) -> None:
        await comes.wait()
        await route.continue_()

    await page.route(address, slow)
    return comes


async def test_a_case_is_taken_though_its_page_had_no_scripts_yet(place: Place) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    script = await hold_back(page, "**/static/console/case.js")
    await page.goto(f"/console/sager/{handover_id}", wait_until="commit")
    await page.get_by_role("button", name="Tag sagen").click()
    script.set()
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
    await page.get_by_role("button", name="Luk sagen").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_what_is_written_for_the_citizen_is_sent_once_when_the_scripts_come(
    place: Place,
) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    await page.goto(f"/console/sager/{handover_id}")
    await page.get_by_role("button", name="Tag sagen").click()
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
    script = await hold_back(page, "**/static/console/case.js")
    await page.reload(wait_until="commit")
    await page.locator("#say").fill("Hej, jeg hedder Anna")
    send = page.locator("#say-form").get_by_role("button", name="Send")
    await send.click()
    await send.click()
    assert "?" not in page.url
    script.set()
    await expect(page.locator("#talk .counsellor")).to_contain_text("Hej, jeg hedder Anna")
    await expect(page.locator("#talk .counsellor")).to_have_count(1)


async def test_help_opens_though_it_was_pressed_before_the_scripts_came(place: Place) -> None:
    phone = await place.window(**PHONE)
    script = await hold_back(phone, "**/static/chat/page.js")
    await phone.goto("/", wait_until="commit")
    await phone.get_by_role("button", name="Mere hjælp").click()
    script.set()
    await expect(phone.get_by_role("dialog", name="Her kan du få hjælp")).to_be_visible()


async def test_a_button_is_pressed_though_the_page_is_fetched_under_the_finger(
    place: Place,
) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    button = page.get_by_role("button", name="Tag sagen")
    box = await button.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    async with page.expect_response("**/console") as fetched:
        await page.mouse.down()
        await cases.in_danger(place)  # it comes first, and everything moves
    await (await fetched.value).finished()
    await expect(page.locator('[data-part="waiting"] tbody tr')).to_have_count(1)
    await page.mouse.up()
    await page.wait_for_url(f"**/console/sager/{handover_id}")


async def test_a_page_changes_though_a_finger_never_seems_to_be_lifted(place: Place) -> None:
    page = await place.counsellor_at()
    await page.mouse.move(5, 400)
    await page.mouse.down()
    await cases.teller(place, TIMID, "ung", 12, [])
    await expect(page.get_by_text(TIMID)).to_be_visible()
