"""Packages of the machine that a test needs: installed where that may be done, else named."""

from __future__ import annotations

import os
import shutil

from tools.command import logged
from tools.report import Stop, say, step

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def install(package: str, what_for: str, without: str) -> None:
    """With apt-get as root; otherwise, or when that fails, say `without` and go on."""
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        say(f"{without}.")
        return
    try:
        with step(f"Installing {package} for {what_for}"):
            logged(["apt-get", "update"], "apt-update", without, environment=QUIET)
            command = ["apt-get", "install", "-y", "--no-install-recommends", package]
            logged(command, f"apt-install-{package}", without, environment=QUIET)
    except Stop as stop:
        say(f"{stop}.")
