"""From the first words on a foreign page to a number in the overview, in real browsers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import FrameLocator, Page, expect
from sqlalchemy import select

from handover.storage.statistics import Cell
from handover.storage.tables import feedback_counts
from tests.handover.conftest import Citizen, entry
from tests.handover.test_widget import municipality_with

from .conftest import DESK, Place
from .foreign import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORRY = "Min søn vil ikke i skole længere"
HUMAN = "Jeg vil gerne tale med et menneske"
HELLO = "Hej. Jeg hedder ikke noget her, men jeg er et menneske, og jeg har læst det hele."
SINCE = "Det begyndte i september"
LOST = "Han siger, at han har ondt i maven hver morgen"
DRAFT = "Og så er der også noget med"
NOTE = "Far er inde i billedet. Spørg til morgenerne"
SECOND = "Hej, jeg har overtaget. Fortæl mig om morgenerne."


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def changes(tmp_path: Path, site: Site) -> dict[str, Any]:
    return {"municipality": municipality_with(tmp_path, site.url)}


@pytest_asyncio.fixture(loop_scope="session")
async def desk(place: Place, site: Site) -> AsyncIterator[Page]:
    """A citizen's window on the municipality's site."""
    site.service = place.wire.url
    site.head = site.line()
    async with site.open():
        page = await place.window(**DESK)
        await page.goto(site.url)
        yield page


async def write(chat: FrameLocator, text: str) -> None:
    field = chat.get_by_label("Skriv din besked")
    await field.fill(text)
    await field.press("Enter")


async def stored(place: Place) -> list[str]:
    """What is said, as it stands in the database."""
    citizen = await place.only_conversation()
    async with place.app.state.store.read() as work:
        conversation = await work.conversations.get(citizen.id)
        assert conversation
        return [message.text for message in await work.conversations.messages(conversation)]


async def assisted(place: Place, desk: Page) -> tuple[FrameLocator, Citizen, str]:
    """Told to the assistant, then to a human: the hand-over."""
    place.rasa.answer = lambda text: entry(f"Læst: {text}")
    await desk.locator("stime-raadgivning .launcher").click()
    chat = desk.frame_locator("stime-raadgivning iframe")
    await expect(chat.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await write(chat, WORRY)
    await expect(chat.get_by_role("log")).to_contain_text(f"Læst: {WORRY}")
    await write(chat, HUMAN)
    await expect(chat.get_by_role("log")).to_contain_text(f"Læst: {HUMAN}")
    citizen = await place.only_conversation()
    concern = [{"seq": 3, "quote": WORRY, "question": None}]
    await place.change_intake(
        citizen, speaker={"value": "foraelder", "evidence": []}, concern=concern
    )
    return chat, citizen, await place.hand_over(citizen, "menneske")


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Skriv til borgeren").fill(text)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line.counsellor").last).to_contain_text(text)


async def test_a_conversation_goes_its_whole_way_and_nothing_is_lost_or_doubled(
    place: Place, desk: Page
) -> None:
    await four_before(place)
    anna = await place.counsellor_at("Anna")
    chat, _, handover_id = await assisted(place, desk)
    log = chat.get_by_role("log")

    row = anna.get_by_role("row").filter(has_text=WORRY)
    await expect(row).to_contain_text("Forælder")
    await row.get_by_role("button", name="Tag sagen").click()
    await anna.wait_for_url(f"**/console/sager/{handover_id}")
    await expect(chat.locator("#status-text")).to_have_text("En rådgiver er her")

    await say(anna, HELLO)
    await expect(log).to_contain_text(HELLO)
    await write(chat, SINCE)
    await expect(anna.locator(".line.citizen").last).to_contain_text(SINCE)
    assert SINCE not in place.rasa.texts, "nobody speaks over a person"

    bo = await place.counsellor_at("Bo")
    await anna.get_by_label("Skriv en note").fill(NOTE)
    await anna.get_by_role("button", name="Gem noten").click()
    await expect(anna.locator(".note-text")).to_have_text(NOTE)
    await anna.reload()
    await anna.get_by_role("button", name="Giv til en kollega").click()
    dialog = anna.get_by_role("dialog", name="Giv sagen til en kollega")
    await dialog.get_by_label("Kollega").select_option("Bo")
    await dialog.get_by_role("button", name="Giv sagen videre").click()
    await expect(anna.get_by_text("Taget af Bo")).to_be_visible()
    await bo.get_by_role("region", name="Dine sager").get_by_role("link", name="Forælder").click()
    await expect(bo.locator(".note-text")).to_have_text(NOTE)
    await expect(bo.locator(".line.citizen").last).to_contain_text(SINCE)

    place.wire.lose()
    await write(chat, LOST)
    await chat.get_by_label("Skriv din besked").fill(DRAFT)
    await desk.wait_for_timeout(1500)
    assert LOST not in await stored(place)
    place.wire.mend()
    await expect(bo.locator(".line.citizen").last).to_contain_text(LOST)
    await say(bo, SECOND)
    await expect(log).to_contain_text(SECOND)
    await expect(chat.get_by_label("Skriv din besked")).to_have_value(DRAFT)
    said = await stored(place)
    assert [said.count(text) for text in (WORRY, HUMAN, HELLO, SINCE, LOST, SECOND)] == [1] * 6
    shown = await log.inner_text()
    assert [shown.count(text) for text in (SINCE, LOST, HELLO, SECOND)] == [1] * 4
    for page in (anna, bo):
        lines = await page.locator(".line-text").all_inner_texts()
        assert [lines.count(text) for text in (SINCE, LOST, HELLO, SECOND)] == [1] * 4
    await chat.get_by_label("Skriv din besked").fill("")

    await bo.get_by_role("button", name="Luk sagen").click()
    dialog = bo.get_by_role("dialog", name="Luk sagen")
    await dialog.get_by_label("Hvad blev det til?").select_option("Tilbudt en afklarende samtale")
    await dialog.get_by_role("button", name="Luk sagen").click()
    await bo.wait_for_url("**/console")
    await expect(chat.get_by_role("heading", name="Samtalen er slut")).to_be_visible()
    for question, answer in (
        ("Er du tilfreds med den hjælp, du fik?", "Ja"),
        ("Ville du anbefale det her til en anden forælder?", "Ved ikke"),
    ):
        group = chat.get_by_role("group", name=question, exact=True)
        button = group.get_by_role("button", name=answer, exact=True)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
    assert await answers(place) == [("anbefale", "ved_ikke", 1), ("tilfreds", "ja", 1)]
    await bo.goto("/console/overblik")
    sheet = await (await bo.request.get("/console/overblik.csv")).text()
    for row in ("Tilbudt en afklarende samtale", "Chat", "Forælder"):
        assert re.search(rf"{row};2026-11;5\b", sheet), sheet


async def answers(place: Place) -> list[tuple[str, str, int]]:
    table = feedback_counts.c
    async with place.app.state.store.read() as work:
        statement = select(table.question, table.answer, table.count).where(table.count > 0)
        rows = await work.connection.execute(statement.order_by(table.question))
        return [tuple(row) for row in rows]


async def four_before(place: Place) -> None:
    """The overview shows nothing of fewer than five: with four others, this one is shown."""
    four = {
        Cell(date(2026, 11, 1), measure, value): 4
        for measure, value in (
            ("outcome", "afklarende_samtale"), ("channel", "web"), ("speaker", "foraelder"),
        )
    }  # fmt: skip
    async with place.app.state.store.write() as work:
        await work.statistics.add(four)
