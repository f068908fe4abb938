"""Makes the environments and installs the pinned packages in them, when their pins have changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import index_settings, interpreters
from tools.command import logged
from tools.interpreters import Interpreter, Version
from tools.places import REQUIREMENTS, TOOLS_ENVIRONMENT
from tools.report import Stop, step

NO_INDEX = "check the network, or pip's and uv's settings for your index, and run make again"


@dataclass(frozen=True)
class Environment:
    folder: Path
    title: str
    versions: tuple[Version, ...]

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / "installed.json"

    def installed(self) -> dict[str, str]:
        """`{"app.txt": "<sha256>"}`; empty when there is nothing usable yet."""
        if not self.python.exists():
            return {}
        try:
            recorded: dict[str, str] = json.loads(self.stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return recorded


def fingerprint(pins: Sequence[str], folder: Path = REQUIREMENTS) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in pins}


def install(environment: Environment, pins: Sequence[str]) -> bool:
    """Bring it to these pins and those it had before; False when there was nothing to do."""
    recorded = environment.installed()
    names = list(dict.fromkeys([*pins, *(n for n in recorded if (REQUIREMENTS / n).exists())]))
    wanted = fingerprint(names)
    if recorded == wanted:
        return False
    uv = Uv.get()
    if not environment.python.exists():
        make(environment, uv)
    with step(f"Installing {environment.title} (pinned packages)"):
        environment.stamp.unlink(missing_ok=True)
        uv.run(
            [
                "pip",
                "sync",
                "--require-hashes",
                "--python",
                environment.python,
                *(REQUIREMENTS / name for name in names),
            ],
            f"install-{environment.folder.name.strip('.')}",
            f"The packages of {environment.title} could not be installed: {NO_INDEX}",
        )
        environment.stamp.write_text(json.dumps(wanted), encoding="utf-8")
    return True


def make(environment: Environment, uv: Uv) -> None:
    interpreter = interpreters.find(environment.versions) or uv.download(environment.versions[0])
    shutil.rmtree(environment.folder, ignore_errors=True)
    version = ".".join(map(str, interpreter.version))
    with step(f"Making {environment.title} with Python {version}"):
        uv.run(
            ["venv", "--python", interpreter.path, environment.folder],
            f"make-{environment.folder.name.strip('.')}",
            f"No environment could be made in {environment.folder}: check the disk and its rights",
        )


class Uv:
    """The installer, itself pinned and taken from the package index."""

    def __init__(self, path: Path, settings: dict[str, str]) -> None:
        self.path = path
        self.settings = settings

    @classmethod
    def get(cls) -> Uv:
        tools = Environment(TOOLS_ENVIRONMENT, "the installer", ())
        uv = TOOLS_ENVIRONMENT / "bin" / "uv"
        if tools.installed() != fingerprint(["tools.txt"]) or not uv.exists():
            with step("Fetching the installer (uv)"):
                fetch_uv(tools)
            tools.stamp.write_text(json.dumps(fingerprint(["tools.txt"])), encoding="utf-8")
        return cls(uv, index_settings.for_uv(tools.python, os.environ))

    def run(self, arguments: Sequence[str | Path], log_name: str, failure: str) -> None:
        logged([self.path, *arguments], log_name, failure, environment=self.settings)

    def download(self, version: Version) -> Interpreter:
        """An interpreter this machine lacks; if uv cannot get it, Stop says what to install."""
        number = ".".join(map(str, version))
        failure = (
            f"Python {number} is not on this machine and could not be downloaded: install it "
            f"(from your system's packages, or with `pyenv install {number}`) and run make again"
        )
        with step(f"Downloading Python {number}"):
            self.run(["python", "install", "--no-bin", number], "python-download", failure)
        located = subprocess.run(
            [str(self.path), "python", "find", "--managed-python", number],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            check=False,
        )
        if located.returncode:
            raise Stop(failure)
        return Interpreter(Path(located.stdout.strip()), version)


def fetch_uv(tools: Environment) -> None:
    shutil.rmtree(tools.folder, ignore_errors=True)
    logged(
        [sys.executable, "-m", "venv", tools.folder],
        "make-venv-tools",
        f"{sys.executable} cannot make environments: install its venv module "
        "(python3-venv on Debian and Ubuntu) or check the disk, and run make again",
    )
    logged(
        [
            tools.python,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "-r",
            REQUIREMENTS / "tools.txt",
        ],
        "install-venv-tools",
        f"The installer could not be fetched from the package index: {NO_INDEX}",
    )
