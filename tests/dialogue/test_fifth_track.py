"""A municipality adds a track: one catalogue file and one file of training lines, nothing else.

The assistant is trained and the whole system started in a copy of the repository that has both.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.tracks.catalogue import load_catalogue
from tools.command import logged
from tools.places import MODELS, ROOT
from tools.player import Asked, Played, Player
from tools.script import Expected, Script
from tools.system import System
from tools.train import QUIET_RASA, train_assistant_command

pytestmark = pytest.mark.system

TRACK = "soevn"
WRITTEN = Path(__file__).parent / "fifth_track"
ADDED = {
    Path("bot/tracks/catalogue/soevn.yml"): WRITTEN / "catalogue.yml",
    Path("bot/data/nlu/soevn.yml"): WRITTEN / "lines.yml",
}
FOLDERS = ("bot", "handover", "config")
FILES = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml")
MADE = ("models", "__pycache__", ".rasa")

FATHER = "Jeg er far til en pige på 9 år, som ikke kan falde i søvn om aftenen"
AWAKE = "ja, hun ligger vågen til midnat"
CALM = "nej, hun trækker vejret helt roligt, når hun sover"
TEENAGER = "det er bare noget lort"
SOUND = "nej, jeg sover med det samme"
BROKEN = "ja, jeg vågner hele tiden og er oppe tre gange hver nat"
KNOWN = {
    "sikkerhed_nu": "nej",
    "selvmordstanker": "nej",
    "kommune": "Herlev",
    "funktionsniveau": "ja",
    "psykiatriens_maalgruppe": "nej",
    "proevet": "vi har talt med skolen",
    "oensker": "at nogen ved, hvad man kan gøre",
}


def copy(place: Path) -> Path:
    """What the system runs from, without what was made in it; the embeddings spare minutes."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns(*MADE))
    for name in FILES:
        shutil.copy(ROOT / name, place / name)
    models = place / MODELS.relative_to(ROOT)
    models.mkdir()
    for name in ("screen.npz", "embeddings.npz"):
        if (MODELS / name).exists():
            shutil.copy(MODELS / name, models / name)
    return place


def content(place: Path) -> dict[Path, bytes]:
    files = (path for path in place.rglob("*") if path.is_file())
    names = {path: path.relative_to(place) for path in files}
    return {name: path.read_bytes() for path, name in names.items() if not made(name)}


def made(name: Path) -> bool:
    return any(part in MADE for part in name.parts)


def script(opening: list[str], **answers: str) -> Script:
    """Not validated: it speaks of criteria that the repository does not have."""
    expect = Expected(handover=True, speaker="ukendt", age=None, tracks=[], risk="none")
    return Script.model_construct(
        name="a fifth track",
        opening=opening,
        answers={**KNOWN, **answers},
        otherwise="ved ikke",
        expect=expect,
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[Path, bytes]]:
    """The copy with the two files added and the assistant trained, and what it held before."""
    place = copy(tmp_path_factory.mktemp("repository"))
    before = content(place)
    for name, written in ADDED.items():
        shutil.copy(written, place / name)
    target = place / "bot" / "models" / "assistant.tar.gz"
    failure = "the assistant could not be trained with a fifth track"
    command = train_assistant_command(target)
    logged(command, "train-fifth-track", failure, environment=QUIET_RASA, cwd=place)
    return place, before


@pytest.fixture(scope="module")
def played(
    repository: tuple[Path, dict[Path, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Played]]:
    place, _ = repository
    model = place / "bot" / "models" / "assistant.tar.gz"
    scripts = {
        "father": script([FATHER], svaert_at_falde_i_soevn=AWAKE, pauser_i_vejrtraekningen=CALM),
        "teenager": script(
            [TEENAGER, TRACK],
            henvender="ung",
            alder="15",
            svaert_at_falde_i_soevn=SOUND,
            vaagner_om_natten=BROKEN,
            pauser_i_vejrtraekningen="det ved jeg ikke",
        ),
        "small": script(
            ["Min søn på 4 år vågner flere gange hver nat og kan ikke sove igen"],
            pauser_i_vejrtraekningen="ja, han snorker og gisper efter luft",
        ),
    }
    var = tmp_path_factory.mktemp("fifth")
    with (
        System.temporary(var, root=place, model=model) as system,
        Player(system.url, system.token("fifth")) as player,
    ):
        yield {name: player.play(one) for name, one in scripts.items()}


def asked(played: Played, name: str) -> list[Asked]:
    return [one for one in played.asked if one.question == name and one.track == TRACK]


def handed_over(played: Played) -> dict[str, Any]:
    assert played.summary is not None, played.transcript
    [found] = [track for track in played.summary["tracks"] if track["track"] == TRACK]
    return dict(found)


def criteria(played: Played) -> dict[str, Any]:
    return {row["id"]: row for row in handed_over(played)["criteria"]}


def quotes(row: dict[str, Any]) -> list[str]:
    return [quote["quote"] for quote in row["evidence"]]


def test_every_conversation_goes_to_its_end(played: dict[str, Played]) -> None:
    for name, one in played.items():
        assert (one.ending, one.error) == ("closing", None), (name, one.transcript)


def test_what_the_father_tells_is_recognised_as_the_new_track(played: dict[str, Played]) -> None:
    assert [quote["quote"] for quote in handed_over(played["father"])["evidence"]] == [FATHER]


def test_a_sign_is_told_at_once_or_asked_about_and_never_both(played: dict[str, Played]) -> None:
    found = criteria(played["father"])["svaert_at_falde_i_soevn"]
    questions = asked(played["father"], "svaert_at_falde_i_soevn")
    assert found["status"] == "opfyldt"
    assert quotes(found) == [AWAKE] if questions else quotes(found)[0] in FATHER


def test_one_sign_of_the_group_is_enough(played: dict[str, Played]) -> None:
    found = criteria(played["father"])["vaagner_om_natten"]
    assert (found["status"], found["reason"]) == ("uafklaret", "ikke_spurgt")
    assert not asked(played["father"], "vaagner_om_natten")


def test_the_exclusion_is_asked_about_in_the_words_of_the_file(played: dict[str, Played]) -> None:
    [question] = asked(played["father"], "pauser_i_vejrtraekningen")
    assert "pauser i vejrtrækningen om natten" in question.text
    assert "{" not in question.text
    found = criteria(played["father"])["pauser_i_vejrtraekningen"]
    assert (found["status"], quotes(found)) == ("ikke_opfyldt", [CALM])


def test_the_age_is_held_against_the_new_tracks_own_span(played: dict[str, Played]) -> None:
    assert criteria(played["father"])["alder"]["status"] == "opfyldt"
    assert criteria(played["teenager"])["alder"]["status"] == "opfyldt"
    assert criteria(played["small"])["alder"]["status"] == "ikke_opfyldt"


def test_it_stands_among_the_choices_and_choosing_it_brings_its_questions(
    played: dict[str, Played],
) -> None:
    offered = [
        choice
        for turn in played["teenager"].turns
        for message in turn.messages
        for choice in message.get("choices") or ()
    ]
    assert {"title": "Søvn", "value": TRACK} in offered
    assert len(asked(played["teenager"], "svaert_at_falde_i_soevn")) == 1
    assert len(asked(played["teenager"], "vaagner_om_natten")) == 1


def test_both_answers_and_a_do_not_know_reach_the_counsellor_as_they_were_said(
    played: dict[str, Played],
) -> None:
    found = criteria(played["teenager"])
    sound, broken = found["svaert_at_falde_i_soevn"], found["vaagner_om_natten"]
    assert (sound["status"], quotes(sound)) == ("ikke_opfyldt", [SOUND])
    assert (broken["status"], quotes(broken)) == ("opfyldt", [BROKEN])
    pauses = found["pauser_i_vejrtraekningen"]
    assert (pauses["status"], pauses["reason"]) == ("uafklaret", "ved_ikke")
    assert handed_over(played["teenager"])["open_questions"] == ["pauser_i_vejrtraekningen"]


def test_an_exclusion_that_is_there_is_passed_on_and_points_to_the_doctor(
    played: dict[str, Played],
) -> None:
    found = criteria(played["small"])["pauser_i_vejrtraekningen"]
    assert (found["status"], found["points_to"]) == ("opfyldt", "egen_laege")


def test_the_read_back_names_what_the_new_track_found(played: dict[str, Played]) -> None:
    [read_back] = [text for _, text in played["teenager"].transcript if "\n1. " in text]
    assert "Vågner om natten" in read_back
    assert "Svært ved at falde i søvn" in read_back


def test_the_hand_over_carries_the_tracks_title_and_its_sources(played: dict[str, Played]) -> None:
    written = load_catalogue(ROOT / "bot" / "tracks" / "catalogue").tracks
    assert TRACK not in written
    assert handed_over(played["father"])["title"] == "Når søvnen ikke vil komme"
    assert {row["source"] for row in criteria(played["father"]).values()} == {"lokal"}


def test_nothing_but_the_two_new_files_has_changed(
    repository: tuple[Path, dict[Path, bytes]], played: dict[str, Played]
) -> None:
    place, before = repository
    after = content(place)
    assert {name for name, text in after.items() if before.get(name) != text} == set(ADDED)
    assert before.keys() <= after.keys()
