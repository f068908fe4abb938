"""The chat on a foreign page with a strict policy, brought there by one line."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import FrameLocator, Page, Response, Route, expect

from tests.handover.test_widget import municipality_with

from .conftest import DESK, PHONE, Place
from .foreign import Site
from .test_accessibility import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORRY = "Min søn vil ikke i skole længere"
MORE = "Han siger, at han har ondt i maven"
MOST_BYTES = 60_000


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def changes(tmp_path: Path, site: Site) -> dict[str, Any]:
    listed = municipality_with(tmp_path, site.url, site.far_url)
    return {"municipality": listed}


@pytest_asyncio.fixture(loop_scope="session")
async def town(place: Place, site: Site) -> AsyncIterator[Site]:
    """The municipality's site, with the line on it."""
    site.service = place.wire.url
    site.head = site.line()
    async with site.open():
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def desk(place: Place, town: Site) -> Page:
    return await visit(place, town, **DESK)


@pytest_asyncio.fixture(loop_scope="session")
async def far(place: Place, town: Site) -> Page:
    page = await place.window(**DESK)
    await page.goto(town.far_url)
    return page


async def visit(place: Place, site: Site, **look: Any) -> Page:
    page = await place.window(**look)
    await page.goto(site.url)
    return page


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("stime-raadgivning iframe")


def launcher(page: Page) -> Any:
    return page.locator("stime-raadgivning .launcher")


def panel(page: Page) -> Any:
    return page.locator("stime-raadgivning dialog")


async def open_chat(page: Page) -> FrameLocator:
    await launcher(page).click()
    await expect(chat(page).get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    return chat(page)


async def write(page: Page, text: str) -> None:
    field = chat(page).get_by_label("Skriv din besked")
    await field.fill(text)
    await field.press("Enter")


async def focused(page: Page) -> str:
    """What has the focus in the launcher's own tree: a class or a tag."""
    found: str = await page.evaluate(
        """() => {
          const within = document.querySelector("stime-raadgivning").shadowRoot.activeElement;
          return within ? within.classList[0] ?? within.tagName : "elsewhere";
        }"""
    )
    return found


async def test_until_it_is_opened_the_line_fetches_one_file_and_keeps_nothing(
    place: Place, town: Site
) -> None:
    page = await place.window(**DESK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(town.url)
    await expect(launcher(page)).to_have_text("Skriv med ROBUS")
    await page.wait_for_load_state("networkidle")
    assert [url for url in asked if url.startswith(town.service)] == [f"{town.service}/widget.js"]
    state = await page.context.storage_state()
    assert (state["cookies"], state["origins"]) == ([], [])
    assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


async def test_a_citizen_writes_and_is_answered_and_the_site_still_keeps_nothing(
    place: Place, desk: Page
) -> None:
    await open_chat(desk)
    await write(desk, WORRY)
    await expect(chat(desk).get_by_role("log")).to_contain_text(f"Læst: {WORRY}")
    assert place.rasa.texts == [WORRY]
    assert (await desk.context.cookies()) == []
    assert await desk.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


async def test_the_sites_own_scripts_cannot_reach_into_the_conversation(desk: Page) -> None:
    await open_chat(desk)
    reached = await desk.evaluate(
        """() => {
          const { shadowRoot } = document.querySelector("stime-raadgivning");
          const frame = shadowRoot.querySelector("iframe");
          try { return String(frame.contentWindow.sessionStorage.length); }
          catch (error) { return error.name; }
        }"""
    )
    assert reached == "SecurityError"


async def test_danger_is_answered_in_the_frame_with_numbers_to_press(
    place: Place, desk: Page
) -> None:
    place.rasa.status = 500
    await open_chat(desk)
    await write(desk, "jeg vil dø i aften")
    crisis = chat(desk).locator(".message.crisis").first
    await expect(crisis.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")


async def test_a_reload_of_the_site_keeps_the_conversation_and_what_is_half_written(
    place: Place, desk: Page
) -> None:
    await open_chat(desk)
    await write(desk, WORRY)
    await expect(chat(desk).get_by_role("log")).to_contain_text("Læst:")
    await chat(desk).get_by_label("Skriv din besked").fill("og han")
    await desk.reload()
    await expect(panel(desk)).to_be_hidden()
    await open_chat(desk)
    await expect(chat(desk).locator(".citizen .bubble")).to_have_text([WORRY])
    await expect(chat(desk).get_by_label("Skriv din besked")).to_have_value("og han")
    assert place.rasa.texts == [WORRY]


async def test_where_the_browser_keeps_nothing_for_frames_the_code_leads_back(
    place: Place, far: Page
) -> None:
    frame = await open_chat(far)
    hint = frame.locator("#forgetful")
    await expect(hint).to_contain_text("Skriv koden ned")
    code = await hint.locator("[data-code]").inner_text()
    await write(far, WORRY)
    await expect(frame.get_by_role("log")).to_contain_text("Læst:")
    await far.reload()
    await open_chat(far)
    await expect(frame.locator(".citizen")).to_have_count(0)
    await expect(frame.get_by_role("log")).to_contain_text("Fortæl")  # it moves the button
    await frame.get_by_role("button", name="Har du en kode?").click()
    await frame.get_by_label("Skriv din kode").fill(code)
    await far.keyboard.press("Enter")
    await expect(frame.locator(".citizen .bubble")).to_have_text([WORRY])


async def test_where_the_browser_remembers_no_code_is_pressed_upon_anybody(desk: Page) -> None:
    frame = await open_chat(desk)
    await expect(frame.locator("#forgetful")).to_be_hidden()


async def test_a_cut_network_loses_nothing_doubles_nothing_and_keeps_the_draft(
    place: Place, desk: Page
) -> None:
    await open_chat(desk)
    place.wire.lose()
    await write(desk, WORRY)
    await expect(chat(desk).locator("#connection")).to_contain_text("er ikke væk")
    await write(desk, MORE)
    await chat(desk).get_by_label("Skriv din besked").fill("og han")
    place.wire.mend()
    await expect(chat(desk).locator("[data-state]")).to_have_count(0)
    await expect(chat(desk).locator(".citizen .bubble")).to_have_text([WORRY, MORE])
    await expect(chat(desk).get_by_text(f"Læst: {MORE}")).to_have_count(1)
    await expect(chat(desk).get_by_label("Skriv din besked")).to_have_value("og han")
    assert place.rasa.texts == [WORRY, MORE]


async def test_when_the_service_is_down_the_launcher_shows_whom_to_call_and_tries_again(
    place: Place, desk: Page
) -> None:
    await expect(launcher(desk)).to_be_visible()
    place.wire.lose()
    await launcher(desk).click()
    await expect(panel(desk)).to_contain_text("Chatten kan ikke åbnes lige nu")
    await expect(desk.locator("stime-raadgivning [role=status]")).to_contain_text("kan ikke åbnes")
    for link in await panel(desk).get_by_role("link", name="112", exact=False).all():
        await expect(link).to_have_attribute("href", "tel:112")
    await expect(panel(desk).get_by_role("link", name="116 111")).to_be_visible()
    assert await faults(desk) == []
    place.wire.mend()
    await panel(desk).get_by_role("button", name="Prøv igen").click()
    await expect(chat(desk).get_by_role("log")).to_contain_text("Fortæl med dine egne ord")
    await expect(panel(desk).get_by_role("button", name="Prøv igen")).to_be_hidden()


async def test_112_is_in_sight_before_the_chat_is_opened(desk: Page) -> None:
    call = desk.locator("stime-raadgivning .corner").get_by_role("link", name="112")
    await expect(call).to_be_in_viewport()
    await expect(call).to_have_attribute("href", "tel:112")


async def elsewhere(route: Route) -> None:
    await route.fulfill(content_type="text/html", body="<title>Vejret</title><h1>Vejret</h1>")


@pytest.mark.parametrize("way", ["link", "escape", "escape, closed, escape", "escape beside it"])
async def test_leaving_at_once_replaces_the_whole_page_and_forgets_the_conversation(
    desk: Page, town: Site, way: str
) -> None:
    await desk.context.route("https://www.dmi.dk/**", elsewhere)
    await open_chat(desk)
    await write(desk, WORRY)
    await expect(chat(desk).get_by_role("log")).to_contain_text("Læst:")
    steps = await desk.evaluate("history.length")
    if way == "link":
        await chat(desk).get_by_role("link", name="Forlad siden hurtigt").click()
    else:
        if way == "escape beside it":
            await desk.get_by_label("Søg").focus()
        await desk.keyboard.press("Escape")
        if "closed" in way:
            await expect(panel(desk)).to_be_hidden()
        await desk.keyboard.press("Escape")
    await expect(desk).to_have_title("Vejret")
    assert await desk.evaluate("history.length") == steps
    await desk.go_back()
    assert town.url not in desk.url
    await desk.goto(town.url)
    await open_chat(desk)
    await expect(chat(desk).locator(".citizen")).to_have_count(0)


async def test_leaving_at_once_works_from_another_site(far: Page, town: Site) -> None:
    await far.context.route("https://www.dmi.dk/**", elsewhere)
    frame = await open_chat(far)
    await frame.get_by_role("link", name="Forlad siden hurtigt").click()
    await expect(far).to_have_title("Vejret")
    await far.go_back()
    assert town.far_url not in far.url


async def test_leaving_works_while_the_chat_could_not_be_opened(place: Place, desk: Page) -> None:
    await desk.context.route("https://www.dmi.dk/**", elsewhere)
    await expect(launcher(desk)).to_be_visible()
    place.wire.lose()
    await launcher(desk).click()
    await panel(desk).get_by_role("link", name="Forlad siden hurtigt").click()
    await expect(desk).to_have_title("Vejret")


async def test_using_the_chat_adds_no_step_to_the_tabs_history(desk: Page) -> None:
    before = await desk.evaluate("history.length")
    await open_chat(desk)
    await chat(desk).get_by_role("link", name="Gå til skrivefeltet").focus()
    await desk.keyboard.press("Enter")
    await expect(chat(desk).get_by_label("Skriv din besked")).to_be_focused()
    await write(desk, WORRY)
    await chat(desk).get_by_role("button", name="Mere hjælp").click()
    await chat(desk).get_by_role("button", name="Tilbage til samtalen").first.click()
    await chat(desk).get_by_role("button", name="Luk chatten").click()
    await open_chat(desk)
    assert await desk.evaluate("history.length") == before


async def test_with_the_keyboard_focus_goes_in_and_comes_back(desk: Page) -> None:
    await launcher(desk).focus()
    await expect(launcher(desk)).to_have_attribute("aria-expanded", "false")
    await desk.keyboard.press("Enter")
    await expect(launcher(desk)).to_have_attribute("aria-expanded", "true")
    await expect(chat(desk).get_by_label("Skriv din besked")).to_be_focused()
    assert await focused(desk) == "ready"
    await desk.keyboard.type(WORRY)
    await desk.keyboard.press("Enter")
    await expect(chat(desk).locator(".citizen .bubble")).to_have_text([WORRY])
    await desk.keyboard.press("Escape")
    await expect(panel(desk)).to_be_hidden()
    await expect(launcher(desk)).to_have_attribute("aria-expanded", "false")
    assert await focused(desk) == "launcher"


async def test_tab_goes_from_the_chat_to_112_to_the_launcher(desk: Page) -> None:
    await open_chat(desk)
    await chat(desk).get_by_role("button", name="Send", exact=True).focus()
    await desk.keyboard.press("Tab")
    assert await focused(desk) == "emergency"
    await desk.keyboard.press("Tab")
    assert await focused(desk) == "launcher"
    await desk.keyboard.press("Enter")
    await expect(panel(desk)).to_be_hidden()


async def test_escape_closes_a_dialog_of_the_chat_before_the_chat(desk: Page) -> None:
    await open_chat(desk)
    await chat(desk).get_by_role("button", name="Mere hjælp").click()
    await desk.keyboard.press("Escape")
    await expect(chat(desk).locator("#help")).to_be_hidden()
    await expect(panel(desk)).to_be_visible()


async def test_on_a_phone_the_chat_takes_the_screen_and_the_page_behind_is_out_of_reach(
    place: Place, town: Site
) -> None:
    page = await visit(place, town, **PHONE)
    await open_chat(page)
    assert await panel(page).evaluate("panel => panel.matches(':modal')")
    box = await panel(page).bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 780}
    await chat(page).get_by_role("button", name="Luk chatten").tap()
    await expect(panel(page)).to_be_hidden()
    assert await focused(page) == "launcher"


@pytest.mark.parametrize(("width", "height"), [(320, 640), (341, 192), (1366, 768)])
async def test_nothing_is_cut_off_or_scrolls_sideways(
    place: Place, town: Site, width: int, height: int
) -> None:
    page = await visit(place, town, viewport={"width": width, "height": height})
    await expect(launcher(page)).to_be_in_viewport(ratio=1)
    await expect(page.locator("stime-raadgivning .corner .emergency")).to_be_in_viewport(ratio=1)
    frame = await open_chat(page)
    for name in ("Ring 112", "Forlad siden hurtigt"):
        await expect(frame.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    sideways = "document.documentElement.scrollWidth > innerWidth"
    assert not await page.evaluate(sideways)
    assert not await frame.locator("body").evaluate(f"() => {sideways}")
    await frame.get_by_role("button", name="Luk chatten").click()
    await expect(panel(page)).to_be_hidden()


async def test_a_message_is_announced_once_where_the_reader_is(place: Place, desk: Page) -> None:
    asked, let_through = asyncio.Event(), asyncio.Event()

    async def wait(_: dict[str, Any]) -> None:
        asked.set()
        await let_through.wait()

    await open_chat(desk)
    log = chat(desk).get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await log.evaluate(
        """log => {
          window.announced = [];
          new MutationObserver((changes) => changes.forEach(({ addedNodes }) =>
            addedNodes.forEach((node) => {
              if (node.classList?.contains("message")) announced.push(node.textContent);
            })
          )).observe(log, { childList: true, subtree: true });
        }"""
    )
    await write(desk, WORRY)
    await expect(log).to_contain_text(f"Læst: {WORRY}")
    await expect(desk.locator("stime-raadgivning [role=status]")).to_have_text("")
    place.rasa.before = wait
    await write(desk, MORE)
    await asked.wait()
    await chat(desk).get_by_role("button", name="Luk chatten").click()
    await expect(panel(desk)).to_be_hidden()
    let_through.set()
    news = desk.locator("stime-raadgivning [role=status]")
    await expect(news).to_have_text("Der er en ny besked i chatten.")
    await expect(launcher(desk).locator(".count")).to_contain_text("1")
    said = await log.evaluate("() => announced")
    assert [sum(f"Læst: {text}" in one for one in said) for text in (WORRY, MORE)] == [1, 1]
    await launcher(desk).click()
    await expect(launcher(desk).locator(".count")).to_be_hidden()
    await expect(news).to_have_text("")


async def test_two_lines_on_one_page_make_one_launcher(place: Place, town: Site) -> None:
    town.body = town.line(tekst="Den anden")
    page = await visit(place, town, **DESK)
    await page.wait_for_load_state("networkidle")
    await expect(page.locator("stime-raadgivning")).to_have_count(1)
    await open_chat(page)
    await write(page, WORRY)
    await expect(chat(page).get_by_role("log")).to_contain_text("Læst:")
    assert place.rasa.texts == [WORRY]


async def test_a_site_that_is_not_listed_gets_no_launcher_and_no_frame(
    place: Place, town: Site
) -> None:
    stranger = Site(service=town.service, head=town.line(), strict=False)
    stranger.body = f'<iframe src="{town.service}/widget" title="x"></iframe>'
    async with stranger.open():
        page = await place.window(**DESK)
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        await page.goto(stranger.url)
        await page.wait_for_load_state("networkidle")
        await expect(page.locator("stime-raadgivning")).to_have_count(0)
        assert any("står ikke under widget.websteder" in line for line in told)
        assert await page.frame_locator("iframe").get_by_role("log").count() == 0
        begin = """async (url) => {
          const headers = { "Content-Type": "application/json" };
          const asking = fetch(url, { method: "POST", headers, body: "{}" });
          return await asking.then(() => "begun", (error) => error.name);
        }"""
        assert await page.evaluate(begin, f"{town.service}/api/conversations") == "TypeError"
    [refusal] = place.complaints
    assert "frame-ancestors" in refusal
    place.complaints.clear()


async def test_other_pages_stay_out_of_frames_also_on_a_listed_site(
    place: Place, town: Site
) -> None:
    town.body = f'<iframe src="{town.service}/console/login" title="x"></iframe>'
    page = await visit(place, town, **DESK)
    await page.wait_for_load_state("networkidle")
    assert await page.frame_locator("iframe[title=x]").locator("form").count() == 0
    assert any("frame-ancestors" in line for line in place.complaints)
    place.complaints.clear()


async def test_a_site_chooses_colour_text_and_side(place: Place, town: Site) -> None:
    town.head = town.line(farve="#ffdd00", tekst="Skriv til os", side="venstre")
    page = await visit(place, town, **DESK)
    button = launcher(page)
    await expect(button).to_have_text("Skriv til os")
    await expect(button).to_have_css("background-color", "rgb(255, 221, 0)")
    await expect(button).to_have_css("color", "rgb(0, 0, 0)")
    box = await button.bounding_box()
    assert box["x"] < 100
    assert await faults(page) == []
    frame = await open_chat(page)
    await expect(frame.locator(".safety")).to_have_css("background-color", "rgb(255, 221, 0)")
    assert await faults(page) == []


@pytest.mark.parametrize(
    "wishes",
    [
        {"farve": "rød"},
        {"farve": "red;}*{display:none}"},
        {"farve": "#ffffff", "tekstfarve": "#ffff00"},
        {"tekst": "x" * 41},
        {"side": "midten"},
    ],
)
async def test_a_wish_that_cannot_be_used_is_said_in_the_console_and_not_used(
    place: Place, town: Site, wishes: dict[str, str]
) -> None:
    town.head = town.line(**wishes)
    page = await place.window(**DESK)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    await page.goto(town.url)
    await expect(launcher(page)).to_have_text("Skriv med ROBUS")
    await expect(launcher(page)).to_have_css("background-color", "rgb(11, 95, 99)")
    assert len([line for line in told if line.startswith("Chatten fra")]) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("look", [DESK, PHONE], ids=["desk", "phone"])
async def test_axe_finds_nothing_closed_or_open(
    place: Place, town: Site, theme: Any, look: dict[str, Any]
) -> None:
    page = await visit(place, town, **look, color_scheme=theme, reduced_motion="reduce")
    await expect(launcher(page)).to_be_visible()
    assert await faults(page) == []
    await open_chat(page)
    await write(page, "jeg vil dø i aften")
    await expect(chat(page).locator(".message.crisis").first).to_be_visible()
    assert await faults(page) == []
    [frame] = [f for f in page.frames if f.url.endswith("/widget")]
    assert await faults(frame) == []


async def test_script_and_styles_are_under_60_kb_compressed(place: Place, town: Site) -> None:
    page = await place.window(**DESK)
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    await page.goto(town.url)
    await open_chat(page)
    ours = [
        r for r in loaded
        if r.url.startswith(town.service) and r.request.resource_type in ("script", "stylesheet")
    ]  # fmt: skip
    assert {r.url.rsplit("/", 1)[1] for r in ours} >= {"widget.js", "page.js", "chat.css"}
    sizes = {r.url: len(gzip.compress(await r.body())) for r in ours}
    assert sum(sizes.values()) < MOST_BYTES, sizes


async def test_a_site_with_a_hand_made_frame_can_still_be_left_at_once(
    place: Place, town: Site
) -> None:
    town.head, town.body = "", f'<iframe src="{town.service}/widget" title="x"></iframe>'
    page = await visit(place, town, **DESK)
    await page.context.route("https://www.dmi.dk/**", elsewhere)
    frame = page.frame_locator("iframe")
    await frame.get_by_role("link", name="Forlad siden hurtigt").click()
    await expect(page).to_have_title("Vejret")
