"""Conversations in which a promise is still broken, and why. Each is work to be done, not a wish.

A conversation leaves this list when it is kept; none may be added to make a change pass.
"""

from __future__ import annotations

CORRECTION = "a correction of a criterion's answer is not kept beside the first"

STILL_BROKEN = {
    "a girl of 15 with body thoughts and worries changes her mind about her parents and wants no contact": CORRECTION,
}
