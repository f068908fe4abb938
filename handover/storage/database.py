"""The database connection: one engine, reading and writing transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

BUSY_TIMEOUT_MS = 5000
READERS = 6
"""Connections that read a SQLite file at once. Each is a thread, and more of them than this only
take the processor from each other."""
_WRITES = {"writes": True}
_SILENT = {"hide_parameters": True}
"""An error is logged with its statement, without what was to be stored."""


class Database:
    """On SQLite a writing transaction takes the write lock at its beginning, and the writers of
    this process queue in order of arrival instead of polling for the lock. They have a connection
    of their own: what is said never waits behind those who only read."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self._own = _engine(url) if self.sqlite and not _in_memory(url) else self.engine
        self._writer = self._own.execution_options(**_WRITES)
        self._turn: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.sqlite else nullcontext()
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with self._turn, self._writer.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()
        await self._own.dispose()


def _engine(url: str) -> AsyncEngine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, **_SILENT)
    if _in_memory(url):
        engine = create_async_engine(url, **_SILENT)
    else:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url, pool_size=READERS, max_overflow=0, **_SILENT)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _in_memory(url: str) -> bool:
    return make_url(url).database in (None, "", ":memory:")


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin says
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # a stored message survives a power cut
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "foreign_keys = ON",
        "secure_delete = ON",  # erased ciphertexts do not linger in free pages
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
