"""The queue as its page shows it: whose case it is decides where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from bot.tracks.catalogue import Catalogue
from handover.handovers.board import Group, Room, Sight
from handover.handovers.filters import Filter, choices
from handover.pages import moments
from handover.pages.words import Words

Json = Mapping[str, Any]
FIRST, MORE, MOST = 50, 100, 10_000
"""How many are shown at first beside the urgent ones, how many more at a press, and at the most."""
ROOM = {"waiting": "vis", "others": "kolleger"}
"""What the number is called in the address."""
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
class Part:
    """A list as it came: danger first, then who has waited longest. Of rows that the page has
    already only the marks are there, as ``same``, with what tells the time if it is to go on.
    ``more``: the address that shows more of it, and ``by`` how many."""

    items: Sequence[Json]
    shown: int
    fitting: int
    more: str | None = None
    by: int = 0


@dataclass(frozen=True)
class QueueView:
    """``waiting_in_all`` and ``urgent`` count what waits, shown or not."""

    waiting: Part
    mine: Part
    others: Part
    waiting_in_all: int = 0
    urgent: int = 0
    urgent_hidden: int = 0
    chosen: Sequence[Chosen] = ()
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)


def read_room(query: Mapping[str, str]) -> Room:
    """``?vis=150&kolleger=50``; a number that is none is the first one."""
    return Room(**{name: _number(query.get(key, "")) for name, key in ROOM.items()})


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else FIRST
    return min(max(number, FIRST), MOST)


def queue_view(
    sight: Sight,
    wanted: Filter,
    room: Room,
    catalogue: Catalogue,
    words: Words,
    now: datetime | None = None,
) -> QueueView:
    """``now``: the time is to go on in the rows that the page has already."""
    titles = {track.id: track.short for track in catalogue.tracks.values()}
    return QueueView(
        waiting=_part(sight.waiting, "waiting", wanted, room, now),
        mine=_part(sight.mine, "mine", wanted, room, now),
        others=_part(sight.others, "others", wanted, room, now),
        waiting_in_all=sight.waiting_in_all,
        urgent=sight.urgent,
        urgent_hidden=sight.urgent_hidden,
        chosen=[_chosen(wanted, key, titles, words) for key in wanted.chosen],
        choices={
            key: [
                Choice(value, _word(key, value, titles, words), wanted.chosen.get(key) == value)
                for value in values
            ]
            for key, values in choices(catalogue.tracks).items()
        },
    )


def _part(group: Group, name: str, wanted: Filter, room: Room, now: datetime | None) -> Part:
    items = [_ticking(item, now) for item in group.items] if now else list(_runs(group.items))
    shown, left = len(group.items), group.fitting - len(group.items)
    if left <= 0 or name not in ROOM:
        return Part(items, shown, group.fitting)
    rooms = {key: getattr(room, one) + MORE * (one == name) for one, key in ROOM.items()}
    asked = {key: str(number) for key, number in rooms.items() if number != FIRST}
    address = f"{ADDRESS}?{urlencode(wanted.chosen | asked)}"
    last = f"#r-{group.items[-1]['handover_id']}" if group.items else ""
    return Part(items, shown, group.fitting, address + last, min(left, MORE))


def _runs(items: Sequence[Json]) -> Iterator[Json]:
    """Neighbours that the page has already become one."""
    for same, run in groupby(items, key=lambda item: "same" in item):
        if same:
            yield {"same": " ".join(item["same"] for item in run)}
        else:
            yield from run


def _ticking(item: Json, now: datetime) -> Json:
    if "same" not in item:
        return item
    came = item["created_at"]
    since = item["waiting_since"] if item["target"] else came
    ticks = [moments.waited(since, now), moments.since(since, now)]
    return {"same": item["same"], "ticks": [*ticks, *[moments.when(came, now)] * (since != came)]}


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
