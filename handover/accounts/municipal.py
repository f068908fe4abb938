"""Accounts of the municipality's own login: made, kept up to date and refused at each login."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from handover.accounts.administration import LONGEST_NAME, PutBack, set_roles
from handover.accounts.login import Logins
from handover.accounts.provider import Person
from handover.accounts.roles import ADMINISTRATOR, MUNICIPAL_LOGIN, NOBODYS
from handover.conversations.access import digest
from handover.errors import Problem
from handover.storage.accounts import Account
from handover.storage.vault import Sealer
from handover.storage.work import Store, Work

log = logging.getLogger("handover.login")

PLACE = "id token"


class MunicipalLogin:
    """An account belongs to issuer and subject, never to a name: a name can be had by another.
    ``lasts``: how long a session is believed until the provider is asked again."""

    def __init__(self, store: Store, logins: Logins, put_back: PutBack, lasts: timedelta) -> None:
        self.store, self.logins, self.put_back = store, logins, put_back
        self.lasts = lasts

    async def enter(self, person: Person) -> str:
        """The new session's token. Raises Problem 403 for whom the municipality gives no role, or
        whose account is closed."""
        async with self.store.write() as work:
            refused, account = await self._account(work, person)
            if account:
                sealed = self._sealer(account.id).seal(person.id_token, PLACE)
                return await self.logins.enter(work, account, sealed, self.lasts)
            about = person.name[:LONGEST_NAME]
            await work.trail.note(MUNICIPAL_LOGIN, "entry_refused", about=about)
        raise Problem(403, refused)

    async def id_token(self, session: str) -> str | None:
        """What the provider said at the login of this session, if it was there."""
        async with self.store.read() as work:
            account = await work.accounts.by_session(digest(session))
            sealed = await work.accounts.id_token(digest(session))
        if account is None or sealed is None:
            return None
        return str(self._sealer(account.id).open(sealed, PLACE))

    async def _account(self, work: Work, person: Person) -> tuple[str, Account | None]:
        """Why not, and the account if it may come in."""
        entry = await work.accounts.by_identity(person.identity)
        if entry and entry.closed_at:
            return "konto_lukket", None
        if entry and await self._is_last(work, entry.account, person):
            person = replace(person, roles=person.roles | {ADMINISTRATOR})
        if entry and entry.account.roles != person.roles:
            await set_roles(work, entry.account, person.roles, MUNICIPAL_LOGIN, self.put_back)
        if not person.roles:
            if entry:
                await work.accounts.close_sessions(entry.account.id)
            return "ingen_rolle", None
        return "", entry.account if entry else await self._new(work, person)

    async def _is_last(self, work: Work, account: Account, person: Person) -> bool:
        """Would their groups take the role from the last administrator? Nobody could give an
        account or take one away any more, so the role stays, and it is said."""
        if ADMINISTRATOR in person.roles or ADMINISTRATOR not in account.roles:
            return False
        if [a.id for a in await work.accounts.with_role(ADMINISTRATOR)] != [account.id]:
            return False
        await work.trail.note(MUNICIPAL_LOGIN, "administrator_kept", about=account.name)
        log.warning("the municipality's groups would take the last administrator's role: kept")
        return True

    async def _new(self, work: Work, person: Person) -> Account:
        name = await _free_name(work, person.name)
        roles = sorted(person.roles)
        account = await work.accounts.add(name, "", roles, identity=person.identity)
        detail = " ".join(roles)
        await work.trail.note(MUNICIPAL_LOGIN, "account_made", about=name, detail=detail)
        return account

    def _sealer(self, account_id: str) -> Sealer:
        return Sealer(account_id, self.store.keyring.accounts)


async def _free_name(work: Work, wanted: str) -> str:
    """``Bente Madsen``, or ``Bente Madsen 2`` where there is one already."""
    base = wanted[: LONGEST_NAME - 4]
    name, number = base, 1
    while name.casefold() in NOBODYS or await work.accounts.taken(name):
        number += 1
        name = f"{base} {number}"
    return name
