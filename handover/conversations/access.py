"""What lets a citizen back in: a bearer token for the browser, a short code for the memory."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which look alike: 10 letters of it are 50 bits."""
CODE_LENGTH, LINK_LENGTH = 10, 8


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_resume_code() -> str:
    """``ABCD-EFGH-JK``"""
    letters = _letters(CODE_LENGTH)
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def new_link_code() -> str:
    """``ABCD-EFGH``: short, since it works once and not for long."""
    letters = _letters(LINK_LENGTH)
    return f"{letters[:4]}-{letters[4:]}"


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def digest(token: str) -> bytes:
    """For long random tokens, which need no key."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def code_digest(code: str, key: bytes) -> bytes:
    """For what is short enough to be tried out by somebody who holds the database."""
    plain = re.sub(r"[\s\-–]", "", code.upper())
    return hmac.new(key, plain.encode("utf-8", "replace"), hashlib.sha256).digest()


def same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)
