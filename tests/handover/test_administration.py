"""Accounts made, changed and closed, and programs' tokens revoked, at the console."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest

from handover.accounts.login import issue_token
from tests.patience import PATIENCE

from .browsing import PASSWORD, Visitor, logged_in, trail, visiting
from .conftest import House

KONTI = "/console/konti"


async def _id(house: House, name: str) -> str:
    async with house.app.state.store.read() as work:
        known = await work.accounts.all()
    return next(entry.account.id for entry in known if entry.account.name == name)


def _shown_password(visitor: Visitor) -> str:
    found = re.search(r'id="fresh">([^<]+)<', visitor.text)
    assert found is not None, "the new password is shown"
    return found.group(1)


async def test_an_administrator_makes_an_account_whose_password_is_shown_once(
    house: House,
) -> None:
    async with logged_in(house, "Ada", "administrator") as ada:
        await ada.go(KONTI)
        await ada.send(KONTI, name="  Bo   Berg ", role=["raadgiver", "leder"])
        password = _shown_password(ada)
        await ada.go(KONTI)
        assert password not in ada.text
    assert ("Ada", "account_made", "Bo Berg", "leder raadgiver") in await trail(house)
    assert await house.app.state.logins.log_in("Bo Berg", password, "1")


@pytest.mark.parametrize(
    ("name", "roles", "said"),
    [
        ("", ["raadgiver"], "Skriv et navn"),
        ("Ny", [], "mindst én rolle"),
        ("ada", ["raadgiver"], "Navnet er i brug"),
        ("Watchdog", ["raadgiver"], "Navnet er i brug"),
        ("JOURNAL", ["raadgiver"], "Navnet er i brug"),
        ("Ny", ["konge"], "mindst én rolle"),
    ],
)
async def test_an_account_needs_a_name_of_its_own_and_a_role(
    house: House, name: str, roles: list[str], said: str
) -> None:
    await issue_token(house.app.state.store, "journal")
    async with logged_in(house, "Ada", "administrator") as ada:
        await ada.go(KONTI)
        await ada.send(KONTI, name=name, role=roles)
        assert said in ada.error()
    async with house.app.state.store.read() as work:
        assert len(await work.accounts.all()) == 1


async def test_a_form_of_another_site_makes_no_account(house: House) -> None:
    async with logged_in(house, "Ada", "administrator") as ada:
        await ada.go(KONTI)
        answer = await ada.send(KONTI, name="Mallory", role=["administrator"], csrf="x")
        assert answer.status_code == 403
    async with house.app.state.store.read() as work:
        assert not await work.accounts.known("Mallory")


@pytest.mark.parametrize("roles", [("raadgiver",), ("leder",), ("leder", "raadgiver")])
async def test_only_an_administrator_sees_or_changes_accounts(
    house: House, roles: tuple[str, ...]
) -> None:
    async with logged_in(house, "Bo", *roles) as bo:
        assert (await bo.go(KONTI)).status_code == 403
        assert "Du har ikke adgang til siden" in bo.text
        csrf = house.app.state.logins.csrf(bo.http.cookies["handover_session"])
        own = await _id(house, "Bo")
        body: dict[str, Any] = {"csrf": csrf, "role": ["administrator"]}
        answer = await bo.http.post(f"{KONTI}/{own}/roller", data=body)
        assert answer.status_code == 403
        assert 'href="/console/konti"' not in (await bo.go("/console/overblik")).text


async def test_an_administrator_sets_the_name_that_citizens_are_told(house: House) -> None:
    async with logged_in(house, "Ada", "administrator") as ada, logged_in(house, "Bo"):
        await ada.go(KONTI)
        await ada.send(f"{await _id(house, 'Bo')}/navn", shown="Bo L.")
        assert "Borgere ser navnet Bo L." in ada.text
    assert ("Ada", "shown_name_changed", "Bo", "Bo L.") in await trail(house)


async def test_closing_an_account_ends_its_sessions_and_gives_its_cases_back(
    house: House,
) -> None:
    citizen = await house.citizen()
    case = await house.hand_over(citizen)
    async with logged_in(house, "Ada", "administrator") as ada, logged_in(house, "Bo") as bo:
        await _claim(house, bo, case)
        await ada.go(KONTI)
        await ada.send(f"{await _id(house, 'Bo')}/luk")
        assert (await bo.http.get("/api/handovers")).status_code == 401
        assert (await bo.log_in("Bo")).status_code == 401
    found = await house.handover_of(citizen)
    assert found is not None
    assert (found["status"], found["claimed_by"]) == ("waiting", None)
    await citizen.wait_for("Rådgiveren må gå nu")
    lines = await trail(house)
    assert ("Ada", "account_closed", "Bo", None) in lines
    assert ("Ada", "released", "Bo", None) in lines


async def _claim(house: House, visitor: Visitor, case: str) -> None:
    csrf = house.app.state.logins.csrf(visitor.http.cookies["handover_session"])
    answer = await visitor.http.post(f"/api/handovers/{case}/claim", headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 200, answer.text


async def test_a_case_cannot_be_claimed_in_the_moment_in_which_the_account_closes(
    house: House,
) -> None:
    """The caller was let in before, and asks after."""
    case = await house.hand_over(await house.citizen())
    async with logged_in(house, "Ada", "administrator") as ada:
        await house.account("Bo", PASSWORD)
        await ada.go(KONTI)
        await ada.send(f"{await _id(house, 'Bo')}/luk")
    async with await house.counsellor("Bo") as bo:
        assert (await bo.post(f"/api/handovers/{case}/claim")).status_code == 401


async def test_a_closed_account_can_be_opened_again(house: House) -> None:
    async with logged_in(house, "Ada", "administrator") as ada:
        await house.account("Bo", PASSWORD)
        await ada.go(KONTI)
        await ada.send(f"{await _id(house, 'Bo')}/luk")
        await ada.send(f"{await _id(house, 'Bo')}/aabn")
    async with visiting(house) as bo:
        assert (await bo.log_in("Bo")).status_code == 200
        assert bo.path == "/console"


async def test_whoever_is_no_counsellor_any_more_holds_no_case_and_sees_none(
    house: House,
) -> None:
    citizen = await house.citizen()
    case = await house.hand_over(citizen)
    async with logged_in(house, "Ada", "administrator") as ada, logged_in(house, "Bo") as bo:
        await _claim(house, bo, case)
        await ada.go(KONTI)
        await ada.send(f"{await _id(house, 'Bo')}/roller", role=["leder"])
        assert (await bo.http.get(f"/api/handovers/{case}")).status_code == 403
        assert (await bo.go(f"/console/sager/{case}")).status_code == 403
    found = await house.handover_of(citizen)
    assert found is not None
    assert found["status"] == "waiting"
    assert ("Ada", "roles_changed", "Bo", "leder") in await trail(house)


async def test_the_last_administrator_stays(house: House) -> None:
    async with logged_in(house, "Ada", "administrator") as ada:
        own = await _id(house, "Ada")
        await ada.go(KONTI)
        await ada.send(f"{own}/luk")
        assert "eneste administrator" in ada.error()
        await ada.send(f"{own}/roller", role=["leder"])
        assert "eneste administrator" in ada.error()
        await house.account("Bo", PASSWORD, ("administrator",))
        await ada.go(KONTI)
        await ada.send(f"{own}/roller", role=["leder"])
        assert ada.page is not None
        assert ada.page.status_code == 403  # no administrator any more, so not their page


async def test_two_administrators_cannot_close_each_other_at_once(house: House) -> None:
    from handover.accounts.administration import Administration

    await house.account("Ada", PASSWORD, ("administrator",))
    await house.account("Bo", PASSWORD, ("administrator",))

    async def nothing(*_: object) -> None:
        return None

    administration = Administration(house.app.state.store, nothing)
    ada, bo = [await _id(house, name) for name in ("Ada", "Bo")]
    closings = (administration.close("Ada", bo), administration.close("Bo", ada))
    results = await asyncio.gather(*closings, return_exceptions=True)
    assert sum(result is None for result in results) == 1


async def test_a_new_password_ends_what_is_open_and_has_to_be_changed(house: House) -> None:
    async with logged_in(house, "Ada", "administrator") as ada, logged_in(house, "Bo") as bo:
        await ada.go(KONTI)
        await ada.send(f"{await _id(house, 'Bo')}/adgangskode")
        password = _shown_password(ada)
        assert (await bo.http.get("/api/handovers")).status_code == 401
        assert (await bo.log_in("Bo", PASSWORD)).status_code == 401
        await bo.log_in("Bo", password)
        assert bo.path == "/console/min-konto/adgangskode"
        assert (await bo.http.get("/api/handovers")).status_code == 403


async def _listen(http: httpx.AsyncClient, path: str, began: asyncio.Event) -> None:
    """Until the service ends the stream."""
    async with http.stream("GET", path, timeout=PATIENCE) as stream:
        assert stream.status_code == 200
        async for _ in stream.aiter_lines():
            began.set()


@pytest.mark.parametrize("path", ["/console/events", "/console/alarm"])
@pytest.mark.parametrize("how", ["luk", "adgangskode", "roller"])
async def test_an_open_stream_ends_with_the_account(house: House, path: str, how: str) -> None:
    async with logged_in(house, "Ada", "administrator") as ada, logged_in(house, "Bo") as bo:
        began = asyncio.Event()
        listening = asyncio.create_task(_listen(bo.http, path, began))
        await asyncio.wait_for(began.wait(), PATIENCE)
        await ada.go(KONTI)
        more = {"role": ["leder"]} if how == "roller" else {}
        await ada.send(f"{await _id(house, 'Bo')}/{how}", **more)
        await asyncio.wait_for(listening, PATIENCE)


@pytest.mark.parametrize("path", ["/console/events", "/console/alarm"])
async def test_a_revoked_token_is_refused_and_its_open_stream_ends(house: House, path: str) -> None:
    citizen = await house.citizen()
    case = await house.hand_over(citizen)
    async with (
        logged_in(house, "Ada", "administrator") as ada,
        await house.counsellor("journal") as journal,
    ):
        assert (await journal.post(f"/api/handovers/{case}/claim")).status_code == 200
        began = asyncio.Event()
        listening = asyncio.create_task(_listen(journal, path, began))
        await asyncio.wait_for(began.wait(), PATIENCE)
        await ada.go(KONTI)
        await ada.send("/spaer")
        await asyncio.wait_for(listening, PATIENCE)
        assert (await journal.get("/api/handovers")).status_code == 401
        assert "Spærret" in ada.text
    found = await house.handover_of(citizen)
    assert found is not None
    assert found["status"] == "waiting"
    assert ("Ada", "token_revoked", "journal", None) in await trail(house)


async def test_an_open_stream_goes_on_while_others_are_closed(house: House) -> None:
    async with logged_in(house, "Ada", "administrator") as ada, logged_in(house, "Bo") as bo:
        await house.account("Eva", PASSWORD)
        began = asyncio.Event()
        listening = asyncio.create_task(_listen(bo.http, "/console/events", began))
        await asyncio.wait_for(began.wait(), PATIENCE)
        await ada.go(KONTI)
        await ada.send(f"{await _id(house, 'Eva')}/luk")
        await asyncio.sleep(0.5)
        assert not listening.done()
        listening.cancel()


@pytest.mark.parametrize("role", ["leder", "administrator"])
async def test_whoever_is_no_counsellor_lands_on_a_page_of_theirs(house: House, role: str) -> None:
    async with logged_in(house, "Ada", role) as ada:
        assert (ada.path, ada.page and ada.page.status_code) == ("/console/overblik", 200)
        assert 'href="/console/opfoelgning"' not in ada.text
        assert "alarm.js" not in ada.text
        refused = await ada.go("/console/opfoelgning")
        assert refused.status_code == 403
        assert 'href="/console/overblik"' in refused.text


async def test_a_case_is_passed_on_to_counsellors_only(house: House) -> None:
    case = await house.hand_over(await house.citizen())
    async with logged_in(house, "Bo") as bo:
        await house.account("Ada", PASSWORD, ("administrator",))
        await house.account("Eva", PASSWORD)
        await _claim(house, bo, case)
        page = (await bo.go(f"/console/sager/{case}")).text
        assert "Eva" in page
        assert "Ada" not in page
        csrf = house.app.state.logins.csrf(bo.http.cookies["handover_session"])
        answer = await bo.http.post(
            f"/api/handovers/{case}/transfer", json={"to": "Ada"}, headers={"X-CSRF-Token": csrf}
        )
        assert answer.status_code == 422
