"""The citizen's chat, on a phone, in a real browser."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.handover.conftest import Answers, entry

from .cases import YES_NO
from .conftest import PHONE, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORRY = "Min søn vil ikke i skole længere"
ASKED = "Går det ud over skole, venner eller familie?"


def asks(_: str) -> Answers:
    return entry(ASKED, question="funktionsniveau", choices=YES_NO)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(place: Place) -> Page:
    page = await place.window(**PHONE)
    await page.goto("/")
    await expect(page.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    return page


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Skriv din besked").fill(text)
    await page.keyboard.press("Enter")


async def go_to(page: Page, name: str, key: str) -> None:
    """Press ``key`` until the button of that name has the focus."""
    for _ in range(8):
        await page.keyboard.press(key)
        if await page.evaluate("document.activeElement.textContent") == name:
            return
    raise AssertionError(f"{key} does not lead to {name}")


async def test_a_citizen_answers_by_button_and_sees_the_words_of_the_button(
    place: Place, phone: Page
) -> None:
    place.rasa.answer = asks
    await write(phone, WORRY)
    await expect(phone.get_by_role("log")).to_contain_text(ASKED)
    place.rasa.answer = lambda _: entry("Tak for svaret.")
    await phone.get_by_role("button", name="Nej").tap()
    await expect(phone.get_by_role("log")).to_contain_text("Tak for svaret.")
    assert place.rasa.texts == [WORRY, "nej"]
    await expect(phone.locator(".citizen .bubble")).to_have_text([WORRY, "Nej"])
    await expect(phone.get_by_role("group", name="Svarmuligheder")).to_be_hidden()


async def test_a_citizen_answers_by_keyboard_alone_and_keeps_the_place(
    place: Place, phone: Page
) -> None:
    place.rasa.answer = asks
    await write(phone, WORRY)
    await expect(phone.get_by_role("button", name="Ja", exact=True)).to_be_visible()
    await go_to(phone, "Ja", "Shift+Tab")
    await phone.keyboard.press("Enter")
    await expect(phone.locator(".citizen .bubble")).to_have_text([WORRY, "Ja"])
    await expect(phone.get_by_label("Skriv din besked")).to_be_focused()


async def test_what_is_written_without_a_network_is_sent_once_when_it_comes_back(
    place: Place, phone: Page
) -> None:
    place.wire.lose()
    await write(phone, WORRY)
    await expect(phone.locator("#connection")).to_contain_text("Det, du skriver, er ikke væk")
    await expect(phone.locator(".citizen .state")).to_contain_text("Ikke sendt endnu")
    await write(phone, "Han siger, at han har ondt i maven")
    place.wire.mend()
    bubbles = phone.locator(".citizen .bubble")
    await expect(phone.locator("[data-state]")).to_have_count(0)
    await expect(bubbles).to_have_text([WORRY, "Han siger, at han har ondt i maven"])
    assert place.rasa.texts == [WORRY, "Han siger, at han har ondt i maven"]


async def hold_the_opening_back(page: Page) -> asyncio.Event:
    """No conversation opens for this page until the event is set."""
    let_through = asyncio.Event()

    async def hold_back(route: Route) -> None:
        await let_through.wait()
        await route.continue_()

    await page.route("**/api/conversations", hold_back)
    return let_through


async def test_what_is_written_before_the_conversation_is_open_is_sent_when_it_opens(
    place: Place,
) -> None:
    phone = await place.window(**PHONE)
    let_through = await hold_the_opening_back(phone)
    await phone.goto("/")
    await write(phone, WORRY)
    await expect(phone.locator(".citizen .bubble")).to_have_text([WORRY])
    await expect(phone.get_by_label("Skriv din besked")).to_have_value("")
    let_through.set()
    await expect(phone.get_by_role("log")).to_contain_text(f"Læst: {WORRY}")
    await expect(phone.locator(".message")).to_contain_text(["", "Fortæl", WORRY, "Læst"])
    assert place.rasa.texts == [WORRY]


async def test_sending_before_the_page_has_its_script_puts_nothing_into_the_address(
    place: Place,
) -> None:
    phone = await place.window(**PHONE)
    await phone.route("**/static/chat/page.js", lambda route: route.abort())
    await phone.goto("/")
    await phone.get_by_label("Skriv din besked").fill(WORRY)
    await phone.get_by_role("button", name="Send", exact=True).tap()
    await expect(phone.get_by_label("Skriv din besked")).to_have_value(WORRY)
    assert phone.url == f"{place.wire.url}/"


async def test_a_conversation_that_opens_late_does_not_replace_the_one_come_back_to(
    place: Place, phone: Page
) -> None:
    await write(phone, WORRY)
    await expect(phone.get_by_role("log")).to_contain_text("Læst:")
    await phone.get_by_role("button", name="Din samtale").tap()
    code = await phone.locator("#own-code [data-code]").inner_text()
    other = await place.window(**PHONE)
    let_through = await hold_the_opening_back(other)
    await other.goto("/")
    await other.get_by_role("button", name="Har du en kode?").tap()
    await other.get_by_label("Skriv din kode").fill(code)
    await other.keyboard.press("Enter")
    await expect(other.locator(".citizen .bubble")).to_have_text([WORRY])
    async with other.expect_response("**/api/conversations"):
        let_through.set()
    await write(other, "Han siger, at han har ondt i maven")
    await expect(other.get_by_role("log")).to_contain_text("Læst: Han siger")
    await expect(other.locator(".citizen .bubble")).to_have_text(
        [WORRY, "Han siger, at han har ondt i maven"]
    )
    await phone.reload()
    await expect(phone.locator(".citizen .bubble")).to_have_count(2)


async def test_a_message_whose_answer_got_lost_is_not_doubled(place: Place, phone: Page) -> None:
    place.wire.lose_answers()
    await write(phone, WORRY)
    await place.heard(WORRY)
    place.wire.mend()
    await expect(phone.get_by_role("log")).to_contain_text(f"Læst: {WORRY}")
    await expect(phone.locator("[data-state]")).to_have_count(0)
    await expect(phone.locator(".citizen .bubble")).to_have_text([WORRY])
    await expect(phone.get_by_text(f"Læst: {WORRY}")).to_have_count(1)
    assert place.rasa.texts == [WORRY]


async def test_a_reload_keeps_the_conversation_and_what_is_half_written(
    place: Place, phone: Page
) -> None:
    await write(phone, WORRY)
    await expect(phone.get_by_role("log")).to_contain_text("Læst:")
    await phone.get_by_label("Skriv din besked").fill("og han")
    await phone.reload()
    await expect(phone.locator(".citizen .bubble")).to_have_text([WORRY])
    await expect(phone.get_by_label("Skriv din besked")).to_have_value("og han")


async def elsewhere(route: Route) -> None:
    await route.fulfill(content_type="text/html", body="<title>Vejret</title><h1>Vejret</h1>")


@pytest.mark.parametrize("way", ["link", "escape"])
async def test_leaving_at_once_leaves_nothing_behind(place: Place, phone: Page, way: str) -> None:
    await phone.context.route("https://www.dmi.dk/**", elsewhere)
    await write(phone, WORRY)
    await expect(phone.get_by_role("log")).to_contain_text("Læst:")
    if way == "link":
        await phone.get_by_role("link", name="Forlad siden hurtigt").tap()
    else:
        await phone.keyboard.press("Escape")
        await phone.keyboard.press("Escape")
    await expect(phone).to_have_title("Vejret")
    await phone.go_back()
    assert place.wire.url not in phone.url
    await phone.goto("/")
    await expect(phone.get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await expect(phone.locator(".citizen")).to_have_count(0)


async def test_danger_is_answered_with_numbers_to_press_even_when_the_assistant_is_down(
    place: Place, phone: Page
) -> None:
    place.rasa.status = 500
    await write(phone, "jeg vil dø i aften")
    crisis = phone.locator(".message.crisis").first
    await expect(crisis.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    assert place.rasa.texts == []


async def test_words_are_shown_as_words_never_as_markup(place: Place, phone: Page) -> None:
    text = "<img src=x onerror=alert(1)> <b>hej</b>"
    await write(phone, text)
    await expect(phone.locator(".citizen .bubble")).to_have_text(text)
    await expect(phone.locator(".bubble img, .bubble b")).to_have_count(0)


async def test_a_long_conversation_scrolls_inside_the_page_and_never_the_page_itself(
    place: Place, phone: Page
) -> None:
    long = "\n".join(f"{number}. Det, jeg har forstået indtil nu" for number in range(1, 25))
    place.rasa.answer = lambda _: [*entry("Tak."), *entry(long, kind="summary"), *asks("")]
    for text in (WORRY, "Han er 9 år", "Det har stået på længe"):
        await write(phone, text)
        await expect(phone.locator(".citizen .bubble").last).to_have_text(text)
        await expect(phone.get_by_role("button", name="Ja", exact=True)).to_be_visible()
    assert await phone.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert await phone.evaluate("document.documentElement.scrollTop") == 0


MOVING = """async () => {
  const { View } = await import("/static/chat/view.js");
  const make = (name, height) => {
    const made = document.createElement(name);
    made.style.height = height;
    return made;
  };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const outOfSight = (mark) => new Promise((done) => {
    new IntersectionObserver(([entry]) => entry.isIntersecting || done()).observe(mark);
  });
  const [scroller, column] = [make("div", "300px"), make("div", "auto")];
  const newer = make("button", "auto");
  scroller.style.overflowY = "auto";
  scroller.append(column);
  document.body.replaceChildren(scroller, newer);
  newer.hidden = true;
  const view = new View(scroller, newer);
  const add = (height) => {
    const item = make("p", height);
    view.end.before(item);
    return item;
  };
  await pause(300); // it has looked around
  add("1500px");
  view.toEnd();
  await outOfSight(view.end);
  view.follow(add("200px"));
  await pause(2000);
  return [newer.hidden, scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop < 2];
}"""


async def test_what_comes_while_the_page_still_moves_to_the_newest_is_shown(place: Place) -> None:
    page = await place.window(**PHONE)
    await page.goto("/console/login")  # a page with our styles, on which nothing else moves
    assert await page.evaluate(MOVING) == [True, True]
