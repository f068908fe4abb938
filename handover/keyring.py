"""The secrets of this installation: read from the environment, else from a file made once."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from handover.settings import Settings

KEY_BYTES = 32


class KeyringError(ValueError):
    """A secret cannot be used; the text says which and why, never the secret."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """``wrapping`` wraps the conversations' keys, ``lookup`` is for the resume codes' hashes,
    ``accounts`` seals what belongs to an account."""

    wrapping: bytes
    lookup: bytes
    forms: bytes
    accounts: bytes
    drafts: bytes
    internal_secret: str


def open_keyring(settings: Settings) -> Keyring:
    master = _master(settings)
    return Keyring(
        wrapping=_derive(master, b"handover: wrapping key 1"),
        lookup=_derive(master, b"handover: lookup key 1"),
        forms=_derive(master, b"handover: form key 1"),
        accounts=_derive(master, b"handover: accounts key 1"),
        drafts=_derive(master, b"handover: draft key 1"),
        internal_secret=settings.internal_secret.get_secret_value()
        or _file(settings.var / "internal.secret", secrets.token_urlsafe(32)),
    )


def _master(settings: Settings) -> bytes:
    given = settings.master_key.get_secret_value()
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    path = settings.var / "master.key"
    text, place = (given, "HANDOVER_MASTER_KEY") if given else (_file(path, fresh), str(path))
    try:
        key = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise KeyringError(f"{place}: is not urlsafe base64") from error
    if len(key) != KEY_BYTES:
        raise KeyringError(f"{place}: is {len(key)} bytes long, not {KEY_BYTES}")
    return key


def _file(path: Path, fresh: str) -> str:
    """The secret in the file, which is made (readable by its owner only) if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(fresh + "\n")
    return fresh


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master)
