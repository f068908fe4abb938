"""What leaders decide: checked like the files, in force at once, never lost, all of it kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from handover.conversations.access import digest
from handover.conversations.sentences import OWN_KEYS
from handover.decisions.sentences import checked
from handover.handovers.answers import load_answers
from handover.municipality import WEEKDAYS, Duty, Hours, load_municipality
from handover.pages.editors import WHOLE, clock, new_id, unit
from handover.settings import ROOT
from handover.storage.tables import audit, decisions
from handover.texts import OWN, Text, load_texts
from tests.patience import PATIENCE, until

from .conftest import SUNDAY, FakeClock, House, RasaStandIn, WordScreen, running

PLACE = "/console/indstillinger"
PASSWORD = "et langt kodeord"
NEEDS_NO_STAMP = {"kilde": "x", "bekraeftet": False}


@dataclass
class Leader:
    """A leader's browser: forms are filled in as they stand and sent as they are."""

    http: httpx.AsyncClient

    async def page(self, path: str = "") -> str:
        answer = await self.http.get(f"{PLACE}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    async def form(self, path: str) -> dict[str, str]:
        """The fields of the form on a page, with what stands in them."""
        return fields(await self.page(path))

    async def send(self, path: str, typed: dict[str, str], to: str | None = None) -> httpx.Response:
        return await self.http.post(f"{PLACE}{to or path}", data=typed)

    async def change(self, path: str, **typed: str) -> httpx.Response:
        """``-`` in a field's name is written ``__``."""
        told = {name.replace("__", "-"): text for name, text in typed.items()}
        return await self.send(path, await self.form(path) | told)


def fields(html: str) -> dict[str, str]:
    """Of the first form in the main part that is sent by post."""
    main = html[html.index("<main") :]
    form = re.search(r'<form[^>]*method="post".*?</form>', main, re.DOTALL)
    assert form, "the page has a form"
    found = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") != "checkbox" or " checked" in tag:
            found[told["name"]] = told.get("value", "")
    areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', form[0], re.DOTALL)
    return found | dict(areas)


async def leader(house: House, name: str, roles: Iterable[str] = ("leder",)) -> Leader:
    async with house.app.state.store.write() as work:
        await work.accounts.add(name, "no hash", roles)
        account = await work.accounts.by_name(name)
        assert account
        await work.accounts.open_session(account[0], digest(name), timedelta(days=30))
    return Leader(
        httpx.AsyncClient(
            base_url=house.base_url, cookies={"handover_session": name}, timeout=PATIENCE
        )
    )


@pytest.fixture
async def lis(house: House) -> AsyncIterator[Leader]:
    found = await leader(house, "Lis")
    yield found
    await found.http.aclose()


@pytest.fixture
async def mads(house: House) -> AsyncIterator[Leader]:
    found = await leader(house, "Mads")
    yield found
    await found.http.aclose()


async def ask_for_a_human(house: House) -> str:
    """What a citizen is told who asks for a person while the assistant is down."""
    house.rasa.status = 500
    citizen = await house.citizen()
    await citizen.say("hej")
    [told] = [m for m in await citizen.say("menneske") if m["sender"] == "system"]
    return str(told["text"])


async def told_when_taken(house: House) -> str:
    """What a citizen is told when a counsellor takes the case."""
    async with await house.counsellor() as anna:
        citizen = await house.citizen()
        await anna.post(f"/api/handovers/{await house.hand_over(citizen)}/claim")
        return str((await citizen.read())["messages"][-1]["text"])


# what counts


async def test_new_hours_count_at_once_for_the_citizen_the_queue_and_the_chat_page(
    house: House, lis: Leader
) -> None:
    assert "kl. 9-15" in (await house.http.get("/")).text
    citizen = await house.citizen()
    await house.hand_over(citizen)
    house.clock.advance(hours=10)
    late = await house.handover_of(citizen)
    assert late
    assert late["target"]["over"], "open from 10 to 15, and the target is four hours"
    answer = await lis.change("/aabningstider", mandag__fra__0="8", mandag__til__0="11.30")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{PLACE}/aabningstider?gemt=1"
    assert "mandag kl. 8-11.30" in (await house.http.get("/")).text
    assert (await house.intake(citizen))["names"]["aabningstider"].startswith("mandag kl. 8-11.30")
    in_time = await house.handover_of(citizen)
    assert in_time
    assert not in_time["target"]["over"], "open from 10 to 11.30"


async def test_a_citizen_is_told_the_new_opening_hours(house: House, lis: Leader) -> None:
    house.clock.now = SUNDAY
    assert "mandag den 23. november kl. 9" in await ask_for_a_human(house)
    await lis.change("/aabningstider", soendag__fra__0="18.00", soendag__til__0="22.00")
    assert "søndag den 22. november kl. 18" in await ask_for_a_human(house)


async def test_new_targets_and_duty_contacts_count_at_once(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    mail = {
        "public_url": "https://raad.eksempel.dk", "smtp_host": "127.0.0.1", "smtp_port": 1,
        "smtp_sender": "a@eksempel.dk", "smtp_security": "none", "escalate_every": 3600.0,
    }  # fmt: skip
    async with running(tmp_path, rasa, clock, screen, **mail) as house:
        lis = await leader(house, "Lis")
        citizen = await house.citizen()
        await citizen.say("jeg vil dø i aften")
        house.clock.advance(minutes=4)
        watchdog = house.app.state.watchdog
        await watchdog.escalation.round()
        await lis.change(
            "/vagt", akut="3", efter__0="2", navn__0="Vagten", mail__0="vagt@eksempel.dk"
        )
        found = await house.handover_of(citizen)
        assert found
        assert (found["target"]["minutes"], found["target"]["over"]) == (3, True)
        await watchdog.escalation.round()
        async with house.app.state.store.read() as work:
            [alert] = await work.alerts.of(found["handover_id"])
        assert (alert.contact, alert.failure) == ("Vagten", "ConnectionRefusedError")
        await lis.http.aclose()


async def test_a_text_counts_at_once_and_goes_back_to_the_standard(
    house: House, lis: Leader
) -> None:
    standard = "Nu er der en rådgiver her."
    new = {"tekst": "Hej, jeg er et menneske.", "telefon": "Hej, jeg er et menneske."}
    await lis.change("/tekster/raadgiver_her", **new)
    assert await told_when_taken(house) == new["tekst"]
    typed = await lis.form("/tekster/raadgiver_her")
    kept = {name: typed[name] for name in ("csrf", "version")}
    answer = await lis.send("", kept, to="/tekster/raadgiver_her/standard")
    assert answer.status_code == 303
    assert standard in await told_when_taken(house)


async def test_a_text_that_names_the_opening_hours_names_those_of_now(
    house: House, lis: Leader
) -> None:
    hours = "Vi er her {aabningstider}."
    await lis.change("/tekster/raadgiver_her", tekst=hours, telefon=hours)
    await lis.change("/aabningstider", mandag__til__0="12")
    assert (await told_when_taken(house)).startswith("Vi er her mandag kl. 9-12, tirsdag")


async def test_a_contact_is_shown_to_the_citizen_and_what_is_empty_is_not(
    house: House, lis: Leader
) -> None:
    assert "Mail <a" not in (await house.http.get("/")).text
    await lis.change("/kontakt", telefon="12345678", hjemmeside="https://www.kommune.dk/raad")
    page = (await house.http.get("/")).text
    assert '<a href="tel:12345678">12 34 56 78</a>' in page
    assert "Mail <a" not in page


async def test_what_was_decided_counts_in_another_process_within_seconds_and_after_a_restart(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    async with (
        running(tmp_path, rasa, clock, screen) as one,
        running(tmp_path, rasa, clock, screen) as other,
    ):
        lis = await leader(one, "Lis")
        await lis.change("/aabningstider", loerdag__fra__0="10", loerdag__til__0="12")

        async def counts() -> bool:
            return "lørdag kl. 10-12" in (await other.http.get("/")).text

        await until(counts, "the other process has not seen it")
        await lis.http.aclose()
    async with running(tmp_path, rasa, clock, screen) as later:
        assert "lørdag kl. 10-12" in (await later.http.get("/")).text


async def test_a_version_that_cannot_be_used_leaves_the_one_before_in_force(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    async with running(tmp_path, rasa, clock, screen) as house:
        lis = await leader(house, "Lis")
        for end in ("12", "13"):
            await lis.change("/aabningstider", loerdag__fra__0="10", loerdag__til__0=end)
        await lis.http.aclose()
        async with house.app.state.store.write() as work:
            newest = decisions.c.version == 2
            await work.connection.execute(update(decisions).where(newest).values(value={"x": 1}))
    async with running(tmp_path, rasa, clock, screen) as house:
        assert "lørdag kl. 10-12" in (await house.http.get("/")).text


# what is refused


REFUSED = (
    ("/aabningstider", {"mandag-fra-0": "kl. 9"}, "Skriv et klokkeslæt i begge felter"),
    ("/aabningstider", {"mandag-til-0": ""}, "Skriv et klokkeslæt i begge felter"),
    ("/aabningstider", {"mandag-fra-0": "16"}, "Tiden slutter, før den begynder"),
    (
        "/aabningstider",
        {"mandag-fra-1": "14", "mandag-til-1": "18"},
        "Tiderne overlapper hinanden, eller den sidste står først",
    ),
    ("/aabningstider", {"dato-5": "2027-13-40", "grund-5": "x"}, "Vælg en dag"),
    ("/aabningstider", {"dato-5": "2027-01-04"}, "Feltet skal udfyldes"),
    ("/vagt", {"akut": "snart"}, "Skriv et helt antal minutter"),
    ("/vagt", {"normal": "0"}, "Skriv et helt antal minutter"),
    (
        "/vagt",
        {"efter-0": "5", "navn-0": "A"},
        "Skriv en mailadresse eller en adresse i vagtsystemet",
    ),
    (
        "/vagt",
        {"efter-0": "5", "navn-0": "A", "mail-0": "a@b.dk"},
        "Tjenesten kan ikke sende mail endnu",
    ),
    ("/vagt", {"efter-0": "5", "navn-0": "A", "mail-0": "vagten"}, "Skriv én mailadresse"),
    (
        "/vagt",
        {"efter-0": "5", "navn-0": "A", "webhook-0": "http://127.0.0.1:5005/model"},
        "Adressen skal begynde med https://",
    ),
    ("/kontakt", {"telefon": "ring bare"}, "Skriv kun tal og mellemrum"),
    ("/kontakt", {"hjemmeside": "javascript:x"}, "Adressen skal begynde med https://"),
    ("/svar/hilsen", {"tekst": " "}, "Feltet skal udfyldes"),
    ("/svar/hilsen", {"tekst": "a" * 1501}, "Der er plads til 1500 tegn"),
    ("/nyt-svar", {"titel": "Nyt"}, "Feltet skal udfyldes"),
    (
        "/tekster/fejl_opfoelgning_dato",
        {"tekst": "Vælg en anden dag."},
        "{sidste} skal blive stående",
    ),
    ("/tekster/tilbage_igen", {"tekst": "Hej {navn}"}, "{navn} kendes ikke"),
    ("/tekster/sag_lukket", {"tekst": "Slut."}, "Nummeret 112 skal blive stående"),
    ("/tekster/widget_luk", {"tekst": "a" * 61}, "Der er plads til 60 tegn"),
    ("/tekster/spoerg_tilfreds", {"valg-1": ""}, "Feltet skal udfyldes"),
)


async def test_a_wrong_value_is_refused_in_danish_at_its_field_and_stays_as_typed(
    house: House, lis: Leader
) -> None:
    for path, typed, sentence in REFUSED:
        answer = await lis.send(path, await lis.form(path) | typed)
        assert answer.status_code == 422, (path, typed)
        assert sentence in answer.text, (path, typed)
        wrong = re.findall(r'id="([\w-]+)"[^>]*aria-invalid="true"', answer.text)
        assert len(wrong) == 1, "one field is marked"
        assert f'href="#{wrong[0]}"' in answer.text, "and the summary leads to it"
        assert typed.items() <= fields(answer.text).items(), (path, typed)
    async with house.app.state.store.read() as work:
        assert await work.decisions.newest() == {}


async def test_the_duty_contacts_are_called_in_the_order_of_their_minutes(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    hook = {
        "public_url": "https://raad.eksempel.dk",
        "webhook_secret": "whsec_" + "A" * 32,
    }
    async with running(tmp_path, rasa, clock, screen, **hook) as house:
        lis = await leader(house, "Lis")
        typed = {
            "efter-0": "20", "navn-0": "Sidst", "webhook-0": "https://a.dk/x",
            "efter-1": "5", "navn-1": "Først", "webhook-1": "https://b.dk/x",
        }  # fmt: skip
        assert (await lis.send("/vagt", await lis.form("/vagt") | typed)).status_code == 303
        shown = await lis.form("/vagt")
        assert (shown["navn-0"], shown["navn-1"]) == ("Først", "Sidst")
        same = await lis.send("/vagt", shown | {"efter-1": "5"})
        assert "To kan ikke kaldes i det samme minut" in same.text
        await lis.http.aclose()


# two at once, history


async def test_of_two_who_save_at_once_the_second_is_told_and_loses_nothing(
    house: House, lis: Leader, mads: Leader
) -> None:
    mine, his = await lis.form("/aabningstider"), await mads.form("/aabningstider")
    await mads.send("/aabningstider", his | {"mandag-til-0": "17.00"})
    answer = await lis.send("/aabningstider", mine | {"tirsdag-til-0": "18.00"})
    assert answer.status_code == 409
    assert "Mads har gemt imens" in answer.text
    assert "09.00-17.00" in answer.text, "what Mads has changed"
    shown = fields(answer.text)
    assert (shown["mandag-til-0"], shown["tirsdag-til-0"]) == ("17.00", "18.00")
    assert "tirsdag kl. 9-18" not in (await house.http.get("/")).text
    assert (await lis.send("/aabningstider", shown)).status_code == 303
    assert "mandag kl. 9-17, tirsdag kl. 9-18" in (await house.http.get("/")).text


async def test_of_many_who_save_in_the_same_instant_one_is_first(house: House, lis: Leader) -> None:
    form = await lis.form("/aabningstider")
    sent = [lis.send("/aabningstider", form | {"mandag-til-0": f"{n}.00"}) for n in range(10, 20)]
    codes = sorted(answer.status_code for answer in await asyncio.gather(*sent))
    assert codes == [303] + [409] * 9
    async with house.app.state.store.read() as work:
        assert len(await work.decisions.history("aabningstider")) == 2, "the file's and one"


async def test_an_answer_that_somebody_removed_meanwhile_is_not_lost(
    lis: Leader, mads: Leader
) -> None:
    typed = await lis.form("/svar/hilsen") | {"tekst": "Et nyt hej."}
    gone = await mads.form("/svar/hilsen")
    kept = {name: gone[name] for name in ("csrf", "version")}
    assert (await mads.send("", kept, to="/svar/hilsen/fjern")).status_code == 303
    answer = await lis.send("/svar/hilsen", typed)
    assert answer.status_code == 409
    assert fields(answer.text)["tekst"] == "Et nyt hej."
    assert (await lis.send("/svar/hilsen", fields(answer.text))).status_code == 303
    assert "Et nyt hej." in await lis.page("/svar")


async def test_answers_are_added_changed_removed_and_found(lis: Leader) -> None:
    await lis.change("/nyt-svar", titel="Må jeg spørge?", tekst="Må jeg?", soegeord="lov, spørge")
    assert "Må jeg?" in await lis.page("/svar?q=lov+spørge")
    assert (await lis.form("/svar/maa_jeg_spoerge"))["soegeord"] == "lov, spørge"
    assert "Der er ikke noget svar med de ord" in await lis.page("/svar?q=findes+ikke")


async def test_the_history_shows_before_and_after_and_brings_back_what_was(
    house: House, lis: Leader, mads: Leader
) -> None:
    await lis.change("/aabningstider", mandag__til__0="16.00")
    house.clock.advance(days=1)
    await mads.change("/aabningstider", mandag__til__0="17.00")
    page = await lis.page("/historik/aabningstider")
    first, second, file = re.findall(r"<li>\s*<h2>(.*?)</li>", page, re.DOTALL)
    assert "Mads, i dag" in first
    assert re.search(r"09\.00-16\.00.*09\.00-17\.00", first, re.DOTALL)
    assert re.search(r"Lis, i går.*09\.00-15\.00.*09\.00-16\.00", second, re.DOTALL)
    assert "Som det stod i filen" in file
    csrf = fields(page)["csrf"]
    answer = await lis.send("", {"csrf": csrf, "version": "2"}, to="/historik/aabningstider/0")
    assert answer.status_code == 303
    assert "mandag til torsdag kl. 9-15" in (await house.http.get("/")).text
    late = await mads.send("", {"csrf": csrf, "version": "2"}, to="/historik/aabningstider/1")
    assert late.status_code == 403, "the token is somebody else's"
    csrf = fields(await mads.page("/historik/aabningstider"))["csrf"]
    late = await mads.send("", {"csrf": csrf, "version": "2"}, to="/historik/aabningstider/1")
    assert late.status_code == 409
    assert "En anden har gemt imens" in late.text


async def test_whoever_saves_stands_for_it_and_everything_is_kept_and_noted(
    house: House, lis: Leader
) -> None:
    await lis.change("/aabningstider")
    await lis.change("/svar/hilsen", tekst="Hej med dig.")
    await lis.change("/tekster/tilbage_igen", tekst="Så er jeg tilbage.")
    async with house.app.state.store.read() as work:
        newest = {name: await work.decisions.last(name) for name in ("aabningstider", "svar")}
        texts = await work.decisions.last("tekster")
        noted = (await work.connection.execute(select(audit.c.actor, audit.c.action))).all()
    hours, answers = (found.value for found in newest.values() if found)
    assert (hours["kilde"], hours["bekraeftet"]) == ("kommunen: Lis, 2026-11-23", True)
    approved = {row["id"]: row["godkendt"] for row in answers["svar"]}
    assert approved.pop("hilsen") == "Lis, 2026-11-23"
    assert set(approved.values()) == {""}, "of the others nobody has said anything"
    assert texts
    assert texts.value["tilbage_igen"]["godkendt"] == "Lis, 2026-11-23"
    assert ("Lis", "decided_tekster") in [tuple(row) for row in noted]
    assert "Bekræftet uden ændringer" in await lis.page("/historik/aabningstider")


async def test_only_leaders_come_in_and_only_they_see_the_way(house: House, lis: Leader) -> None:
    anna = await leader(house, "Anna", ("raadgiver", "administrator"))
    for path in ("", "/aabningstider", "/svar", "/svar/hilsen", "/tekster", "/historik/vagt"):
        assert (await anna.http.get(f"{PLACE}{path}")).status_code == 403, path
    assert PLACE not in (await anna.http.get("/console/overblik")).text
    assert PLACE in (await lis.http.get("/console/overblik")).text
    await anna.http.aclose()


async def test_a_form_without_its_token_changes_nothing(house: House, lis: Leader) -> None:
    for path, to in (
        ("/kontakt", "/kontakt"),
        ("/svar/hilsen", "/svar/hilsen/fjern"),
        ("/tekster/widget_luk", "/tekster/widget_luk/standard"),
        ("/kontakt", "/historik/kontakt/0"),
    ):
        typed = await lis.form(path) | {"csrf": "x"}
        assert (await lis.send(path, typed, to=to)).status_code == 403, to
    async with house.app.state.store.read() as work:
        assert await work.decisions.newest() == {}


@pytest.mark.parametrize("path", ["/findes-ikke", "/tekster/velkomst", "/historik/krisetilbud"])
async def test_what_is_not_the_leaders_to_change_is_not_there(lis: Leader, path: str) -> None:
    assert (await lis.http.get(f"{PLACE}{path}")).status_code == 404


async def test_the_front_page_says_what_cannot_be_changed_and_why(lis: Leader) -> None:
    page = await lis.page()
    assert "Det kan ikke ændres her" in page
    assert "Krisenumrene" in page
    assert page.count("Ikke bekræftet endnu") == 3
    await lis.change("/kontakt")
    assert (await lis.page()).count("Ikke bekræftet endnu") == 2


# forms and values


SPANS = st.lists(st.integers(0, 24 * 60 - 1), min_size=0, max_size=6, unique=True).map(
    lambda minutes: [_span(*pair) for pair in _pairs(sorted(minutes))]
)
DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(date.isoformat)
NAMES = st.text("abcæøå", min_size=1, max_size=5)
HOURS = st.fixed_dictionaries(
    {
        "lukket_paa_helligdage": st.booleans(),
        "lukkedage": st.lists(
            st.fixed_dictionaries({"dato": DAYS, "grund": NAMES}),
            unique_by=lambda row: row["dato"],
            max_size=4,
        ).map(lambda rows: sorted(rows, key=lambda row: row["dato"])),
        "dage": st.fixed_dictionaries(dict.fromkeys(WEEKDAYS, SPANS)),
    }
)
DUTIES = st.fixed_dictionaries(
    {
        "maal_minutter": st.fixed_dictionaries(
            dict.fromkeys(("akut", "hoej", "normal"), st.integers(1, 43200))
        ),
        "kaldes": st.lists(
            st.fixed_dictionaries(
                {
                    "efter_minutter": st.integers(1, 43200),
                    "navn": NAMES,
                    "mail": st.just("a@b.dk"),
                    "webhook": st.sampled_from(["", "https://c.dk/x"]),
                }
            ),
            unique_by=lambda row: row["efter_minutter"],
            max_size=4,
        ).map(lambda rows: sorted(rows, key=lambda row: row["efter_minutter"])),
    }
)


def _pairs(minutes: list[int]) -> list[tuple[int, int]]:
    return list(zip(minutes[::2], minutes[1::2], strict=False))


def _span(first: int, last: int) -> str:
    return "-".join(f"{time(m // 60, m % 60):%H.%M}" for m in (first, last))


@settings(max_examples=50, deadline=None)
@given(st.one_of(st.tuples(st.just("aabningstider"), HOURS), st.tuples(st.just("vagt"), DUTIES)))
def test_a_form_sent_as_it_stands_changes_nothing(drawn: tuple[str, dict[str, Any]]) -> None:
    section, value = drawn[0], drawn[1] | NEEDS_NO_STAMP
    model = {"aabningstider": Hours, "vagt": Duty}[section]
    editor = WHOLE[section]
    read = editor.read(editor.fields(value), value).value
    assert model.model_validate(read).model_dump(mode="json", by_alias=True) == value


@settings(max_examples=30, deadline=None)
@given(HOURS, HOURS)
def test_what_a_form_did_not_touch_is_what_the_other_saved(
    before: dict[str, Any], now: dict[str, Any]
) -> None:
    editor = WHOLE["aabningstider"]
    untouched = editor.fields(before | NEEDS_NO_STAMP)
    assert editor.merged(untouched, before, now) == editor.fields(now)
    typed = untouched | {"mandag-fra-0": "7.07"}
    merged = editor.merged(typed, before, now)
    assert merged["mandag-fra-0"] == "7.07"
    others = {name: text for name, text in merged.items() if unit(name) != "mandag"}
    assert others == {n: t for n, t in editor.fields(now).items() if unit(n) != "mandag"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9", "09.00"), ("9.30", "09.30"), ("9:30", "09.30"), ("0930", "09.30"), ("ni", "ni")],
)
def test_times_are_read_as_people_write_them(typed: str, read: str) -> None:
    assert clock(typed) == read


def test_an_answers_id_is_made_of_its_heading_and_never_taken_twice() -> None:
    taken = [{"id": "maa_jeg"}]
    assert new_id("Må jeg?", taken) == "maa_jeg_2"
    assert new_id("???", taken) == "svar"


def test_every_value_of_the_files_passes_the_console_unchanged() -> None:
    found = load_municipality(ROOT / "config" / "kommune.yml", {"krop_mad": None})
    for part in (found.hours, found.duty, found.contact):
        again = type(part).model_validate(part.model_dump(mode="json", by_alias=True))
        assert again == part
    assert load_answers()


STANDARD = load_texts(OWN, OWN_KEYS)


@settings(deadline=None)
@given(st.sampled_from(sorted(STANDARD)), st.data())
def test_what_a_choice_stands_for_is_never_changed(key: str, data: st.DataObject) -> None:
    text: Text = STANDARD[key]
    words = st.text("abc", min_size=1, max_size=9)
    titles = [data.draw(words) for _ in text.choices]
    values = [value for _, value in text.choices]
    rows = [{"titel": t, "vaerdi": v} for t, v in zip(titles, values, strict=True)]
    row = {**text.wordings, **({"valg": rows} if rows else {})}
    assert checked({key: row}, STANDARD, set())[key].choices == tuple(
        zip(titles, values, strict=True)
    )
    if rows:
        rows[0]["vaerdi"] = "andet"
        with pytest.raises(Exception, match="ugyldig"):
            checked({key: row}, STANDARD, set())
