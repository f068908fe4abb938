"""`make bench`: how fast the assistant is, beside stock Rasa on the same machine in the same run.

.venv/bin/python -m tools.bench

Both run on loopback and take turns: a start, answers to questions in one conversation and in eight
at once, a conversation of 150 messages, memory; then the danger screen alone on one core, beside
what Rasa's own pipeline takes to read the same messages. The last line is one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from tools import report
from tools.measure import stock
from tools.measure.folder import scratch
from tools.measure.memory import resident_mb
from tools.measure.reader import on_one_core, run_reader
from tools.measure.stock_system import StockSystem, project
from tools.measure.talk import Assistant, Partner, StockRasa, answers, at_once, client, growing
from tools.places import APP_PYTHON
from tools.report import Stop, say, step
from tools.run import interrupt
from tools.script import load_scripts
from tools.system import System

ROUNDS = 3
TURNS = 12  # answers in a conversation
MANY = 8  # conversations at once
EARLY, LATE = 5, 150  # messages of a long conversation that are compared, with two on either side
AROUND = 2
TEXTS = 300  # messages read by the screen alone
QUIET = {"HANDOVER_LOG_LEVEL": "warning"}
SCREEN = (APP_PYTHON, "-m", "tools.measure.screen_reader")

Figures = dict[str, dict[str, float]]
"""A figure for each side: ``{"start_seconds": {"assistant": 21.0, "stock_rasa": 34.2}}``"""


@dataclass
class Side:
    """One of the two that are compared, and the seconds its answers took."""

    name: str
    system: System
    url: str
    partner: Callable[[httpx.AsyncClient], Partner]
    alone: list[float] = field(default_factory=list)
    among_many: list[float] = field(default_factory=list)
    early: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    async def talk(self, to: httpx.AsyncClient) -> None:
        self.alone += await answers(self.partner(to), TURNS)
        self.among_many += await at_once([self.partner(to) for _ in range(MANY)], TURNS)

    async def talk_long(self, to: httpx.AsyncClient) -> None:
        took = await growing(self.partner(to), LATE + AROUND)
        self.early += around(took, EARLY)
        self.late += around(took, LATE)

    def memory_mb(self) -> float:
        pids = [child.pid for child in self.system.children.values()]
        return sum(resident_mb(pid) for pid in pids if pid)


def around(took: Sequence[float], number: int) -> Sequence[float]:
    """The message of that number (from 1) and its neighbours."""
    return took[number - 1 - AROUND : number + AROUND]


def main() -> None:
    signal.signal(signal.SIGTERM, interrupt)
    with scratch("bench") as folder:
        with step("Making and training the project of `rasa init`"):
            model = project(folder / "project")
        figures = {**compare(sides(folder, model)), **reading(model)}
    show(figures)
    say(json.dumps({"cores": len(os.sched_getaffinity(0)), **rounded(figures)}))


def sides(folder: Path, model: Path) -> list[Side]:
    own = System.temporary(folder / "assistant", QUIET)
    other = StockSystem.temporary(folder / "stock", root=folder / "project", model=model)
    return [
        Side("assistant", own, own.url, Assistant),
        Side("stock_rasa", other, other.rasa_url, StockRasa),
    ]


def compare(both: Sequence[Side]) -> Figures:
    try:
        starts = {side.name: start(side) for side in both}
        asyncio.run(take_turns(both))
        return {"start_seconds": starts, **figures_of(both)}
    except httpx.HTTPError as error:
        raise Stop(
            f"An answer did not come ({type(error).__name__}): see {both[0].system.var.parent}"
        ) from error
    finally:
        for side in both:
            side.system.stop()


def start(side: Side) -> float:
    started = time.monotonic()
    with step(f"Starting {side.name}"):
        side.system.start()
        side.system.wait_ready()
    return time.monotonic() - started


async def take_turns(both: Sequence[Side]) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client(side.url)) for side in both]
        for side, to in zip(both, clients, strict=True):
            await answers(side.partner(to), 2)  # what is loaded at the first message is loaded now
        for number in range(1, ROUNDS + 1):
            for side, to in zip(both, clients, strict=True):
                say(f"Round {number} of {ROUNDS}: {side.name} ...")
                await side.talk(to)
                await side.talk_long(to)


def figures_of(both: Sequence[Side]) -> Figures:
    measures: Mapping[str, Callable[[Side], float]] = {
        "answer_ms_p50": lambda side: milliseconds(side.alone, 50),
        "answer_ms_p95": lambda side: milliseconds(side.alone, 95),
        f"answer_ms_p50_{MANY}_at_once": lambda side: milliseconds(side.among_many, 50),
        f"answer_ms_p95_{MANY}_at_once": lambda side: milliseconds(side.among_many, 95),
        f"message_{LATE}_to_{EARLY}": lambda s: (
            milliseconds(s.late, 50) / milliseconds(s.early, 50)
        ),
        "memory_mb": Side.memory_mb,
    }
    return {name: {side.name: measure(side) for side in both} for name, measure in measures.items()}


def milliseconds(took: Sequence[float], percentile: int) -> float:
    return float(np.percentile(took, percentile)) * 1000


def reading(model: Path) -> Figures:
    """What it costs to read one message: the danger screen, and Rasa's own pipeline."""
    texts = messages()
    with step(f"Reading {len(texts)} messages on one core"):
        screen = run_reader([*on_one_core(), *SCREEN], texts)
        rasa = run_reader([*on_one_core(), *stock.READER, model], texts)
    return {
        "screen_ms_p50": percentiles(50, screen["ms"], rasa["ms"]),
        "screen_ms_p95": percentiles(95, screen["ms"], rasa["ms"]),
        "screen_memory_mb": {"assistant": screen["memory_mb"]},
    }


def percentiles(share: int, own: Sequence[float], rasa: Sequence[float]) -> dict[str, float]:
    found = (float(np.percentile(each, share)) for each in (own, rasa))
    return dict(zip(("assistant", "stock_rasa"), found, strict=True))


def messages() -> list[str]:
    """What citizens say in the scripted conversations, which nothing is trained on."""
    scripts = load_scripts()
    said = [text for script in scripts for text in (*script.opening, *script.answers.values())]
    return said[:: max(1, len(said) // TEXTS)]


def show(figures: Figures) -> None:
    say("")
    for name, found in rounded(figures).items():
        say(f"{name:<24}" + "".join(f"{side:>14}{value:>9}" for side, value in found.items()))
    say("")


def rounded(figures: Figures) -> Figures:
    """Three digits that count."""
    return {
        name: {side: float(f"{value:.3g}") for side, value in found.items()}
        for name, found in figures.items()
    }


if __name__ == "__main__":
    report.run(main)
