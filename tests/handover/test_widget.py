"""Who may show the chat on their own pages, and what everybody else is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from handover.municipality import EXIT, Municipality, MunicipalityError, load_municipality
from handover.settings import ROOT
from handover.widget import SOURCES

from .conftest import FakeClock, House, RasaStandIn, WordScreen, running

SITE, OTHER = "https://www.kommune.dk", "https://andre.dk"
FILE = ROOT / "config" / "kommune.yml"


def municipality_with(folder: Path, *sites: str) -> Path:
    """The example's file, with these sites listed."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    document["widget"] = {"websteder": list(sites)}
    path = folder / "kommune.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
async def shown(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> AsyncIterator[House]:
    """The service of a municipality that lists one site."""
    path = municipality_with(tmp_path, SITE)
    async with running(tmp_path, rasa, clock, screen, municipality=path) as house:
        yield house


def ancestors(answer: httpx.Response) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", answer.headers["content-security-policy"])
    assert found
    return found[1]


async def test_without_a_listed_site_there_is_no_widget(house: House) -> None:
    for path in ("/widget", "/widget.js"):
        answer = await house.http.get(path)
        assert (answer.status_code, ancestors(answer)) == (404, "'none'")
        assert answer.headers["x-frame-options"] == "DENY"


async def test_a_listed_site_may_frame_the_chat_and_nothing_else(shown: House) -> None:
    framed = await shown.http.get("/widget")
    assert (framed.status_code, ancestors(framed)) == (200, SITE)
    assert "x-frame-options" not in framed.headers
    for path in ("/", "/console/login", "/widget/", "/widget.js", "/healthz", "/openapi.json"):
        other = await shown.http.get(path, headers={"Origin": SITE})
        assert ancestors(other) == "'none'", path
        assert other.headers["x-frame-options"] == "DENY", path


async def test_the_framed_page_is_the_chat_with_the_rest_of_its_policy_unchanged(
    shown: House,
) -> None:
    framed, own = await shown.http.get("/widget"), await shown.http.get("/")
    assert framed.text == own.text
    one, other = (page.headers["content-security-policy"] for page in (framed, own))
    assert one.replace(SITE, "'none'") == other
    assert "set-cookie" not in framed.headers


@pytest.mark.parametrize(("origin", "allowed"), [(SITE, SITE), (OTHER, None), ("null", None)])
async def test_only_a_listed_site_may_read_the_script(
    shown: House, origin: str, allowed: str | None
) -> None:
    answer = await shown.http.get("/widget.js", headers={"Origin": origin})
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers


async def test_the_chats_api_answers_no_other_origin_not_even_a_listed_one(shown: House) -> None:
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
    preflight = await shown.http.options("/api/conversations", headers=asked)
    plain = await shown.http.post("/api/conversations", json={"channel": "web"}, headers=asked)
    for answer in (preflight, plain):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_the_script_knows_what_the_municipality_decided(shown: House) -> None:
    script = (await shown.http.get("/widget.js")).text
    assert f'"hosts": ["{SITE}"]' in script
    assert f'"exit": "{EXIT}"' in script
    assert '"open": "Skriv med ROBUS"' in script
    assert '"number": "112"' in script
    assert "/*small*/" not in script


def test_the_script_uses_nothing_that_a_strict_policy_forbids() -> None:
    forbidden = re.compile(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|cookie"
        r"|setAttribute\(\"style|localStorage|sessionStorage"
    )
    for source in SOURCES.glob("*.js"):
        assert not forbidden.search(source.read_text(encoding="utf-8")), source.name


@pytest.mark.parametrize(
    "site",
    [
        "www.kommune.dk", "http://www.kommune.dk", "https://www.kommune.dk/", "https://*.kommune.dk",
        "https://www.kommune.dk/borger", "https://WWW.kommune.dk", "*", "null", "https://kommune",
        "https://www.kommune.dk; script-src *", "https://www.kommune.dk https://andre.dk",
        "https://www.kommune.dk\n*", "http://localhost.ond.dk", "",
        "https://www.kommune.dk:443", "http://localhost:80",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_site_stops_the_start(tmp_path: Path, site: str) -> None:
    with pytest.raises(MunicipalityError, match=r"kommune\.yml: widget\.websteder\.0: "):
        load_municipality(municipality_with(tmp_path, site), {"krop_mad": None})


def test_sites_may_have_a_port_and_a_machine_of_ones_own_may_do_without_https(
    tmp_path: Path,
) -> None:
    sites = (SITE, "https://proeve.kommune.dk:8443", "http://localhost:8080", "http://127.0.0.1")
    found = load_municipality(municipality_with(tmp_path, *sites), {"krop_mad": None})
    assert found.widget.hosts == sites


def test_a_file_from_before_there_was_a_widget_lists_no_site() -> None:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    del document["widget"]
    assert Municipality.model_validate(document).widget.hosts == ()
