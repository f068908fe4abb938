"""`make bench-console`: how fast the counsellors' pages are on a large database.

.venv/bin/python -m tools.bench_console [--var FOLDER] [--closed 1000000 ...]

Starts the service alone on a database of made-up cases (that of FOLDER, where there is one), asks
for each page as a counsellor who is logged in, and prints seconds, with those that the service
computed: on a busy machine the first are more. Then all open conversations are talked in at once
(tools/measure/talks.py): `message` is from a citizen's press until the words are on the
counsellor's page. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import yaml

from handover.accounts.login import COOKIE
from handover.clock import system_clock
from handover.conversations.access import digest, new_token
from handover.conversations.feed import Feed
from handover.keyring import open_keyring
from handover.settings import Settings
from handover.storage.database import open_database
from handover.storage.migrate import migrate
from handover.storage.work import Store, Work
from tools import report
from tools.generate import Many, ask_how_many, generate, how_many
from tools.measure import talks
from tools.measure.folder import scratch
from tools.places import APP_PYTHON, ROOT
from tools.ports import Ports
from tools.report import Stop, say, step

ROUNDS = 9
READY_WITHIN = 120.0  # seconds
PAGES = {
    "overview": "/console/overblik",
    "overview_three_years": "/console/overblik?fra={three_years}",
    "overview_csv": "/console/overblik.csv",
    "queue": "/console",
    "queue_filtered": "/console?track=krop_mad&speaker=foraelder",
    "queue_all_of_it": "/console?vis=10000&kolleger=10000",
    "closed": "/console/lukkede",
}
LONGEST = 3650  # days: no text is erased while pages are measured


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the counsellors' pages are")
    parser.add_argument("--var", type=Path, help="folder of a database, made if there is none")
    ask_how_many(parser, Many(closed=1_000_000, kept=100_000, waiting=2000, claimed=300))
    options = parser.parse_args()
    with scratch("bench-console") as folder:
        settings = Settings(var=options.var or folder / "var")
        if not (settings.var / "handover.sqlite").exists():
            generate(settings, how_many(options))
        session, cases = asyncio.run(prepare(settings))
        with serving(settings, folder) as (url, pid):
            took = measure(url, session, pid)
            before = computed(pid)
            with step(f"{len(cases)} conversations at once"):
                took |= asyncio.run(talks.run(url, cases, session))
            took["message"]["computed"] = round(computed(pid) - before, 1)
    for name, found in took.items():
        say(f"{name:<24}" + "".join(f"{which:>10} {found[which]:.3f}" for which in found))
    say(json.dumps({"cores": len(os.sched_getaffinity(0)), **took}))


async def prepare(settings: Settings) -> tuple[str, list[talks.Open]]:
    """The session of a counsellor of its own, and the claimed conversations with their keys."""
    database = open_database(settings.database)
    await migrate(database)
    store = Store(database, open_keyring(settings), system_clock, Feed())
    sessions: dict[str, str] = {}
    async with store.write() as work:
        cases = []
        for one in await work.queue.open_cases():
            held, conversation_id = one.handover, one.handover.conversation_id
            conversation = await work.conversations.get(conversation_id)
            if not held.claimed_by or conversation is None:
                continue
            if held.claimed_by not in sessions:
                sessions[held.claimed_by] = await log_in(work, held.claimed_by)
            await work.handovers.change(held.id, seen_at=system_clock())
            token = conversation.keys()["token"]
            cases.append(talks.Open(held.id, conversation_id, token, sessions[held.claimed_by]))
        session = await log_in(work, "bench")
    await database.close()
    return session, cases


async def log_in(work: Work, name: str) -> str:
    token = new_token()
    known = await work.accounts.by_name(name)
    account = known[0] if known else await work.accounts.add(name, "no password fits")
    await work.accounts.open_session(account, digest(token), timedelta(hours=1))
    return token


@contextmanager
def serving(settings: Settings, folder: Path) -> Iterator[tuple[str, int]]:
    """Address and process."""
    port = Ports.free().edge
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("HANDOVER_")},
        "OMP_NUM_THREADS": "1",
        "HANDOVER_VAR": str(settings.var),
        "HANDOVER_PORT": str(port),
        "HANDOVER_LOG_LEVEL": "warning",
        "HANDOVER_MUNICIPALITY": str(keeping(settings.municipality, folder)),
    }
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([APP_PYTHON, "-m", "handover", "serve"], cwd=ROOT, env=environment)
    try:
        with step("Starting the service"):
            wait_ready(process, url)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)


def keeping(municipality: Path, folder: Path) -> Path:
    """The municipality's file with the longest retention there is."""
    found = yaml.safe_load(municipality.read_text(encoding="utf-8"))
    found["opbevaring"]["dage_efter_afslutning"] = LONGEST
    path = folder / "kommune.yml"
    path.write_text(yaml.safe_dump(found, allow_unicode=True), encoding="utf-8")
    return path


def wait_ready(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz", timeout=10).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise Stop("The service does not answer; what it said stands above")


def measure(url: str, session: str, pid: int) -> dict[str, dict[str, float]]:
    """Seconds from the request until the whole page is there."""
    took: dict[str, dict[str, float]] = {}
    three_years = f"{system_clock().year - 3}-01"
    with httpx.Client(base_url=url, cookies={COOKIE: session}, timeout=120) as client:
        for name, path in PAGES.items():
            address = path.format(three_years=three_years)
            fetch(client, address)  # templates and database pages are loaded now
            before = computed(pid)
            seconds = [fetch(client, address) for _ in range(ROUNDS)]
            found = {
                "median": statistics.median(seconds),
                "slowest": max(seconds),
                "computed": (computed(pid) - before) / ROUNDS,
            }
            took[name] = {which: round(value, 3) for which, value in found.items()}
    return took


def computed(pid: int) -> float:
    """Seconds of processor time that a process has used, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def fetch(client: httpx.Client, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise Stop(f"{path} answered {answer.status_code}")
    return time.perf_counter() - started


if __name__ == "__main__":
    report.run(main)
