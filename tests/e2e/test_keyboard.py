"""Ready-made answers and shortcuts: found, and enough to work a whole case without a mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from . import cases
from .conftest import Place
from .test_accessibility import faults
from .test_talk import say, take

pytestmark = pytest.mark.asyncio(loop_scope="session")


def answers(page: Page) -> Any:
    return page.get_by_role("dialog", name="Færdige svar")


async def found(page: Page, words: str) -> list[str]:
    await page.get_by_role("combobox", name="Søg i de færdige svar").fill(words)
    return await answers(page).get_by_role("option").locator("strong").all_inner_texts()


async def test_an_answer_is_found_by_title_text_and_keyword_in_either_spelling(
    place: Place,
) -> None:
    page = await take(place, await cases.mother(place))
    await page.get_by_role("button", name="Færdige svar").click()
    everything = await found(page, "")
    assert len(everything) >= 15
    assert "Jeg er her, tag dig tid" in await found(page, "TAG DIG tid")
    assert await found(page, "øjeblik") == await found(page, "oejeblik") != []
    assert "Jeg er her, tag dig tid" in await found(page, "tænke")  # a keyword
    assert "Jeg er her, tag dig tid" in await found(page, "pænt")  # of its text
    assert await found(page, "xyz") == []
    await expect(answers(page).get_by_role("status")).to_have_text("Ingen svar passer")
    assert await faults(page) == []


async def test_an_answer_goes_to_the_caret_and_is_never_sent_by_itself(place: Place) -> None:
    page = await take(place, await cases.mother(place))
    await say(page).fill("Hej.  Hilsen Anna")
    await say(page).evaluate("(field) => field.setSelectionRange(5, 5)")
    await page.keyboard.press("/")
    await expect(answers(page)).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.type("taenke")
    await page.keyboard.press("Enter")
    await expect(answers(page)).to_be_hidden()
    await expect(say(page)).to_be_focused()
    await expect(say(page)).to_have_value(
        "Hej. Jeg er her stadig. Tag dig den tid, du har brug for. "
        "Det behøver ikke være skrevet pænt. Hilsen Anna"
    )
    await page.wait_for_timeout(300)
    await expect(page.locator("#talk .line.counsellor")).to_have_count(0)
    await page.keyboard.type("!")
    assert "pænt.! Hilsen" in await say(page).input_value()


async def test_arrows_choose_and_escape_goes_back_to_where_one_was(place: Place) -> None:
    page = await take(place, await cases.mother(place))
    await say(page).focus()
    await page.keyboard.press("/")
    options = answers(page).get_by_role("option")
    for key, place_of in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        await page.keyboard.press(key)
        await expect(options.nth(place_of)).to_have_attribute("aria-selected", "true")
        search = page.get_by_role("combobox", name="Søg i de færdige svar")
        marked = await options.nth(place_of).get_attribute("id")
        await expect(search).to_have_attribute("aria-activedescendant", marked or "")
        await expect(answers(page).locator("[aria-selected=true]")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(answers(page)).to_be_hidden()
    await expect(say(page)).to_be_focused()
    await expect(say(page)).to_have_value("")


async def test_a_slash_within_a_word_is_a_slash(place: Place) -> None:
    page = await take(place, await cases.mother(place))
    await say(page).focus()
    await page.keyboard.type("mor og/eller far")
    await expect(say(page)).to_have_value("mor og/eller far")


async def test_a_whole_case_by_keyboard_alone(place: Place) -> None:
    await cases.mother(place)
    page = await place.counsellor_at()
    press, type_ = page.keyboard.press, page.keyboard.type
    await press("n")
    await expect(page.get_by_role("link", name="Forælder til 14-årig")).to_be_focused()
    await press_letter(page, "å")
    await page.wait_for_url("**/console/sager/*")
    await press("t")
    await expect(say(page)).to_be_visible()
    await press("s")
    await expect(say(page)).to_be_focused()
    await type_("Hej. ")
    await press("/")
    await type_("taenke")
    await press("Enter")
    await press("Control+Enter")
    await expect(page.locator("#talk .line.counsellor")).to_contain_text("Hej. Jeg er her stadig")
    await press("Escape")
    await press("n")
    await expect(page.get_by_label("Skriv en note")).to_be_focused()
    await type_("Ring i morgen")
    await press("Control+Enter")
    await expect(page.locator(".note-text")).to_have_text("Ring i morgen")
    await press("Escape")
    await tab_to(page, "act-close")
    await press("Enter")
    await tab_to(page, "outcome")
    await type_("Tilbudt")
    await tab_to(page, "close-anyway")
    await press("Space")
    await tab_to(page, "close-note")
    await press("Control+Enter")
    await page.wait_for_url("**/console")
    await expect(page.get_by_text("Ingen venter lige nu")).to_be_visible()


async def press_letter(page: Page, letter: str) -> None:
    """One that Playwright's keyboard lacks."""
    event = f"new KeyboardEvent('keydown', {{key: '{letter}', bubbles: true, cancelable: true}})"
    await page.evaluate(f"document.activeElement.dispatchEvent({event})")


async def tab_to(page: Page, name: str) -> None:
    for _ in range(200):
        if await page.evaluate("document.activeElement.id") == name:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


async def test_shortcuts_go_on_and_back_through_the_queue(place: Place) -> None:
    for text in ("Hun sover ikke", "Han er trist", "De skændes"):
        await cases.teller(place, text, "foraelder", 12, ["uro"])
    page = await place.counsellor_at()
    places = []
    for key in ("n", "n", "n", "n", "f", "f"):
        await page.keyboard.press(key)
        places.append(
            await page.evaluate(
                "[...document.querySelectorAll('a.who')].indexOf(document.activeElement)"
            )
        )
    assert places == [0, 1, 2, 0, 2, 1]


async def test_shortcuts_are_shown_do_nothing_in_fields_and_can_be_turned_off(
    place: Place,
) -> None:
    page = await take(place, await cases.mother(place))
    await page.locator("#talk-scroll").focus()
    await page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Genveje")
    await expect(shown).to_contain_text("Skriv til borgeren")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await say(page).focus()
    await page.keyboard.type("kvst?n")
    await expect(say(page)).to_have_value("kvst?n")
    assert "/console/sager/" in page.url
    await page.get_by_role("button", name="Genveje").click()
    await shown.get_by_label("Brug genveje med ét bogstav").uncheck()
    await shown.get_by_role("button", name="Luk").click()
    await page.locator("#talk-scroll").focus()
    for key in ("?", "k", "v"):
        await page.keyboard.press(key)
    await say(page).fill("")
    await say(page).press("/")
    await expect(say(page)).to_have_value("/")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    assert "/console/sager/" in page.url
    await page.reload()
    await page.locator("#talk-scroll").focus()
    await page.keyboard.press("?")
    await expect(shown).to_be_hidden()
    await page.get_by_role("button", name="Genveje").click()
    await shown.get_by_label("Brug genveje med ét bogstav").check()
    await page.keyboard.press("Escape")
    await page.locator("#talk-scroll").focus()
    await page.keyboard.press("k")
    await page.wait_for_url("**/console")
