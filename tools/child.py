"""One process of the system, and the thread that keeps them all running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.command import log_file

LOOK_EVERY = 0.25  # seconds
FIRST_PAUSE = 1.0  # before a process that died is started again; doubles up to
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # a process that ran this long starts again with the first pause
GRACE = 10.0  # from the request to end until SIGKILL

_setpriv = shutil.which("setpriv")
# Where Linux can see to it, no process outlives the one that watches over it.
DIE_WITH_PARENT = (_setpriv, "--pdeathsig", "TERM", "--") if _setpriv else ()


@dataclass(frozen=True)
class Command:
    name: str
    title: str
    arguments: Sequence[str | Path]
    environment: Mapping[str, str]
    cwd: Path
    health: str  # an address that answers once the process can work


class Child:
    """A process in a group of its own, with its output in a log file."""

    def __init__(self, command: Command, logs: Path) -> None:
        self.command = command
        self.log = log_file(command.name, logs)
        self.deaths = 0  # in a row, without having become steady
        self.wanted = True
        self.start_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    @property
    def title(self) -> str:
        return self.command.title

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        keep_previous(self.log)
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(part) for part in (*DIE_WITH_PARENT, *self.command.arguments)],
                cwd=self.command.cwd,
                env=dict(self.command.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started = time.monotonic()

    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def age(self) -> float:
        return time.monotonic() - self._started

    def buried(self) -> float:
        """Forget a process that ended; the seconds to wait before the next one."""
        steady = self.age() > STEADY_AFTER
        self.deaths = 1 if steady else self.deaths + 1
        self._process = None
        pause: float = min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
        self.start_at = time.monotonic() + pause
        return pause

    def send(self, number: signal.Signals) -> None:
        if self._process:
            with suppress(ProcessLookupError):  # it ended by itself in between
                os.killpg(self._process.pid, number)

    def end_by(self, deadline: float) -> None:
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, deadline - time.monotonic()))
            self.send(signal.SIGKILL)  # whatever is left of its group
            self._process.wait()
            self._process = None

    def healthy(self) -> bool:
        if not self._process or self._process.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(self.command.health, timeout=2):
                return True
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False


class Supervisor(threading.Thread):
    """Starts the children it is given, starts again those that die, ends all when told to stop.

    One thread does all the starting, since DIE_WITH_PARENT counts the starting thread as parent.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(name="supervisor", daemon=True)
        self._say = say
        self._children: list[Child] = []
        self._lock = threading.Lock()
        self._stop_asked = threading.Event()

    def add(self, child: Child) -> None:
        with self._lock:
            self._children.append(child)

    def stop(self) -> None:
        self._stop_asked.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        while not self._stop_asked.wait(LOOK_EVERY):
            with self._lock:
                children = list(self._children)
            for child in children:
                self._look_after(child)
        self._end_all()

    def _look_after(self, child: Child) -> None:
        if child.pid is None:
            if child.wanted and time.monotonic() >= child.start_at:
                child.start()
            return
        code = child.exit_code()
        if code is None:
            return
        pause = child.buried()
        if child.wanted:
            self._say(
                f"{child.title} ended ({ending(code)}); starting it again in {pause:.0f} s "
                f"(log: {child.log})"
            )

    def _end_all(self) -> None:
        for child in self._children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in self._children:
            child.end_by(deadline)


def ending(code: int) -> str:
    """`-9` -> `killed by SIGKILL`"""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def keep_previous(log: Path, limit: int = 5_000_000) -> None:
    """A log that has grown is put aside once, so that the disk does not fill."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".1.log"))
