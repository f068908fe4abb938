"""Accounts, tokens and the login form."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from handover.__main__ import main
from handover.accounts import passwords
from handover.accounts.login import first_account, issue_token
from handover.accounts.passwords import hash_password, new_password, outdated, verify
from tests.once import HARD_TO_GUESS

from .browsing import visiting
from .conftest import House

PASSWORD = "et langt kodeord"


@pytest.fixture
def hard_to_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing as the product does it; elsewhere it is cheap."""
    monkeypatch.setattr(passwords, "_hasher", HARD_TO_GUESS)


@pytest.mark.usefixtures("hard_to_guess")
async def test_a_password_fits_only_itself() -> None:
    hashed = await hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not outdated(hashed)
    assert await verify(PASSWORD, hashed)
    assert not await verify("et andet", hashed)
    assert not await verify(PASSWORD, None)
    assert not await verify(PASSWORD, "no hash")


def test_a_new_password_can_be_read_aloud() -> None:
    assert re.fullmatch(r"([a-z]{6}-){3}[a-z]{6}", new_password())


async def test_the_first_account_is_made_once(house: House) -> None:
    made = await first_account(house.app.state.store)
    assert made is not None
    assert await house.app.state.logins.log_in(*made, "1")
    assert await first_account(house.app.state.store) is None


async def test_the_first_accounts_printed_password_opens_only_the_page_that_changes_it(
    house: House,
) -> None:
    made = await first_account(house.app.state.store)
    assert made is not None
    async with visiting(house) as first:
        await first.log_in(*made)
        for path in ("/console", "/console/konti", "/console/indstillinger", "/console/log"):
            await first.go(path)
            assert first.path == "/console/min-konto/adgangskode"
        assert (await first.http.get("/api/handovers")).status_code == 403
        await first.send("/adgangskode", old=made[1], new=PASSWORD, again=PASSWORD)
        assert (await first.go("/console/konti")).url.path == "/console/konti"


async def test_a_new_token_of_a_name_replaces_the_old_one(house: House) -> None:
    old, new = [await issue_token(house.app.state.store, "journal") for _ in range(2)]

    async def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return (await house.http.get("/api/handovers", headers=headers)).status_code

    assert (await status(old), await status(new)) == (401, 200)


async def test_neither_password_nor_token_stands_in_the_database(house: House) -> None:
    await house.account("Anna", PASSWORD)
    token = await issue_token(house.app.state.store, "journal")
    everything = b"".join(path.read_bytes() for path in house.var.glob("handover.sqlite*"))
    assert PASSWORD.encode() not in everything
    assert token.encode() not in everything


def test_the_command_line_makes_the_first_account_once_and_prints_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDOVER_VAR", str(tmp_path))
    assert main(["first-account"]) == 0
    assert "Adgangskode" in capsys.readouterr().out
    assert main(["first-account"]) == 0
    assert "allerede" in capsys.readouterr().out
    assert main(["token", "journal"]) == 0
    assert len(capsys.readouterr().out.strip()) >= 40
    for secret in ("master.key",):
        assert (tmp_path / secret).stat().st_mode & 0o777 == 0o600


def test_a_wrong_configuration_is_one_line_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDOVER_VAR", str(tmp_path))
    monkeypatch.setenv("HANDOVER_MASTER_KEY", "short")
    assert main(["token", "journal"]) == 2
    assert "HANDOVER_MASTER_KEY" in capsys.readouterr().err


async def _log_in(browser: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    form = (await browser.get("/console/login")).text
    found = re.search(
        r'name="csrf"[^>]*value="([0-9a-f]+)"|value="([0-9a-f]+)"[^>]*name="csrf"', form
    )
    assert found is not None, "the login form carries its token"
    body = {"name": name, "password": password, "csrf": found.group(1) or found.group(2)}
    return await browser.post("/console/login", data=body)


async def test_logging_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(
    house: House,
) -> None:
    await house.account("Anna", PASSWORD)
    async with httpx.AsyncClient(base_url=house.base_url) as browser:
        entered = await _log_in(browser, "Anna", PASSWORD)
        assert (entered.status_code, entered.headers["Location"]) == (303, "/console")
        cookie = entered.headers.get_list("set-cookie")[-1].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await browser.get("/console")).status_code == 200


async def test_logging_out_ends_the_session(house: House) -> None:
    await house.account("Anna", PASSWORD)
    async with httpx.AsyncClient(base_url=house.base_url) as browser:
        await _log_in(browser, "Anna", PASSWORD)
        session = browser.cookies["handover_session"]
        assert (await browser.post("/console/logout", data={"csrf": "odd"})).status_code == 403
        csrf = house.app.state.logins.csrf(session)
        await browser.post("/console/logout", data={"csrf": csrf})
        browser.cookies.set("handover_session", session)
        assert (await browser.get("/api/handovers")).status_code == 401


async def test_a_wrong_password_is_refused_and_guessing_is_stopped(house: House) -> None:
    await house.account("Anna", PASSWORD)
    async with httpx.AsyncClient(base_url=house.base_url) as browser:
        answers = [await _log_in(browser, "Anna", f"forkert {n}") for n in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert (await _log_in(browser, "Anna", PASSWORD)).status_code == 429
        house.clock.advance(minutes=6)
        assert (await _log_in(browser, "Anna", PASSWORD)).status_code == 303


async def test_a_login_form_from_another_site_is_refused(house: House) -> None:
    await house.account("Anna", PASSWORD)
    body = {"name": "Anna", "password": PASSWORD, "csrf": "x"}
    assert (await house.http.post("/console/login", data=body)).status_code == 403
