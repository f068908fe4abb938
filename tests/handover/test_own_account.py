"""One's own password, one-time codes, and the second step of the login."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
import yaml
from sqlalchemy import select

from handover.accounts import totp
from handover.accounts.passwords import hash_password
from handover.storage.tables import accounts, recovery_codes

from .browsing import PASSWORD, Visitor, logged_in, trail, visiting
from .conftest import FakeClock, House, RasaStandIn, WordScreen, running
from .test_widget import FILE

OWN = "/console/min-konto"
NEW = "fire tilfældige ord her"


@pytest.fixture
async def bo(house: House) -> AsyncIterator[Visitor]:
    async with logged_in(house, "Bo") as visitor:
        yield visitor


def now_code(house: House, secret: str, steps: int = 0) -> str:
    """As the app shows it now, or shows it some steps before or after."""
    return pyotp.HOTP(secret).at(int(house.clock.now.timestamp()) // 30 + steps)


async def set_up(house: House, visitor: Visitor, password: str = PASSWORD) -> tuple[str, list[str]]:
    """The secret, read from the page as a person reads it, and the recovery codes."""
    await visitor.go(f"{OWN}/koder")
    await visitor.send("/koder", old=password)
    found = re.search(r'id="key">([A-Z2-7 ]+)<', visitor.text)
    assert found is not None, visitor.error()
    secret = found.group(1).replace(" ", "")
    await visitor.send("/bekraeft", code=now_code(house, secret))
    return secret, re.findall(r"<li>([A-Z0-9-]{12})</li>", visitor.text)


async def to_second_step(house: House, visitor: Visitor) -> None:
    await visitor.log_in("Bo")
    assert visitor.path == "/console/login/kode"


# the password


async def test_a_new_password_replaces_the_old_one_and_ends_other_sessions(
    house: House, bo: Visitor
) -> None:
    async with visiting(house) as elsewhere:
        await elsewhere.log_in("Bo")
        await bo.go(f"{OWN}/adgangskode")
        await bo.send("/adgangskode", old=PASSWORD, new=NEW, again=NEW)
        assert bo.path == OWN
        assert (await elsewhere.http.get("/api/handovers")).status_code == 401
        assert (await elsewhere.log_in("Bo", PASSWORD)).status_code == 401
        assert (await elsewhere.log_in("Bo", NEW)).status_code == 200
    assert ("Bo", "password_changed", None, None) in await trail(house)


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("forkert", NEW, NEW, "ikke skrevet rigtigt"),
        (PASSWORD, "elleve tegn", "elleve tegn", "mindst 12 tegn"),
        (PASSWORD, NEW, NEW + "x", "ikke ens"),
        (PASSWORD, PASSWORD, PASSWORD, "anden adgangskode"),
        (PASSWORD, "langt nok med BO i", "langt nok med BO i", "Dit navn"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(
    house: House, bo: Visitor, old: str, new: str, again: str, said: str
) -> None:
    await bo.go(f"{OWN}/adgangskode")
    answer = await bo.send("/adgangskode", old=old, new=new, again=again)
    assert answer.status_code == 422
    assert said in bo.error()
    assert await house.app.state.logins.log_in("Bo", PASSWORD, "1")


async def test_the_old_password_cannot_be_guessed_at_an_open_browser(
    house: House, bo: Visitor
) -> None:
    await bo.go(f"{OWN}/adgangskode")
    for _ in range(10):
        answer = await bo.send("/adgangskode", old="forkert", new=NEW, again=NEW)
        assert answer.status_code == 422
    answer = await bo.send("/adgangskode", old=PASSWORD, new=NEW, again=NEW)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


async def test_a_given_password_is_changed_before_anything_else(house: House) -> None:
    async with house.app.state.store.write() as work:
        await work.accounts.add("Bo", await hash_password(PASSWORD), must_change=True)
    async with visiting(house) as bo:
        await bo.log_in("Bo")
        for path in ("/console", "/console/overblik", "/console/lukkede"):
            await bo.go(path)
            assert bo.path == f"{OWN}/adgangskode"
        assert (await bo.http.get("/console/alarm")).status_code == 403
        await bo.send("/adgangskode", old=PASSWORD, new=NEW, again=NEW)
        assert bo.path == "/console"
        assert (await bo.http.get("/api/handovers")).status_code == 200


# the name for citizens, and the address for reminders


async def test_one_sets_the_name_that_citizens_are_told(house: House, bo: Visitor) -> None:
    await bo.go(OWN)
    assert "Kommunen har valgt, at borgere kun får at vide" in bo.text
    await bo.send("/navn", shown="  Bo   fra rådgivningen ")
    assert 'value="Bo fra rådgivningen"' in bo.text
    assert ("Bo", "shown_name_changed", "Bo", "Bo fra rådgivningen") in await trail(house)
    await bo.send("/navn", shown="B" * 61)
    assert "højst 60 tegn" in bo.error()
    await bo.go(OWN)
    await bo.send("/navn", shown="")
    async with house.app.state.store.read() as work:
        assert not await work.accounts.shown_name("Bo")


async def test_an_address_for_reminders_is_one_only_where_mail_can_be_sent(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    mail = {"smtp_host": "127.0.0.1", "smtp_sender": "x@y.dk", "public_url": "https://y.dk"}
    async with running(tmp_path, rasa, clock, screen, **mail) as house:
        async with logged_in(house, "Bo") as bo, logged_in(house, "Ada", "administrator") as ada:
            assert "Mailadresse" not in (await ada.go(OWN)).text
            await bo.go(OWN)
            await bo.send("/mail", mail=" bo@kommune.dk ")
            assert 'value="bo@kommune.dk"' in bo.text
            for wrong in ("bo", "bo@", "bo@kommune", "bo@kom mune.dk", "søren@ø.dk"):
                answer = await bo.send("/mail", mail=wrong)
                assert answer.status_code == 422
                assert "ligner ikke en mailadresse" in bo.error()
            await bo.send("/mail", mail="")
            assert "bo@kommune.dk" not in bo.text
        assert ("Bo", "mail_changed", None, None) in await trail(house)


async def test_without_a_mail_server_nobody_is_asked_for_an_address(bo: Visitor) -> None:
    assert "Mailadresse" not in (await bo.go(OWN)).text


# one-time codes


async def test_codes_are_set_up_and_asked_for_at_the_next_login(house: House, bo: Visitor) -> None:
    secret, recovery = await set_up(house, bo)
    assert len(set(recovery)) == 10
    assert "<svg" not in bo.text
    async with visiting(house) as again:
        await to_second_step(house, again)
        assert (await again.http.get("/api/handovers")).status_code == 401
        house.clock.advance(seconds=30)
        await again.send("/kode", code=now_code(house, secret))
        assert again.path == "/console"
    assert ("Bo", "codes_set_up", None, None) in await trail(house)


async def test_the_picture_holds_what_the_key_says(house: House, bo: Visitor) -> None:
    await bo.go(f"{OWN}/koder")
    await bo.send("/koder", old=PASSWORD)
    assert "<svg" in bo.text
    key = re.search(r'id="key">([A-Z2-7 ]+)<', bo.text)
    assert key is not None
    address = totp.address(key.group(1).replace(" ", ""), "Bo", "ROBUS")
    drawn = re.search(r' d="([^"]+)"', totp.picture(address))
    assert drawn is not None
    assert drawn.group(1) in bo.text
    assert pyotp.parse_uri(address).now()


async def test_a_wrong_first_code_turns_nothing_on(house: House, bo: Visitor) -> None:
    await bo.go(f"{OWN}/koder")
    await bo.send("/koder", old=PASSWORD)
    assert (await bo.send("/bekraeft", code="000000")).status_code == 422
    async with visiting(house) as again:
        await again.log_in("Bo")
        assert again.path == "/console"


async def test_setting_codes_up_takes_the_password(house: House, bo: Visitor) -> None:
    await bo.go(f"{OWN}/koder")
    assert (await bo.send("/koder", old="forkert")).status_code == 422
    assert 'id="key"' not in bo.text


async def test_the_same_code_is_never_accepted_twice(house: House, bo: Visitor) -> None:
    """Not the one that confirmed the set-up either."""
    secret, _ = await set_up(house, bo)
    async with visiting(house) as one, visiting(house) as two:
        await to_second_step(house, one)
        assert (await one.send("/kode", code=now_code(house, secret))).status_code == 401
        house.clock.advance(seconds=30)
        await to_second_step(house, two)
        code = now_code(house, secret)
        await one.send("/kode", code=code)
        assert one.path == "/console"
        assert (await two.send("/kode", code=code)).status_code == 401
        assert "brugt før" in two.error()
    assert ("Bo", "code_failed", None, None) in await trail(house)


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (1, True), (2, False)])
async def test_a_phone_may_be_off_by_one_step(
    house: House, bo: Visitor, steps: int, fits: bool
) -> None:
    secret, _ = await set_up(house, bo)
    house.clock.advance(minutes=5)
    async with visiting(house) as again:
        await to_second_step(house, again)
        answer = await again.send("/kode", code=now_code(house, secret, steps))
        assert (answer.status_code == 200) is fits


async def test_a_recovery_code_lets_in_once(house: House, bo: Visitor) -> None:
    _, recovery = await set_up(house, bo)
    async with visiting(house) as again:
        await to_second_step(house, again)
        await again.send("/kode", code=recovery[3].lower().replace("-", " "))
        assert again.path == "/console"
        assert "Du har 9 reservekoder tilbage" in (await again.go(OWN)).text
    async with visiting(house) as again:
        await to_second_step(house, again)
        assert (await again.send("/kode", code=recovery[3])).status_code == 401
    assert ("Bo", "recovery_code_used", None, None) in await trail(house)


async def test_codes_cannot_be_guessed(house: House, bo: Visitor) -> None:
    secret, _ = await set_up(house, bo)
    house.clock.advance(minutes=1)
    async with visiting(house) as again:
        await to_second_step(house, again)
        for _ in range(10):
            assert (await again.send("/kode", code="000000")).status_code == 401
        assert (await again.send("/kode", code=now_code(house, secret))).status_code == 429


async def test_the_second_step_ends_after_ten_minutes_and_with_the_password(
    house: House, bo: Visitor
) -> None:
    secret, _ = await set_up(house, bo)
    async with visiting(house) as slow, visiting(house) as stale:
        await to_second_step(house, slow)
        house.clock.advance(minutes=11)
        answer = await slow.send("/kode", code=now_code(house, secret))
        assert answer.status_code == 401
        assert "Log ind igen" in slow.error()
        await to_second_step(house, stale)
        await bo.go(f"{OWN}/adgangskode")
        await bo.send("/adgangskode", old=PASSWORD, new=NEW, again=NEW)
        assert (await stale.send("/kode", code=now_code(house, secret))).status_code == 401


async def test_a_second_step_that_nobody_was_given_is_refused(house: House, bo: Visitor) -> None:
    await set_up(house, bo)
    async with visiting(house) as stranger:
        assert (await stranger.go("/console/login/kode")).url.path == "/console/login"
        csrf = house.app.state.logins.csrf("made up")
        cookies = {"handover_step": "made up"}
        stranger.http.cookies.update(cookies)
        body = {"code": "000000", "csrf": csrf}
        answer = await stranger.http.post("/console/login/kode", data=body)
        assert answer.status_code == 401


async def test_neither_secret_nor_recovery_code_stands_in_the_database(
    house: House, bo: Visitor
) -> None:
    secret, recovery = await set_up(house, bo)
    everything = b"".join(path.read_bytes() for path in house.var.glob("handover.sqlite*"))
    for hidden in (secret, recovery[0], recovery[0].replace("-", "")):
        assert hidden.encode() not in everything
    async with house.app.state.store.read() as work:
        assert (await work.connection.execute(select(accounts.c.otp_secret))).scalar_one()
        assert len((await work.connection.execute(select(recovery_codes))).all()) == 10


async def test_new_recovery_codes_replace_the_old_and_codes_can_be_turned_off(
    house: House, bo: Visitor
) -> None:
    secret, old = await set_up(house, bo)
    house.clock.advance(seconds=30)
    await bo.go(OWN)
    await bo.send("/nye", code=now_code(house, secret))
    new = re.findall(r"<li>([A-Z0-9-]{12})</li>", bo.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    await bo.go(OWN)
    assert (await bo.send("/fra", code=old[0])).status_code == 422
    await bo.send("/fra", code=new[0])
    assert "Slå engangskoder til" in bo.text
    async with visiting(house) as again:
        await again.log_in("Bo")
        assert again.path == "/console"
    async with house.app.state.store.read() as work:
        assert (await work.connection.execute(select(recovery_codes))).all() == []


async def test_an_administrator_resets_the_codes_of_a_lost_phone(house: House, bo: Visitor) -> None:
    await set_up(house, bo)
    async with logged_in(house, "Ada", "administrator") as ada:
        await ada.go("/console/konti")
        await ada.send("/koder")
    async with visiting(house) as again:
        await again.log_in("Bo")
        assert again.path == "/console"
    assert ("Ada", "codes_reset", "Bo", None) in await trail(house)


async def test_where_codes_are_required_they_come_before_anything_else(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> None:
    decided = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    decided["login"] = {"kraev_engangskode": "ja"}
    path = tmp_path / "kommune.yml"
    path.write_text(yaml.safe_dump(decided, allow_unicode=True), encoding="utf-8")
    async with (
        running(tmp_path, rasa, clock, screen, municipality=path) as house,
        logged_in(house, "Bo") as bo,
    ):
        assert bo.path == f"{OWN}/koder"
        assert (await bo.http.get("/api/handovers")).status_code == 403
        assert (await bo.go("/console/lukkede")).url.path == f"{OWN}/koder"
        secret, _ = await set_up(house, bo)
        assert (await bo.http.get("/api/handovers")).status_code == 200
        house.clock.advance(seconds=30)
        await bo.go(OWN)
        await bo.send("/fra", code=now_code(house, secret))
        assert (await bo.go("/console")).url.path == f"{OWN}/koder"
