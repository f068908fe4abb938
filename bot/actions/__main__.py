"""The action server, bound to loopback: ``python -m bot.actions --port 5055``."""

from __future__ import annotations

import argparse
import os

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from bot.actions.store import SHELL

HOST = "127.0.0.1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5055)
    parser.add_argument(
        "--shell",
        action="store_true",
        help="for `rasa shell`: no handover service, intakes in memory",
    )
    given = parser.parse_args()
    if given.shell:
        os.environ[SHELL] = "1"
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    app = create_app(executor)
    app.run(host=HOST, port=given.port, single_process=True, access_log=False)


if __name__ == "__main__":
    main()
