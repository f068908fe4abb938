"""A case whose citizen is on the telephone: seen as it goes, and called back from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from handover.storage.calls import THROUGH
from tests.handover.conftest import entry, serving
from tests.telephony.conftest import ACCOUNT, ANNA, IDA, NUMBER, PUBLIC, TOKEN, with_duty_phones
from tools.phone.exchange import Exchange
from tools.phone.line import Line
from tools.phone.recordings import COMPLETED, Recording
from tools.phone.switchboard import NO_ANSWER, presses
from tools.ports import free_port

from .conftest import Place
from .test_accessibility import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
SID = "RE" + "7" * 32


@pytest.fixture
def api_port() -> int:
    return free_port()


@pytest.fixture
def changes(tmp_path: Path, api_port: int) -> dict[str, Any]:
    return {
        "public_url": PUBLIC,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_number": NUMBER,
        "twilio_api_url": f"http://127.0.0.1:{api_port}",
        "municipality": with_duty_phones(tmp_path),
    }


@pytest_asyncio.fixture(loop_scope="session")
async def exchange(place: Place, api_port: int) -> AsyncIterator[Exchange]:
    found = Exchange(ACCOUNT, TOKEN, NUMBER, PUBLIC, place.base_url)
    async with serving(found.app(), api_port):
        yield found
        await found.close()


async def on_the_telephone(place: Place, exchange: Exchange) -> Line:
    """Somebody who has asked for a human and talks on."""
    place.rasa.answer = lambda text: entry(
        f"Tak. Sover du om natten? ({text})", kind="question", question="funktionsniveau"
    )
    line = await exchange.ring(IDA)
    await line.say("jeg er ked af det hele tiden")
    await line.press("#")
    await line.press("0")
    return line


async def test_a_call_is_seen_while_it_goes_on(place: Place, exchange: Exchange) -> None:
    line = await on_the_telephone(place, exchange)
    page = await place.counsellor_at()
    await page.get_by_role("link", name="ukendt").first.click()
    await expect(page.locator("#on-phone")).to_have_text("I telefonen nu")
    await expect(page.get_by_label("Opkald")).to_contain_text("Kaldt Anna")
    await expect(page.locator("#talk")).to_contain_text("jeg er ked af det hele tiden")
    await line.press("2")
    await expect(page.locator("#talk")).to_contain_text("nej")
    await line.hang_up()
    await expect(page.locator("#on-phone")).to_have_count(0)
    assert not await page.get_by_text("20123456").count()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_citizen_is_called_back_from_the_case(
    place: Place, exchange: Exchange, theme: Any
) -> None:
    line = await on_the_telephone(place, exchange)
    for key in ("1", "1", "2"):
        await line.press(key)
    await line.hang_up()
    page = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    await page.get_by_role("link", name="ukendt").first.click()
    await expect(page.get_by_role("button", name="Ring op")).to_have_count(0)
    await page.get_by_role("button", name="Tag sagen").click()
    board = exchange.switchboard
    board.rung.clear()
    board.phones = {ANNA: presses("1"), IDA: NO_ANSWER}
    ring = page.get_by_role("button", name="Ring op")
    await expect(page.get_by_label("Andet nummer end din vagttelefon")).to_be_visible()
    assert await faults(page) == []
    await ring.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Opkald")).to_contain_text("borgeren tog ikke telefonen")
    assert board.rung == [ANNA, IDA]
    await page.set_viewport_size({"width": 320, "height": 700})
    overflow = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not overflow


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_recorded_talk_is_heard_and_deleted_in_the_case(
    place: Place, exchange: Exchange, theme: Any
) -> None:
    """The browser gets it from us, while it plays."""
    line = await on_the_telephone(place, exchange)
    await line.hang_up()
    async with place.app.state.store.write() as work:
        [row] = await work.handovers.page(1, None)
        leg_id = await work.calls.add_leg(row.conversation_id, THROUGH, "Anna", True)
        recording_id = await work.recordings.add(row.conversation_id, leg_id)
        exchange.recordings.kept[SID] = Recording(SID, "CA" + "1" * 32, "", COMPLETED)
        await work.recordings.named(recording_id, SID)
        await work.recordings.complete(recording_id, 61)
    page = await place.counsellor_at(color_scheme=theme, reduced_motion="reduce")
    await page.get_by_role("link", name="ukendt").first.click()
    await expect(page.get_by_text("Kun den rådgiver, der har sagen, kan høre den.")).to_be_visible()
    await expect(page.locator("audio")).to_have_count(0)
    await page.get_by_role("button", name="Tag sagen").click()
    sound = page.locator("audio")
    await expect(sound).to_be_visible()
    async with page.expect_response(lambda answer: "/recordings/" in answer.url) as fetched:
        await sound.evaluate("audio => { audio.play().catch(() => {}) }")
    assert (await fetched.value).status in (200, 206)
    assert await faults(page) == []
    await page.set_viewport_size({"width": 320, "height": 700})
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await page.get_by_text("Slet optagelsen").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Slet den nu").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("audio")).to_have_count(0)
    await place.app.state.phone.recorder.round()
    assert exchange.recordings.deleted == [SID]
