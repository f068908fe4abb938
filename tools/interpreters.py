"""Finds this machine's Python interpreters: on the PATH and in the version managers' folders."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

Version = tuple[int, int]

BOT_VERSIONS: tuple[Version, ...] = ((3, 10),)
APP_VERSIONS: tuple[Version, ...] = ((3, 12), (3, 11), (3, 13))

HOME_FOLDERS = (
    ".pyenv/versions/*/bin",
    ".local/share/uv/python/*/bin",
    ".local/share/mise/installs/python/*/bin",
    ".local/share/rtx/installs/python/*/bin",
    ".asdf/installs/python/*/bin",
    ".rye/py/*/bin",
    ".local/share/hatch/pythons/*/python/bin",
    "miniconda3/envs/*/bin",
    "miniforge3/envs/*/bin",
    "anaconda3/envs/*/bin",
    ".local/bin",
)
SYSTEM_FOLDERS = (
    "usr/local/bin",
    "usr/bin",
    "usr/local/opt/python@*/bin",
    "opt/homebrew/bin",
    "opt/homebrew/opt/python@*/bin",
    "opt/hostedtoolcache/Python/*/x64/bin",
    "opt/python/*/bin",
    "opt/python*/bin",
    "opt/pyenv/versions/*/bin",
    "usr/local/pyenv/versions/*/bin",
)
PROBE = (
    "import sys, platform, ssl, sqlite3, venv\n"
    "print(platform.python_implementation(), *sys.version_info[:2], 8 * (sys.maxsize > 2**32))"
)


@dataclass(frozen=True)
class Interpreter:
    path: Path
    version: Version


def find(
    wanted: Sequence[Version],
    environment: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
) -> Interpreter | None:
    """The first usable interpreter of the first wanted version that this machine has."""
    for version in wanted:
        for path in candidates(version, environment, root):
            if usable(path) == version:
                return Interpreter(path, version)
    return None


def candidates(version: Version, environment: Mapping[str, str], root: Path) -> Iterator[Path]:
    """Files that are called like the version, or lie in a folder that is; each once."""
    seen: set[Path] = set()
    for folder in folders(environment, root):
        for name in (f"python{version[0]}.{version[1]}", "python3"):
            path = folder / name
            if path not in seen and path.is_file() and os.access(path, os.X_OK):
                seen.add(path)
                yield path


def folders(environment: Mapping[str, str], root: Path) -> Iterator[Path]:
    yield Path(sys.executable).parent
    for entry in environment.get("PATH", "").split(os.pathsep):
        if entry:
            yield Path(entry)
    if pyenv := environment.get("PYENV_ROOT"):
        yield from matching(Path(pyenv), ["versions/*/bin"])
    if uv := environment.get("UV_PYTHON_INSTALL_DIR"):
        yield from matching(Path(uv), ["*/bin"])
    for home in homes(environment):
        yield from matching(home, HOME_FOLDERS)
    yield from matching(root, SYSTEM_FOLDERS)


def homes(environment: Mapping[str, str]) -> list[Path]:
    """HOME, and the account's own folder where HOME points somewhere else."""
    found = [Path(environment["HOME"])] if environment.get("HOME") else []
    with suppress(KeyError):
        found.append(Path(pwd.getpwuid(os.getuid()).pw_dir))
    return list(dict.fromkeys(found))


def matching(base: Path, patterns: Iterable[str]) -> Iterator[Path]:
    """Newest version first: 3.10.13 before 3.10.2."""
    for pattern in patterns:
        try:
            yield from sorted(base.glob(pattern), key=numbers, reverse=True)
        except OSError:
            continue  # another account's folder


def numbers(path: Path) -> list[int]:
    """`.../3.10.13/bin` -> [3, 10, 13]"""
    return [int(part) for part in "".join(c if c.isdigit() else " " for c in str(path)).split()]


def usable(path: Path) -> Version | None:
    """The version of a 64-bit CPython that can make environments; None for a shim, say."""
    try:
        answer = subprocess.run(
            [str(path), "-I", "-c", PROBE],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    if len(answer) != 4 or answer[0] != "CPython" or answer[3] != "8":
        return None
    return int(answer[1]), int(answer[2])
