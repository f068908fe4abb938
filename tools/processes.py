"""The command lines of the system's three processes, and what each of them is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.child import Command
from tools.places import APP_PYTHON, BOT_PYTHON
from tools.ports import LOOPBACK, Ports
from tools.train import QUIET_RASA

DEFAULT_ACTIONS = f"{LOOPBACK}:5055"  # as endpoints.yml says it for Rasa's own commands
ONE_THREAD = {"OMP_NUM_THREADS": QUIET_RASA["OMP_NUM_THREADS"]}
EVERYWHERE = ("0.0.0.0", "::", "localhost")


@dataclass(frozen=True)
class Processes:
    """`surroundings` is the environment without any setting of the handover service,
    `settings` are those (`{"HANDOVER_PORT": "8000"}`): Rasa gets none of them, the action server
    the address and the shared secret, and only the service itself the database and the master key.
    """

    root: Path
    var: Path
    ports: Ports
    model: Path
    surroundings: Mapping[str, str]
    settings: Mapping[str, str]

    @property
    def edge_url(self) -> str:
        host = self.settings.get("HANDOVER_HOST", LOOPBACK)
        return f"http://{LOOPBACK if host in EVERYWHERE else host}:{self.ports.edge}"

    @property
    def rasa_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.rasa}"

    def rasa(self) -> Command:
        arguments: list[str | Path] = [BOT_PYTHON, "-m", "rasa", "run", "--quiet"]
        arguments += ["--interface", LOOPBACK, "--port", str(self.ports.rasa)]
        arguments += ["--endpoints", self.endpoints(), "--credentials", "credentials.yml"]
        arguments += ["--model", self.model]
        told = {**self.surroundings, **QUIET_RASA, "SANIC_WORKERS": "1"}
        return Command("rasa", "Rasa", arguments, told, self.root, f"{self.rasa_url}/")

    def actions(self) -> Command:
        secret = self.settings["HANDOVER_INTERNAL_SECRET"]
        return Command(
            name="actions",
            title="The action server",
            arguments=[APP_PYTHON, "-m", "bot.actions", "--port", str(self.ports.actions)],
            environment={
                **self.surroundings,
                "HANDOVER_URL": self.edge_url,
                "HANDOVER_INTERNAL_SECRET": secret,
            },
            cwd=self.root,
            health=f"http://{LOOPBACK}:{self.ports.actions}/health",
        )

    def handover(self, *arguments: str) -> Command:
        return Command(
            name="handover",
            title="The handover service",
            arguments=[APP_PYTHON, "-m", "handover", *arguments],
            environment={**self.surroundings, **ONE_THREAD, **self.settings},
            cwd=self.root,
            health=f"{self.edge_url}/healthz",
        )

    def endpoints(self) -> Path:
        """endpoints.yml as it is, with the action server's port of this system."""
        text = (self.root / "endpoints.yml").read_text("utf-8")
        own = self.var / "endpoints.yml"
        own.write_text(text.replace(DEFAULT_ACTIONS, f"{LOOPBACK}:{self.ports.actions}"), "utf-8")
        return own
