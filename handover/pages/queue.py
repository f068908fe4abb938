"""The queue as its page shows it: whose case it is decides where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bot.tracks.catalogue import Catalogue
from handover.handovers.filters import Filter, choices
from handover.pages.words import Words
from handover.storage.handovers import WAITING

Json = Mapping[str, Any]
ADDRESS = "/console"
GROUPS = {"priority": "prioritet", "channel": "kanal", "kind": "sagstype", "speaker": "henvender"}
"""Where the word for a filter's value stands; a track has its own."""


@dataclass(frozen=True)
class Choice:
    value: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Chosen:
    """A filter that is set, and where a press that takes it away leads."""

    label: str
    word: str
    without: str


@dataclass(frozen=True)
class QueueView:
    """Each list stands as it came: danger first, then who has waited longest. ``waiting_in_all``
    and ``urgent`` count what waits, shown or not."""

    waiting: Sequence[Json]
    mine: Sequence[Json]
    others: Sequence[Json]
    waiting_in_all: int = 0
    urgent: int = 0
    urgent_hidden: int = 0
    chosen: Sequence[Chosen] = ()
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)


def queue_view(
    items: Sequence[Json], name: str, wanted: Filter, catalogue: Catalogue, words: Words
) -> QueueView:
    shown = [item for item in items if wanted.fits(item, name)]
    waiting, claimed = _waiting(shown), [i for i in shown if i["status"] != WAITING]
    titles = {track.id: track.short for track in catalogue.tracks.values()}
    return QueueView(
        waiting=waiting,
        mine=[item for item in claimed if item["claimed_by"] == name],
        others=[item for item in claimed if item["claimed_by"] != name],
        waiting_in_all=len(_waiting(items)),
        urgent=_urgent(items),
        urgent_hidden=_urgent(items) - _urgent(shown),
        chosen=[_chosen(wanted, key, titles, words) for key in wanted.chosen],
        choices={
            key: [
                Choice(value, _word(key, value, titles, words), wanted.chosen.get(key) == value)
                for value in values
            ]
            for key, values in choices(catalogue.tracks).items()
        },
    )


def _waiting(items: Sequence[Json]) -> list[Json]:
    return [item for item in items if item["status"] == WAITING]


def _urgent(items: Sequence[Json]) -> int:
    return sum(item["priority"] == "akut" for item in _waiting(items))


def _chosen(wanted: Filter, key: str, titles: Mapping[str, str], words: Words) -> Chosen:
    rest = wanted.without(key)
    return Chosen(
        label=words.say(key, "filter"),
        word=_word(key, wanted.chosen[key], titles, words),
        without=f"{ADDRESS}?{urlencode(rest)}" if rest else ADDRESS,
    )


def _word(key: str, value: str, titles: Mapping[str, str], words: Words) -> str:
    if key == "track":
        return titles.get(value, value)
    return words.say(value, GROUPS[key]) if key in GROUPS else words.say("kun_mine", "filter")
