"""The whole running system: Rasa, the action server and the handover service.

`make run` starts it on the usual ports with the data in var/. Tests, demo, evaluate and bench
start the same one on free ports with a folder of their own:

    with System.temporary(folder) as system:
        httpx.post(f"{system.url}/api/conversations", json={"channel": "web"})
        token = system.token("test")
        system.kill_rasa()          # SIGKILL; it comes back by itself
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.child import Child, Command, Supervisor
from tools.keys import internal_secret
from tools.places import ROOT
from tools.ports import Ports
from tools.processes import Processes
from tools.report import Stop
from tools.train import ASSISTANT

READY_WITHIN = 240.0  # seconds; a loaded two-core machine needs about 60 for Rasa
LOOK_EVERY = 0.2
HOPELESS_AFTER = 3  # deaths in a row before the process has ever answered
SETTING = "HANDOVER_"


def silent(_line: str) -> None:
    """For those that start the system inside a test."""


class System:
    def __init__(
        self,
        var: Path,
        ports: Ports,
        *,
        root: Path = ROOT,
        model: Path | None = None,
        settings: Mapping[str, str] | None = None,
        say: Callable[[str], None] = silent,
    ) -> None:
        """`settings` are the handover service's; by default those of the environment."""
        var.mkdir(parents=True, exist_ok=True, mode=0o700)
        given = os.environ if settings is None else settings
        own = {name: value for name, value in given.items() if name.startswith(SETTING)}
        self.var = var
        self.processes = Processes(
            root=root,
            var=var,
            ports=ports,
            model=model or root / ASSISTANT.target.relative_to(ROOT),
            surroundings={
                **{k: v for k, v in os.environ.items() if not k.startswith(SETTING)},
                "PYTHONUNBUFFERED": "1",
            },
            settings={
                **own,
                "HANDOVER_VAR": str(var),
                "HANDOVER_PORT": str(ports.edge),
                "HANDOVER_RASA_URL": f"http://127.0.0.1:{ports.rasa}",
                "HANDOVER_INTERNAL_SECRET": own.get("HANDOVER_INTERNAL_SECRET")
                or internal_secret(var),
            },
        )
        self.children: dict[str, Child] = {}
        self._say = say
        self._supervisor = Supervisor(say)

    @classmethod
    def temporary(
        cls,
        var: Path,
        settings: Mapping[str, str] | None = None,
        *,
        root: Path = ROOT,
        model: Path | None = None,
        say: Callable[[str], None] = silent,
    ) -> Self:
        """Free ports and a folder of its own; no setting of the real one (its database!) leaks in.

        `settings` are the handover service's, `{"HANDOVER_WATCH_EVERY": "1"}`.
        """
        return cls(var, Ports.free(), root=root, model=model, settings=settings or {}, say=say)

    @property
    def url(self) -> str:
        """Where the pages and the public API are, without a slash at the end."""
        return self.processes.edge_url

    @property
    def rasa_url(self) -> str:
        return self.processes.rasa_url

    def start(self) -> None:
        """Start everything; Rasa, which takes longest, first, and the database meanwhile."""
        self._supervisor.start()
        try:
            self._add(self.processes.rasa())
            self._add(self.processes.actions())
            self.handover("migrate")
            self._add(self.processes.handover("serve"))
        except BaseException:
            self.stop()
            raise

    def wait_ready(self, within: float = READY_WITHIN) -> None:
        """Return once every process answers; Stop if one keeps dying or time is up."""
        deadline = time.monotonic() + within
        waiting = list(self.children.values())
        while waiting:
            for child in [child for child in waiting if child.healthy()]:
                waiting.remove(child)
                self._say(f"{child.title} is ready after {child.age():.0f} s")
            for child in waiting:
                give_up_if_hopeless(child, within, deadline)
            time.sleep(LOOK_EVERY if waiting else 0)

    def stop(self) -> None:
        self._supervisor.stop()

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def kill(self, name: str, *, comes_back: bool = True) -> None:
        """SIGKILL `rasa`, `actions` or `handover`, as if it had crashed."""
        child = self.children[name]
        child.wanted = comes_back
        child.send(signal.SIGKILL)

    def kill_rasa(self, *, comes_back: bool = True) -> None:
        self.kill("rasa", comes_back=comes_back)

    def revive(self, name: str) -> None:
        """Let a process that was killed for good start again."""
        child = self.children[name]
        child.start_at = 0.0
        child.wanted = True

    def token(self, name: str) -> str:
        """A counsellor's API token."""
        return self.handover("token", name).split()[-1]

    def handover(self, *arguments: str) -> str:
        """Run a command of the handover service, `migrate` say, and return what it prints."""
        command = self.processes.handover(*arguments)
        done = subprocess.run(
            [str(part) for part in command.arguments],
            cwd=command.cwd,
            env=dict(command.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
            raise Stop(f"`python -m handover {arguments[0]}` failed: {reason[-1]}")
        return done.stdout

    def _add(self, command: Command) -> None:
        child = Child(command, self.var / "log")
        self.children[command.name] = child
        self._supervisor.add(child)


def give_up_if_hopeless(child: Child, within: float, deadline: float) -> None:
    if child.deaths >= HOPELESS_AFTER:
        reason = last_line(child.log)
        raise Stop(f"{child.title} does not start: {reason} (details: {child.log})")
    if time.monotonic() > deadline:
        raise Stop(f"{child.title} did not answer within {within:.0f} s (details: {child.log})")


def last_line(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")
