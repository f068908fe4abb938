"""A database on PostgreSQL for each test that asks for one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tools import postgresql

NAMED = os.environ.get("TEST_POSTGRESQL")
needs_postgresql = pytest.mark.skipif(not (NAMED or postgresql.find()), reason=postgresql.WITHOUT)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """One for all of a worker's tests, or the one that ``TEST_POSTGRESQL`` names."""
    if NAMED:
        yield NAMED
    else:
        with postgresql.running() as address:
            yield address


@pytest.fixture
def database_url(postgresql_server: str) -> Iterator[str]:
    """An empty database, for SQLAlchemy."""
    url, name = make_url(postgresql_server), f"test_{uuid.uuid4().hex}"
    plain = url.set(drivername="postgresql", database="postgres").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield url.set(database=name).render_as_string(False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
