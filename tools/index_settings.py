"""Tells uv what this machine has told pip about the package index; uv's own settings win."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.places import VAR

UV_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_CONFIG_FILE")
# pip's setting -> the variable that says the same to uv
TRANSLATION = {
    "index-url": "UV_DEFAULT_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
}


def for_uv(python: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables to add to uv's environment; `python` is one that has pip."""
    added = {"UV_NO_PROGRESS": "1", "UV_HTTP_TIMEOUT": "120"}
    if not home_is_writable(environment):
        added["UV_CACHE_DIR"] = str(VAR / "cache" / "uv")
    said_to_pip = pip_settings(python)
    for setting, variable in TRANSLATION.items():
        if setting in said_to_pip and not (setting == "index-url" and configured(environment)):
            added[variable] = said_to_pip[setting]
    return {name: value for name, value in added.items() if name not in environment}


def configured(environment: Mapping[str, str]) -> bool:
    """Whether uv has been told its own index."""
    if any(name in environment for name in UV_INDEX_VARIABLES):
        return True
    user = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return any((folder / "uv.toml").is_file() for folder in (user / "uv", Path("/etc/uv")))


def pip_settings(python: Path) -> dict[str, str]:
    """`{"index-url": "...", "cert": "..."}` from pip's files and variables."""
    listed = subprocess.run(
        [str(python), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return parse(listed)


def parse(listed: str) -> dict[str, str]:
    """`global.cert='/a.crt'` -> `{"cert": "/a.crt"}`; what a variable says wins over a file."""
    found: dict[str, str] = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        name, separator, value = line.partition("=")
        if separator:
            found[name.rpartition(".")[2]] = value.strip().strip("'\"")
    return found


def home_is_writable(environment: Mapping[str, str]) -> bool:
    home = environment.get("HOME", "")
    return bool(home) and os.access(home, os.W_OK)
