"""How long a test waits for what is to come.

A short wait teaches nothing: on a busy machine it makes what is right look wrong. How fast
something is, ``make bench`` measures.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

Found = TypeVar("Found")
PATIENCE = 60.0
"""Seconds."""


async def until(
    look: Callable[[], Found | Awaitable[Found | None] | None],
    otherwise: Callable[[], Any] | str = "it never came",
) -> Found:
    """The first answer of ``look`` that is true; ``otherwise`` says what there was instead."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while True:
        found: Any = look()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found  # type: ignore[no-any-return]
        late = asyncio.get_running_loop().time() > end
        assert not late, otherwise() if callable(otherwise) else otherwise
        await asyncio.sleep(0.02)
