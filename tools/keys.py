"""The secret that the action server and the handover service share, made once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def internal_secret(var: Path) -> str:
    """The content of var/internal.secret, which is made if it is not there (0600, folder 0700)."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = var / "internal.secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        fresh = secrets.token_urlsafe(32)
        file.write(fresh + "\n")
    return fresh
