"""The training lines of bot/data/nlu: Rasa's blocks, each with intent, metadata and its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "data" / "nlu"

Block = Mapping[str, Any]


def blocks(folder: Path = FOLDER) -> Iterator[tuple[str, Block]]:
    """Every block of every file that has an intent, with the file's name."""
    for path in sorted(folder.glob("*.yml")):
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
        yield from ((path.name, b) for b in document.get("nlu") or () if "intent" in b)


def metadata_of(block: Block) -> Mapping[str, Any]:
    """What the block's lines teach besides the intent (see bot.nlu.lessons)."""
    return block.get("metadata") or {}


def examples_of(block: Block) -> Iterator[str]:
    """The lines of one block."""
    for line in str(block.get("examples") or "").splitlines():
        text = line.strip()[1:].strip() if line.strip().startswith("-") else ""
        if text:
            yield text
