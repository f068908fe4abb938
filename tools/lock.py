"""Writes requirements/*.txt anew from pyproject.toml: every package pinned, with its hashes.

    python3 -m tools.lock

No file holds the address of an index. `bot` is resolved for this kind of machine (Rasa 3.6 pins
other versions elsewhere), the others for every platform and for Python 3.11 and up.
"""

from __future__ import annotations

from pathlib import Path

from tools import report
from tools.environments import NO_INDEX, Uv
from tools.places import REQUIREMENTS
from tools.report import step

MODERN = ("--python-version", "3.11", "--universal")
OPTIONS: dict[str, tuple[str, ...]] = {
    "bot": ("--python-version", "3.10"),
    "app": MODERN,
    "dev": (*MODERN, "--constraints", str(REQUIREMENTS / "app.txt")),
    "tools": MODERN,
}
HEADER = "# Written by `make lock` from the group `{group}` of pyproject.toml; do not edit.\n"


def main() -> None:
    uv = Uv.get()
    for group, options in OPTIONS.items():
        with step(f"Pinning {group}"):
            pin(uv, group, options)


def pin(uv: Uv, group: str, options: tuple[str, ...]) -> None:
    target = REQUIREMENTS / f"{group}.txt"
    fresh = target.with_suffix(".new")
    uv.run(
        [
            "pip",
            "compile",
            "--group",
            group,
            *options,
            "--upgrade",
            "--generate-hashes",
            "--no-header",
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--output-file",
            fresh,
        ],
        f"lock-{group}",
        f"The group {group} could not be resolved: {NO_INDEX}",
    )
    write(target, HEADER.format(group=group) + fresh.read_text("utf-8"))
    fresh.unlink()


def write(target: Path, text: str) -> None:
    if not target.exists() or target.read_text("utf-8") != text:
        target.write_text(text, "utf-8")


if __name__ == "__main__":
    report.run(main)
