"""`make bench-phone`: how soon a step of a telephone call is answered, with many calls at once.

.venv/bin/python -m tools.bench_phone [--calls 20] [--steps 10] [--pause 4]

The whole system runs with the exchange in Twilio's place. Every caller listens and speaks for some
seconds between two steps, as people do. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from dataclasses import dataclass, field

from tools import report
from tools.measure.folder import scratch
from tools.phone.exchange import Exchange
from tools.phone.line import Line
from tools.phone.simulator import exchange_at, settings
from tools.ports import Ports
from tools.report import say
from tools.system import System

TELLINGS = (
    "det er min datter på 13, hun spiser næsten ikke",
    "jeg er 15 år, og jeg har svært ved at sove om natten",
    "min søn på 11 vil ikke i skole",
    "jeg er lærer og bekymret for en elev på 14",
)


@dataclass
class Bench:
    calls: int
    steps: int
    pause: float
    took: list[float] = field(default_factory=list)
    waited: int = 0

    async def run(self, exchange: Exchange) -> None:
        chance = random.Random(11)
        await asyncio.gather(
            *(self._call(exchange, place, chance.uniform(0, self.pause))
              for place in range(self.calls))
        )  # fmt: skip

    async def _call(self, exchange: Exchange, place: int, start: float) -> None:
        chance = random.Random(place)
        await asyncio.sleep(start)
        begun = time.perf_counter()
        line = await exchange.ring(f"+452{place:07}")
        self.took.append(time.perf_counter() - begun)
        for turn in range(self.steps):
            if line.over:
                return
            await asyncio.sleep(chance.uniform(0.5, 1.5) * self.pause)
            before, begun = len(line.documents), time.perf_counter()
            await self._answer(line, turn, place)
            steps = len(line.documents) - before
            self.took.append((time.perf_counter() - begun) / max(steps, 1))
            self.waited += steps - 1

    async def _answer(self, line: Line, turn: int, place: int) -> None:
        if turn == 0:
            await line.say(TELLINGS[place % len(TELLINGS)])
        elif turn == 1:
            await line.press("#")
        else:
            await line.press(str(1 + (turn + place) % 3))

    def figures(self) -> dict[str, float]:
        ordered = sorted(self.took)
        return {
            "calls": self.calls,
            "steps": len(ordered),
            "median_seconds": round(ordered[len(ordered) // 2], 3),
            "p95_seconds": round(ordered[int(0.95 * (len(ordered) - 1))], 3),
            "most_seconds": round(ordered[-1], 3),
            "bridged": self.waited,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="How soon a step of a call is answered")
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two steps")
    options = parser.parse_args()
    bench = Bench(options.calls, options.steps, options.pause)
    with scratch("bench-phone") as folder:
        port, ports = Ports.free().edge, Ports.free()
        own = {**settings(ports, port, folder), "HANDOVER_LOG_LEVEL": "warning"}
        say("Starting the system ...")
        with System(folder / "var", ports, settings=own) as system:
            say(f"{bench.calls} calls at once, {bench.steps} steps each")
            asyncio.run(_measure(bench, system, port))
    say(json.dumps(bench.figures()))


async def _measure(bench: Bench, system: System, port: int) -> None:
    async with exchange_at(port, system.url) as exchange:
        await bench.run(exchange)


if __name__ == "__main__":
    report.run(main)
