"""A folder for a system that is started only to be measured."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """Gone afterwards; after an error it stays, since the logs that say why lie in it."""
    folder, keep = Path(tempfile.mkdtemp(prefix=f"{purpose}-")), False
    try:
        yield folder
    except Exception:
        keep = True
        raise
    finally:
        if not keep:
            shutil.rmtree(folder)
