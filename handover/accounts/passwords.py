"""Passwords: hashed with Argon2id, never stored or logged."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
SHORTEST = 12
"""Characters of a password that somebody chooses."""
_SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "da",
    "de",
    "di",
    "do",
    "fa",
    "fe",
    "fi",
    "fo",
    "ga",
    "ge",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ni",
    "no",
    "pa",
    "pe",
    "pi",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "vo",
]
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Compared with when the name is unknown, so that both answers take as long."""


def new_password() -> str:
    """Pronounceable, 12 syllables of 44: about 65 bits. ``kasemo-fabidu-...``"""
    groups = ("".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(4))
    return "-".join(groups)


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def verify(password: str, hashed: str | None) -> bool:
    return await asyncio.to_thread(_verify, password, hashed or _NOBODY) and hashed is not None


def outdated(hashed: str) -> bool:
    return _hasher.check_needs_rehash(hashed)


def _verify(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
