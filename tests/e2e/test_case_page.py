"""A case in a real browser: what a counsellor sees of it, and what they do with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Request, expect

from bot.tracks.catalogue import load_catalogue

from . import cases
from .conftest import DESK, PASSWORD, PHONE, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")
IDS = "waiting|claimed|closed|opfyldt|uafklaret|foraelder"
RAW = re.compile(rf"\b[a-zæøå]+_[a-zæøå_]+\b|\b({IDS})\b")
"""What an id looks like; a page for people shows none."""


@pytest_asyncio.fixture(loop_scope="session")
async def api(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    async with await place.counsellor("Bo") as client:
        yield client


async def open_case(place: Place, handover_id: str, take: bool = False) -> Page:
    page = await place.counsellor_at()
    await page.goto(f"/console/sager/{handover_id}")
    if take:
        await page.get_by_role("button", name="Tag sagen").click()
        await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
    return page


def criterion(page: Page, name: str) -> Locator:
    return page.get_by_role("row", name=name)


def minutes(number: int) -> int:
    return number * 60_000


def is_refresh(asked: Request, used: bool) -> bool:
    return "/console/sager/" in asked.url and ("x-idle" in asked.headers) != used


async def in_view(message: Locator) -> bool:
    """Is it inside the part of the transcript that is seen?"""
    return bool(
        await message.evaluate(
            """(item) => {
                const seen = item.closest(".talk-scroll").getBoundingClientRect();
                const { top, bottom } = item.getBoundingClientRect();
                return top >= seen.top - 1 && top < seen.bottom && bottom > seen.top;
            }"""
        )
    )


async def test_ten_seconds_show_what_it_is_about_whom_to_call_and_what_is_open(
    place: Place,
) -> None:
    page = await open_case(place, await cases.mother(place))
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"Normal\s+Forælder til 14-årig")
    )
    for words in (
        cases.MOTHER, "Vil ringes op", "12345678", "efter kl. 15", "Anonym", "København",
        "(først: 13)", "Når tanker om krop og mad fylder for meget",
    ):  # fmt: skip
        await expect(page.get_by_text(words).first).to_be_in_viewport()
    still_open = page.get_by_role("region", name="Stadig åbent")
    await expect(still_open).to_be_in_viewport()
    await expect(still_open).to_contain_text("Fysisk stabil: ikke spurgt")
    await expect(still_open).to_contain_text("Andet psykisk, der er meget svært: vil ikke svare")
    await expect(still_open).not_to_contain_text("Mange tanker om krop og mad")


async def test_the_quote_beside_a_criterion_leads_to_the_message_it_was_said_in(
    place: Place,
) -> None:
    page = await open_case(place, await cases.mother(place))
    row = criterion(page, "Kan spise med rådgivning og støtte fra omgivelserne")
    await expect(row).to_contain_text("Taler for")
    await expect(row).to_contain_text("først: Uafklaret")
    message = page.locator(".line").filter(has_text=cases.MEALS)
    assert not await in_view(message)
    await row.get_by_role("link", name=cases.MEALS).click()
    await expect(page.locator(".line:target")).to_contain_text(cases.MEALS)
    assert await in_view(message)
    await expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


async def test_an_exclusion_cannot_be_misread(place: Place) -> None:
    page = await open_case(place, await cases.mother(place))
    present = criterion(page, "Betydeligt vægttab")
    await expect(present).to_contain_text("Til stede")
    await expect(present).to_contain_text("Peger på: Egen læge")
    absent = criterion(page, "Tidligere behandlet for en spiseforstyrrelse")
    await expect(absent).to_contain_text("Ikke til stede")
    for row in (present, absent):
        await expect(row).not_to_contain_text("Taler")
    signs = criterion(page, "Overoptaget af krop og/eller mad")
    await expect(signs).to_contain_text("Uafklaret: ikke spurgt, ét tegn er nok")


async def test_danger_is_said_first_with_the_words_and_what_was_seen_in_them(place: Place) -> None:
    page = await open_case(place, await cases.in_danger(place))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Akut")
    danger = page.get_by_role("region", name="Tegn på fare")
    await expect(danger).to_contain_text(f"»{cases.DARK}«")
    await expect(danger).to_contain_text("kan betyde fare for liv eller sikkerhed")
    await danger.get_by_role("link").first.click()
    await expect(page.locator(".line:target")).to_contain_text(cases.DARK)


async def test_no_id_is_ever_shown(place: Place, api: httpx.AsyncClient) -> None:
    ids = [await cases.mother(place), await cases.in_danger(place)]
    tracks = list(load_catalogue().tracks)
    ids.append(await cases.teller(place, "hej", "ukendt", None, tracks, channel="sms"))
    await api.post(f"/api/handovers/{ids[1]}/claim")
    ending = {"outcome": "ikke_naaet", "underretning": "2026-11-22", "follow_up": "2026-11-30"}
    await api.post(f"/api/handovers/{ids[2]}/close", json=ending)
    page = await place.counsellor_at()
    lists = ("/console", "/console/lukkede", "/console/opfoelgning")
    for path in (*lists, *(f"/console/sager/{i}" for i in ids)):
        await page.goto(path)
        text = await page.locator("body").inner_text()
        assert not RAW.findall(text), path


async def test_a_judgement_is_kept_beside_the_reading_and_can_be_taken_back(
    place: Place, api: httpx.AsyncClient
) -> None:
    handover_id = await cases.mother(place)
    page = await open_case(place, handover_id, take=True)
    row = criterion(page, "Betydeligt vægttab")
    choice = row.get_by_label("Din vurdering af: Betydeligt vægttab")
    await choice.select_option("Ikke til stede")
    await row.get_by_role("button", name="Gem").click()
    await expect(row).to_contain_text("Anna, i dag kl.")
    await expect(row.get_by_role("button", name="Gem")).to_be_hidden()
    await expect(choice).to_be_focused()
    await page.reload()
    await expect(choice).to_have_value("ikke_opfyldt")
    await expect(row).to_contain_text("Til stede")
    await choice.select_option("Ikke vurderet")
    await row.get_by_role("button", name="Gem").click()
    await expect(row).not_to_contain_text("Anna, i dag kl.")
    tracks = (await api.get(f"/api/handovers/{handover_id}")).json()["tracks"]
    judged = {c["id"]: c["counsellor"]["status"] for c in tracks[0]["criteria"]}
    assert judged["betydeligt_vaegttab"] is None


async def test_counsellor_and_citizen_write_to_each_other_without_a_reload(place: Place) -> None:
    citizen = await place.window(**PHONE)
    await citizen.goto("/")
    await citizen.get_by_label("Skriv din besked").fill("Jeg har det svært derhjemme")
    await citizen.keyboard.press("Enter")
    await expect(citizen.get_by_role("log")).to_contain_text("Læst:")
    page = await place.counsellor_at()
    found = await place.only_conversation()
    await page.goto(f"/console/sager/{await place.hand_over(found)}")
    await page.get_by_role("button", name="Tag sagen").click()
    await page.get_by_label("Skriv til borgeren").fill("Hej. Jeg læser, hvad du har skrevet.")
    await page.keyboard.press("Control+Enter")
    await expect(citizen.locator(".counsellor .bubble")).to_have_text(
        "Hej. Jeg læser, hvad du har skrevet."
    )
    await expect(page.get_by_label("Skriv til borgeren")).to_have_value("")
    await page.get_by_label("Skriv til borgeren").fill("Hvor længe")
    await citizen.get_by_label("Skriv din besked").fill("Tak, fordi du er her")
    await citizen.keyboard.press("Enter")
    await expect(page.locator(".line.citizen").last).to_contain_text("Tak, fordi du er her")
    await expect(page.locator("#news")).to_contain_text("Tak, fordi du er her")
    await expect(page.get_by_label("Skriv til borgeren")).to_have_value("Hvor længe")
    await page.get_by_label("Skriv til borgeren").fill("")


async def test_nothing_written_is_lost_when_the_session_has_ended(place: Place) -> None:
    page = await open_case(place, await cases.mother(place), take=True)
    note = page.get_by_label("Skriv en note")
    await note.fill("Ring til egen læge i morgen")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Gem noten").click()
    await expect(page.get_by_text("Du er logget ud").first).to_be_visible()
    await expect(note).to_have_value("Ring til egen læge i morgen")
    other = await page.context.new_page()
    await other.goto("/console")
    await other.get_by_label("Navn").fill("Anna")
    await other.get_by_label("Adgangskode").fill(PASSWORD)
    await other.get_by_role("button", name="Log ind").click()
    await other.wait_for_url("**/console")
    await page.get_by_role("button", name="Gem noten").click()
    await expect(page.locator(".note-text")).to_have_text("Ring til egen læge i morgen")
    await expect(note).to_have_value("")


async def test_nothing_written_is_lost_when_the_network_is_gone(place: Place) -> None:
    page = await open_case(place, await cases.mother(place), take=True)
    note = page.get_by_label("Skriv en note")
    await note.fill("Ring til egen læge i morgen")
    place.wire.lose()
    await page.get_by_role("button", name="Gem noten").click()
    await expect(page.get_by_text("Vi ved ikke, om det nåede frem").first).to_be_visible()
    await expect(note).to_have_value("Ring til egen læge i morgen")
    place.wire.mend()
    await page.get_by_role("button", name="Gem noten").click()
    await expect(page.locator(".note-text")).to_have_text("Ring til egen læge i morgen")


async def test_a_case_is_closed_with_an_outcome_and_a_note(
    place: Place, api: httpx.AsyncClient
) -> None:
    handover_id = await cases.mother(place)
    page = await open_case(place, handover_id, take=True)
    await page.get_by_role("button", name="Luk sagen").click()
    dialog = page.get_by_role("dialog", name="Luk sagen")
    await dialog.get_by_label("Hvad blev det til?").select_option("Tilbudt en afklarende samtale")
    await dialog.get_by_label("Luk sagen, selv om borgeren venter").check()
    await dialog.get_by_label("Note til sagen").fill("Første samtale er på torsdag")
    await dialog.get_by_role("button", name="Luk sagen").click()
    await page.wait_for_url("**/console")
    await expect(page.get_by_text("Ingen venter lige nu")).to_be_visible()
    found = (await api.get(f"/api/handovers/{handover_id}")).json()
    assert (found["status"], found["outcome"]) == ("closed", "afklarende_samtale")
    assert [note["text"] for note in found["notes"]] == ["Første samtale er på torsdag"]
    await page.goto(f"/console/sager/{handover_id}")
    await expect(page.get_by_role("list", name="Om sagen")).to_contain_text(
        "Tilbudt en afklarende samtale"
    )
    await expect(page.get_by_role("button", name="Tag sagen")).to_have_count(0)


async def test_a_case_goes_back_to_the_queue_and_on_to_a_colleague(
    place: Place, api: httpx.AsyncClient
) -> None:
    await place.account("Carl", PASSWORD)
    page = await open_case(place, await cases.mother(place), take=True)
    await page.get_by_role("button", name="Læg tilbage i køen").click()
    await page.get_by_role("button", name="Tag sagen").click()
    await page.get_by_role("button", name="Giv til en kollega").click()
    dialog = page.get_by_role("dialog", name="Giv sagen til en kollega")
    await dialog.get_by_label("Kollega").select_option("Carl")
    await dialog.get_by_role("button", name="Giv sagen videre").click()
    await expect(page.get_by_text("Taget af Carl")).to_be_visible()
    await expect(page.get_by_role("button", name="Luk sagen")).to_have_count(0)
    await expect(page.get_by_label("Din vurdering af: Betydeligt vægttab")).to_have_count(0)


async def test_what_a_citizen_has_erased_is_gone_from_the_open_page(place: Place) -> None:
    citizen = await place.citizen()
    page = await open_case(place, await cases.in_danger(place, citizen))
    await expect(page.get_by_text(cases.TIRED).first).to_be_visible()
    await place.http.delete(citizen.path, headers=citizen.headers)
    await expect(page.get_by_text("Borgeren har slettet samtalen.", exact=True)).to_be_visible()
    await expect(page.get_by_text(cases.TIRED)).to_have_count(0)
    await expect(page.get_by_text(cases.DARK).first).to_be_visible()


async def test_the_summary_is_fetched_as_pdf_text_and_fhir(place: Place) -> None:
    page = await open_case(place, await cases.mother(place))
    exports = {"pdf": b"%PDF", "tekst": b"Henvendelse", "FHIR": b'{"resourceType"'}
    for name, begins in exports.items():
        address = await page.get_by_role("link", name=name, exact=True).get_attribute("href")
        assert address
        answer = await page.request.get(address)
        assert (await answer.body()).startswith(begins)


async def test_a_citizens_words_are_never_markup(place: Place) -> None:
    text = "<img src=x onerror=alert(1)><script>document.title='x'</script>"
    handover_id = await cases.teller(place, text, "ung", 12, ["uro"])
    page = await open_case(place, handover_id)
    await expect(page.get_by_role("region", name="Med egne ord")).to_contain_text(text)
    await expect(page.locator("main script, main img")).to_have_count(0)


@pytest.mark.parametrize(("used", "status"), [(False, "waiting"), (True, "claimed")])
async def test_a_page_in_use_is_a_counsellors_sign_of_life_and_one_left_open_is_not(
    place: Place, api: httpx.AsyncClient, used: bool, status: str
) -> None:
    handover_id = await cases.mother(place)
    page = await place.counsellor_at()
    await page.route("**/console/events*", lambda route: route.abort())  # only its own timer counts
    await page.clock.install()
    await page.goto(f"/console/sager/{handover_id}")
    async with page.expect_response("**/read"):  # what was on the screen is told while it counts
        await page.get_by_role("button", name="Tag sagen").click()
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
    await page.clock.fast_forward(minutes(11))
    place.clock.advance(minutes=21)
    if used:
        await page.keyboard.press("Shift")
    async with page.expect_request(lambda asked: is_refresh(asked, used)) as refresh:
        for _ in range(9):
            await page.clock.run_for(minutes(1))
            await asyncio.sleep(0.1)  # what the page fetches is not on its clock
    await (await refresh.value).response()
    await place.app.state.watchdog.free_abandoned()
    assert (await api.get(f"/api/handovers/{handover_id}")).json()["status"] == status


async def test_an_unknown_case_is_told_kindly(place: Place) -> None:
    page = await place.counsellor_at(**DESK)
    answer = await page.goto("/console/sager/findes-ikke")
    assert answer
    assert answer.status == 404
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sagen findes ikke mere")
