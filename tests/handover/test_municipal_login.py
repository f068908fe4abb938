"""The municipality's own login, against a real OpenID provider: canaille, a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from handover.accounts.municipal import MunicipalLogin
from handover.accounts.provider import Person, ProviderSettingsError, registered
from handover.console.renewal import own_place
from handover.errors import Problem
from handover.settings import Settings
from handover.storage.accounts import Identity
from tools.ports import free_port

from .browsing import PASSWORD, Visitor, forms, logged_in, trail, visiting
from .canaille_process import CLIENT_ID, CLIENT_SECRET
from .canaille_process import PASSWORD as THEIRS
from .conftest import FakeClock, House, RasaStandIn, WordScreen, running, serving

PROCESS = Path(__file__).parent / "canaille_process.py"
STARTS = 60.0
START = "/console/login/kommune"
BACK = f"{START}/svar"
ROLES = {
    "oidc_scopes": "openid profile groups",
    "oidc_raadgiver": "robus-raadgivere, robus-vikarer",
    "oidc_leder": "robus-ledere",
    "oidc_administrator": "robus-it",
}


@dataclass
class Canaille:
    url: str
    ours: int
    """The port that our service has to have: the provider knows where it may send people back."""


@pytest.fixture(scope="module")
def canaille(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaille]:
    theirs, ours = free_port(), free_port()
    base = f"http://127.0.0.1:{ours}"
    log = tmp_path_factory.mktemp("canaille") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, PROCESS, str(theirs), base + BACK, f"{base}/console/login"],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        )
    try:
        until = time.monotonic() + STARTS
        while b"ready" not in log.read_bytes():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, "canaille does not start"
            time.sleep(0.1)
        yield Canaille(f"http://127.0.0.1:{theirs}", ours)
    finally:
        process.terminate()
        process.wait(timeout=10)


@asynccontextmanager
async def with_login(
    var: Path, rasa: RasaStandIn, clock: FakeClock, issuer: str, port: int | None, **changes: Any
) -> AsyncIterator[House]:
    settings = {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        **ROLES,
        **changes,
    }
    async with running(var, rasa, clock, WordScreen(), port=port, **settings) as house:
        yield house


@pytest.fixture
async def house(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, canaille: Canaille
) -> AsyncIterator[House]:
    async with with_login(tmp_path, rasa, clock, canaille.url, canaille.ours) as found:
        yield found


async def to_the_provider(visitor: Visitor) -> None:
    await visitor.go("/console/login")
    assert "Log ind med kommunens login" in visitor.text
    await visitor.go(START)


async def log_in_there(visitor: Visitor, name: str, password: str = THEIRS) -> None:
    """The provider's own pages: first the name, then the password."""
    await to_the_provider(visitor)
    await fill_in(visitor, login=name)
    await fill_in(visitor, password=password)


async def log_in_again(visitor: Visitor) -> None:
    """Somebody whom the provider knows already."""
    await visitor.go(START)
    assert visitor.path == BACK


async def fill_in(visitor: Visitor, **values: str) -> None:
    """The form of the provider's page that asks for this."""
    assert visitor.page is not None
    asked = [f for f in forms(visitor.text) if set(values) <= set(f.values)]
    assert asked, visitor.text[:2000]
    target = visitor.page.url.join(asked[0].action)
    body = asked[0].values | values
    visitor.page = await visitor.http.post(target, data=body, follow_redirects=True)


async def names(house: House) -> dict[str, frozenset[str]]:
    async with house.app.state.store.read() as work:
        return {e.account.name: e.account.roles for e in await work.accounts.all()}


async def give(house: House, name: str, *roles: str) -> None:
    async with house.app.state.store.write() as work:
        found = await work.accounts.by_name(name)
        assert found is not None
        await work.accounts.set_roles(found[0].id, roles)


async def test_a_first_login_makes_an_account_with_the_roles_of_the_claim(house: House) -> None:
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        assert bente.path == BACK
        assert 'content="0; url=/console"' in bente.text
        assert (await bente.go("/console")).status_code == 200
        assert bente.path == "/console"
        assert "Bente Madsen" in bente.text
        assert "kommunens login" in (await bente.go("/console/min-konto")).text
        cookies = [c.name for c in bente.http.cookies.jar if c.domain == "127.0.0.1"]
        assert not [name for name in cookies if name.startswith("handover_kommune")]
    assert await names(house) == {"Bente Madsen": frozenset({"leder", "raadgiver"})}
    lines = await trail(house)
    assert ("kommunens login", "account_made", "Bente Madsen", "leder raadgiver") in lines
    assert ("Bente Madsen", "logged_in", None, None) in lines


async def test_a_second_login_is_the_same_account_with_the_roles_of_today(house: House) -> None:
    await house.account("Ada", PASSWORD, ("administrator",))
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
    await give(house, "Bente Madsen", "administrator")
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        assert (await bente.go("/console")).url.path == "/console"
    assert (await names(house))["Bente Madsen"] == frozenset({"leder", "raadgiver"})
    detail = "leder raadgiver"
    assert ("kommunens login", "roles_changed", "Bente Madsen", detail) in await trail(house)


async def test_whoever_is_given_no_role_is_refused_kindly(house: House) -> None:
    async with visiting(house) as carl:
        await log_in_there(carl, "carl")
        assert carl.page is not None
        assert carl.page.status_code == 403
        assert "Kommunen har ikke givet dig adgang til ROBUS" in carl.text
        assert (await carl.http.get("/api/handovers")).status_code == 401
    assert await names(house) == {}
    assert ("kommunens login", "entry_refused", "Carl Madsen", None) in await trail(house)


async def test_a_role_that_is_gone_takes_sessions_and_cases_with_it(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, canaille: Canaille
) -> None:
    """The municipality's groups mean something else after a restart with other settings."""
    at = (tmp_path, rasa, clock, canaille.url, canaille.ours)
    async with with_login(*at) as house, visiting(house) as dorte:
        await log_in_there(dorte, "dorte")
        session = dorte.http.cookies["handover_session"]
        citizen = await house.citizen()
        case = await house.hand_over(citizen)
        headers = {"X-CSRF-Token": house.app.state.logins.csrf(session)}
        claimed = await dorte.http.post(f"/api/handovers/{case}/claim", headers=headers)
        assert claimed.status_code == 200
    async with with_login(*at, oidc_raadgiver="others") as house, visiting(house) as dorte:
        old = {"Cookie": f"handover_session={session}"}
        assert (await house.http.get("/api/handovers", headers=old)).status_code == 200
        await log_in_there(dorte, "dorte")
        assert "Kommunen har ikke givet dig adgang" in dorte.text
        assert (await house.http.get("/api/handovers", headers=old)).status_code == 401
        found = await house.handover_of(citizen)
    assert found is not None
    assert found["status"] == "waiting"


async def test_the_last_administrator_keeps_the_role_that_their_groups_would_take(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        await give(house, "Bente Madsen", "administrator")
        await log_in_again(bente)
        assert (await bente.go("/console/konti")).status_code == 200
    everything = frozenset({"administrator", "leder", "raadgiver"})
    assert await names(house) == {"Bente Madsen": everything}
    assert ("kommunens login", "administrator_kept", "Bente Madsen", None) in await trail(house)
    assert "the last administrator's role: kept" in caplog.text
    assert "Bente" not in caplog.text


async def test_the_last_administrator_comes_in_with_no_role_of_the_claim_too(house: House) -> None:
    """A closed account is no other administrator."""
    store, person = house.app.state.store, Person(Identity("x", "1"), "Ib", frozenset(), "id token")
    async with store.write() as work:
        await work.accounts.add("Ib", "", ["administrator", "leder"], identity=person.identity)
        closed = await work.accounts.add("Ada", "", ["administrator"])
        await work.accounts.set_closed(closed.id, True)
    login = MunicipalLogin(store, house.app.state.logins, nothing, timedelta(hours=1))
    assert await login.enter(person)
    assert (await names(house))["Ib"] == frozenset({"administrator"})
    async with store.write() as work:
        await work.accounts.set_closed(closed.id, False)
    with pytest.raises(Problem, match="ingen_rolle"):
        await login.enter(person)


async def test_a_session_of_theirs_ends_sooner_than_one_of_ours(house: House) -> None:
    async with visiting(house) as bente, logged_in(house, "Ada", "administrator") as ada:
        await log_in_there(bente, "bente")
        house.clock.advance(hours=7.9)
        assert (await bente.http.get("/api/handovers")).status_code == 200
        house.clock.advance(hours=0.2)
        assert (await bente.http.get("/api/handovers")).status_code == 401
        assert (await ada.go("/console/konti")).url.path == "/console/konti"


OPENS = {"Sec-Fetch-Mode": "navigate"}


async def test_a_page_opened_in_its_second_half_renews_it_without_a_question(
    house: House,
) -> None:
    """And with the roles of today."""
    page = "/console/overblik?fra=2026-01"
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        bente.http.headers.update(OPENS)
        house.clock.advance(hours=3.9)
        assert (await bente.go(page)).url.path == "/console/overblik"
        await give(house, "Bente Madsen", "raadgiver")
        house.clock.advance(hours=0.2)
        old = bente.http.cookies["handover_session"]
        await bente.go(page)
        assert bente.path == BACK
        assert f'content="0; url={page}"' in bente.text
        assert bente.http.cookies["handover_session"] != old
        house.clock.advance(hours=3.9)
        assert (await bente.go(page)).status_code == 200
        assert bente.path == "/console/overblik"
    assert (await names(house))["Bente Madsen"] == frozenset({"leder", "raadgiver"})


async def test_pages_that_are_opened_at_once_are_all_renewed(house: House) -> None:
    """Several cases, each in a window of its own."""
    pages = ["/console/overblik", "/console/log", "/console"]
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        bente.http.headers.update(OPENS)
        house.clock.advance(hours=4.1)
        ways = [(await bente.http.get(page)).headers["Location"] for page in pages]
        left = [(await bente.http.get(way)).headers["Location"] for way in ways]
        for page, there in zip(pages, left, strict=True):
            assert (await bente.go(there)).status_code == 200
            assert f'content="0; url={page}"' in bente.text
        assert not [name for name in bente.http.cookies if name.startswith("handover_kommune")]


async def test_whoever_lost_every_role_there_is_out_when_it_is_renewed(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, canaille: Canaille
) -> None:
    at = (tmp_path, rasa, clock, canaille.url, canaille.ours)
    async with with_login(*at) as house, visiting(house) as dorte:
        await log_in_there(dorte, "dorte")
        cookies = dorte.http.cookies
    clock.advance(hours=4.1)
    async with with_login(*at, oidc_raadgiver="others") as house, visiting(house) as dorte:
        dorte.http.cookies = cookies
        dorte.http.headers.update(OPENS)
        assert (await dorte.go("/console")).status_code == 403
        assert "Kommunen har ikke givet dig adgang" in dorte.text
        assert (await dorte.http.get("/api/handovers")).status_code == 401
        assert (await dorte.go("/console")).url.path == "/console/login"


async def test_another_site_cannot_begin_it(house: House) -> None:
    """From there the browser does not send what says that this way was gone before."""
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        [way] = [c for c in bente.http.cookies.jar if c.name == "handover_vej"]
        assert way._rest["SameSite"] == "strict"  # type: ignore[attr-defined]
        for name in ("handover_vej", "handover_session"):
            bente.http.cookies.delete(name)
        await bente.go(f"{START}?stille=1&til=/console/overblik")
        assert bente.path == "/console/login"
        assert "handover_session" not in bente.http.cookies


async def test_what_scripts_fetch_is_never_sent_to_the_provider(house: House) -> None:
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        house.clock.advance(hours=4.1)
        assert (await bente.go("/console")).url.path == "/console"
        house.clock.advance(hours=4)
        assert (await bente.go("/console")).url.path == "/console/login"


async def test_an_ended_session_is_renewed_too_for_whoever_comes_back_soon(house: House) -> None:
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        bente.http.headers.update(OPENS)
        house.clock.advance(hours=8.1)
        await bente.go("/console/login")
        assert bente.path == BACK
        assert (await bente.http.get("/api/handovers")).status_code == 200
        await bente.go("/console")
        await bente.send("/console/logout")
        await bente.go("/console/login")
        assert bente.path == "/console/login"


async def test_whoever_is_not_logged_in_there_keeps_what_they_have_until_it_ends(
    house: House,
) -> None:
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        theirs = [c for c in bente.http.cookies.jar if not c.name.startswith("handover")]
        assert theirs
        for cookie in theirs:
            bente.http.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
        bente.http.headers.update(OPENS)
        house.clock.advance(hours=4.1)
        await bente.go("/console/overblik")
        assert bente.path == BACK
        assert "Et øjeblik" in bente.text
        assert (await bente.go("/console/overblik")).url.path == "/console/overblik"
        house.clock.advance(hours=4)
        assert (await bente.go("/console/overblik")).url.path == "/console/login"


async def test_a_provider_that_is_down_takes_nobodys_session(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with with_login(tmp_path, rasa, clock, nobody, None) as house, visiting(house) as bente:
        bente.http.cookies.set("handover_vej", "1")
        await bente.go(f"{START}?stille=1&til=/console/overblik")
        assert 'content="0; url=/console/overblik"' in bente.text


@pytest.mark.parametrize(
    "given",
    ["https://x.example/console", "//x.example/console", "/", "/console/login", "/console\\x", "x"],
)
def test_it_goes_on_only_to_a_page_of_the_console(given: str) -> None:
    assert own_place(given) == "/console"
    assert own_place("/console/sager/1?efter=2") == "/console/sager/1?efter=2"


async def test_a_closed_account_stays_closed(house: House) -> None:
    async with visiting(house) as bente, logged_in(house, "Ada", "administrator") as ada:
        await log_in_there(bente, "bente")
        page = (await ada.go("/console/konti")).text
        assert "Logger ind med kommunens login" in page
        [closing] = [f for f in forms(page) if f.action.endswith("/luk") and "Bente" in f.text]
        await ada.send(closing.action)
        assert (await bente.http.get("/api/handovers")).status_code == 401
        await to_the_provider(bente)  # which still knows who it is
        assert "Din konto er lukket" in bente.text


async def test_an_account_of_the_same_name_is_never_taken_over(house: House) -> None:
    await house.account("Bente Madsen", PASSWORD, ("administrator",))
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
    assert await names(house) == {
        "Bente Madsen": frozenset({"administrator"}),
        "Bente Madsen 2": frozenset({"leder", "raadgiver"}),
    }


async def test_an_account_of_the_municipality_has_no_password_here(house: House) -> None:
    async with visiting(house) as bente, visiting(house) as stranger:
        await log_in_there(bente, "bente")
        for password in ("", " ", THEIRS):
            assert (await stranger.log_in("Bente Madsen", password)).status_code in (401, 422)
        await bente.go("/console/min-konto/adgangskode")
        answer = await bente.send("/adgangskode", old="", new=PASSWORD, again=PASSWORD)
        assert answer.status_code == 409


async def test_logging_out_ends_our_session_and_the_providers(house: House) -> None:
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        await bente.go("/console")
        await bente.send("/console/logout")
        assert "Du er logget ud her" in bente.text
        assert (await bente.http.get("/api/handovers")).status_code == 401
        onward = bente.text.partition('content="0; url=')[2].partition('"')[0]
        left = await bente.go(onward.replace("&amp;", "&"))
        assert left.url.path == "/console/login"
        await to_the_provider(bente)
        assert any("login" in form.values for form in forms(bente.text)), "asks who it is again"


async def test_the_ids_that_the_provider_gave_lie_sealed(house: House) -> None:
    async with visiting(house) as bente:
        await log_in_there(bente, "bente")
        id_token = await _id_token(house, bente)
    assert id_token.count(".") == 2
    everything = b"".join(path.read_bytes() for path in house.var.glob("handover.sqlite*"))
    assert id_token.encode() not in everything


async def nothing(*_: object) -> None:
    return None


async def _id_token(house: House, visitor: Visitor) -> str:
    state = house.app.state
    login = MunicipalLogin(state.store, state.logins, nothing, timedelta(hours=1))
    found = await login.id_token(visitor.http.cookies["handover_session"])
    assert found is not None
    return found


async def test_an_answer_counts_once_and_only_in_the_browser_that_asked(house: House) -> None:
    async with visiting(house) as bente, visiting(house) as mallory:
        await log_in_there(bente, "bente")
        assert bente.page is not None
        answer = str(bente.page.url)
        assert (await bente.go(answer)).status_code == 401
        await to_the_provider(mallory)
        assert (await mallory.go(answer)).status_code == 401
        assert "Log ind igen" in mallory.text
        assert (await mallory.http.get("/api/handovers")).status_code == 401


async def test_somebody_who_says_no_there_comes_back_to_a_kind_page(house: House) -> None:
    async with visiting(house) as bente:
        left = await bente.http.get(START)
        state = httpx.URL(left.headers["Location"]).params["state"]
        came = await bente.go(f"{BACK}?error=access_denied&state={state}")
        assert came.status_code == 401
        assert "Du kom tilbage uden at være logget ind" in came.text


async def test_the_request_carries_pkce_state_and_nonce(house: House) -> None:
    async with visiting(house) as bente:
        left = await bente.http.get(START)
        asked = httpx.URL(left.headers["Location"]).params
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[key]) for key in ("code_challenge", "state", "nonce")) >= 20
        cookie = left.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert asked["nonce"] not in cookie


async def test_without_settings_there_is_neither_button_nor_way(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock
) -> None:
    async with running(tmp_path, rasa, clock, WordScreen()) as house:
        assert "kommunens login" not in (await house.http.get("/console/login")).text
        assert (await house.http.get(START)).status_code == 404


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"oidc_client_id": ""}, "CLIENT_ID"),
        ({"oidc_client_secret": ""}, "CLIENT_SECRET"),
        ({"oidc_raadgiver": " , "}, "RAADGIVER"),
    ],
)
def test_settings_that_are_not_whole_stop_the_start(settings: dict[str, str], said: str) -> None:
    whole = {
        "oidc_issuer": "https://login.example",
        "oidc_client_id": "a",
        "oidc_client_secret": "b",
        "oidc_raadgiver": "c",
    }
    assert registered(Settings(**whole)) is not None
    with pytest.raises(ProviderSettingsError, match=said):
        registered(Settings(**(whole | settings)))


# a provider that is down or answers nonsense

Answering = Callable[[Request], Awaitable[Response]]


async def _silent(_: Request) -> Response:
    return PlainTextResponse("Internal Server Error", 500)


async def _no_json(_: Request) -> Response:
    return PlainTextResponse("<html>Velkommen</html>")


async def _half(_: Request) -> Response:
    return JSONResponse({"issuer": "http://127.0.0.1", "authorization_endpoint": 7})


async def _a_list(_: Request) -> Response:
    return JSONResponse(["issuer"])


async def _another_issuer(request: Request) -> Response:
    return JSONResponse(_discovery(request) | {"issuer": "https://somebody.else"})


def _discovery(request: Request) -> dict[str, Any]:
    base = str(request.base_url).rstrip("/")
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "jwks_uri": f"{base}/jwks",
    }


@asynccontextmanager
async def answering(**paths: Answering) -> AsyncIterator[str]:
    """A server of its own that answers as it is told; the rest of it is as it should be."""
    app = FastAPI()

    async def discovery(request: Request) -> Response:
        return JSONResponse(_discovery(request))

    for path, answer in ({"discovery": discovery} | paths).items():
        place = "/.well-known/openid-configuration" if path == "discovery" else f"/{path}"
        app.add_route(place, answer, methods=["GET", "POST"])
    port = free_port()
    async with serving(app, port):
        yield f"http://127.0.0.1:{port}"


async def test_a_provider_that_is_down_gives_a_kind_page(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with with_login(tmp_path, rasa, clock, nobody, None) as house, visiting(house) as bente:
        assert (await bente.go(START)).status_code == 503
        assert "Kommunens login svarer ikke lige nu" in bente.text


@pytest.mark.parametrize("answer", [_silent, _no_json, _half, _a_list, _another_issuer])
async def test_a_provider_that_describes_itself_wrongly_gives_a_kind_page(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, answer: Answering
) -> None:
    async with (
        answering(discovery=answer) as issuer,
        with_login(tmp_path, rasa, clock, issuer, None) as house,
        visiting(house) as bente,
    ):
        assert (await bente.go(START)).status_code == 503
        assert "Kommunens login svarer ikke lige nu" in bente.text


async def _no_token(_: Request) -> Response:
    return JSONResponse({"access_token": "x", "token_type": "Bearer"})


async def _unsigned(_: Request) -> Response:
    """``{"alg":"none"}`` and no signature."""
    token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJiZW50ZSIsImdyb3VwcyI6WyJyb2J1cy1pdCJdfQ."
    return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


async def _denied(_: Request) -> Response:
    return JSONResponse({"error": "invalid_grant"}, 400)


async def _keys(_: Request) -> Response:
    return JSONResponse({"keys": []})


@pytest.mark.parametrize("answer", [_silent, _no_json, _a_list, _no_token, _unsigned, _denied])
async def test_a_provider_whose_token_is_none_lets_nobody_in(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, answer: Answering
) -> None:
    async with (
        answering(token=answer, jwks=_keys) as issuer,
        with_login(tmp_path, rasa, clock, issuer, None) as house,
        visiting(house) as bente,
    ):
        left = await bente.http.get(START)
        assert left.status_code == 303
        state = httpx.URL(left.headers["Location"]).params["state"]
        came = await bente.go(f"{BACK}?code=x&state={state}")
        assert came.status_code == 503
        assert "Kommunens login svarer ikke lige nu" in came.text
        assert await names(house) == {}
