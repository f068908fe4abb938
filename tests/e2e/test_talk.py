"""The talk in real browsers: drafts, sending over a broken network, and what each side sees."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from handover.storage.tables import audit

from . import cases
from .conftest import PASSWORD, PHONE, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")
DRAFT = "Hvor længe har det været sådan?"
NOTE = "Ring til skolen i morgen"


def say(page: Page) -> Any:
    return page.get_by_label("Skriv til borgeren")


def note(page: Page) -> Any:
    return page.get_by_label("Skriv en note")


async def log_in(page: Page, name: str = "Anna") -> None:
    await page.goto("/console/login")
    await page.get_by_label("Navn").fill(name)
    await page.get_by_label("Adgangskode").fill(PASSWORD)
    await page.get_by_role("button", name="Log ind").click()
    await page.wait_for_url("**/console")


async def take(place: Place, handover_id: str, name: str = "Anna") -> Page:
    page = await place.counsellor_at(name)
    await page.goto(f"/console/sager/{handover_id}")
    await page.get_by_role("button", name="Tag sagen").click()
    await expect(say(page)).to_be_visible()
    return page


async def kept(page: Page) -> list[str]:
    """What the browser keeps of drafts, as it lies there."""
    await page.wait_for_timeout(50)  # sealing is not instant
    found: list[str] = await page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.startsWith('kladde')).map(e => e.join(' '))"
    )
    return found


async def talking(place: Place) -> tuple[Page, Page]:
    """A citizen on a phone, and Anna who has taken the case."""
    citizen = await place.window(**PHONE)
    await citizen.goto("/")
    await write(citizen, "Jeg har det svært derhjemme")
    await expect(citizen.get_by_role("log")).to_contain_text("Læst:")
    found = await place.only_conversation()
    return citizen, await take(place, await place.hand_over(found))


async def write(citizen: Page, text: str) -> None:
    await citizen.get_by_label("Skriv din besked").fill(text)
    await citizen.keyboard.press("Enter")


async def look_away(page: Page) -> None:
    """As if another window lay over it; its streams stay open."""
    await page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})"
    )


async def look_back(page: Page) -> None:
    await page.evaluate("delete document.visibilityState")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def test_a_draft_and_a_note_survive_a_reload_and_another_window(place: Place) -> None:
    handover_id = await cases.mother(place)
    page = await take(place, handover_id)
    await say(page).fill(DRAFT)
    await note(page).fill(NOTE)
    await kept(page)
    await page.reload()
    await expect(say(page)).to_have_value(DRAFT)
    await expect(note(page)).to_have_value(NOTE)
    other = await page.context.new_page()
    await other.goto(f"/console/sager/{handover_id}")
    await expect(say(other)).to_have_value(DRAFT)


async def test_a_draft_is_there_after_logging_in_again_and_nobody_else_can_read_it(
    place: Place,
) -> None:
    handover_id = await cases.mother(place)
    page = await take(place, handover_id)
    await say(page).fill(DRAFT)
    await note(page).fill(NOTE)
    lying = " ".join(await kept(page))
    assert lying
    assert not any(word in lying for word in (*DRAFT.split(), "skolen", "Anna"))
    await page.context.clear_cookies()
    await place.account("Bo", PASSWORD)
    await log_in(page, "Bo")
    await page.goto(f"/console/sager/{handover_id}")
    await note(page).fill("Bos note")
    await note(page).fill("")
    assert await page.evaluate(_TRY_TO_READ) == []
    await page.get_by_role("button", name="Log ud").click()
    await log_in(page, "Anna")
    await page.goto(f"/console/sager/{handover_id}")
    await expect(say(page)).to_have_value(DRAFT)
    await expect(note(page)).to_have_value(NOTE)


_TRY_TO_READ = """async () => {
    const { Drafts } = await import("/static/console/drafts.js");
    const { draftKey } = document.querySelector("[data-case]").dataset;
    const found = [];
    for (const name of Object.keys(localStorage).filter((name) => name.startsWith("kladde"))) {
        const drafts = new Drafts("x", draftKey);
        drafts.prefix = "";
        const text = await drafts.read(name);
        if (text) found.push(text);
    }
    return found;
}"""
"""With the key of the account that is logged in now."""


async def test_what_the_drafts_test_reads_with_is_the_way_to_read_ones_own(place: Place) -> None:
    page = await take(place, await cases.mother(place))
    await say(page).fill(DRAFT)
    await kept(page)
    assert await page.evaluate(_TRY_TO_READ) == [DRAFT]


async def test_sending_and_saving_erase_the_draft(place: Place) -> None:
    page = await take(place, await cases.mother(place))
    await say(page).fill(DRAFT)
    await note(page).fill(NOTE)
    assert len(await kept(page)) == 2
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#talk .line.counsellor")).to_contain_text(DRAFT)
    await page.get_by_role("button", name="Gem noten").click()
    await expect(page.locator(".note-text")).to_have_text(NOTE)
    assert await kept(page) == []


async def test_closing_the_case_erases_its_drafts(place: Place) -> None:
    page = await take(place, await cases.mother(place))
    await say(page).fill(DRAFT)
    await note(page).fill(NOTE)
    await kept(page)
    await page.get_by_role("button", name="Luk sagen").click()
    dialog = page.get_by_role("dialog", name="Luk sagen")
    await dialog.get_by_label("Hvad blev det til?").select_option("Andet, se noten")
    await dialog.get_by_label("Luk sagen, selv om borgeren venter").check()
    await dialog.get_by_role("button", name="Luk sagen").click()
    await page.wait_for_url("**/console")
    assert await kept(page) == []


async def test_logging_out_warns_and_erases_every_draft(place: Place) -> None:
    page = await take(place, await cases.mother(place))
    await say(page).fill(DRAFT)
    await kept(page)
    asked: list[str] = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.message)
        await (dialog.dismiss() if len(asked) == 1 else dialog.accept())

    page.on("dialog", stay)
    await page.get_by_role("button", name="Log ud").click()
    await expect(say(page)).to_have_value(DRAFT)
    assert len(await kept(page)) == 1
    await page.get_by_role("button", name="Log ud").click()
    await page.wait_for_url("**/console/login")
    assert await kept(page) == []
    assert "ikke er sendt" in asked[0]


async def test_over_a_cut_network_nothing_is_lost_or_doubled_and_the_draft_stays(
    place: Place,
) -> None:
    citizen, page = await talking(place)
    place.wire.lose_answers()  # what is sent arrives, and nobody hears that it did
    await say(page).fill("Jeg er her")
    await page.keyboard.press("Control+Enter")
    await place.heard_by_service("Jeg er her")
    place.wire.lose()
    await expect(page.locator("#unsent .line-receipt")).to_contain_text("Ikke sendt endnu")
    await expect(page.locator("#live")).to_contain_text("Der er ikke forbindelse")
    await say(page).fill("Tag dig den tid, du har brug for")
    await page.keyboard.press("Control+Enter")
    await say(page).fill(DRAFT)
    await citizen.get_by_label("Skriv din besked").fill("Er du der?")
    await citizen.keyboard.press("Enter")
    place.wire.mend()
    own = page.locator("#talk .line.counsellor .line-text")
    both = ["Jeg er her", "Tag dig den tid, du har brug for"]
    await expect(own).to_have_text(both)
    await expect(page.locator("#unsent li")).to_have_count(0)
    await expect(citizen.locator(".counsellor .bubble")).to_have_text(both)
    await expect(page.locator("#talk .line.citizen .line-text").last).to_have_text("Er du der?")
    await expect(page.locator("#talk .line.citizen").filter(has_text="Er du der?")).to_have_count(1)
    await expect(say(page)).to_have_value(DRAFT)
    await page.reload()
    await expect(own).to_have_count(2)
    await expect(say(page)).to_have_value(DRAFT)


async def test_what_was_not_sent_before_a_reload_is_sent_after_it_and_once(place: Place) -> None:
    _, page = await talking(place)
    place.wire.lose_answers()
    await say(page).fill("Jeg er her")
    await page.keyboard.press("Control+Enter")
    await place.heard_by_service("Jeg er her")
    await kept(page)
    place.wire.mend()
    await page.reload()
    await expect(page.locator("#talk .line.counsellor .line-text")).to_have_text("Jeg er her")
    await expect(page.locator("#unsent li")).to_have_count(0)
    await page.reload()
    await expect(page.locator("#talk .line.counsellor")).to_have_count(1)
    assert await kept(page) == []


async def test_what_is_refused_comes_back_into_the_field(place: Place) -> None:
    _, page = await talking(place)
    await say(page).fill(DRAFT)
    async with await place.counsellor("Anna") as anna:
        [item] = (await anna.get("/api/handovers")).json()["items"]
        await page.route("**/console/**", lambda route: route.abort())  # it does not hear of it
        await anna.post(f"/api/handovers/{item['handover_id']}/release")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#say-form .error")).not_to_be_empty()
    await expect(say(page)).to_have_value(DRAFT)
    await expect(page.locator("#unsent li")).to_have_count(0)


async def test_sent_delivered_and_seen_are_different(place: Place) -> None:
    citizen, page = await talking(place)
    receipt = page.locator("#talk .line-receipt")
    await look_away(citizen)
    await say(page).fill("Jeg er her")
    await page.keyboard.press("Control+Enter")
    await expect(receipt).to_have_text("Leveret")
    await citizen.wait_for_timeout(500)
    await expect(receipt).to_have_text("Leveret")
    place.clock.advance(minutes=5)
    await look_back(citizen)
    await expect(receipt).to_have_text("Set kl. 10.05")
    await say(page).fill("Hvad fylder mest?")
    await page.keyboard.press("Control+Enter")
    await expect(receipt).to_have_count(1)
    await expect(page.locator("#talk .line.counsellor").last.locator(".line-receipt")).to_have_text(
        "Set kl. 10.05"
    )


async def test_without_a_stream_receipts_go_the_other_way(place: Place) -> None:
    citizen = await place.window(**PHONE)
    await citizen.add_init_script(
        "window.WebSocket = class { constructor() { this.close(); } "
        "close() { setTimeout(() => this.onclose?.({code: 1006})) } }"
    )
    await citizen.goto("/")
    await write(citizen, "Jeg har det svært")
    await expect(citizen.get_by_role("log")).to_contain_text("Læst:")
    found = await place.only_conversation()
    page = await take(place, await place.hand_over(found))
    await say(page).fill("Jeg er her")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#talk .line-receipt")).to_have_text("Set kl. 10.00")
    await expect(citizen.locator(".message.citizen .seen")).to_have_text("Læst af en rådgiver")


async def test_the_citizen_sees_that_a_counsellor_has_read_and_not_who(place: Place) -> None:
    citizen, page = await talking(place)
    seen = citizen.locator(".message.citizen .seen")
    await expect(seen).to_have_text("Læst af en rådgiver")
    await look_away(page)
    await write(citizen, "Er du der?")
    await expect(page.locator("#talk .line.citizen").last).to_contain_text("Er du der?")
    await citizen.wait_for_timeout(500)
    newest = citizen.locator(".message.citizen").last
    await expect(newest.locator(".seen")).to_have_count(0)
    await look_back(page)
    await page.get_by_role("button", name="Nye beskeder").click()  # it is further down
    await expect(page.get_by_role("button", name="Nye beskeder")).to_be_hidden()
    await expect(newest.locator(".seen")).to_have_text("Læst af en rådgiver")
    await expect(seen).to_have_count(1)
    await expect(citizen.locator("body")).not_to_contain_text("Anna")


async def test_each_side_sees_that_the_other_types_and_that_it_ends(place: Place) -> None:
    citizen, page = await talking(place)
    await say(page).press_sequentially("Hej")
    await expect(citizen.get_by_text("Rådgiveren skriver")).to_be_visible()
    await expect(citizen.get_by_text("Rådgiveren skriver")).to_be_hidden()
    await citizen.get_by_label("Skriv din besked").press_sequentially("Jeg vil")
    await expect(page.get_by_text("Borgeren skriver", exact=True)).to_be_visible()
    await expect(page.get_by_text("Borgeren skriver", exact=True)).to_be_hidden()


async def test_typing_is_seen_both_ways_where_the_stream_is_refused(place: Place) -> None:
    citizen = await place.window(**PHONE)
    await citizen.route_web_socket("**/stream*", lambda socket: socket.close())
    await citizen.goto("/")
    await write(citizen, "Jeg har det svært derhjemme")
    await expect(citizen.get_by_role("log")).to_contain_text("Læst:")
    page = await take(place, await place.hand_over(await place.only_conversation()))
    await say(page).press_sequentially("Hej")
    await expect(citizen.get_by_text("Rådgiveren skriver")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(citizen.locator(".counsellor .bubble")).to_be_visible()
    await expect(citizen.get_by_text("Rådgiveren skriver")).to_be_hidden()
    await citizen.get_by_label("Skriv din besked").press_sequentially("Jeg vil")
    await expect(page.get_by_text("Borgeren skriver", exact=True)).to_be_visible()


async def test_typing_ends_with_the_message_and_is_not_sent_for_every_letter(place: Place) -> None:
    citizen, page = await talking(place)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if "/typing" in asked.url else None)
    await say(page).press_sequentially("Jeg er her, og jeg læser med", delay=20)
    await expect(citizen.get_by_text("Rådgiveren skriver")).to_be_visible()
    assert len(sent) == 1
    await page.keyboard.press("Control+Enter")
    await expect(citizen.locator(".counsellor .bubble")).to_be_visible()
    await expect(citizen.get_by_text("Rådgiveren skriver")).to_be_hidden(timeout=3_000)


async def test_a_colleague_looks_on_without_being_in_the_talk(place: Place) -> None:
    citizen, page = await talking(place)
    bo = await place.counsellor_at("Bo")
    await bo.goto(page.url)
    foot = bo.locator('[data-part="talk-foot"]')
    await expect(foot).to_contain_text("Du ser med. Anna har samtalen")
    await expect(say(bo)).to_have_count(0)
    await expect(note(bo)).to_be_visible()
    await expect(page.get_by_text("Bo ser med")).to_be_visible()
    await expect(bo.locator("#looking")).to_be_empty()
    await look_away(page)
    await write(citizen, "Kan andre læse det her?")
    await expect(bo.locator("#talk .line.citizen").last).to_contain_text("Kan andre læse det her?")
    await bo.wait_for_timeout(500)
    await expect(citizen.locator(".message.citizen").last.locator(".seen")).to_have_count(0)
    async with place.app.state.store.read() as work:
        rows = await work.connection.execute(select(audit.c.action).where(audit.c.actor == "Bo"))
        assert "read" in rows.scalars().all()
    await bo.goto("/console")
    await expect(page.get_by_text("Bo ser med")).to_be_hidden()


async def test_an_open_question_is_sent_with_one_press_and_the_answer_stands_beside_it(
    place: Place,
) -> None:
    handover_id = await cases.mother(place)
    page = await take(place, handover_id)
    still_open = page.get_by_role("region", name="Stadig åbent")
    question = "Har dit barn det okay rent fysisk"
    await still_open.get_by_role("button", name=f"Send: {question}").click()
    await expect(page.locator("#talk .line.counsellor")).to_contain_text(question)
    item = still_open.get_by_role("listitem").filter(has_text="Fysisk stabil")
    await expect(item).to_contain_text("Spurgt af rådgiveren kl. 10.07")
    await expect(item).to_contain_text("Intet svar endnu")
    await expect(item.get_by_role("button")).to_have_count(0)
    citizen = await place.only_conversation()
    async with place.app.state.store.write() as work:
        conversation = await work.conversations.get(citizen.id)
        token = conversation.keys()["token"]
    sent = {"client_message_id": "svar", "text": "Hun er svimmel om morgenen"}
    answer = await place.http.post(
        f"{citizen.path}/messages", json=sent, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
    row = page.get_by_role("row", name="Stabil somatisk tilstand")
    await expect(row).to_contain_text("»Hun er svimmel om morgenen«")
    await expect(row).to_contain_text("Uafklaret")
    await item.get_by_role("link", name="Hun er svimmel om morgenen").click()
    await expect(page.locator(".line:target")).to_contain_text("Hun er svimmel om morgenen")
    await row.get_by_label("Din vurdering af").select_option("Taler imod")
    await row.get_by_role("button", name="Gem").click()
    await expect(still_open).not_to_contain_text("Fysisk stabil")
