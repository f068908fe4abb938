"""The browser that the tests of the pages drive: found on the machine, else installed if it may be.

python3 -m tools.browser
"""

from __future__ import annotations

import os
import shutil

from tools import packages, report

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WITHOUT = "No Chromium found, so the tests of the pages are skipped: install the package chromium"


def find() -> str | None:
    """`/usr/bin/chromium`, or what CHROMIUM names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> None:
    if not find():
        packages.install("chromium", "the tests of the pages", WITHOUT)


if __name__ == "__main__":
    report.run(ensure)
