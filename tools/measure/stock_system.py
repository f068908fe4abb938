"""A running stock Rasa to compare with: the project of `rasa init`, with its example action in use.

Nothing is tuned: its own pipeline, policies and starter data, its own action server. Only the rule
for "are you a bot?" answers with the example action, since our questions come from an action too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tools.child import Command
from tools.command import logged
from tools.places import BOT_PYTHON
from tools.ports import LOOPBACK
from tools.processes import DEFAULT_ACTIONS
from tools.system import System
from tools.train import QUIET_RASA

ACTION = "action_hello_world"
SCAFFOLD = (
    "import sys; from rasa.cli.scaffold import create_initial_project as new; new(sys.argv[1])"
)
TRAIN = ("-m", "rasa", "train", "--fixed-model-name", "stock")


class StockSystem(System):
    """Rasa and its action server, on loopback; started, watched and ended like the real one."""

    def start(self) -> None:
        self._supervisor.start()
        try:
            self._add(self.processes.rasa())
            self._add(self._actions())
        except BaseException:
            self.stop()
            raise

    def _actions(self) -> Command:
        port = self.processes.ports.actions
        return Command(
            name="actions",
            title="The action server of stock Rasa",
            arguments=[BOT_PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)],
            environment={**self.processes.surroundings, **QUIET_RASA, "SANIC_HOST": LOOPBACK},
            cwd=self.processes.root,
            health=f"http://{LOOPBACK}:{port}/health",
        )


def project(folder: Path) -> Path:
    """What `rasa init` writes, amended and trained; returns the model."""
    folder.mkdir()
    _rasa(folder, "stock-init", "-c", SCAFFOLD, str(folder))
    amend(folder)
    _rasa(folder, "stock-train", *TRAIN)
    return folder / "models" / "stock.tar.gz"


def _rasa(folder: Path, log: str, *arguments: str) -> None:
    failure = "Making the stock Rasa project failed"
    logged([BOT_PYTHON, *arguments], log, failure, environment=QUIET_RASA, cwd=folder)


def amend(folder: Path) -> None:
    """Take the example action into use, in the four files where one would."""
    rules, domain = folder / "data" / "rules.yml", folder / "domain.yml"
    rules.write_text(rules.read_text("utf-8").replace("utter_iamabot", ACTION), "utf-8")
    domain.write_text(f"{domain.read_text('utf-8')}\nactions:\n  - {ACTION}\n", "utf-8")
    actions = folder / "actions" / "actions.py"
    actions.write_text(uncommented(actions.read_text("utf-8").splitlines()), "utf-8")
    endpoint = f"action_endpoint:\n  url: http://{DEFAULT_ACTIONS}/webhook\n"
    (folder / "endpoints.yml").write_text(endpoint, "utf-8")


def uncommented(lines: Sequence[str]) -> str:
    """The example of the file, from its imports on."""
    first = next(at for at, line in enumerate(lines) if line.startswith("# from typing"))
    return "\n".join(re.sub(r"^# ?", "", line) for line in lines[first:]) + "\n"
