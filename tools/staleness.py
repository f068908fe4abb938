"""Whether a product is still what its sources would make: a hash of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Product:
    """`target` is made from `sources` (files or folders, relative to `root`)."""

    title: str
    target: Path
    sources: tuple[str, ...]
    root: Path

    @property
    def stamp(self) -> Path:
        return self.target.with_name(self.target.name + ".sha256")

    def fresh(self) -> bool:
        try:
            return self.target.exists() and self.stamp.read_text("ascii") == self.fingerprint()
        except OSError:
            return False

    def fingerprint(self) -> str:
        return content_hash(self.root, self.sources)

    def record(self, fingerprint: str) -> None:
        self.stamp.write_text(fingerprint, "ascii")


def content_hash(root: Path, sources: Iterable[str]) -> str:
    """Depends on names and bytes, not on times or on the order the disk lists files in."""
    total = hashlib.sha256()
    for path in files(root, sources):
        name = path.relative_to(root).as_posix().encode()
        content = path.read_bytes()
        total.update(b"%d %s %d " % (len(name), name, len(content)) + content)
    return total.hexdigest()


def files(root: Path, sources: Iterable[str]) -> Iterator[Path]:
    found: set[Path] = set()
    for source in sources:
        place = root / source
        found.update(place.rglob("*") if place.is_dir() else [place])
    yield from sorted(path for path in found if path.is_file() and not ignored(path, root))


def ignored(path: Path, root: Path) -> bool:
    """Caches and hidden files: an editor's swap file makes nothing stale."""
    return any(p == "__pycache__" or p.startswith(".") for p in path.relative_to(root).parts)
