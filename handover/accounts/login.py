"""Who is calling: a counsellor's session in the console, or a program's token."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from handover.accounts.passwords import hash_password, new_password, outdated, verify
from handover.accounts.roles import ADMINISTRATOR, LEDER, RAADGIVER, needs
from handover.conversations.access import digest, new_token
from handover.errors import Problem
from handover.limits import Limit
from handover.storage.accounts import Account
from handover.storage.work import Store

COOKIE = "handover_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_NAME = "raadgiver"

_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="The console's session")
_bearer = HTTPBearer(auto_error=False, description="A program's token (make token NAME=...)")


@dataclass(frozen=True)
class Caller:
    """``session`` is None for a program with a token."""

    account: Account
    session: str | None

    @property
    def name(self) -> str:
        return self.account.name


class Logins:
    def __init__(
        self, store: Store, form_key: bytes, session_lasts: timedelta, limit: Limit
    ) -> None:
        self.store, self.form_key = store, form_key
        self.session_lasts, self.limit = session_lasts, limit

    async def log_in(self, name: str, password: str, address: str) -> str | None:
        """The new session's token, or None. Raises Problem 429 after too many failures."""
        keys = (f"address {address}", f"name {name.lower()}")
        for key in keys:
            self.limit.check(key)
        async with self.store.read() as work:
            known = await work.accounts.by_name(name)
        if not await verify(password, known[1] if known else None) or known is None:
            for key in keys:
                self.limit.failed(key)
            return None
        return await self._open(known[0], password, known[1])

    async def _open(self, account: Account, password: str, hashed: str) -> str:
        fresh = await hash_password(password) if outdated(hashed) else None
        token = new_token()
        async with self.store.write() as work:
            if fresh:
                await work.accounts.set_password(account.id, fresh)
            await work.accounts.forget_expired()
            await work.accounts.open_session(account, digest(token), self.session_lasts)
            await work.trail.note(account.name, "logged_in")
        return token

    async def log_out(self, caller: Caller) -> None:
        async with self.store.write() as work:
            if caller.session:
                await work.accounts.close_session(digest(caller.session))
            await work.trail.note(caller.name, "logged_out")

    async def by_session(self, token: str) -> Caller | None:
        async with self.store.read() as work:
            account = await work.accounts.by_session(digest(token))
        return Caller(account, token) if account else None

    async def still_in(self, caller: Caller) -> bool:
        """For what stays open: has the session ended meanwhile?"""
        return caller.session is None or await self.by_session(caller.session) is not None

    async def by_api_token(self, token: str) -> Caller | None:
        async with self.store.read() as work:
            account = await work.accounts.by_api_token(digest(token))
        return Caller(account, None) if account else None

    def csrf(self, secret: str) -> str:
        """Bound to the session (or to the login form's own cookie)."""
        return hmac.new(self.form_key, secret.encode(), hashlib.sha256).hexdigest()

    def csrf_fits(self, given: str, secret: str) -> bool:
        return hmac.compare_digest(given.encode(), self.csrf(secret).encode())


class Gate:
    """A dependency that lets only known callers through; the default for every route it guards."""

    def __init__(self, logins: Logins, *roles: str) -> None:
        self.logins, self.roles = logins, roles

    def only(self, *roles: str) -> Gate:
        """The same for callers who have one of the roles."""
        return Gate(self.logins, *roles)

    async def __call__(
        self,
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
        session: Annotated[str | None, Security(_cookie)],
    ) -> Caller:
        caller = await self._caller(request, credentials, session)
        if caller is None:
            raise Problem(401, "ikke_logget_ind", headers={"WWW-Authenticate": "Bearer"})
        if self.roles:
            needs(caller.account, *self.roles)
        return caller

    async def _caller(
        self,
        request: Request,
        credentials: HTTPAuthorizationCredentials | None,
        session: str | None,
    ) -> Caller | None:
        if credentials:
            return await self.logins.by_api_token(credentials.credentials)
        if not session:
            return None
        caller = await self.logins.by_session(session)
        if caller and request.method not in SAFE_METHODS:
            given = request.headers.get(CSRF_HEADER, "")
            if not self.logins.csrf_fits(given, session):
                raise Problem(403, "csrf")
        return caller


async def first_account(store: Store, name: str = FIRST_NAME) -> tuple[str, str] | None:
    """Name and password of the first account, or None when there is one already."""
    password = new_password()
    hashed = await hash_password(password)
    async with store.write() as work:
        if await work.accounts.count():
            return None
        await work.accounts.add(name, hashed, (RAADGIVER, LEDER, ADMINISTRATOR))
    return name, password


async def issue_token(store: Store, name: str) -> str:
    token = new_token()
    async with store.write() as work:
        await work.accounts.set_api_token(name, digest(token))
        await work.trail.note("command line", "token_issued")
    return token
