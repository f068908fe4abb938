"""Wrong configuration stops start-up with file, place and reason."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from handover.conversations.sentences import OWN_KEYS, SHARED, load_sentences
from handover.handovers.possibilities import PossibilityError, load_possibilities
from handover.keyring import KeyringError, open_keyring
from handover.municipality import MunicipalityError, load_municipality
from handover.settings import ROOT, Settings
from handover.texts import OWN, TextError, fill, load_texts

FILE = ROOT / "config" / "kommune.yml"
GOOD: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
TRACKS = {"krop_mad": None}
STEP = {"efter_minutter": 5, "navn": "A", "mail": "a@eksempel.dk"}


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def test_the_example_is_right_and_nothing_in_it_is_confirmed() -> None:
    found = load_municipality(FILE, TRACKS)
    assert (found.name, found.offer_name, found.authority) == (
        "København", "ROBUS", "Københavns Kommune",
    )  # fmt: skip
    assert not found.confirmed
    assert not found.hours.confirmed
    assert found.contact.phone == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (put("farve", value="blå"), "farve: Extra inputs"),
        (put("aabningstider", "farve", value="blå"), "aabningstider.farve: Extra inputs"),
        (put("navn", value=""), "navn: String should have at least 1"),
        (
            put("spor", "dans", value={"kilde": "x", "bekraeftet": "nej"}),
            "spor.dans: no such track",
        ),
        (
            put("spor", "krop_mad", "alder", value={"fra": 15, "til": 12, "kilde": "x"}),
            "spor.krop_mad.alder: Value error, from 15 to 12",
        ),
        (
            put("spor", "krop_mad", "alder", value={"fra": 3, "til": 99, "kilde": "x"}),
            "spor.krop_mad.alder.til: Input should be less than or equal to 17",
        ),
        (
            put("aabningstider", "dage", "mandag", value=["15.00-09.00"]),
            "aabningstider.dage.mandag.0: '15.00-09.00' ends before it begins",
        ),
        (
            put("aabningstider", "dage", "mandag", value=["kl. 9"]),
            "aabningstider.dage.mandag.0: 'kl. 9' is not a span",
        ),
        (
            put("aabningstider", "dage", "mandag", value=["09.00-12.00", "11.00-15.00"]),
            "mandag: the spans overlap",
        ),
        (put("aabningstider", "dage", "blåmandag", value=[]), "aabningstider.dage.blåmandag"),
        (put("aabningstider", "dage", value={}), "mandag is missing"),
        (put("aabningstider", "bekraeftet", value="måske"), "aabningstider.bekraeftet"),
        (put("kontakt", "telefon", value="ring bare"), "kontakt.telefon: String should match"),
        (put("kontakt", "hjemmeside", value="http://x.dk"), "kontakt.hjemmeside"),
        (put("opbevaring", "dage_efter_afslutning", value=0), "opbevaring.dage_efter_afslutning"),
        (put("vagt", "maal_minutter", "akut", value=0), "vagt.maal_minutter.akut"),
        (
            put("vagt", "maal_minutter", value={"akut": 5}),
            "vagt.maal_minutter.hoej: Field required",
        ),
        (put("vagt", "farve", value="blå"), "vagt.farve: Extra inputs"),
        (
            put("vagt", "kaldes", value=[{"efter_minutter": 5, "navn": "A"}]),
            "vagt.kaldes.0: needs 'mail' or 'webhook'",
        ),
        (
            put("vagt", "kaldes", value=[STEP, STEP | {"navn": "B"}]),
            "vagt: kaldes: B is not after A",
        ),
        (put("vagt", "kaldes", value=[STEP | {"mail": "vagten"}]), "vagt.kaldes.0.mail"),
        (
            put("vagt", "kaldes", value=[STEP | {"webhook": "http://eksempel.dk/"}]),
            "vagt.kaldes.0.webhook",
        ),
        (put("krisetilbud", value=[{"id": "x"}]), "krisetilbud: kommunens linje 1 (x)"),
    ],
)
def test_what_is_wrong_in_the_municipalitys_file_is_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    document = deepcopy(GOOD)
    change(document)
    path = tmp_path / "kommune.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(MunicipalityError) as error:
        load_municipality(path, TRACKS)
    assert str(error.value).startswith(str(path))
    assert complaint in str(error.value)


@pytest.mark.parametrize("content", ["{", "- a\n- b\n", ""])
def test_a_municipality_file_that_is_no_mapping_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "kommune.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MunicipalityError, match=r"kommune\.yml"):
        load_municipality(path, TRACKS)
    with pytest.raises(MunicipalityError, match="missing"):
        load_municipality(tmp_path / "none.yml", TRACKS)


def test_a_municipalitys_own_ages_change_the_catalogues() -> None:
    document = deepcopy(GOOD)
    document["spor"]["krop_mad"]["alder"] = {"fra": 12, "til": 14, "kilde": "byrådet"}
    found = load_municipality.__globals__["Municipality"].model_validate(document)
    assert found.age_spans == {"krop_mad": (12, 14)}


def test_every_sentence_that_is_said_is_there_with_source_and_approval() -> None:
    texts = load_sentences(Settings(), load_municipality(FILE, TRACKS))
    for key in (*SHARED, *OWN_KEYS):
        assert texts.say(key)
    for key, row in yaml.safe_load(OWN.read_text(encoding="utf-8")).items():
        assert row["kilde"], key
        assert row["godkendt"] == "", key
        assert key in OWN_KEYS, f"{key} is said nowhere"


def test_the_greeting_says_when_text_is_erased() -> None:
    texts = load_sentences(Settings(), load_municipality(FILE, TRACKS))
    assert "24 timer" in texts.say("velkomst")
    assert "ROBUS" in texts.say("velkomst", "sms")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("andet: x", "hej: is missing"),
        ("hej: 7", "hej: must be a sentence"),
        ("hej: {sms: x}", "hej.tekst: is empty"),
        ("hej: {tekst: 7}", "hej.tekst: must be a sentence"),
        ("hej: {tekst: x, valg: [{titel: a}]}", "hej.valg"),
        ("- hej", "must be a mapping"),
        ("{", "while parsing"),
    ],
)
def test_a_missing_or_wrong_sentence_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "tekster.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TextError) as error:
        load_texts(path, ["hej"])
    assert str(path) in str(error.value)
    assert complaint in str(error.value)


def test_filling_a_sentence_leaves_other_braces_alone() -> None:
    assert fill("{a} og {b}", {"a": "{b}", "c": "x"}) == "{b} og {b}"


def test_the_possibilities_name_known_tracks() -> None:
    found = load_possibilities(Settings().possibilities)
    assert "stime_afklarende_samtale" in {p.id for p in found}


@pytest.mark.parametrize(
    "content",
    [
        "muligheder: x",
        "muligheder: [{id: a}]",
        "muligheder: [{id: a, tekst: b, kilde: c, spor: 7}]",
    ],
)
def test_a_wrong_possibility_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "muligheder.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PossibilityError, match=r"muligheder\.yml: muligheder"):
        load_possibilities(path)


def test_what_is_offered_depends_on_track_speaker_and_municipality() -> None:
    by_id = {p.id: p for p in load_possibilities(Settings().possibilities)}
    forest = by_id["new_forest"]
    assert forest.fits(["uro"], "foraelder", ["uro"])
    assert not forest.fits(["uro"], "foraelder", ["krop_mad"])
    assert not forest.fits(["krop_mad"], "foraelder", ["uro"])
    assert not forest.fits(["uro"], "ung", ["uro"])
    assert by_id["telefonraadgivning"].fits([], "ukendt", [])


def test_the_keys_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    first, second = open_keyring(settings), open_keyring(settings)
    assert vars(first) == vars(second)
    for name in ("master.key", "internal.secret"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert len({first.wrapping, first.lookup, first.forms}) == 3


@pytest.mark.parametrize("key", ["kort", "å" * 44, "AAAA"])
def test_a_master_key_of_the_wrong_form_is_refused_without_being_shown(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(KeyringError) as error:
        open_keyring(Settings(var=tmp_path, master_key=key))
    assert key not in str(error.value)
