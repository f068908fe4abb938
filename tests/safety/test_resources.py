"""Crisis numbers: a file that is exactly right, and always more than one number to call."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.safety.dialogue import Dialogue, Setting, fitting
from bot.safety.resources import (
    FILE,
    OCCASIONS,
    SPEAKERS,
    Resource,
    ResourceError,
    load_resources,
    own_resources,
)
from bot.safety.screen import ALARM, Verdict

RESOURCES = load_resources()
THEMES = ("selvmord", "skade", "gift", "vold", "krop", "andre")
AREAS: tuple[list[str], ...] = ([], ["region_hovedstaden"], ["region_hovedstaden", "koebenhavn"])
OWN = {
    "id": "egen_linje",
    "navn": "Kommunens linje",
    "hvornaar": "når det haster",
    "nummer": "1234 5678",
    "tale": "tolv, fireogtredive, seksoghalvtreds, otteoghalvfjerds",
    "tider": "",
    "til": ["ung", "foraelder"],
    "ved": ["alle"],
    "omraade": "",
    "kilde": "et eksempel",
    "kontrolleret": yaml.safe_load("2026-11-22"),
    "bekraeftet": "nej",
}


def sets_of(themes: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(themes, n) for n in (0, 1, 2)))


def ids(resources: list[Resource]) -> list[str]:
    return [resource.id for resource in resources]


# always somebody to call


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_there_is_more_than_one_number_and_112_first_whatever_has_happened(speaker: str) -> None:
    for themes, areas in product(sets_of(THEMES), AREAS):
        shown = fitting(RESOURCES, themes, Setting(speaker, config={"omraader": areas}))
        assert shown[0].number == "112"
        assert len(shown) >= 2
        assert len(set(ids(shown))) == len(shown)


@pytest.mark.parametrize(
    ("theme", "number"),
    [
        ("gift", "82 12 12 12"),
        ("vold", "1888"),
        ("selvmord", "70 201 201"),
        ("skade", "70 201 201"),
        ("andre", "114"),
    ],
)
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_the_numbers_fit_what_has_happened(speaker: str, theme: str, number: str) -> None:
    shown = fitting(RESOURCES, {theme}, Setting(speaker))
    assert number in [resource.number for resource in shown]


def test_a_number_for_something_else_is_not_shown() -> None:
    assert "giftlinjen" not in ids(fitting(RESOURCES, {"vold"}, Setting("ung")))
    assert "lev_uden_vold" not in ids(fitting(RESOURCES, {"gift"}, Setting("ung")))


def test_a_childrens_line_is_for_children_and_those_who_may_be_children() -> None:
    for speaker, theme in product(SPEAKERS, THEMES):
        shown = ids(fitting(RESOURCES, {theme}, Setting(speaker)))
        assert ("boernetelefonen" in shown) == (speaker in ("ung", "paaroerende", "ukendt"))


def test_a_local_number_is_shown_only_where_the_municipality_lies() -> None:
    local = {r.id for r in RESOURCES if r.area}
    for speaker, theme in product(SPEAKERS, THEMES):
        nowhere = fitting(RESOURCES, {theme}, Setting(speaker))
        assert not local & set(ids(nowhere))
        wrong = Setting(speaker, config={"omraader": ["region_midt"]})
        assert not local & set(ids(fitting(RESOURCES, {theme}, wrong)))
    here = Setting("foraelder", config={"omraader": ["region_hovedstaden"]})
    assert "psykiatrisk_akut_hovedstaden" in ids(fitting(RESOURCES, {"selvmord"}, here))


def test_the_municipalitys_own_line_stands_with_the_others() -> None:
    setting = Setting("ung", config={"kriselinjer": [OWN]})
    assert ids(fitting(RESOURCES, {"selvmord"}, setting))[-1] == "egen_linje"
    other = Setting("fagperson", config={"kriselinjer": [OWN]})
    assert "egen_linje" not in ids(fitting(RESOURCES, {"selvmord"}, other))


@pytest.mark.parametrize("channel", ["web", "sms", "phone"])
def test_hours_are_told_only_where_they_are_sure(channel: str) -> None:
    areas = {"omraader": AREAS[-1]}
    dialogue = Dialogue.load()
    for speaker, theme in product(SPEAKERS, THEMES):
        setting = Setting(speaker, channel, areas)
        turn = dialogue.begin(Verdict(ALARM, themes=(theme,)), setting)
        for resource in fitting(RESOURCES, {theme}, setting):
            [line] = lines_about(resource, turn.messages[0].text, channel)
            told = channel == "web" and bool(resource.hours)
            assert ("døgnet rundt" in line or "kl." in line) == told
            assert not told or f"({resource.hours})" in line
            assert (resource.spoken if channel == "phone" else resource.number) in line


def lines_about(resource: Resource, text: str, channel: str) -> list[str]:
    _, _, numbers = text.rpartition("\n\n")
    lines = numbers.split("\n") if channel == "web" else numbers.split(". ")
    return [line for line in lines if f"{resource.name}:" in line or f"{resource.name} " in line]


# the file


def test_every_resource_of_the_file_has_a_source_and_a_day_it_was_checked() -> None:
    assert RESOURCES[0].id == "alarm_112"
    for resource in RESOURCES:
        assert resource.source
        assert resource.checked.year >= 2026
        assert set(resource.speakers) <= set(SPEAKERS)
        assert set(resource.occasions) <= set(OCCASIONS)


def test_nothing_is_confirmed_until_a_person_has_called() -> None:
    assert not any(resource.confirmed for resource in RESOURCES)


Spoil = Callable[..., Path]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    def spoilt(old: str, new: str) -> Path:
        text = FILE.read_text("utf-8")
        assert old in text
        path = tmp_path / FILE.name
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return spoilt


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("    navn: Alarm\n", "", "ressource 1 (alarm_112)", "navn is missing"),
        ("    navn: Alarm\n", '    navn: ""\n', "ressource 1 (alarm_112)", "navn is empty"),
        ("    navn: Alarm\n", "    navn: Alarm\n    url: x\n", "(alarm_112)", "url is unknown"),
        ('nummer: "112"', "nummer: 112", "(alarm_112)", "nummer must be text in quotes"),
        ('nummer: "112"', 'nummer: "etetto"', "(alarm_112)", "is not a telephone number"),
        ('nummer: "112"', 'nummer: "112!"', "(alarm_112)", "is not a telephone number"),
        ('nummer: "1888"', 'nummer: ""', "(lev_uden_vold)", "nummer is empty"),
        ("til: [ung, foraelder", "til: [ung, mor", "(alarm_112)", "til 'mor' is not one of"),
        ("ved: [alle]", "ved: []", "(alarm_112)", "ved must be a list"),
        ("ved: [gift]", "ved: gift", "ressource 2 (giftlinjen)", "ved must be a list"),
        ("ved: [gift]", "ved: [gifte]", "(giftlinjen)", "ved 'gifte' is not one of"),
        ("2026-11-22", "i november", "(alarm_112)", "kontrolleret must be a date"),
        ("bekraeftet: nej", "bekraeftet: true", "(alarm_112)", "bekraeftet must be ja or nej"),
        ("bekraeftet: nej", "bekraeftet: maaske", "(alarm_112)", "bekraeftet must be ja or nej"),
        ("id: giftlinjen", "id: alarm_112", "resources.yml", "'alarm_112' stands there twice"),
        ("  - id: alarm_112", "  - alarm\n  - id: alarm_112", "ressource 1", "not a mapping"),
        ("ressourcer:", "tilbud:", "resources.yml", "missing or empty"),
        ("ressourcer:", "ressourcer: [", "resources.yml", "not readable as YAML"),
    ],
)
def test_what_is_wrong_stops_with_the_resource_and_the_reason(
    spoil: Spoil, old: str, new: str, place: str, reason: str
) -> None:
    with pytest.raises(ResourceError) as caught:
        load_resources(spoil(old, new))
    assert "resources.yml" in str(caught.value)
    assert place in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [("nummer", "ring", "telephone"), ("ved", ["krise"], "not one of"), ("tider", None, "text")],
)
def test_the_municipalitys_own_lines_are_read_as_strictly(
    key: str, value: Any, reason: str
) -> None:
    assert own_resources([OWN])[0].name == "Kommunens linje"
    with pytest.raises(ResourceError) as caught:
        own_resources([OWN, {**OWN, key: value}])
    assert "kommunens linje 2" in str(caught.value)
    assert reason in str(caught.value)
