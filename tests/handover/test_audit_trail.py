"""The audit trail: complete, in words, and only ever added to."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from handover.clock import COPENHAGEN
from handover.pages.trail import action_word
from handover.pages.words import load_words
from handover.storage.trail import STEPWISE

from .browsing import PASSWORD, Visitor, logged_in, visiting
from .conftest import House
from .test_access_denied import _routes

SOURCE = Path(__file__).resolve().parents[2] / "handover"
FILLED = {
    "format": ("text", "pdf", "fhir"),
    "number": ("1",),
    "step": ("1",),
    "name": ("aabningstider", "vagt", "kontakt", "svar", "tekster"),
    "result": ("talte", "intet_svar", "aftalt_ny_tid"),
}
WAYS = ("mail", "webhook")


def _functions() -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


FUNCTIONS = list(_functions())


def _calls(name: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.Call]]:
    """Every call of this name, with the function that it stands in."""
    for function in FUNCTIONS:
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == name:
                yield function, node


def _values(
    node: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef, trace: tuple[str, ...] = ()
) -> set[str]:
    """Every text that this expression can be, looked up through variables and callers."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return _values(node.body, function, trace) | _values(node.orelse, function, trace)
    if isinstance(node, ast.JoinedStr):
        return _filled(node)
    assert isinstance(node, ast.Name), ast.unparse(node)
    assigned = [
        one.value
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == node.id
    ]
    if assigned:
        return set().union(*(_values(value, function, trace) for value in assigned))
    return _given(node.id, function, trace)


def _filled(node: ast.JoinedStr) -> set[str]:
    found = {""}
    for part in node.values:
        if isinstance(part, ast.Constant):
            values: tuple[str, ...] = (str(part.value),)
        else:
            assert isinstance(part, ast.FormattedValue)
            name = ast.unparse(part.value).rpartition(".")[2]
            values = WAYS if name == "way" else FILLED[name]
        found = {one + value for one in found for value in values}
    return found


def _given(
    name: str, function: ast.FunctionDef | ast.AsyncFunctionDef, trace: tuple[str, ...]
) -> set[str]:
    """What callers pass for a parameter, and its default."""
    if function.name in trace:
        return set()
    arguments = function.args.args
    place = [a.arg for a in arguments].index(name) - (arguments[0].arg == "self")
    found: set[str] = set()
    for caller, call in _calls(function.name):
        named = [k.value for k in call.keywords if k.arg == name]
        passed = named or call.args[place : place + 1]
        for value in passed:
            found |= _values(value, caller, (*trace, function.name))
    defaults = dict(
        zip([a.arg for a in arguments][::-1], function.args.defaults[::-1], strict=False)
    )
    return found | (_values(defaults[name], function, trace) if name in defaults else set())


def _noted() -> set[str]:
    found: set[str] = set()
    for function, call in _calls("note"):
        if ast.unparse(call.func).endswith("trail.note"):
            found |= _values(call.args[1], function)
    return found


def test_every_action_that_the_code_notes_has_a_danish_word() -> None:
    words, noted = load_words(), _noted()
    assert {"claimed", "released", "read", "exported_pdf", "follow_up_done"} <= noted
    assert {"called_1_mail", "login_failed", "account_made"} <= noted
    without = [a for a in noted if action_word(a, words) == a.replace("_", " ")]
    assert without == []
    unused = set(words.groups["handling"]) - noted - set(STEPWISE)
    assert unused == set(), "words for what is never noted"


async def _line(house: House) -> None:
    async with house.app.state.store.write() as work:
        await work.trail.note("Anna", "read")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'Bo'",
        "DELETE FROM audit",
        "REPLACE INTO audit (id, at, actor, action) VALUES (1, '2026-01-01', 'Bo', 'read')",
        "UPDATE OR REPLACE audit SET id = id + 1",
    ],
)
async def test_the_database_refuses_to_change_or_remove_a_line(
    house: House, statement: str
) -> None:
    await _line(house)
    with pytest.raises(DatabaseError, match="only ever added to"):
        async with house.app.state.store.write() as work:
            await work.connection.execute(text(statement))
    async with house.app.state.store.read() as work:
        rows = (await work.connection.execute(text("SELECT id, actor FROM audit"))).all()
    assert [tuple(row) for row in rows] == [(1, "Anna")]


async def test_no_route_changes_the_trail(house: House) -> None:
    routes = {(method, path) for method, path in _routes(house) if path.startswith("/console/log")}
    about_it = {(method, path) for method, path in routes if path[12:13] in ("", ".", "/")}
    assert about_it == {("GET", "/console/log"), ("GET", "/console/log.csv")}


async def _read(visitor: Visitor, query: str = "") -> list[list[str]]:
    """The lines of the sheet, without its heading."""
    answer = await visitor.http.get(f"/console/log.csv?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith("\ufeff".encode())
    found = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert found[0] == ["Hvornår", "Hvem", "Hvad", "Om", "Sag"]
    return found[1:]


@pytest.mark.parametrize("role", ["leder", "administrator"])
async def test_leaders_and_administrators_read_it_newest_first(house: House, role: str) -> None:
    case = await house.hand_over(await house.citizen())
    async with await house.counsellor("Bo") as bo:
        await bo.post(f"/api/handovers/{case}/claim")
        house.clock.advance(minutes=5)
        await bo.post(f"/api/handovers/{case}/release")
    async with logged_in(house, "Ada", role) as ada:
        page = (await ada.go("/console/log")).text
        assert page.index("Lagde sagen tilbage i køen</td>") < page.index("Tog sagen</td>")
        lines = await _read(ada)
    assert ["2026-11-23 10:00:00", "Bo", "Tog sagen", "", case] in lines


async def test_a_counsellor_does_not_read_it(house: House) -> None:
    async with logged_in(house, "Bo") as bo:
        assert (await bo.go("/console/log")).status_code == 403
        assert (await bo.http.get("/console/log.csv")).status_code == 403
        assert 'href="/console/log"' not in (await bo.go("/console/overblik")).text


async def test_the_filters_find_who_what_which_case_and_when(house: House) -> None:
    case, other = [await house.hand_over(await house.citizen()) for _ in range(2)]
    async with await house.counsellor("Bo") as bo, await house.counsellor("Eva") as eva:
        await bo.post(f"/api/handovers/{case}/claim")
        house.clock.advance(days=1)
        await eva.post(f"/api/handovers/{other}/claim")
    async with logged_in(house, "Ada", "leder") as ada:

        async def who(query: str) -> list[tuple[str, str]]:
            return [(line[1], line[2]) for line in await _read(ada, query)]

        assert await who("hvad=claimed") == [("Eva", "Tog sagen"), ("Bo", "Tog sagen")]
        assert await who("hvem=Bo&hvad=claimed") == [("Bo", "Tog sagen")]
        assert ("Driften (kommandolinjen)", "Gav et program adgang") in await who("hvem=Bo")
        assert await who(f"sag={case}") == [("Bo", "Tog sagen")]
        assert await who("hvad=claimed&til=2026-11-23") == [("Bo", "Tog sagen")]
        assert await who("hvad=claimed&fra=2026-11-24") == [("Eva", "Tog sagen")]
        assert await who("hvad=claimed&fra=2026-11-23&til=2026-11-24") != []
        page = (await ada.go("/console/log?hvad=claimed&hvem=Eva")).text
        assert "Tog sagen</td>" in page
        assert ">Bo</td>" not in page


@pytest.mark.parametrize("query", ["fra=i-dag", "fra=2026-11-24&til=2026-11-23", "til=9999-12-31"])
async def test_days_that_make_no_span_are_refused_in_words(house: House, query: str) -> None:
    async with logged_in(house, "Ada", "leder") as ada:
        assert (await ada.go(f"/console/log?{query}")).status_code == 422
        assert "Skriv dagene" in ada.error()


async def test_a_day_is_danish(house: House) -> None:
    """A quarter past midnight in Copenhagen is still the day before in UTC."""
    house.clock.now = datetime(2026, 11, 25, 0, 15, tzinfo=COPENHAGEN)
    await _line(house)
    house.clock.now += timedelta(hours=12)
    async with logged_in(house, "Ada", "leder") as ada:
        assert len(await _read(ada, "hvad=read&fra=2026-11-25")) == 1
        assert len(await _read(ada, "hvad=read&til=2026-11-24")) == 0


async def test_pages_follow_each_other_without_gap_or_repeat(house: House) -> None:
    async with house.app.state.store.write() as work:
        for number in range(120):
            await work.trail.note("Anna", "token_issued", about=f"nummer {number}")
    async with logged_in(house, "Ada", "leder") as ada:
        seen: list[str] = []
        address = "/console/log?hvad=token_issued"
        while address:
            page = (await ada.go(address)).text
            seen += [p.split("<")[0] for p in page.split("<td>nummer ")[1:]]
            older = re.search(r"foer=(\d+)", page)
            address = f"/console/log?hvad=token_issued&{older.group()}" if older else ""
    assert seen == [str(number) for number in reversed(range(120))]


async def test_taking_it_away_is_noted_and_no_cell_is_a_formula(house: House) -> None:
    async with house.app.state.store.write() as work:
        await work.trail.note("=1+1", "read")
    async with logged_in(house, "Ada", "leder") as ada:
        lines = await _read(ada)
    assert lines[0][1:3] == ["Ada", "Hentede loggen som regneark"]
    assert "'=1+1" in [line[1] for line in lines]


async def test_failed_logins_of_known_names_are_noted_and_no_others(house: House) -> None:
    """Somebody may have written their password where the name belongs."""
    await house.account("Bo", PASSWORD)
    async with visiting(house) as stranger:
        await stranger.log_in("Bo", "forkert")
        await stranger.log_in("hemmeligheden", "forkert")
    async with logged_in(house, "Ada", "leder") as ada:
        failed = await _read(ada, "hvad=login_failed")
    assert [(line[1], line[2]) for line in failed] == [("Bo", "Forkert adgangskode ved login")]
