"""Counsellors' accounts, their sessions, and the programs' tokens, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, func, insert, select, update

from handover.clock import Clock
from handover.storage.database import Connection
from handover.storage.tables import accounts, api_tokens, recovery_codes, sessions


@dataclass(frozen=True)
class Account:
    """``kind``: ``counsellor`` (a person) or ``program``; roles: see handover/accounts/roles.py.

    ``must_change``: the password was given by somebody else. ``codes``: one-time codes are asked
    for. ``external``: whose password and roles the municipality's own login decides.
    ``shown_name``: what citizens are told; empty: the role alone. ``mail``: for reminders."""

    id: str
    name: str
    kind: str = "counsellor"
    roles: frozenset[str] = frozenset({"raadgiver"})
    must_change: bool = False
    codes: bool = False
    external: bool = False
    shown_name: str = ""
    mail: str = ""


@dataclass(frozen=True)
class Entry:
    """An account as it stands in the list of accounts."""

    account: Account
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Token:
    id: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the municipality's own login."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class Otp:
    """The one-time codes of an account. ``since`` is empty until a first code has confirmed them;
    ``step`` is that of the last code that was accepted."""

    secret: bytes
    since: datetime | None
    step: int | None


_BY_SESSION = (
    select(accounts)
    .join(sessions, sessions.c.account_id == accounts.c.id)
    .where(
        sessions.c.token_hash == bindparam("token_hash"),
        sessions.c.expires_at > bindparam("now"),
        accounts.c.disabled_at.is_(None),
    )
)


class Accounts:
    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    async def count(self) -> int:
        statement = select(func.count()).select_from(accounts)
        return int((await self.connection.execute(statement)).scalar_one())

    async def add(
        self,
        name: str,
        password_hash: str,
        roles: Iterable[str] = ("raadgiver",),
        *,
        must_change: bool = False,
        identity: Identity | None = None,
    ) -> Account:
        account_id = str(uuid4())
        await self.connection.execute(
            insert(accounts).values(
                id=account_id,
                name=name,
                password_hash=password_hash,
                roles=_roles(roles),
                created_at=self.clock(),
                must_change=must_change,
                issuer=identity.issuer if identity else None,
                subject=identity.subject if identity else None,
            )
        )
        entry = await self.get(account_id)
        assert entry is not None
        return entry.account

    async def by_name(self, name: str) -> tuple[Account, str] | None:
        """The account and its password's hash."""
        statement = select(accounts).where(
            accounts.c.name == name, accounts.c.disabled_at.is_(None)
        )
        row = (await self.connection.execute(statement)).one_or_none()
        return (_account(row), row.password_hash) if row else None

    async def password_hash(self, account_id: str) -> str | None:
        """Of an account that is not closed."""
        statement = select(accounts.c.password_hash).where(
            accounts.c.id == account_id, accounts.c.disabled_at.is_(None)
        )
        return (await self.connection.execute(statement)).scalar_one_or_none()

    async def by_identity(self, identity: Identity) -> Entry | None:
        found = (accounts.c.issuer == identity.issuer, accounts.c.subject == identity.subject)
        row = (await self.connection.execute(select(accounts).where(*found))).one_or_none()
        return _entry(row) if row else None

    async def get(self, account_id: str) -> Entry | None:
        statement = select(accounts).where(accounts.c.id == account_id)
        row = (await self.connection.execute(statement)).one_or_none()
        return _entry(row) if row else None

    async def all(self) -> list[Entry]:
        """Every account, the closed ones last."""
        rows = await self.connection.execute(select(accounts))
        entries = [_entry(row) for row in rows]
        return sorted(entries, key=lambda e: (e.closed_at is not None, e.account.name.lower()))

    async def names(self, role: str) -> list[str]:
        """Everybody who can log in and has the role, in order."""
        return sorted(a.name for a in await self._open() if role in a.roles)

    async def with_role(self, role: str) -> list[Account]:
        """Locked until the transaction ends, so that no two of them leave at once."""
        return [a for a in await self._open(locked=True) if role in a.roles]

    async def _open(self, locked: bool = False) -> list[Account]:
        statement = select(accounts).where(accounts.c.disabled_at.is_(None))
        if locked:
            statement = statement.with_for_update()
        return [_account(row) for row in await self.connection.execute(statement)]

    async def taken(self, name: str) -> bool:
        """Does somebody, or a program, have this name, written in whatever case?"""
        tables = (accounts, api_tokens)
        names = [(await self.connection.execute(select(t.c.name))).scalars() for t in tables]
        return name.casefold() in {one.casefold() for found in names for one in found}

    async def known(self, name: str) -> bool:
        """Is there an account of this name, closed or not?"""
        found = await self.connection.execute(select(accounts.c.id).where(accounts.c.name == name))
        return found.one_or_none() is not None

    async def closed(self, name: str) -> bool:
        """Asked in a transaction that writes, the account stays as it is until that ends."""
        statement = select(accounts.c.disabled_at).where(accounts.c.name == name)
        statement = statement.with_for_update(read=True)
        return (await self.connection.execute(statement)).scalar_one_or_none() is not None

    async def set_password(
        self, account_id: str, password_hash: str, must_change: bool | None = None
    ) -> None:
        changes = {} if must_change is None else {"must_change": must_change}
        await self._change(account_id, password_hash=password_hash, **changes)

    async def set_roles(self, account_id: str, roles: Iterable[str]) -> None:
        await self._change(account_id, roles=_roles(roles))

    async def set_shown_name(self, account_id: str, name: str) -> None:
        await self._change(account_id, shown_name=name or None)

    async def set_mail(self, account_id: str, address: str) -> None:
        await self._change(account_id, mail=address or None)

    async def shown_name(self, name: str) -> str:
        """What a citizen is told of the account of this name; empty for a program, too."""
        found = await self.by_name(name)
        return found[0].shown_name if found else ""

    async def set_closed(self, account_id: str, closed: bool) -> None:
        await self._change(account_id, disabled_at=self.clock() if closed else None)

    async def _change(self, account_id: str, *where: Any, **values: Any) -> bool:
        statement = update(accounts).where(accounts.c.id == account_id, *where)
        return (await self.connection.execute(statement.values(**values))).rowcount == 1

    # one-time codes

    async def otp(self, account_id: str) -> Otp | None:
        columns = (accounts.c.otp_secret, accounts.c.otp_since, accounts.c.otp_step)
        statement = select(*columns).where(accounts.c.id == account_id)
        row = (await self.connection.execute(statement)).one_or_none()
        return Otp(*row) if row and row.otp_secret else None

    async def begin_otp(self, account_id: str, secret: bytes) -> None:
        """A secret that no code has confirmed yet."""
        fresh = {"otp_secret": secret, "otp_since": None, "otp_step": None}
        await self._change(account_id, accounts.c.otp_since.is_(None), **fresh)

    async def confirm_otp(self, account_id: str) -> None:
        await self._change(account_id, otp_since=self.clock())

    async def use_otp_step(self, account_id: str, step: int) -> bool:
        """False when this code, or a later one, was accepted before."""
        fresh = accounts.c.otp_step.is_(None) | (accounts.c.otp_step < step)
        return await self._change(account_id, fresh, otp_step=step)

    async def forget_otp(self, account_id: str) -> None:
        await self._change(account_id, otp_secret=None, otp_since=None, otp_step=None)
        await self.set_recovery_codes(account_id, ())

    async def set_recovery_codes(self, account_id: str, hashes: Iterable[bytes]) -> None:
        await self.connection.execute(
            delete(recovery_codes).where(recovery_codes.c.account_id == account_id)
        )
        for code_hash in hashes:
            row = {"account_id": account_id, "code_hash": code_hash}
            await self.connection.execute(insert(recovery_codes).values(**row))

    async def use_recovery_code(self, account_id: str, code_hash: bytes) -> bool:
        statement = delete(recovery_codes).where(
            recovery_codes.c.account_id == account_id, recovery_codes.c.code_hash == code_hash
        )
        return (await self.connection.execute(statement)).rowcount == 1

    async def recovery_codes_left(self, account_id: str) -> int:
        statement = select(func.count()).select_from(recovery_codes)
        left = statement.where(recovery_codes.c.account_id == account_id)
        return int((await self.connection.execute(left)).scalar_one())

    # sessions

    async def open_session(
        self, account: Account, token_hash: bytes, lasts: timedelta, id_token: bytes | None = None
    ) -> datetime:
        now = self.clock()
        await self.connection.execute(
            insert(sessions).values(
                token_hash=token_hash,
                account_id=account.id,
                created_at=now,
                expires_at=now + lasts,
                id_token=id_token,
            )
        )
        return now + lasts

    async def by_session(self, token_hash: bytes) -> Account | None:
        asked = {"token_hash": token_hash, "now": self.clock()}
        row = (await self.connection.execute(_BY_SESSION, asked)).one_or_none()
        return _account(row) if row else None

    async def session_span(self, token_hash: bytes) -> tuple[datetime, datetime] | None:
        """When it began and when it ends."""
        columns = (sessions.c.created_at, sessions.c.expires_at)
        statement = select(*columns).where(sessions.c.token_hash == token_hash)
        row = (await self.connection.execute(statement)).one_or_none()
        return (row.created_at, row.expires_at) if row else None

    async def id_token(self, token_hash: bytes) -> bytes | None:
        statement = select(sessions.c.id_token).where(sessions.c.token_hash == token_hash)
        return (await self.connection.execute(statement)).scalar_one_or_none()

    async def close_session(self, token_hash: bytes) -> None:
        await self.connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    async def close_sessions(self, account_id: str, but: bytes = b"") -> None:
        await self.connection.execute(
            delete(sessions).where(
                sessions.c.account_id == account_id, sessions.c.token_hash != but
            )
        )

    async def forget_expired(self) -> None:
        await self.connection.execute(delete(sessions).where(sessions.c.expires_at <= self.clock()))

    # programs

    async def tokens(self) -> list[Token]:
        """Every program's, the revoked ones last."""
        columns = (api_tokens.c.id, api_tokens.c.name, api_tokens.c.created_at)
        rows = await self.connection.execute(select(*columns, api_tokens.c.revoked_at))
        found = [Token(*row) for row in rows]
        return sorted(found, key=lambda t: (t.revoked_at is not None, t.name.lower()))

    async def revoke(self, token_id: str) -> bool:
        """False when there is none, or it is revoked already."""
        standing = (api_tokens.c.id == token_id, api_tokens.c.revoked_at.is_(None))
        statement = update(api_tokens).where(*standing).values(revoked_at=self.clock())
        return (await self.connection.execute(statement)).rowcount == 1

    async def stands(self, token_id: str) -> bool:
        standing = (api_tokens.c.id == token_id, api_tokens.c.revoked_at.is_(None))
        found = await self.connection.execute(select(api_tokens.c.id).where(*standing))
        return found.one_or_none() is not None

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
    return Account(
        row.id,
        row.name,
        roles=frozenset(row.roles.split()),
        must_change=row.must_change,
        codes=row.otp_since is not None,
        external=row.issuer is not None,
        shown_name=row.shown_name or "",
        mail=row.mail or "",
    )


def _entry(row: Any) -> Entry:
    return Entry(_account(row), row.created_at, row.disabled_at)


def _roles(roles: Iterable[str]) -> str:
    return " ".join(sorted(roles))
