"""Who is calling: a counsellor's session in the console, or a program's token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from handover.accounts.codes import Codes
from handover.accounts.passwords import hash_password, new_password, outdated, verify
from handover.accounts.roles import ADMINISTRATOR, COMMAND_LINE, LEDER, RAADGIVER, needs
from handover.accounts.tickets import open_ticket, seal_ticket
from handover.conversations.access import digest, new_token
from handover.conversations.feed import LEAVING, listeners_of
from handover.errors import Problem
from handover.limits import Limit
from handover.storage.accounts import Account
from handover.storage.work import Store, Work

COOKIE = "handover_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_NAME = "raadgiver"
SECOND_STEP_LASTS = timedelta(minutes=10)

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


class CodeNeeded(Exception):
    """The password was right, and this account has one-time codes: ``ticket`` stands for that."""

    def __init__(self, ticket: str) -> None:
        super().__init__("a one-time code is needed")
        self.ticket = ticket


class Logins:
    """``codes_required``: whoever has no one-time codes is led to them before anything else."""

    def __init__(
        self,
        store: Store,
        form_key: bytes,
        session_lasts: timedelta,
        limit: Limit,
        codes_required: bool = False,
    ) -> None:
        self.store, self.form_key = store, form_key
        self.session_lasts, self.limit = session_lasts, limit
        self.codes_required = codes_required
        self.codes = Codes(store.keyring, store.clock)

    def owes(self, account: Account) -> str | None:
        """What has to be done before anything else: ``password``, ``codes`` or nothing."""
        if account.external or account.kind == "program":
            return None
        if account.must_change:
            return "password"
        return "codes" if self.codes_required and not account.codes else None

    async def log_in(self, name: str, password: str, address: str) -> str | None:
        """The new session's token, or None. Raises CodeNeeded, and Problem 429 after too many
        failures."""
        keys = (f"address {address}", f"name {name.lower()}")
        async with self.limit.turn(*keys):
            return await self._log_in(name, password, keys)

    async def _log_in(self, name: str, password: str, keys: Iterable[str]) -> str | None:
        async with self.store.read() as work:
            known = await work.accounts.by_name(name)
        if not await verify(password, known[1] if known else None) or known is None:
            await self._failed(keys, name, "login_failed")
            return None
        account, hashed = known
        if outdated(hashed):
            hashed = await hash_password(password)
            async with self.store.write() as work:
                await work.accounts.set_password(account.id, hashed)
        if account.codes:
            raise CodeNeeded(self._ticket(account.id, hashed))
        async with self.store.write() as work:
            return await self.enter(work, account)

    async def second_step(self, ticket: str, code: str, address: str) -> str | None:
        """The new session's token, or None when the code is wrong or was used before. Raises
        Problem 401 when the first step is too long ago, 429 after too many failures."""
        account_id = await self._first_step(ticket)
        keys = (f"address {address}", f"code {account_id}")
        async with self.limit.turn(*keys):
            return await self._second_step(account_id, code, keys)

    async def _second_step(self, account_id: str, code: str, keys: Iterable[str]) -> str | None:
        async with self.store.write() as work:
            entry = await work.accounts.get(account_id)
            assert entry is not None  # the ticket was checked against it
            how = await self.codes.accept(work, account_id, code)
            if how == "recovery_code":
                await work.trail.note(entry.account.name, "recovery_code_used")
            if how:
                return await self.enter(work, entry.account)
        await self._failed(keys, entry.account.name, "code_failed")
        return None

    async def enter(
        self,
        work: Work,
        account: Account,
        id_token: bytes | None = None,
        lasts: timedelta | None = None,
    ) -> str:
        """``lasts``: where it is less than usual. Raises Problem 401 for an account that was
        closed since the first step."""
        if await work.accounts.closed(account.name):
            raise Problem(401, "login_udloebet")
        token = new_token()
        await work.accounts.forget_expired()
        await work.accounts.open_session(
            account, digest(token), lasts or self.session_lasts, id_token
        )
        await work.trail.note(account.name, "logged_in")
        return token

    async def _failed(self, keys: Iterable[str], name: str, action: str) -> None:
        """A name that nobody has is not noted: it may be a password in the wrong field."""
        for key in keys:
            self.limit.failed(key)
        async with self.store.write() as work:
            if await work.accounts.known(name):
                await work.trail.note(name, action)

    def _ticket(self, account_id: str, hashed: str) -> str:
        """Good for a few minutes, and only while the password is the same."""
        until = (self.store.clock() + SECOND_STEP_LASTS).timestamp()
        return seal_ticket(self.store.keyring, "second step", [account_id, _mark(hashed), until])

    async def _first_step(self, ticket: str) -> str:
        opened = open_ticket(self.store.keyring, "second step", ticket)
        if opened is None or opened[2] < self.store.clock().timestamp():
            raise Problem(401, "login_udloebet")
        async with self.store.read() as work:
            hashed = await work.accounts.password_hash(opened[0])
        if hashed is None or _mark(hashed) != opened[1]:
            raise Problem(401, "login_udloebet")
        return str(opened[0])

    async def log_out(self, caller: Caller) -> None:
        async with self.store.write() as work:
            if caller.session:
                await work.accounts.close_session(digest(caller.session))
            await work.trail.note(caller.name, "logged_out")
            work.announce(listeners_of(caller.account.id), LEAVING)

    async def by_session(self, token: str) -> Caller | None:
        async with self.store.read() as work:
            account = await work.accounts.by_session(digest(token))
        return Caller(account, token) if account else None

    async def half_over(self, caller: Caller) -> bool:
        """A session of the municipality's login that may be renewed there before it ends."""
        if not caller.account.external or caller.session is None:
            return False
        async with self.store.read() as work:
            span = await work.accounts.session_span(digest(caller.session))
        return span is not None and self.store.clock() > span[0] + (span[1] - span[0]) / 2

    async def still_in(self, caller: Caller, *roles: str) -> bool:
        """For what stays open: has the session, the token or the role ended meanwhile?"""
        if caller.session is None:
            async with self.store.read() as work:
                return await work.accounts.stands(caller.account.id)
        now = await self.by_session(caller.session)
        if now is None or self.owes(now.account):
            return False
        return not roles or bool(now.account.roles.intersection(roles))

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
        if self.logins.owes(caller.account):
            raise Problem(403, "foerst_kontoen")
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
    """Name and password of the first account, or None when there is one already. It was printed,
    so it has to be changed at the first login."""
    password = new_password()
    hashed = await hash_password(password)
    async with store.write() as work:
        if await work.accounts.count():
            return None
        roles = (RAADGIVER, LEDER, ADMINISTRATOR)
        await work.accounts.add(name, hashed, roles, must_change=True)
        await work.trail.note(COMMAND_LINE, "account_made", about=name)
    return name, password


async def issue_token(store: Store, name: str) -> str:
    token = new_token()
    async with store.write() as work:
        await work.accounts.set_api_token(name, digest(token))
        await work.trail.note(COMMAND_LINE, "token_issued", about=name)
    return token


async def rescue(store: Store, name: str) -> str | None:
    """A new password for whoever cannot get in any more, without codes; None: no such account."""
    password = new_password()
    hashed = await hash_password(password)
    async with store.write() as work:
        known = await work.accounts.by_name(name)
        if known is None or known[0].external:
            return None
        await work.accounts.set_password(known[0].id, hashed, must_change=True)
        await work.accounts.forget_otp(known[0].id)
        await work.accounts.close_sessions(known[0].id)
        await work.trail.note(COMMAND_LINE, "password_reset", about=name)
        await work.trail.note(COMMAND_LINE, "codes_reset", about=name)
    return password


def _mark(hashed: str) -> str:
    """Tells one password from the next, and nothing about it."""
    return digest(hashed).hex()
