"""What an administrator does with accounts and programs' tokens. Everything is in the trail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from handover.accounts.passwords import hash_password, new_password
from handover.accounts.roles import ADMINISTRATOR, NOBODYS, RAADGIVER, ROLES
from handover.conversations.feed import LEAVING, listeners_of
from handover.errors import Problem
from handover.storage.accounts import Account, Entry, Token
from handover.storage.work import Store, Work

PutBack = Callable[[Work, str, str], Awaitable[None]]
LONGEST_NAME, LONGEST_SHOWN = 100, 60


@dataclass(frozen=True)
class Standing:
    accounts: Sequence[Entry]
    tokens: Sequence[Token]


class Administration:
    """``put_back``: gives what somebody holds back to the queue."""

    def __init__(self, store: Store, put_back: PutBack) -> None:
        self.store, self.put_back = store, put_back

    async def standing(self) -> Standing:
        async with self.store.read() as work:
            return Standing(await work.accounts.all(), await work.accounts.tokens())

    async def make(self, actor: str, name: str, roles: Collection[str]) -> str:
        """The first password, which has to be changed at the first login."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise Problem(422, "navn_ugyldigt")
        chosen, password = _chosen(roles), new_password()
        hashed = await hash_password(password)
        async with self.store.write() as work:
            if name.casefold() in NOBODYS or await work.accounts.taken(name):
                raise Problem(409, "navn_optaget")
            await work.accounts.add(name, hashed, chosen, must_change=True)
            detail = " ".join(chosen)
            await work.trail.note(actor, "account_made", about=name, detail=detail)
        return password

    async def change_roles(self, actor: str, account_id: str, roles: Collection[str]) -> None:
        chosen = _chosen(roles)
        async with self.store.write() as work:
            account = await _own(work, account_id)
            if account.roles == frozenset(chosen):
                return
            if ADMINISTRATOR not in chosen:
                await _not_the_last(work, account)
            await set_roles(work, account, chosen, actor, self.put_back)

    async def show_as(self, actor: str, account_id: str, name: str) -> None:
        """The name that citizens are told, also of an account of the municipality's login."""
        async with self.store.write() as work:
            await show_as(work, (await _entry(work, account_id)).account, name, actor)

    async def close(self, actor: str, account_id: str) -> None:
        """Its sessions end, and nobody goes on waiting for somebody who is gone."""
        async with self.store.write() as work:
            entry = await _entry(work, account_id)
            if entry.closed_at:
                return
            await _not_the_last(work, entry.account)
            await work.accounts.set_closed(account_id, True)
            await work.accounts.close_sessions(account_id)
            await work.trail.note(actor, "account_closed", about=entry.account.name)
            await self.put_back(work, entry.account.name, actor)
            work.announce(listeners_of(account_id), LEAVING)

    async def open_again(self, actor: str, account_id: str) -> None:
        async with self.store.write() as work:
            entry = await _entry(work, account_id)
            if entry.closed_at:
                await work.accounts.set_closed(account_id, False)
                await work.trail.note(actor, "account_opened", about=entry.account.name)

    async def new_password(self, actor: str, account_id: str) -> str:
        """Has to be changed at the next login; whoever was logged in is no longer."""
        password = new_password()
        hashed = await hash_password(password)
        async with self.store.write() as work:
            account = await _own(work, account_id)
            await work.accounts.set_password(account_id, hashed, must_change=True)
            await work.accounts.close_sessions(account_id)
            await work.trail.note(actor, "password_reset", about=account.name)
            work.announce(listeners_of(account_id), LEAVING)
        return password

    async def forget_codes(self, actor: str, account_id: str) -> None:
        """For a phone that is gone: the account has no one-time codes until it sets them up."""
        async with self.store.write() as work:
            account = await _own(work, account_id)
            await work.accounts.forget_otp(account_id)
            await work.trail.note(actor, "codes_reset", about=account.name)
            work.announce(listeners_of(account_id), LEAVING)

    async def revoke(self, actor: str, token_id: str) -> None:
        async with self.store.write() as work:
            known = {token.id: token.name for token in await work.accounts.tokens()}
            if token_id not in known:
                raise Problem(404, "findes_ikke")
            if await work.accounts.revoke(token_id):
                name = known[token_id]
                await work.trail.note(actor, "token_revoked", about=name)
                if not await work.accounts.known(name):  # else it may be a person's case
                    await self.put_back(work, name, actor)
                work.announce(listeners_of(token_id), LEAVING)


async def set_roles(
    work: Work, account: Account, roles: Collection[str], actor: str, put_back: PutBack
) -> None:
    """Whoever is no counsellor any more holds no case."""
    await work.accounts.set_roles(account.id, roles)
    detail = " ".join(sorted(roles))
    await work.trail.note(actor, "roles_changed", about=account.name, detail=detail)
    if RAADGIVER in account.roles and RAADGIVER not in roles:
        await put_back(work, account.name, actor)
    work.announce(listeners_of(account.id), LEAVING)


async def show_as(work: Work, account: Account, name: str, actor: str) -> None:
    """Empty: the role alone. Raises Problem 422."""
    name = " ".join(name.split())
    if len(name) > LONGEST_SHOWN or not name.isprintable():
        raise Problem(422, "vist_navn_ugyldigt")
    if name != account.shown_name:
        await work.accounts.set_shown_name(account.id, name)
        await work.trail.note(actor, "shown_name_changed", about=account.name, detail=name)


def _chosen(roles: Collection[str]) -> list[str]:
    chosen = sorted(set(roles) & set(ROLES))
    if not chosen:
        raise Problem(422, "vaelg_rolle")
    return chosen


async def _entry(work: Work, account_id: str) -> Entry:
    entry = await work.accounts.get(account_id)
    if entry is None:
        raise Problem(404, "findes_ikke")
    return entry


async def _own(work: Work, account_id: str) -> Account:
    """An account whose password and roles are decided here, not at the municipality's login."""
    account = (await _entry(work, account_id)).account
    if account.external:
        raise Problem(409, "kommunens_login_styrer")
    return account


async def _not_the_last(work: Work, account: Account) -> None:
    if [a.id for a in await work.accounts.with_role(ADMINISTRATOR)] == [account.id]:
        raise Problem(409, "sidste_administrator")
