"""The browser that the tests of the pages drive: found on the machine, else installed if it may be.

python3 -m tools.browser
"""

from __future__ import annotations

import os
import shutil

from tools import report
from tools.command import logged
from tools.report import Stop, say, step

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WITHOUT = "No Chromium found, so the tests of the pages are skipped: install the package chromium"


def find() -> str | None:
    """`/usr/bin/chromium`, or what CHROMIUM names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> None:
    if find():
        return
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        say(f"{WITHOUT}.")
        return
    try:
        with step("Installing Chromium for the tests of the pages"):
            install()
    except Stop as stop:
        say(f"{stop}.")


def install() -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    logged(["apt-get", "update"], "apt-update", WITHOUT, environment=quiet)
    logged(
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
        "apt-install",
        WITHOUT,
        environment=quiet,
    )


if __name__ == "__main__":
    report.run(ensure)
