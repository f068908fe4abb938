"""Fills a database with made-up cases, sealed as real ones, to see how the service bears them.

.venv/bin/python -m tools.generate var/many --closed 1000000 --kept 100000 --waiting 2000

Waiting and claimed cases go through the service's own storage one by one. Closed ones are made of
the same rows, many at a time, and spread over the last years; those that are not kept are what
retention leaves of a case: their numbers in the overview.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, insert

from bot.tracks.catalogue import load_catalogue
from bot.tracks.intake import Fact, Intake, Quote, TrackSeen
from handover.clock import system_clock
from handover.conversations.feed import Feed
from handover.conversations.messages import (
    ASSISTANT,
    CITIZEN,
    CLOSED,
    COUNSELLED,
    Draft,
    Message,
)
from handover.handovers import desk
from handover.keyring import open_keyring
from handover.municipality import load_municipality
from handover.pages.words import load_words
from handover.settings import Settings
from handover.statistics.count import count
from handover.statistics.facts import Measures, facts
from handover.storage import tables
from handover.storage.database import open_database
from handover.storage.handovers import CLOSED as CASE_CLOSED
from handover.storage.handovers import Handover
from handover.storage.migrate import migrate
from handover.storage.statistics import Cell
from handover.storage.work import Store, Work
from tools import report
from tools.report import say, step

AT_ONCE = 2000
MONTHS = 36  # over which closed cases are spread
COUNSELLORS = 20
CHANNELS = ("web", "web", "web", "sms", "phone")
ASKED = "Et vigtigt spørgsmål, som jeg stiller alle: Er nogen i fare lige nu?"


@dataclass(frozen=True)
class Many:
    """How many cases; of the closed ones ``kept`` still have their text."""

    closed: int
    kept: int
    waiting: int
    claimed: int


@dataclass(frozen=True)
class Telling:
    speaker: str
    age: int
    track: str
    words: str
    level: str = "none"


TELLINGS = (
    Telling(
        "foraelder", 13, "krop_mad",
        "Min datter spiser næsten ikke, og hun siger, at hun er for tyk. Hvad kan vi gøre?",
    ),
    Telling(
        "ung", 15, "bekymring_tristhed",
        "Jeg kan ikke sove, og jeg er bange for at komme i skole, fordi alle kigger på mig.",
    ),
    Telling(
        "paaroerende", 11, "uro",
        "Min bror bliver så vred, at vi går på listetæer derhjemme, og mor er helt udkørt.",
    ),
    Telling(
        "fagperson", 12, "bekymring_tristhed",
        "En dreng i min klasse er holdt op med at tale med nogen. Hvem kan jeg ringe til?",
    ),
    Telling(
        "foraelder", 8, "uro", "Min søn kan ikke sidde stille, og skolen siger, at noget må ske."
    ),
    Telling(
        "ung", 14, "krop_mad", "Jeg tæller alt, hvad jeg spiser, og jeg kan ikke lade være mere."
    ),
    Telling(
        "foraelder", 16, "bekymring_tristhed",
        "Hun ligger i sengen hele dagen og siger, at alting er ligegyldigt.", "ask",
    ),
    Telling(
        "ung", 16, "selvskade",
        "Når det hele bliver for meget, skærer jeg i mig selv. Ingen ved det.", "ask",
    ),
    Telling(
        "ung", 17, "bekymring_tristhed",
        "Jeg vil ikke leve længere, og jeg har tænkt over, hvordan jeg kan gøre det.", "alarm",
    ),
)  # fmt: skip
OFTEN = {"none": 4, "ask": 3, "alarm": 3}
"""How many of each telling lie in the heap that cases are drawn from."""


@dataclass(frozen=True)
class Told:
    intake: Intake
    document: dict[str, Any]


@dataclass
class Hand:
    """Whose clock can be set, so that cases come at the time they are said to."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Rows:
    """What is stored of many closed cases."""

    tables: dict[Table, list[dict[str, Any]]] = field(
        default_factory=lambda: {
            table: []
            for table in (
                tables.conversations, tables.intakes, tables.messages, tables.handovers,
                tables.standings,
            )
        }
    )  # fmt: skip
    cells: Counter[Cell] = field(default_factory=Counter)


def told(telling: Telling) -> Told:
    quote = Quote(3, telling.words)
    intake = Intake(
        handled_seq=4,
        speaker=Fact(telling.speaker, [quote]),
        age=Fact(telling.age, [quote]),
        tracks=[TrackSeen(telling.track, [quote])],
        concern=[quote],
    )
    intake.safety.level = telling.level
    if telling.level != "none":
        intake.safety.evidence.append({"seq": 3, "quote": telling.words, "why": []})
    return Told(intake, intake.to_json())


class Generator:
    def __init__(self, settings: Settings, seed: int) -> None:
        catalogue, words = load_catalogue(), load_words()
        municipality = load_municipality(settings.municipality, catalogue.tracks)
        self.tracks, self.outcomes = tuple(catalogue.tracks), tuple(words.groups["udfald"])
        self.measures = Measures(municipality, frozenset(self.outcomes), frozenset(self.tracks))
        self.now, self.dice = system_clock(), random.Random(seed)
        self.clock = Hand(self.now)
        self.database = open_database(settings.database)
        keyring = open_keyring(settings)
        self.store = Store(self.database, keyring, self.clock, Feed(), self.measures)
        self.intakes = [told(telling) for telling in TELLINGS for _ in range(OFTEN[telling.level])]

    def drafts(self, intake: Intake) -> list[Draft]:
        return [
            Draft(ASSISTANT, "Hej. Jeg er et computerprogram og ikke et menneske."),
            Draft(ASSISTANT, "Fortæl med dine egne ord, hvad der fylder.", "question", "fylder"),
            Draft(CITIZEN, intake.concern[0].quote),
            Draft(ASSISTANT, ASKED, "question", "sikkerhed_nu"),
        ]

    async def fill(self, many: Many) -> None:
        await migrate(self.database)
        with step(f"{many.kept} closed cases with their text"):
            for size in sizes(many.kept):
                async with self.store.write() as work:
                    await self.close(work, size)
        with step(f"{many.closed - many.kept} closed cases whose text is erased"):
            for size in sizes(many.closed - many.kept):
                async with self.store.write() as work:
                    await work.statistics.add(self.erased(size))
        with step(f"{many.waiting} waiting cases, {many.claimed} claimed"):
            for number in range(many.waiting + many.claimed):
                async with self.store.write() as work:
                    await self.open(work, claimed=number < many.claimed)

    async def open(self, work: Work, claimed: bool) -> None:
        """A case that waits, or that a counsellor has."""
        told = self.dice.choice(self.intakes)
        intake = told.intake
        self.clock.now = self.now - timedelta(seconds=self.dice.randrange(2 * 24 * 3600))
        conversation = await work.conversations.create(
            str(uuid4()), self.dice.choice(CHANNELS), None, told.document
        )
        await work.conversations.append(conversation, self.drafts(intake))
        handover, _ = await desk.hand_over(work, conversation, intake.safety.level, "samtykke")
        if claimed:
            self.clock.now = min(self.clock.now + self.wait(), self.now)
            await work.handovers.claim(handover.id, self.counsellor())
            await work.handovers.change(handover.id, seen_at=self.now)
            await work.conversations.change(conversation, status=COUNSELLED)
            await count(work, conversation)

    async def close(self, work: Work, size: int) -> None:
        rows = Rows()
        for _ in range(size):
            self.closed(work, rows)
        for table, values in rows.tables.items():
            await work.connection.execute(insert(table), values)
        await work.statistics.add(rows.cells)

    def closed(self, work: Work, rows: Rows) -> None:
        """The rows of a case that was handed over, taken, and closed."""
        told = self.dice.choice(self.intakes)
        handover = self.ended(told.intake)
        self.clock.now = handover.created_at
        new = work.conversations.prepare(
            handover.conversation_id, handover.channel, None, told.document
        )
        ended = handover.closed_at
        last = {"status": CLOSED, "seq": 3, "active_at": ended, "closed_at": ended}
        rows.tables[tables.conversations].append(new.row | last)
        rows.tables[tables.intakes].append(new.intake)
        rows.tables[tables.messages] += [
            work.conversations.row(new.conversation, Message(seq, handover.created_at, draft))
            for seq, draft in enumerate(self.drafts(told.intake)[1:3], 2)
        ]
        case = {name: value for name, value in vars(handover).items() if name != "channel"}
        rows.tables[tables.handovers].append(case)
        counted = facts(handover, told.intake, self.measures)
        standing = new.conversation.sealer.seal(counted.to_json(), "standing")
        rows.tables[tables.standings].append(
            {"conversation_id": new.conversation.id, "payload": standing}
        )
        rows.cells.update(counted.cells())

    def erased(self, size: int) -> Counter[Cell]:
        """Of a closed case whose text is erased nothing is left but its numbers."""
        cells: Counter[Cell] = Counter()
        for _ in range(size):
            intake = self.dice.choice(self.intakes).intake
            cells.update(facts(self.ended(intake), intake, self.measures).cells())
        return cells

    def ended(self, intake: Intake) -> Handover:
        came = self.now - timedelta(seconds=self.dice.randrange(3600, MONTHS * 30 * 24 * 3600))
        taken = came + self.wait()
        ended = min(taken + timedelta(minutes=self.dice.randint(5, 60)), self.now)
        return Handover(
            id=str(uuid4()),
            conversation_id=str(uuid4()),
            kind="intake",
            reason="samtykke",
            rank=desk.RANKS[intake.safety.level],
            status=CASE_CLOSED,
            claimed_by=self.counsellor(),
            claimed_at=taken,
            seen_at=ended,
            created_at=came,
            waiting_since=came,
            closed_at=ended,
            outcome=self.dice.choice(self.outcomes),
            channel=self.dice.choice(CHANNELS),
        )

    def wait(self) -> timedelta:
        """Mostly minutes, some of them hours."""
        return timedelta(minutes=self.dice.lognormvariate(2.5, 1.2))

    def counsellor(self) -> str:
        return f"raadgiver {self.dice.randint(1, COUNSELLORS)}"


def sizes(number: int) -> Iterator[int]:
    """``sizes(4500) -> 2000, 2000, 500``"""
    for start in range(0, number, AT_ONCE):
        yield min(AT_ONCE, number - start)


def generate(settings: Settings, many: Many, seed: int = 1) -> None:
    async def act() -> None:
        generator = Generator(settings, seed)
        try:
            await generator.fill(many)
        finally:
            await generator.database.close()

    asyncio.run(act())


def ask_how_many(parser: argparse.ArgumentParser, usual: Many) -> None:
    for name, number in vars(usual).items():
        parser.add_argument(f"--{name}", type=int, default=number, help=f"cases (usually {number})")


def how_many(options: argparse.Namespace) -> Many:
    return Many(options.closed, options.kept, options.waiting, options.claimed)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fill a database with made-up cases")
    parser.add_argument("var", type=Path, help="folder of the database and its keys")
    ask_how_many(parser, Many(closed=10_000, kept=1000, waiting=50, claimed=10))
    options = parser.parse_args()
    generate(Settings(var=options.var), how_many(options))
    say(f"HANDOVER_VAR={options.var} make run  # shows it")


if __name__ == "__main__":
    report.run(main)
