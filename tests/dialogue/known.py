"""Conversations in which a promise is still broken, and why. Each is work to be done, not a wish.

A conversation leaves this list when it is kept; none may be added to make a change pass.
"""

from __future__ import annotations

STILL_BROKEN: dict[str, str] = {}
