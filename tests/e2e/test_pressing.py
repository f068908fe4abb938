"""What is pressed is done: also before the page's scripts are there, and while the page changes."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from . import cases
from .conftest import PHONE, Place
from .test_chat_page import elsewhere, write

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


async def test_what_a_citizen_sends_before_the_scripts_came_is_sent_once(place: Place) -> None:
    phone = await place.window(**PHONE)
    script = await hold_back(phone, "**/static/chat/page.js")
    await phone.goto("/", wait_until="commit")
    await phone.get_by_label("Skriv din besked").fill(TIMID)
    for _ in range(2):
        await phone.get_by_role("button", name="Send", exact=True).tap()
    script.set()
    await expect(phone.locator(".citizen .bubble")).to_have_text([TIMID])
    await expect(phone.get_by_label("Skriv din besked")).to_have_value("")
    await place.heard(TIMID)
    assert place.rasa.texts.count(TIMID) == 1


async def test_help_opens_though_it_was_pressed_before_the_scripts_came(place: Place) -> None:
    phone = await place.window(**PHONE)
    script = await hold_back(phone, "**/static/chat/page.js")
    await phone.goto("/", wait_until="commit")
    await phone.get_by_role("button", name="Mere hjælp").click()
    script.set()
    await expect(phone.get_by_role("dialog", name="Her kan du få hjælp")).to_be_visible()


async def test_leaving_works_before_the_scripts_came_and_leaves_no_step_back(place: Place) -> None:
    phone = await place.window(**PHONE)
    await phone.context.route("https://www.dmi.dk/**", elsewhere)
    await phone.goto("/")
    await write(phone, TIMID)
    await expect(phone.locator(".citizen .bubble")).to_have_text([TIMID])
    steps = await phone.evaluate("history.length")
    await hold_back(phone, "**/static/chat/page.js")
    await phone.reload(wait_until="commit")
    await phone.get_by_role("link", name="Forlad siden hurtigt").click(no_wait_after=True)
    await phone.wait_for_url("https://www.dmi.dk/**")
    assert await phone.evaluate("history.length") == steps
    await phone.unroute_all(behavior="ignoreErrors")
    await phone.goto("/")
    await expect(phone.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await expect(phone.locator(".citizen")).to_have_count(0)


async def test_a_button_is_pressed_though_the_page_is_fetched_under_the_finger(
    place: Place,
) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    button = page.get_by_role("button", name="Tag sagen")
    box = await button.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    fresh = await hold_back(page, "**/console")
    async with page.expect_request("**/console"):
        await cases.in_danger(place)  # it comes first, and everything moves
    async with page.expect_response("**/console") as fetched:
        await page.mouse.down()
        fresh.set()
    await (await fetched.value).finished()
    await page.wait_for_timeout(300)
    await page.mouse.up()
    await page.wait_for_url(f"**/console/sager/{handover_id}")


async def test_a_page_changes_though_a_finger_never_seems_to_be_lifted(place: Place) -> None:
    page = await place.counsellor_at()
    await page.mouse.move(5, 400)
    await page.mouse.down()
    await cases.teller(place, TIMID, "ung", 12, [])
    await expect(page.get_by_text(TIMID)).to_be_visible()


async def test_a_chat_whose_script_did_not_come_says_so_and_comes_with_what_was_written(
    place: Place,
) -> None:
    phone = await place.window(**PHONE)
    await phone.route("**/static/chat/outbox.js", lambda route: route.abort())
    await phone.goto("/")
    await phone.get_by_label("Skriv din besked").fill(TIMID)
    await phone.get_by_role("button", name="Send", exact=True).tap()
    await expect(phone.locator("#connection")).to_contain_text("Siden kom ikke helt frem")
    await phone.unroute("**/static/chat/outbox.js")
    await expect(phone.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await expect(phone.get_by_label("Skriv din besked")).to_have_value(TIMID)
    await phone.get_by_role("button", name="Send", exact=True).tap()
    await expect(phone.locator(".citizen .bubble")).to_have_text([TIMID])
    assert await phone.evaluate("JSON.stringify(history.state)") in ("null", "{}")


async def test_a_case_whose_scripts_did_not_come_is_not_fetched_before_the_network_is_back(
    place: Place,
) -> None:
    handover_id = await cases.teller(place, TIMID, "ung", 12, [])
    page = await place.counsellor_at()
    script = await hold_back(page, "**/static/console/case.js")
    await page.goto(f"/console/sager/{handover_id}", wait_until="commit")
    await expect(page.get_by_role("button", name="Tag sagen")).to_be_visible()
    place.wire.lose()
    script.set()
    await expect(page.locator("#live")).to_contain_text("Siden kom ikke helt frem")
    await page.wait_for_timeout(2_500)
    await expect(page.get_by_text(TIMID).first).to_be_visible()
    place.wire.mend()
    await expect(page.locator("#live")).to_be_empty()
    await page.get_by_role("button", name="Tag sagen").click()
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
