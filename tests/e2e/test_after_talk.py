"""After the talk in a real browser: closing, the two questions, following up, the text to keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect
from sqlalchemy import select

from handover.storage.tables import feedback_counts

from . import cases
from .conftest import PHONE, Place
from .test_accessibility import faults, press_until

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORRY = "Min søn vil ikke i skole længere"
QUESTIONS = "To korte spørgsmål, hvis du har lyst"


async def talk(place: Place, **look: object) -> tuple[Page, Page]:
    """A citizen on a phone, and the counsellor who has taken the case."""
    citizen = await place.window(**(PHONE | look))
    await citizen.goto("/")
    await expect(citizen.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await citizen.get_by_label("Skriv din besked").fill(WORRY)
    await citizen.keyboard.press("Enter")
    await expect(citizen.get_by_role("log")).to_contain_text("Læst:")
    found = await place.only_conversation()
    await place.change_intake(found, speaker={"value": "foraelder", "evidence": []})
    page = await place.counsellor_at()
    await page.goto(f"/console/sager/{await place.hand_over(found)}")
    await page.get_by_role("button", name="Tag sagen").click()
    await expect(page.get_by_role("button", name="Luk sagen")).to_be_visible()
    return citizen, page


async def close(page: Page, **dates: str) -> None:
    await page.get_by_role("button", name="Luk sagen").click()
    dialog = page.get_by_role("dialog", name="Luk sagen")
    await dialog.get_by_label("Hvad blev det til?").select_option("Aftalt PPR eller netværksmøde")
    if "underretning" in dates:
        await dialog.get_by_label("Jeg har lavet en underretning").check()
        day = dialog.get_by_label("Hvilken dag underrettede du?")
        await expect(day).to_have_value("2026-11-23")
        await day.fill(dates["underretning"])
    if "follow_up" in dates:
        await dialog.get_by_label("Skal I følge op?").fill(dates["follow_up"])
    await dialog.get_by_role("button", name="Luk sagen").click()
    await page.wait_for_url("**/console")


def choice(citizen: Page, question: str, name: str) -> Locator:
    group = citizen.get_by_role("group", name=question, exact=True)
    return group.get_by_role("button", name=name, exact=True)


async def counts(place: Place) -> list[tuple[str, str, int]]:
    table = feedback_counts.c
    async with place.app.state.store.read() as work:
        statement = select(table.question, table.answer, table.count).where(table.count > 0)
        rows = await work.connection.execute(statement.order_by(table.question))
        return [tuple(row) for row in rows]


async def test_a_case_is_closed_and_the_citizen_answers_changes_and_comes_back(
    place: Place,
) -> None:
    citizen, page = await talk(place)
    await close(page, underretning="2026-11-22", follow_up="2026-11-25")
    await expect(citizen.get_by_role("heading", name="Samtalen er slut")).to_be_visible()
    satisfied, friend = (
        "Er du tilfreds med den hjælp, du fik?",
        "Ville du anbefale det her til en anden forælder?",
    )
    await choice(citizen, satisfied, "Både og").tap()
    await expect(citizen.get_by_text("Tak for dit svar.")).to_be_visible()
    await choice(citizen, friend, "Ja").tap()
    await expect(choice(citizen, friend, "Ja")).to_have_attribute("aria-pressed", "true")
    assert await counts(place) == [("anbefale", "ja", 1), ("tilfreds", "delvist", 1)]

    await citizen.get_by_role("button", name="Din samtale").tap()
    code = await citizen.locator("#own-code [data-code]").inner_text()
    other = await place.window(**PHONE)
    await other.goto("/")
    await expect(other.get_by_role("log")).to_contain_text("Fortæl")  # it moves the button
    await other.get_by_role("button", name="Har du en kode?").tap()
    await other.get_by_label("Skriv din kode").fill(code)
    await other.get_by_role("button", name="Fortsæt", exact=True).tap()
    await expect(choice(other, satisfied, "Både og")).to_have_attribute("aria-pressed", "true")
    await choice(other, satisfied, "Ja").tap()
    await expect(choice(other, satisfied, "Ja")).to_have_attribute("aria-pressed", "true")
    await expect(choice(other, satisfied, "Både og")).to_have_attribute("aria-pressed", "false")
    assert await counts(place) == [("anbefale", "ja", 1), ("tilfreds", "ja", 1)]


async def test_an_answer_that_does_not_arrive_is_said_so_and_can_be_given_again(
    place: Place,
) -> None:
    citizen, page = await talk(place)
    await close(page)
    await expect(citizen.get_by_text(QUESTIONS)).to_be_visible()
    button = choice(citizen, "Er du tilfreds med den hjælp, du fik?", "Nej")
    place.wire.lose()
    await button.tap()
    await expect(citizen.get_by_text("Dit svar blev ikke gemt.")).to_be_visible()
    await expect(button).to_have_attribute("aria-pressed", "false")
    place.wire.mend()
    await button.tap()
    await expect(button).to_have_attribute("aria-pressed", "true")
    assert await counts(place) == [("tilfreds", "nej", 1)]


async def test_a_new_conversation_begins_without_the_questions(place: Place) -> None:
    citizen, page = await talk(place)
    await close(page)
    await expect(citizen.get_by_text(QUESTIONS)).to_be_visible()
    await citizen.get_by_role("button", name="Start en ny samtale").tap()
    await expect(citizen.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await expect(citizen.get_by_text(QUESTIONS)).to_be_hidden()


@pytest.mark.parametrize("way", ["Din samtale", "after the end"])
async def test_the_conversation_is_kept_as_a_text_file_after_a_warning(
    place: Place, tmp_path: Path, way: str
) -> None:
    citizen, page = await talk(place)
    if way == "Din samtale":
        await citizen.get_by_role("button", name="Din samtale").tap()
        await citizen.get_by_role("dialog").get_by_role("button", name="Gem samtalen").tap()
    else:
        await close(page)
        await citizen.get_by_role("button", name="Gem samtalen").tap()
    dialog = citizen.get_by_role("dialog", name="Vil du gemme samtalen?")
    await expect(dialog).to_contain_text("Andre, der bruger den samme telefon eller computer")
    async with citizen.expect_download() as coming:
        await dialog.get_by_role("button", name="Gem som tekstfil").tap()
    download = await coming.value
    assert download.suggested_filename == "samtale.txt"
    kept = tmp_path / "samtale.txt"
    await download.save_as(kept)
    text = kept.read_text("utf-8")
    shown = [message.strip() for message in await citizen.locator(".bubble").all_inner_texts()]
    assert "Dig, 2" in text
    assert WORRY in text
    for paragraph in (line for message in shown for line in message.splitlines() if line.strip()):
        assert paragraph in text
    await expect(dialog).to_be_hidden()


async def test_what_is_to_be_followed_up_stands_in_order_and_is_done_with_one_press(
    place: Place,
) -> None:
    days = {"2026-11-25": 8, "2026-11-23": 9, "2026-12-04": 10}
    async with await place.counsellor("Bo") as bo:
        for day, age in days.items():
            case = f"/api/handovers/{await cases.teller(place, f'Om {age}', 'ung', age, [])}"
            await bo.post(f"{case}/close", json={"outcome": "andet", "follow_up": day})
    place.clock.advance(days=2)
    page = await place.counsellor_at()
    bar = page.get_by_role("navigation", name="Sider")
    await bar.get_by_role("link", name="Opfølgning 2 skal følges op nu").click()
    await expect(page).to_have_title("(2) Opfølgning")
    await page.wait_for_load_state("load")  # its scripts have come
    rows = page.locator(".cases tbody tr")
    await expect(rows.locator(".who")).to_have_text(
        ["Den unge selv, 9 år", "Den unge selv, 8 år", "Den unge selv, 10 år"]
    )
    late = page.get_by_role("region", name="Skulle være fulgt op")
    await expect(late.get_by_role("row").nth(1)).to_contain_text("Mandag den 23. november")
    await expect(late.get_by_role("row").nth(1)).to_contain_text("Slettes efter tirsdag den 22.")
    await late.get_by_role("button", name="Fulgt op").click()
    done = page.get_by_role("region", name="Fulgt op i dag")
    await expect(done.get_by_role("row").nth(1)).to_contain_text("Fulgt op af Anna")
    await expect(bar.get_by_role("link", name="Opfølgning 1 skal følges op nu")).to_be_visible()
    await done.get_by_role("button", name="Fortryd").click()
    await expect(late.get_by_role("row").nth(1)).to_contain_text("Sat af Bo")
    await expect(bar.get_by_role("link", name="Opfølgning 2 skal følges op nu")).to_be_visible()


async def test_underretning_and_follow_up_are_noted_on_the_case_itself(place: Place) -> None:
    _, page = await talk(place)
    card = page.get_by_role("region", name="Efter samtalen")
    await card.get_by_label("Følg op den").fill("2026-11-30")
    await card.get_by_role("button", name="Sæt dagen").click()
    await expect(card).to_contain_text("Mandag den 30. november, sat af Anna")
    await card.get_by_label("Underretning lavet den").fill("2026-11-23")
    await card.get_by_role("button", name="Notér").click()
    await expect(card).to_contain_text("Lavet i dag, noteret af Anna")
    await close(page)
    await page.get_by_role("link", name="Lukkede").click()
    await page.get_by_role("link", name="Forælder, barnets alder ukendt").click()
    await expect(card).to_contain_text("Aftalt PPR eller netværksmøde")
    await expect(card).to_contain_text("Mandag den 30. november, sat af Anna")
    await card.get_by_role("button", name="Fulgt op").click()
    await expect(card).to_contain_text("Fulgt op i dag kl.")


async def test_a_case_is_closed_and_the_questions_answered_with_the_keyboard_alone(
    place: Place,
) -> None:
    citizen, page = await talk(place, has_touch=False, is_mobile=False)
    await press_until(page, "Luk sagen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Luk sagen")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.get_by_label("Hvad blev det til?").focus()
    await page.keyboard.type("Andet")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.get_by_label("Hvilken dag underrettede du?")).to_be_visible()
    await press_until(page, "Luk sagen")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console")
    await expect(citizen.get_by_text(QUESTIONS)).to_be_visible()
    await press_until(citizen, "Både og")
    await citizen.keyboard.press("Enter")
    await expect(citizen.get_by_text("Tak for dit svar.")).to_be_visible()
    assert await counts(place) == [("tilfreds", "delvist", 1)]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_what_comes_after_the_talk_has_no_known_barriers(place: Place, theme: str) -> None:
    look = {"color_scheme": theme, "reduced_motion": "reduce"}
    citizen, page = await talk(place, **look)
    await page.emulate_media(**look)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Luk sagen").click()
    await page.get_by_label("Jeg har lavet en underretning").check()
    assert await faults(page) == []
    await page.get_by_role("button", name="Fortryd").click()
    await close(page, follow_up="2026-11-23")
    for path in ("/console/opfoelgning", "/console/lukkede"):
        await page.goto(path)
        assert await faults(page) == [], path
    await citizen.get_by_role("button", name="Både og").tap()
    await expect(citizen.get_by_text("Tak for dit svar.")).to_be_visible()
    assert await faults(citizen) == []
    await citizen.get_by_role("button", name="Gem samtalen").tap()
    await expect(citizen.get_by_role("dialog", name="Vil du gemme samtalen?")).to_be_visible()
    assert await faults(citizen) == []


@pytest.mark.parametrize(("width", "height"), [(320, 640), (341, 192)])
async def test_nothing_after_the_talk_scrolls_sideways(
    place: Place, width: int, height: int
) -> None:
    citizen, page = await talk(place)
    size = {"width": width, "height": height}
    wide = "document.documentElement.scrollWidth <= innerWidth"
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Luk sagen").click()
    await page.get_by_label("Jeg har lavet en underretning").check()
    dialog = page.get_by_role("dialog", name="Luk sagen")
    assert await dialog.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
    assert await page.evaluate(wide)
    await page.get_by_role("button", name="Fortryd").click()
    await close(page, follow_up="2026-11-23")
    await page.goto("/console/opfoelgning")
    assert await page.evaluate(wide)
    await citizen.set_viewport_size(size)  # type: ignore[arg-type]
    await expect(citizen.get_by_text(QUESTIONS)).to_be_visible()
    assert await citizen.evaluate(wide)
