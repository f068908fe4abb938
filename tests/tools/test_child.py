from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tools import child as child_module
from tools.child import Child, Command, Supervisor
from tools.ports import Ports

SERVER = "import sys, http.server as h; h.test(h.BaseHTTPRequestHandler, port=int(sys.argv[1]))"


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def supervisor(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(child_module, "FIRST_PAUSE", 0.1)
    supervisor = Supervisor(lines.append)
    supervisor.start()
    yield supervisor
    supervisor.stop()


def server(tmp_path: Path, program: str = SERVER) -> Child:
    port = Ports.free().edge
    arguments = [sys.executable, "-c", program, str(port)]
    health = f"http://127.0.0.1:{port}/"
    return Child(Command("server", "The server", arguments, os.environ, tmp_path, health), tmp_path)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_killed_process_is_started_again_and_said_so_in_one_line(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    child = server(tmp_path)
    supervisor.add(child)
    wait_for(lambda: child.pid is not None)
    first = child.pid
    child.send(signal.SIGKILL)
    wait_for(lambda: child.pid not in (None, first))
    assert len(lines) == 1
    assert lines[0].startswith("The server ended (killed by SIGKILL); starting it again")


def test_a_process_that_is_not_wanted_any_more_stays_down(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    child = server(tmp_path)
    supervisor.add(child)
    wait_for(lambda: child.pid is not None)
    child.wanted = False
    child.send(signal.SIGKILL)
    wait_for(lambda: child.pid is None)
    time.sleep(1)
    assert child.pid is None
    assert lines == []


def test_the_pause_doubles_with_every_death_in_a_row(tmp_path: Path) -> None:
    child = server(tmp_path)
    pauses = []
    for _ in range(7):
        child.start()
        child.end_by(0)
        pauses.append(child.buried())
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_stopping_leaves_no_process_of_the_group_behind(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    family = (
        "import subprocess, sys, time\n"
        "pid = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid\n"
        "open('grandchild.new', 'w').write(str(pid))\n"
        "import os; os.rename('grandchild.new', 'grandchild')\n"
        "time.sleep(60)"
    )
    child = server(tmp_path, family)
    supervisor.add(child)
    wait_for((tmp_path / "grandchild").exists)
    parent, grandchild = child.pid, int((tmp_path / "grandchild").read_text())
    supervisor.stop()
    assert parent is not None
    assert gone(parent)
    wait_for(lambda: gone(grandchild))


def test_a_process_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    child = server(tmp_path, deaf)
    child.start()
    wait_for(lambda: child.log.stat().st_size > 0)
    pid = child.pid
    child.send(signal.SIGTERM)
    child.end_by(time.monotonic() + 0.3)
    assert pid is not None
    assert gone(pid)


def test_a_log_that_has_grown_is_put_aside_once(tmp_path: Path) -> None:
    log = tmp_path / "rasa.log"
    log.write_text("x" * 20)
    child_module.keep_previous(log, limit=10)
    assert (tmp_path / "rasa.1.log").read_text() == "x" * 20
    assert not log.exists()
