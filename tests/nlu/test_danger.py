"""Danger speaks for a track, also where no other word does."""

from __future__ import annotations

import pytest

from bot.nlu.danger import read_danger
from bot.safety.rules import Rules
from bot.tracks.catalogue import load_catalogue


@pytest.mark.parametrize(
    ("text", "tracks"),
    [
        ("jeg har ikke spist i en uge og besvimede i dag", {"krop_mad"}),
        ("hun skærer i sig selv", {"selvskade"}),
        ("jeg vil ikke leve mere", {"bekymring_tristhed"}),
        ("hun har aldrig talt om selvmord", set()),
        ("batteriet er dødt", set()),
        ("far slår mig, og jeg har mærker på armen", set()),
        ("min mor slår mig, og jeg skærer i mig selv", {"selvskade"}),
    ],
)
def test_the_danger_seen_by_a_rule_speaks_for_its_track(text: str, tracks: set[str]) -> None:
    assert read_danger(text).tracks == tracks


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("far slår mig, og jeg tør ikke gå hjem", True),
        ("far slår mig, og jeg vil ikke leve mere", False),
        ("min søn slår de andre i børnehaven", False),
        ("", False),
    ],
)
def test_violence_by_others_alone_is_told_from_other_danger(text: str, alone: bool) -> None:
    assert read_danger(text).violence_alone is alone


def test_every_track_that_the_rules_name_is_in_the_catalogue() -> None:
    rules = Rules.load()
    assert rules.tracks
    assert set(rules.tracks.values()) <= set(load_catalogue().tracks)
    assert set(rules.tracks) <= {group.theme for group in rules.groups}
