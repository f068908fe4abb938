"""The database: its versions, its rules and what several writers do to it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from handover.conversations.feed import Feed, Notice
from handover.conversations.messages import ASSISTANT, Draft
from handover.keyring import open_keyring
from handover.settings import Settings
from handover.storage.database import open_database
from handover.storage.migrate import configuration, migrate
from handover.storage.tables import metadata
from handover.storage.work import Store

from .conftest import FakeClock


async def _store(var: Path, feed: Feed | None = None) -> Store:
    settings = Settings(var=var)
    database = open_database(settings.database)
    await migrate(database)
    return Store(database, open_keyring(settings), FakeClock(), feed or Feed())


async def test_the_migrations_lead_to_the_tables(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    async with store.database.read() as connection:
        differences = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c), metadata)
        )
    assert differences == []
    await store.database.close()


async def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    await migrate(store.database)
    await store.database.close()


async def test_back_to_the_version_before_nobody_is_logged_out(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    async with store.write() as work:
        account = await work.accounts.add("Anna", "a hash")
        await work.accounts.open_session(account, b"a token", timedelta(hours=1), None)
        await work.accounts.set_recovery_codes(account.id, [b"a code"])
    async with store.database.write() as connection:
        await connection.run_sync(lambda c: command.downgrade(configuration(c), "0012"))
    await migrate(store.database)
    async with store.read() as work:
        assert await work.accounts.by_session(b"a token") is not None
        assert await work.accounts.recovery_codes_left(account.id) == 1
    await store.database.close()


async def test_every_connection_keeps_the_rules_of_the_house(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    async with store.database.read() as connection:
        for name, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 5000)):
            assert (await connection.execute(text(f"PRAGMA {name}"))).scalar_one() == value
    await store.database.close()


async def test_a_transaction_that_fails_leaves_nothing_and_tells_nobody(tmp_path: Path) -> None:
    feed = Feed()
    store = await _store(tmp_path, feed)

    async def fail() -> None:
        async with store.write() as work:
            await work.conversations.create("one", "web", None, {})
            work.announce("one")
            raise RuntimeError("half way")

    with feed.listen("one") as notices:
        with pytest.raises(RuntimeError, match="half way"):
            await fail()
        assert notices.empty()
    async with store.read() as work:
        assert await work.conversations.get("one") is None
    await store.database.close()


async def test_many_writers_give_every_message_its_own_seq(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    async with store.write() as work:
        await work.conversations.create("one", "web", None, {})

    async def write(number: int) -> None:
        async with store.write() as work:
            conversation = await work.conversations.get("one")
            assert conversation is not None
            await work.conversations.append(conversation, [Draft(ASSISTANT, str(number))])

    await asyncio.gather(*(write(number) for number in range(50)))
    async with store.read() as work:
        conversation = await work.conversations.get("one")
        assert conversation is not None
        found = await work.conversations.messages(conversation)
    assert [message.seq for message in found] == list(range(1, 51))
    await store.database.close()


async def test_the_same_client_message_id_cannot_be_stored_twice(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    async with store.write() as work:
        conversation = await work.conversations.create("one", "web", None, {})
        await work.conversations.receive(conversation, Draft("citizen", "a"), "id", handled=False)
    with pytest.raises(IntegrityError):
        async with store.write() as work:
            await work.conversations.receive(
                conversation, Draft("citizen", "b"), "id", handled=False
            )
    await store.database.close()


async def test_a_listener_that_lags_is_told_again_and_holds_up_nobody() -> None:
    feed = Feed()
    with feed.listen("one") as notices:
        for number in range(1000):
            feed.publish("one", Notice("typing", {"n": number}))
        feed.publish("other")
        assert notices.qsize() == 200
    feed.publish("one")


SLOW = text(
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2000000)"
    " SELECT max(n) FROM numbers"
)


@pytest.mark.parametrize("long", [True, False])
async def test_only_a_long_read_leaves_the_loop_to_others(tmp_path: Path, long: bool) -> None:
    """If the short one did too, it would cost every statement the way to a thread and back."""
    store = await _store(tmp_path)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(others())
    async with store.database.read(long=long) as connection:
        await asyncio.sleep(0)
        before = turns
        assert (await connection.execute(SLOW)).scalar_one() == 2_000_000
        assert (turns - before > 10) == long
    working.cancel()
    await store.database.close()


async def test_a_long_read_gives_the_same_rows(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    async with store.write() as work:
        for name in ("a", "b", "c"):
            await work.conversations.create(name, "web", None, {})
    for long in (False, True):
        async with store.read(long=long) as work:
            assert sorted(await work.conversations.ids()) == ["a", "b", "c"]
            assert await work.conversations.get("d") is None
    await store.database.close()


async def test_readers_never_wait_for_one_another(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    inside, ready = 0, asyncio.Event()

    async def read() -> None:
        nonlocal inside
        async with store.read() as work:
            await work.conversations.ids()
            inside += 1
            if inside == 60:
                ready.set()
            await ready.wait()

    await asyncio.gather(*(read() for _ in range(60)))
    await store.database.close()


async def test_a_writer_that_is_cancelled_has_written_all_or_nothing(tmp_path: Path) -> None:
    """Wherever it is cancelled, also while it waits for the lock or the disk; the next writer
    finds the database as it should be."""
    store = await _store(tmp_path)

    async def write(number: int) -> None:
        async with store.write() as work:
            for part in ("a", "b"):
                await work.conversations.create(f"{number}{part}", "web", None, {})
                await asyncio.sleep(0)

    number = through = 0
    while through < 3:  # later and later, until the first ones are done before they are cancelled
        number += 1
        task = asyncio.create_task(write(number))
        await asyncio.sleep(number * 0.0005)
        through += task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with store.read() as work:
        stored = await work.conversations.ids()
    assert len(stored) >= 6
    assert all(name[:-1] + other in stored for name in stored for other in "ab")
    await store.database.close()


async def test_a_writer_that_is_cancelled_twice_keeps_its_connection_until_the_thread_is_done(
    tmp_path: Path,
) -> None:
    """A task group cancels again and again, until whoever is in it is gone."""
    store = await _store(tmp_path)

    async def write() -> None:
        async with store.write() as work:
            await work.conversations.create("a", "web", None, {})

    with _locked(tmp_path):
        task = asyncio.create_task(write())
        for _ in range(5):
            await asyncio.sleep(0.01)
            task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done(), "the thread still waits for the lock with the connection"
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.read() as work:
        assert await work.conversations.ids() == []
    await store.database.close()


async def test_a_commit_that_fails_lets_go_of_the_lock(tmp_path: Path) -> None:
    """SQLite may leave the transaction open then; nobody could write any more."""
    store = await _store(tmp_path)
    late = "CREATE TABLE late (id TEXT REFERENCES accounts(id) DEFERRABLE INITIALLY DEFERRED)"
    async with store.database.write() as connection:
        await connection.execute(text(late))
    with pytest.raises(IntegrityError):  # a key that is looked at only in the commit
        async with store.database.write() as connection:
            await connection.execute(text("INSERT INTO late VALUES ('nobody')"))
    with _locked(tmp_path):
        pass
    async with store.write() as work:
        await work.conversations.create("a", "web", None, {})
    await store.database.close()


async def test_another_process_that_writes_holds_up_writers_alone(tmp_path: Path) -> None:
    """``python -m handover token NAME`` while the service runs."""
    store = await _store(tmp_path)

    async def write() -> None:
        async with store.write() as work:
            await work.conversations.create("a", "web", None, {})

    with _locked(tmp_path):
        writing = asyncio.create_task(write())
        for _ in range(20):
            async with store.read() as work:
                assert await work.conversations.ids() == []
            await asyncio.sleep(0)
        assert not writing.done()
    await writing
    async with store.read() as work:
        assert await work.conversations.ids() == ["a"]
    await store.database.close()


async def test_a_name_that_is_no_column_is_not_passed_over(tmp_path: Path) -> None:
    store = await _store(tmp_path)
    async with store.write() as work:
        conversation = await work.conversations.create("a", "web", None, {})
        with pytest.raises(TypeError, match="asked"):
            await work.conversations.change(conversation, asked="b")
        with pytest.raises(TypeError, match="which"):
            await work.conversations.mark(conversation, 1, handled=True, which=2)
    await store.database.close()


@contextmanager
def _locked(var: Path) -> Iterator[None]:
    """Somebody else writes."""
    path = make_url(Settings(var=var).database).database
    other = sqlite3.connect(str(path), timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()
