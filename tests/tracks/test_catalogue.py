"""The catalogue is exactly right, or nothing starts: file, place and reason are named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from bot.tracks.catalogue import (
    COMMON_IDS,
    FOLDER,
    PLACEHOLDERS,
    SPEAKERS,
    TRACK_IDS,
    UNKNOWN,
    CatalogueError,
    load_catalogue,
)
from bot.tracks.intake import COMMON

CHANNELS = ("web", "sms", "phone")
CATALOGUE = load_catalogue()
KEYS = CATALOGUE.keys()
ASKED = [key for key in KEYS if not CATALOGUE.criterion(key).derived_from]
WORRY = "bekymring_tristhed.yml"
Change = Callable[..., Path]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """A folder with a file of the real catalogue in which one place is spoilt."""

    def changed(name: str, old: str, new: str) -> Path:
        text = (FOLDER / name).read_text("utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new, 1), "utf-8")
        return tmp_path

    return changed


def complaint(folder: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("id: tegn_angst", "id: tegn_angs", "kriterier.tegn_angs", "unknown id"),
        ("id: tegn_angst", "id: tegn_tristhed", "kriterier.tegn_tristhed", "more than once"),
        ("  - id: tegn_angst", "  - nr: tegn_angst", "kriterier[1].nr", "unknown key"),
        ("type: inklusion", "type: inklution", "kriterier.alder.type", "none of"),
        ("type: inklusion", "type: 3", "kriterier.alder.type", "missing"),
        ('kilde: "000, 001"', 'kilde: "nettet"', "file.kilde", "none of the sources"),
        ('kilde: "000, 001"', 'kilde: ""', "file.kilde", "none of the sources"),
        ('    kilde: "001"', '    kilde: "et opslag"', "kriterier.alder.kilde", "none of the"),
        ('    kilde: "001"\n', "", "kriterier.alder.kilde", "none of the sources"),
        (', kilde: "001"', "", "alder.kilde", "none of the sources"),
        ('godkendt: ""', "", "file.godkendt", "is missing"),
        ("titel: ", "overskrift: ", "file.overskrift", "unknown key"),
        ("titel: Når", 'titel: "" # Når', "file.titel", "text is missing"),
        ("    tekst: Alder", "    # tekst: Alder", "kriterier.alder.tekst", "text is missing"),
        ("fra: 6", "fra: 18", "alder", "18-17"),
        ("fra: 6", "fra: -1", "alder", "-1-17"),
        ("til: 17", "til: 18", "alder", "6-18"),
        ("fra: 6", 'fra: "6"', "alder.fra", "whole number"),
        ("fra: 6", "fra: true", "alder.fra", "whole number"),
        ("fra: 6, ", "", "alder", "None-17"),
        ("fra: 6", "fra_og_med: 6", "alder.fra_og_med", "unknown key"),
        ("id: bekymring_tristhed", "id: bekymring", "id", "name of the file"),
        ("kriterier:", "kriterier: 3\nrest:", "file.rest", "unknown key"),
        ("detalje: false", "droppes: snart", "kriterier.alder.droppes", "whole number"),
        ("      ung: Er du", "      alle: Er du", "spoergsmaal.alle", "unknown key"),
        ("Er {barnet} tit", "Er {navnet} tit", "spoergsmaal.foraelder", "placeholder"),
        ("Er {barnet} tit", "Er {0} tit", "spoergsmaal.foraelder", "placeholder"),
        ("Er {barnet} tit", "Er {barnet tit", "spoergsmaal.foraelder", "placeholder"),
    ],
)
def test_what_is_wrong_stops_with_file_place_and_reason(
    change: Change, old: str, new: str, place: str, reason: str
) -> None:
    said = complaint(change(WORRY, old, new))
    assert f"{WORRY}: " in said
    assert place in said
    assert reason in said


def test_a_criterion_derived_from_one_that_does_not_exist_stops(change: Change) -> None:
    folder = change(WORRY, "afledt_af: faelles.", "afledt_af: faelles.ikke_")
    shutil.copy(FOLDER / "faelles.yml", folder)
    said = complaint(folder)
    assert f"{WORRY}: kriterier.selvmordsrisiko.afledt_af" in said
    assert "is no criterion" in said


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("key", ["spoergsmaal", "omformuleret"])
def test_a_question_without_words_for_somebody_stops(
    tmp_path: Path, speaker: str, key: str
) -> None:
    lines = (FOLDER / WORRY).read_text("utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if line.strip() == f"{key}:")
    gone = next(n for n in range(at, len(lines)) if lines[n].startswith(f"      {speaker}:"))
    (tmp_path / WORRY).write_text("\n".join(lines[:gone] + lines[gone + 1 :]), "utf-8")
    said = complaint(tmp_path)
    assert f"{WORRY}: kriterier.tegn_angst.{key}.{speaker}" in said
    assert "missing" in said


@pytest.mark.parametrize("track", [COMMON, *TRACK_IDS])
def test_a_criterion_that_other_programs_read_cannot_go_missing(tmp_path: Path, track: str) -> None:
    head, _, last = (FOLDER / f"{track}.yml").read_text("utf-8").rpartition("\n  - id: ")
    (tmp_path / f"{track}.yml").write_text(head, "utf-8")
    said = complaint(tmp_path)
    assert f"{track}.yml: kriterier.{last.split()[0]}: is missing" in said


@pytest.mark.parametrize("text", ["", "- et\n- to\n", "bare ord", "id: [", "a: b: c"])
def test_a_file_that_is_no_mapping_or_no_yaml_stops(tmp_path: Path, text: str) -> None:
    (tmp_path / "uro.yml").write_text(text, "utf-8")
    assert "uro.yml" in complaint(tmp_path)


def test_a_folder_without_the_common_questions_stops(tmp_path: Path) -> None:
    shutil.copy(FOLDER / WORRY, tmp_path)
    assert "faelles.yml is missing" in complaint(tmp_path)


def test_a_no_in_danish_is_never_read_as_a_yes(change: Change) -> None:
    folder = change(WORRY, "    detalje: false", "    detalje: nej")
    shutil.copy(FOLDER / "faelles.yml", folder)
    with suppress(CatalogueError):  # to refuse it is as good
        assert not load_catalogue(folder).criterion("bekymring_tristhed.alder").detail


def test_choices_that_are_no_mappings_stop(change: Change) -> None:
    row = "      - {titel: Mig selv, vaerdi: ung}"
    assert "kriterier.henvender.valg" in complaint(change("faelles.yml", row, "      - Mig selv"))


def test_a_choice_without_a_value_stops(change: Change) -> None:
    folder = change("faelles.yml", "titel: Mig selv, vaerdi", "titel: Mig selv, value")
    assert "kriterier.henvender.valg.vaerdi" in complaint(folder)


def test_a_key_that_stands_twice_is_not_read_in_silence(change: Change) -> None:
    asked = "      ung: Er du tit bekymret"
    assert WORRY in complaint(change(WORRY, asked, f"      ung: Er du bange?\n{asked}"))


# the real one


def test_the_real_catalogue_has_the_tracks_and_ids_of_the_contract() -> None:
    assert list(CATALOGUE.tracks)[: len(TRACK_IDS)] == list(TRACK_IDS)
    assert {c.id for c in CATALOGUE.common.criteria} == COMMON_IDS
    for name, ids in TRACK_IDS.items():
        assert {c.id for c in CATALOGUE.tracks[name].criteria} == ids


@pytest.mark.parametrize(
    ("track", "low", "high"),
    [
        ("krop_mad", 10, 17),
        ("selvskade", 12, 17),
        ("bekymring_tristhed", 6, 17),
        ("uro", 3, 10),
    ],
)
def test_each_track_has_the_age_span_of_its_source(track: str, low: int, high: int) -> None:
    age = CATALOGUE.tracks[track].age
    assert age is not None
    assert [years for years in range(20) if years in age] == list(range(low, high + 1))


def test_every_criterion_is_reached_by_its_key() -> None:
    for key in KEYS:
        group, name = key.split(".")
        assert CATALOGUE.criterion(key) is CATALOGUE.group(group)[name]
        assert key in CATALOGUE
    assert "uro.findes_ikke" not in CATALOGUE
    with pytest.raises(KeyError):
        CATALOGUE.criterion("uro.findes_ikke")


@pytest.mark.parametrize("key", ASKED)
def test_there_are_words_for_everybody_on_every_channel_and_other_words_the_second_time(
    key: str,
) -> None:
    criterion = CATALOGUE.criterion(key)
    for speaker, channel in product((*SPEAKERS, UNKNOWN), CHANNELS):
        first = criterion.wording(speaker, channel)
        again = criterion.wording(speaker, channel, again=True)
        assert first != again
        for text in (first, again):
            shown = text.format(**PLACEHOLDERS)
            assert shown.endswith(("?", "."))
            assert "{" not in shown
            assert "!" not in shown


@pytest.mark.parametrize("key", ASKED)
def test_the_young_are_asked_themselves_and_never_about_a_child(key: str) -> None:
    criterion = CATALOGUE.criterion(key)
    for channel, again in product(CHANNELS, (False, True)):
        assert "{" not in criterion.wording("ung", channel, again)


def test_a_municipality_can_have_its_own_age_span_and_the_catalogue_stays_as_it_was() -> None:
    own = CATALOGUE.with_ages({"selvskade": (12, 14)})
    age, before = own.tracks["selvskade"].age, CATALOGUE.tracks["selvskade"].age
    assert age is not None
    assert before is not None
    assert (14 in age, 15 in age, 15 in before) == (True, False, True)
    assert age.source == "lokal"
    assert own.tracks["uro"] == CATALOGUE.tracks["uro"]
