"""Runs a long command with its output in a log file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.places import LOGS, ROOT
from tools.report import Stop


def logged(
    command: Sequence[str | Path],
    log_name: str,
    failure: str,
    *,
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> None:
    """Run to the end, output to var/log/<log_name>.log; `failure` is what Stop says, and where."""
    log = log_file(log_name)
    with log.open("w", encoding="utf-8") as out:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise Stop(f"{failure} (details: {log})")


def log_file(name: str, folder: Path = LOGS) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(
            f"{folder} cannot be written ({error.strerror}): make it writable, free some space, "
            "or name another data folder with HANDOVER_VAR."
        ) from error
    return folder / f"{name}.log"
