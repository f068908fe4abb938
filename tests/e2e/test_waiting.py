"""Waiting for a person, and being called back, in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.handover.conftest import Citizen, entry

from .conftest import PHONE, Place
from .test_accessibility import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHRISTMAS_EVE = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)


async def waiting_page(place: Place, citizen: Citizen, **look: Any) -> Page:
    """The chat on a phone, come back to with the code."""
    page = await place.window(**(PHONE | look))
    await page.goto("/")
    await expect(page.get_by_role("log")).to_contain_text("Fortæl")  # it moves the button
    await page.get_by_role("button", name="Har du en kode?").click()
    await page.get_by_label("Skriv din kode").fill(citizen.resume_code)
    await page.get_by_role("button", name="Fortsæt", exact=True).click()
    await expect(page.locator("#place")).to_be_visible()
    return page


async def waiter(place: Place, reason: str = "menneske") -> tuple[Citizen, str]:
    citizen = await place.citizen()
    case = await place.hand_over(citizen, reason)
    place.clock.advance(minutes=1)
    return citizen, case


async def test_two_wait_one_is_taken_and_the_other_is_the_next(place: Place) -> None:
    _, first = await waiter(place)
    second, own = await waiter(place)
    page = await waiting_page(place, second)
    shown, spoken = page.locator("#place-ahead"), page.locator("#place-news")
    await expect(shown).to_have_text("Der er 1 før dig.")
    await expect(spoken).to_contain_text("Der er 1 før dig.")
    async with await place.counsellor() as anna:
        await anna.post(f"/api/handovers/{first}/claim")
        await expect(shown).to_have_text("Du er den næste.")
        await expect(spoken).to_contain_text("Der er 1 før dig.")  # not more than once a minute
        await anna.post(f"/api/handovers/{own}/claim")
    await expect(page.locator("#place")).to_be_hidden()
    await expect(page.locator("#status-text")).to_have_text("En rådgiver er her")


async def test_what_is_read_out_comes_at_most_once_a_minute(place: Place) -> None:
    _, first = await waiter(place)
    second, _ = await waiter(place)
    page = await place.window(**PHONE)
    await page.clock.install()
    await page.goto("/")
    await expect(page.get_by_role("log")).to_contain_text("Fortæl")  # it moves the button
    await page.get_by_role("button", name="Har du en kode?").click()
    await page.get_by_label("Skriv din kode").fill(second.resume_code)
    await page.get_by_role("button", name="Fortsæt", exact=True).click()
    spoken = page.locator("#place-news")
    await page.clock.run_for(100)
    await expect(spoken).to_contain_text("Der er 1 før dig.")
    async with await place.counsellor() as anna:
        await anna.post(f"/api/handovers/{first}/claim")
    await expect(page.locator("#place-ahead")).to_have_text("Du er den næste.")
    await page.clock.run_for(50_000)
    await expect(spoken).to_contain_text("Der er 1 før dig.")
    await page.clock.run_for(15_000)
    await expect(spoken).to_contain_text("Du er den næste.")


async def test_closed_on_a_holiday_it_stands_when_somebody_comes(place: Place) -> None:
    place.clock.now = CHRISTMAS_EVE
    citizen, _ = await waiter(place)
    page = await waiting_page(place, citizen)
    await expect(page.locator("#place-time")).to_have_text(
        "Der er lukket lige nu. Der er en rådgiver igen mandag kl. 9."
    )
    await page.get_by_text("Mens du venter", exact=True).click()
    await expect(page.locator("#place").get_by_role("link", name="Ring 112")).to_be_visible()
    await expect(page.get_by_role("link", name="Forlad siden hurtigt")).to_be_in_viewport()


async def test_a_callback_goes_from_the_chat_to_a_talk(place: Place) -> None:
    citizen, case = await waiter(place)
    page = await waiting_page(place, citizen)
    await page.get_by_text("Mens du venter", exact=True).click()
    await page.get_by_role("button", name="Skriv dit nummer").click()
    dialog = page.get_by_role("dialog", name="Vil du have, at en rådgiver kontakter dig?")
    await dialog.get_by_label("Dit telefonnummer").fill("12 34")
    await dialog.get_by_role("button", name="Gem").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Skriv et telefonnummer med otte cifre.")
    await dialog.get_by_label("Dit telefonnummer").fill("12 34 56 78")
    await dialog.get_by_label("Hvornår passer det dig?").select_option(label="I dag kl. 12-15")
    await dialog.get_by_role("button", name="Gem").click()
    await expect(page.get_by_role("log")).to_contain_text("at du gerne vil ringes op")
    place.clock.advance(hours=2)
    desk = await place.counsellor_at()
    await expect(desk.get_by_role("link", name="Ring op 1 skal kontaktes nu")).to_be_visible()
    await desk.get_by_role("link", name="Ring op").click()
    row = desk.locator(f"#c-{case}")
    await expect(row).to_contain_text("I dag kl. 12-15")
    await expect(row.get_by_role("link", name="12345678")).to_be_visible()
    await row.get_by_role("button", name="Intet svar").click()
    await expect(row.locator(".attempts li")).to_have_text("Intet svar, i dag kl. 12.01, Anna")
    await row.get_by_role("button", name="Vi talte sammen").click()
    done = desk.locator('[data-part="done"]')
    await expect(done.get_by_role("row").filter(has_text="Talte sammen")).to_be_visible()
    await expect(desk.locator("#to-callbacks .bar-count")).to_have_count(0)
    await desk.goto(f"/console/sager/{case}")
    await expect(desk.locator('[data-part="contact"]')).to_contain_text("Talte sammen")


async def test_closing_warns_of_an_open_callback(place: Place) -> None:
    citizen, case = await waiter(place)
    contact = {"wants": "call", "phone": "12345678", "name": None, "time": "i morgen"}
    await place.change_intake(citizen, closing={"contact": contact})
    desk = await place.counsellor_at()
    await desk.goto(f"/console/sager/{case}")
    await desk.get_by_role("button", name="Tag sagen").click()
    await desk.get_by_role("button", name="Luk sagen").click()
    dialog = desk.get_by_role("dialog", name="Luk sagen")
    await dialog.get_by_label("Hvad blev det til?").select_option("raadgivet")
    await dialog.get_by_role("button", name="Luk sagen").click()
    await expect(dialog).to_be_visible()
    await dialog.get_by_label("Luk sagen, selv om borgeren venter på at blive kontaktet").check()
    await dialog.get_by_role("button", name="Luk sagen").click()
    await desk.wait_for_url("**/console")


async def test_a_new_time_is_agreed_by_keyboard(place: Place) -> None:
    citizen, case = await waiter(place)
    contact = {"wants": "sms", "phone": "12345678", "name": "Mona", "time": None}
    await place.change_intake(citizen, closing={"contact": contact})
    desk = await place.counsellor_at()
    await desk.goto("/console/ring-op")
    row = desk.locator(f"#c-{case}")
    await row.locator("summary").focus()
    await desk.keyboard.press("Enter")
    await row.get_by_label("Ny tid").fill("2026-11-24T10:00")
    await row.get_by_role("button", name="Gem tiden").press("Enter")
    later = desk.locator('[data-part="later"]')
    await expect(later).to_contain_text("I morgen kl. 10-10.30")


async def test_what_is_unfolded_stays_so_when_the_page_is_fetched_again(place: Place) -> None:
    contact = {"wants": "call", "phone": "12345678", "name": "Mona", "time": None}
    citizen, case = await waiter(place)
    await place.change_intake(citizen, closing={"contact": contact})
    desk = await place.counsellor_at()
    await desk.goto("/console/ring-op")
    row = desk.locator(f"#c-{case}")
    await row.locator("summary").click()
    await expect(row.get_by_label("Ny tid")).to_be_visible()
    citizen, other = await waiter(place)
    await place.change_intake(citizen, closing={"contact": contact})
    async with await place.counsellor("Bo") as bo:  # the queue changes, and the page hears of it
        await bo.post(f"/api/handovers/{other}/claim")
    await expect(desk.locator(f"#c-{other}")).to_be_visible()
    await expect(row.get_by_label("Ny tid")).to_be_visible()


async def full(place: Place) -> tuple[Citizen, list[str]]:
    """Somebody who waits, and pages with call-backs of every kind and a request."""
    for time in ("inden 11", "kl. 11", "når jeg har fri", "i morgen"):
        citizen, case = await waiter(place)
        contact = {"wants": "call", "phone": "12345678", "name": "Mona", "time": time}
        quote = {"seq": 1, "quote": "Min søn vil ikke i skole længere, og jeg ved ikke hvad"}
        await place.change_intake(citizen, concern=[quote], closing={"contact": contact})
    place.clock.now += timedelta(hours=1, minutes=30)
    async with await place.counsellor("Bo") as bo:
        await bo.post(f"/api/callbacks/{case}/attempts", json={"result": "intet_svar"})
    teacher = await place.citizen()
    place.rasa.answer = lambda _: entry("Tak.")
    await teacher.say("Vi vil gerne have et oplæg om mistrivsel for vores lærere")
    said = {"seq": 3, "quote": "et oplæg om mistrivsel for vores lærere"}
    await place.change_intake(
        teacher,
        speaker={"value": "fagperson", "evidence": []},
        concern=[said],
        notes={"kind": "undervisning"},
        closing={"contact": contact},
    )
    request = await place.hand_over(teacher)
    waits, _ = await waiter(place)
    paths = [f"/console/sager/{request}", f"/console/sager/{case}", "/console/ring-op"]
    return waits, [*paths, "/console?kind=undervisning"]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_waiting_and_callbacks_have_no_known_barriers(place: Place, theme: Any) -> None:
    citizen, paths = await full(place)
    page = await waiting_page(place, citizen, color_scheme=theme, reduced_motion="reduce")
    assert await faults(page) == []
    await page.get_by_text("Mens du venter", exact=True).click()
    assert await faults(page) == [], "what to do meanwhile"
    await page.get_by_role("button", name="Skriv dit nummer").click()
    await expect(page.get_by_label("Hvornår passer det dig?")).to_be_visible()
    assert await faults(page) == [], "the dialog"
    desk = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    for path in paths:
        await desk.goto(path)
        for summary in await desk.locator("main summary").filter(visible=True).all():
            await summary.click()
        assert await faults(desk) == [], path


@pytest.mark.parametrize(("width", "height"), [(320, 640), (341, 192)])
async def test_nothing_of_it_scrolls_sideways(place: Place, width: int, height: int) -> None:
    citizen, paths = await full(place)
    page = await waiting_page(place, citizen)
    await page.get_by_text("Mens du venter", exact=True).click()
    desk = await place.counsellor_at()
    for window, shown in ((page, [""]), (desk, paths)):
        await window.set_viewport_size({"width": width, "height": height})
        for path in shown:
            if path:
                await window.goto(path)
            wide = "document.documentElement.scrollWidth <= innerWidth"
            assert await window.evaluate(wide), path
    await expect(page.get_by_role("link", name="Forlad siden hurtigt")).to_be_in_viewport()
