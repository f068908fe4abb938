"""The action server, bound to loopback: ``python -m bot.actions --port 5055``."""

from __future__ import annotations

import argparse

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

HOST = "127.0.0.1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5055)
    port = parser.parse_args().port
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    app = create_app(executor)
    app.run(host=HOST, port=port, single_process=True, access_log=False)


if __name__ == "__main__":
    main()
