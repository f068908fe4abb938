"""What must not come out sideways: values in errors, and names that belong to nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from handover.accounts.municipal import MunicipalLogin
from handover.accounts.provider import Person
from handover.storage.accounts import Identity
from handover.storage.database import open_database
from handover.storage.migrate import migrate
from handover.storage.tables import opt_outs
from tests.handover.conftest import House


async def test_an_error_of_the_database_tells_no_values(tmp_path: Path) -> None:
    """It is logged as it is."""
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    await migrate(database)
    row = {"number_hash": b"noget hemmeligt", "at": datetime(2026, 11, 23, tzinfo=UTC)}
    async with database.write() as connection:
        await connection.execute(insert(opt_outs).values(row))
        with pytest.raises(IntegrityError) as error:
            await connection.execute(insert(opt_outs).values(row))
    assert "hemmeligt" not in str(error.value)
    await database.close()


@pytest.mark.parametrize("name", ["watchdog", "Vagten", "kommunens login"])
async def test_nobody_comes_from_the_municipality_under_the_programs_own_names(
    house: House, name: str
) -> None:
    """What they do would stand in the trail as the program's own act."""
    state = house.app.state
    login = MunicipalLogin(state.store, state.logins, state.desk.put_back_all, timedelta(hours=1))
    person = Person(Identity("https://login", "1"), name, frozenset({"raadgiver"}), "id token")
    await login.enter(person)
    async with state.store.read() as work:
        entry = await work.accounts.by_identity(person.identity)
    assert entry.account.name == f"{name} 2"
