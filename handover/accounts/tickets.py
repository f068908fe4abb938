"""What a browser carries from one step of a login to the next: sealed, so that it can neither be
read nor made up."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from handover.keyring import Keyring
from handover.storage.vault import Sealer, VaultError

OWNER = "ticket"


def seal_ticket(keyring: Keyring, purpose: str, content: Any) -> str:
    sealed = Sealer(OWNER, keyring.accounts).seal(content, purpose)
    return base64.urlsafe_b64encode(sealed).decode()


def open_ticket(keyring: Keyring, purpose: str, ticket: str) -> Any | None:
    """None for what this service did not seal for this purpose."""
    try:
        sealed = base64.urlsafe_b64decode(ticket.encode("utf-8", "replace"))
        return Sealer(OWNER, keyring.accounts).open(sealed, purpose)
    except (binascii.Error, ValueError, VaultError):
        return None
