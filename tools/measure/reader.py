"""Runs one of the small programs that read messages: texts in as JSON, one JSON object out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.places import ROOT
from tools.report import Stop
from tools.train import QUIET_RASA


def run_reader(program: Sequence[str | Path], texts: Sequence[str]) -> dict[str, Any]:
    """The object in the last line that ``program`` prints."""
    done = subprocess.run(
        [str(part) for part in program],
        cwd=ROOT,
        env={**os.environ, **QUIET_RASA},
        input=json.dumps(list(texts)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise Stop(f"Reading messages failed: {reason}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def on_one_core() -> list[str]:
    """What to put before a command so that it gets one core, where the machine can do that."""
    if not shutil.which("taskset"):
        return []
    return ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
