"""What the person at the terminal reads: one line a step, and one line when it cannot go on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop(Exception):
    """Set-up or start cannot go on; the message is one line that says what to do."""


def say(line: str) -> None:
    print(line, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """`Installing the bot environment ... 31 s`: the title at once, the time when it is done."""
    started = time.monotonic()
    interactive = sys.stdout.isatty()
    if interactive:
        print(f"{title} ...", end="", flush=True)
    else:
        say(f"{title} ...")
    try:
        yield
    except BaseException:
        if interactive:
            print(flush=True)
        raise
    elapsed = f"{time.monotonic() - started:.0f} s"
    if interactive:
        print(f" {elapsed}", flush=True)
    else:
        say(f"{title}: done in {elapsed}")


def run(main: Callable[[], None]) -> None:
    """Run a tool's `main`; a Stop is one line and exit code 1, Ctrl-C is exit code 130."""
    try:
        main()
    except Stop as stop:
        print(f"Stopped: {stop}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
