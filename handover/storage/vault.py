"""Encryption at rest: each conversation has a key of its own, wrapped by the master key.

Erasing a conversation is deleting its wrapped key (and the ciphertexts with it). What is sealed is
bound to its place: a ciphertext moved to another conversation or another ``seq`` does not open.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class VaultError(ValueError):
    """A ciphertext does not open: wrong key, wrong place, or tampered with."""


def _seal(key: bytes, data: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def _open(key: bytes, sealed: bytes, place: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except InvalidTag as error:
        raise VaultError(f"{place} does not open") from error


@dataclass(frozen=True, repr=False)
class Sealer:
    """Seals and opens what belongs to one owner, a conversation or an account; ``place`` as in
    ``"message 7"``."""

    owner: str
    key: bytes

    def seal(self, content: Any, place: str) -> bytes:
        data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return _seal(self.key, data, f"{self.owner} {place}")

    def open(self, sealed: bytes, place: str) -> Any:
        return json.loads(_open(self.key, sealed, f"{self.owner} {place}"))


@dataclass(frozen=True, repr=False)
class Vault:
    wrapping: bytes

    def new(self, conversation_id: str) -> tuple[Sealer, bytes]:
        """A fresh key for a conversation, and the same key wrapped."""
        key = AESGCM.generate_key(256)
        return Sealer(conversation_id, key), _seal(self.wrapping, key, f"key {conversation_id}")

    def unwrap(self, conversation_id: str, wrapped: bytes) -> Sealer:
        return Sealer(conversation_id, _open(self.wrapping, wrapped, f"key {conversation_id}"))
