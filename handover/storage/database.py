"""The database connection: reading and writing transactions, on SQLite or over a network.

A statement on a SQLite file takes some hundredths of a millisecond, which is less than it costs to
hand it to a thread and to wait until the busy event loop takes the answer up. So it is run where it
is asked for, and only what may take long leaves the loop: a commit, which waits for the disk, the
write lock, and reads that are announced as long.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection as Sync
from sqlalchemy import CursorResult, Dialect, Engine, Executable, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

BUSY_TIMEOUT_MS = 5000
KEPT = 6
"""Connections to a SQLite file that stay open; there may be more."""
LONG_READS = 2
"""Long reads at once; more of them only take the processor from each other."""
_WRITES = {"writes": True}
_SILENT = {"hide_parameters": True}
"""An error is logged with its statement, without what was to be stored."""

T = TypeVar("T")
Answer: TypeAlias = "CursorResult[*tuple[Any, ...]]"


class Connection(Protocol):
    """What a transaction is asked; SQLAlchemy's AsyncConnection is one."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def sync_connection(self) -> Sync | None: ...

    @abstractmethod
    async def execute(self, statement: Executable, parameters: Any = None) -> Answer: ...

    @abstractmethod
    def begin_nested(self) -> AbstractAsyncContextManager[Any]: ...

    @abstractmethod
    async def run_sync(self, call: Callable[[Sync], T]) -> T: ...


def locks_rows(connection: Connection) -> bool:
    """Must whoever writes take a row first? On SQLite a transaction has the whole file."""
    held = connection.sync_connection
    writes = held is not None and held.get_execution_options().get("writes")
    return bool(writes) and connection.dialect.name != "sqlite"


class Database(Protocol):
    @abstractmethod
    def read(self, long: bool = False) -> AbstractAsyncContextManager[Connection]:
        """``long``: it may read so much that others would wait for it."""

    @abstractmethod
    def write(self) -> AbstractAsyncContextManager[Connection]: ...

    @abstractmethod
    async def close(self) -> None: ...


def open_database(url: str) -> Database:
    """``sqlite:///var/handover.sqlite``, ``postgresql+psycopg://...``"""
    parsed = make_url(url)
    return Sqlite(parsed) if parsed.get_backend_name() == "sqlite" else Server(parsed)


class Server:
    """A database that is reached over a network."""

    def __init__(self, url: URL) -> None:
        self.engine = create_async_engine(url, pool_pre_ping=True, **_SILENT)
        self._writer = self.engine.execution_options(**_WRITES)

    @asynccontextmanager
    async def read(self, long: bool = False) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with self._writer.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


class Sqlite:
    """A writing transaction takes the write lock at its beginning, and the writers of this process
    queue in order of arrival instead of polling for the lock."""

    def __init__(self, url: URL) -> None:
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(**_WRITES)
        self._turn = asyncio.Lock()
        self._writing = ThreadPoolExecutor(1, "database")
        self._reading = ThreadPoolExecutor(LONG_READS, "database")

    @asynccontextmanager
    async def read(self, long: bool = False) -> AsyncIterator[Connection]:
        with self.engine.connect() as connection:
            yield Elsewhere(connection, self._reading) if long else Here(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        async with self._turn:
            with self._writer.connect() as connection:
                await _to_its_end(self._writing, connection.begin)
                yield Here(connection)
                await _to_its_end(self._writing, partial(_commit, connection))

    async def close(self) -> None:
        self.engine.dispose()
        self._writing.shutdown()
        self._reading.shutdown()


class Here:
    """A connection whose statements run where they are asked for."""

    def __init__(self, connection: Sync) -> None:
        self.sync_connection: Sync = connection
        self.dialect = connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> Answer:
        return self.sync_connection.execute(statement, parameters)

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        with self.sync_connection.begin_nested():
            yield

    async def run_sync(self, call: Callable[[Sync], T]) -> T:
        return call(self.sync_connection)


class Elsewhere(Here):
    """A reading connection whose statements run in a thread."""

    def __init__(self, connection: Sync, threads: ThreadPoolExecutor) -> None:
        super().__init__(connection)
        self.threads = threads

    async def execute(self, statement: Executable, parameters: Any = None) -> Answer:
        def fetched() -> Any:  # all of it, so that nothing is left to do in the loop
            return self.sync_connection.execute(statement, parameters).freeze()()

        return await _to_its_end(self.threads, fetched)


async def _to_its_end(threads: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    """Whoever is cancelled meanwhile, once or again and again, waits all the same: nobody else may
    have the connection."""
    running = asyncio.get_running_loop().run_in_executor(threads, call)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled from running.exception()
    return running.result()


def _commit(connection: Sync) -> None:
    """After a failure the file may stay locked, as long as the connection is there."""
    try:
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise


def _engine(url: URL) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite"),
        pool_size=KEPT,
        max_overflow=-1,  # nobody in the event loop may wait for a connection
        connect_args={"check_same_thread": False},  # a commit is made in a thread
        **_SILENT,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


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


def _begin(connection: Sync) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
