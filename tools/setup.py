"""Set-up: both environments with their pinned packages, from nothing but a Python 3.11 or newer.

    python3 -m tools.setup [--dev]

Runs before anything is installed, so it uses the standard library only. A second run finds
everything in place and takes well under a second.
"""

from __future__ import annotations

import argparse

from tools import environments, language_model, report
from tools.environments import Environment
from tools.interpreters import APP_VERSIONS, BOT_VERSIONS
from tools.places import APP_ENVIRONMENT, BOT_ENVIRONMENT

APP = Environment(APP_ENVIRONMENT, "the service environment", APP_VERSIONS)
BOT = Environment(BOT_ENVIRONMENT, "the Rasa environment", BOT_VERSIONS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    set_up(dev=parser.parse_args().dev)


def set_up(*, dev: bool = False) -> None:
    environments.install(APP, ["app.txt", "dev.txt"] if dev else ["app.txt"])
    if environments.install(BOT, ["bot.txt"]):
        language_model.install()


if __name__ == "__main__":
    report.run(main)
