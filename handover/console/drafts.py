"""What a browser keeps of half-written texts it keeps sealed: the key comes with the page.

A key is for one account and one case, and the next account at the same browser gets another one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from handover.storage.accounts import Account


@dataclass(frozen=True, repr=False)
class DraftKeys:
    secret: bytes

    def key(self, account: Account, handover_id: str) -> str:
        """256 bits, base64."""
        return base64.b64encode(self._digest(f"key {account.id} {handover_id}")).decode()

    def owner(self, account: Account) -> str:
        """What the account's drafts are found by, which says nothing about whose it is."""
        return self._digest(f"owner {account.id}").hex()[:16]

    def _digest(self, purpose: str) -> bytes:
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest()
