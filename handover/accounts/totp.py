"""One-time codes by the clock (RFC 6238), as every authenticator app makes them."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno

SECONDS = 30
DRIFT = 1
"""Steps that a phone's clock may be off, either way."""


def new_secret() -> str:
    """160 bits, in the letters and digits that can be typed into an app."""
    return pyotp.random_base32()


def address(secret: str, name: str, issuer: str) -> str:
    """``otpauth://totp/ROBUS:Anna?secret=...&issuer=ROBUS``"""
    return pyotp.TOTP(secret, interval=SECONDS).provisioning_uri(name=name, issuer_name=issuer)


def picture(address: str) -> str:
    """The address as a QR code, an SVG to stand in a page; dark on light in every theme."""
    return segno.make(address, micro=False).svg_inline(
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        title="QR-kode til appen",
    )


def spaced(secret: str) -> str:
    """``ABCD EFGH IJKL``: easier to type."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def step_of(secret: str, given: str, now: datetime) -> int | None:
    """The time step whose code this is, or None."""
    hotp = pyotp.HOTP(secret)
    middle = int(now.timestamp()) // SECONDS
    digits = "".join(given.split()).encode("utf-8", "replace")
    for step in range(middle - DRIFT, middle + DRIFT + 1):
        if hmac.compare_digest(hotp.at(step).encode(), digits):
            return step
    return None
