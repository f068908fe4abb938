"""`make run`: set-up, training when stale, database, all processes, the address.

python3 -m tools.run
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from tools import report, setup, train
from tools.places import VAR
from tools.ports import LOOPBACK, Ports
from tools.report import say
from tools.system import System


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    ports = Ports.from_environment()
    ports.check_free(os.environ.get("HANDOVER_HOST") or LOOPBACK)
    setup.set_up()
    train.train_when_stale()
    serve(System(VAR, ports, say=say))


def serve(system: System) -> None:
    say("Starting Rasa, the action server and the handover service (Rasa takes longest) ...")
    try:
        system.start()
        account = system.handover("first-account").strip()
        system.wait_ready()
        say(f"\nThe chat page:       {system.url}/\nFor counsellors:     {system.url}/console")
        if account:
            say(f"\n{account}")
        say(f"\nLogs: {system.var / 'log'}. Ctrl-C stops everything.")
        threading.Event().wait()
    except KeyboardInterrupt:
        say("\nStopping ...")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C leaves nothing behind
        system.stop()
    say("Stopped.")


def interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    report.run(main)
