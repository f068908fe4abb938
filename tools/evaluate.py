"""`make evaluate`: how well the deployed assistant understands a file of labelled messages.

.venv/bin/python -m tools.evaluate DATA OUT

Every message is the first of a conversation with a running system of its own. Prints the misses,
the figures beside those of two baselines (a keyword list, stock Rasa) and, as its last line, one
JSON object; OUT gets one prediction a line. Training stock Rasa takes long: it is done with
BASELINES=yes; without it, models that are there are used; BASELINES=no leaves both baselines out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools import report
from tools.measure import cases as files
from tools.measure import stock, tables
from tools.measure.cases import Case, Prediction
from tools.measure.deployed import Deployed
from tools.measure.folder import scratch
from tools.measure.keywords import Keywords
from tools.measure.scores import Scores, counts, score, to_json
from tools.report import Stop, say, step
from tools.run import interrupt
from tools.system import System

ASSISTANT = "assistant"
TELL_EVERY = 100  # cases
QUIET = {"HANDOVER_LOG_LEVEL": "warning"}


def main() -> None:
    signal.signal(signal.SIGTERM, interrupt)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="labelled messages, one JSON object a line")
    parser.add_argument("out", type=Path, help="where the predictions go, one a line")
    given = parser.parse_args()
    evaluate(files.load(given.data), given.out, baselines_wanted(os.environ.get("BASELINES", "")))


def baselines_wanted(setting: str) -> str:
    if setting not in ("", "yes", "no"):
        raise Stop(f"BASELINES={setting} means nothing: give yes, no, or leave it out")
    return setting


def evaluate(cases: Sequence[Case], out: Path, wanted: str) -> None:
    predictions, facts = read_with_system(cases)
    files.write(out, predictions)
    own, others = score(cases, predictions), baselines(cases, wanted)
    show(cases, predictions, {ASSISTANT: own, **others})
    say(f"\n{len(cases)} cases in {facts['seconds']} s; predictions: {out}")
    summary = {"counts": counts(cases), **to_json(own, cases), **facts}
    summary["baselines"] = {name: to_json(scores, cases) for name, scores in others.items()}
    say(json.dumps(summary, ensure_ascii=False))


def baselines(cases: Sequence[Case], wanted: str) -> dict[str, Scores]:
    """``wanted``: "yes" trains what is stale, "" takes what is there, "no" leaves them out."""
    if wanted == "no":
        return {}
    keywords = Keywords.load()
    found = {"keywords": score(cases, [keywords.predict(case) for case in cases])}
    if wanted == "yes":
        stock.train_when_stale()
    if stock.outdated():
        say(f"Stock Rasa knows older lines ({', '.join(stock.outdated())}): BASELINES=yes trains")
    if stock.trained():
        say(f"Stock Rasa was trained with {stock.epochs()} epochs (its default is 100)")
        found["stock_rasa"] = score(cases, stock.read(cases), stock.unanswered())
    return found


def read_with_system(cases: Sequence[Case]) -> tuple[list[Prediction], dict[str, Any]]:
    """The predictions, and how long they took once the system was up."""
    with scratch("evaluate") as folder:
        with step("Starting a system of its own"):
            system = System.temporary(folder, QUIET)
            system.start()
            system.wait_ready()
        try:
            return read(system, cases)
        except Stop as stop:
            raise Stop(f"{stop} (details: {system.var / 'log'})") from stop
        finally:
            system.stop()


def read(system: System, cases: Sequence[Case]) -> tuple[list[Prediction], dict[str, Any]]:
    deployed = Deployed.of(system)
    started = time.monotonic()
    predictions = asyncio.run(deployed.read(cases, tell_progress))
    seconds = time.monotonic() - started
    return predictions, {"seconds": round(seconds, 1), "unread": deployed.unread}


def tell_progress(count: int) -> None:
    if count % TELL_EVERY == 0:
        say(f"{count} cases read ...")


def show(
    cases: Sequence[Case], predictions: Sequence[Prediction], readers: Mapping[str, Scores]
) -> None:
    say("\nNot read as labelled (risk first):")
    for line in tables.misses(cases, predictions):
        say(line)
    say("")
    for line in (*tables.comparison(cases, readers), "", *tables.confusion(cases, predictions)):
        say(line)


if __name__ == "__main__":
    report.run(main)
