"""Counsellors' accounts, their sessions, and the programs' tokens, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.clock import Clock
from handover.storage.tables import accounts, api_tokens, sessions


@dataclass(frozen=True)
class Account:
    """``kind``: ``counsellor`` (a person) or ``program``; roles: see handover/accounts/roles.py."""

    id: str
    name: str
    kind: str = "counsellor"
    roles: frozenset[str] = frozenset({"raadgiver"})


class Accounts:
    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def count(self) -> int:
        statement = select(func.count()).select_from(accounts)
        return (await self.connection.execute(statement)).scalar_one()

    async def add(
        self, name: str, password_hash: str, roles: Iterable[str] = ("raadgiver",)
    ) -> Account:
        account = Account(str(uuid4()), name, roles=frozenset(roles))
        await self.connection.execute(
            insert(accounts).values(
                id=account.id,
                name=name,
                password_hash=password_hash,
                roles=" ".join(sorted(account.roles)),
                created_at=self.clock(),
            )
        )
        return account

    async def by_name(self, name: str) -> tuple[Account, str] | None:
        """The account and its password's hash."""
        statement = select(accounts).where(
            accounts.c.name == name, accounts.c.disabled_at.is_(None)
        )
        row = (await self.connection.execute(statement)).one_or_none()
        return (_account(row), row.password_hash) if row else None

    async def names(self) -> list[str]:
        """Everybody who can log in, in order."""
        statement = select(accounts.c.name).where(accounts.c.disabled_at.is_(None))
        return sorted((await self.connection.execute(statement)).scalars())

    async def set_password(self, account_id: str, password_hash: str) -> None:
        await self.connection.execute(
            update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash)
        )

    async def open_session(self, account: Account, token_hash: bytes, lasts: timedelta) -> datetime:
        now = self.clock()
        await self.connection.execute(
            insert(sessions).values(
                token_hash=token_hash,
                account_id=account.id,
                created_at=now,
                expires_at=now + lasts,
            )
        )
        return now + lasts

    async def by_session(self, token_hash: bytes) -> Account | None:
        statement = (
            select(accounts.c.id, accounts.c.name, accounts.c.roles)
            .join(sessions, sessions.c.account_id == accounts.c.id)
            .where(
                sessions.c.token_hash == token_hash,
                sessions.c.expires_at > self.clock(),
                accounts.c.disabled_at.is_(None),
            )
        )
        row = (await self.connection.execute(statement)).one_or_none()
        return _account(row) if row else None

    async def close_session(self, token_hash: bytes) -> None:
        await self.connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    async def forget_expired(self) -> None:
        await self.connection.execute(delete(sessions).where(sessions.c.expires_at <= self.clock()))

    async def set_api_token(self, name: str, token_hash: bytes) -> None:
        """A new token for a program; one of the same name is replaced."""
        await self.connection.execute(delete(api_tokens).where(api_tokens.c.name == name))
        await self.connection.execute(
            insert(api_tokens).values(
                id=str(uuid4()), name=name, token_hash=token_hash, created_at=self.clock()
            )
        )

    async def by_api_token(self, token_hash: bytes) -> Account | None:
        statement = select(api_tokens.c.id, api_tokens.c.name).where(
            api_tokens.c.token_hash == token_hash, api_tokens.c.revoked_at.is_(None)
        )
        row = (await self.connection.execute(statement)).one_or_none()
        return Account(row.id, row.name, "program") if row else None


def _account(row: Any) -> Account:
    return Account(row.id, row.name, roles=frozenset(row.roles.split()))
