"""What everybody does with their own account: the password, and the one-time codes."""

from __future__ import annotations

import re

from handover.accounts import totp
from handover.accounts.administration import show_as
from handover.accounts.login import Caller, Logins
from handover.accounts.passwords import SHORTEST, hash_password, verify
from handover.conversations.access import digest
from handover.conversations.feed import LEAVING, listeners_of
from handover.errors import Problem
from handover.municipality import MAIL
from handover.storage.work import Store, Work

LONGEST_MAIL = 254


class OwnAccount:
    """``issuer``: what an app calls the place that its codes are for."""

    def __init__(self, store: Store, logins: Logins, issuer: str) -> None:
        self.store, self.logins, self.issuer = store, logins, issuer
        self.codes = logins.codes

    async def change_password(self, caller: Caller, old: str, new: str, again: str) -> None:
        """Wherever else the account is logged in, it is no longer."""
        hashed = await self._checked(caller, old)
        if new != again:
            raise Problem(422, "adgangskode_forskellig")
        if len(new) < SHORTEST:
            raise Problem(422, "adgangskode_kort", values={"antal": str(SHORTEST)})
        if caller.name.casefold() in new.casefold():
            raise Problem(422, "adgangskode_navn")
        if await verify(new, hashed):
            raise Problem(422, "adgangskode_samme")
        fresh = await hash_password(new)
        async with self.store.write() as work:
            account_id = caller.account.id
            await work.accounts.set_password(account_id, fresh, must_change=False)
            await work.accounts.close_sessions(account_id, but=digest(caller.session or ""))
            await work.trail.note(caller.name, "password_changed")
            work.announce(listeners_of(account_id), LEAVING)

    async def show_as(self, caller: Caller, name: str) -> None:
        """The name that citizens are told."""
        async with self.store.write() as work:
            await show_as(work, caller.account, name, caller.name)

    async def set_mail(self, caller: Caller, address: str) -> None:
        """Where reminders go; empty: nowhere."""
        address = address.strip()
        if len(address) > LONGEST_MAIL or not address.isascii() or not re.match(MAIL, address):
            raise Problem(422, "mail_ugyldig")
        async with self.store.write() as work:
            await work.accounts.set_mail(caller.account.id, address)
            if address != caller.account.mail:
                await work.trail.note(caller.name, "mail_changed")

    async def recovery_codes_left(self, caller: Caller) -> int:
        async with self.store.read() as work:
            return await work.accounts.recovery_codes_left(caller.account.id)

    async def begin_codes(self, caller: Caller, password: str) -> None:
        await self._checked(caller, password)
        async with self.store.write() as work:
            await self.codes.begin(work, caller.account.id)

    async def unconfirmed(self, caller: Caller) -> tuple[str, str] | None:
        """The key to be put into an app, as letters and as a picture."""
        async with self.store.read() as work:
            secret = await self.codes.unconfirmed(work, caller.account.id)
        if secret is None:
            return None
        address = totp.address(secret, caller.name, self.issuer)
        return totp.spaced(secret), totp.picture(address)

    async def confirm_codes(self, caller: Caller, code: str) -> list[str]:
        """The recovery codes, shown once."""
        async with self.logins.limit.turn(_key(caller)):
            async with self.store.write() as work:
                if await self.codes.unconfirmed(work, caller.account.id) is None:
                    raise Problem(409, "koder_ikke_begyndt")
                recovery = await self.codes.confirm(work, caller.account.id, code)
                if recovery is not None:
                    await work.trail.note(caller.name, "codes_set_up")
                    return recovery
            raise self._wrong(caller)

    async def new_recovery_codes(self, caller: Caller, code: str) -> list[str]:
        async with self.logins.limit.turn(_key(caller)):
            async with self.store.write() as work:
                if await self._accepted(work, caller, code):
                    await work.trail.note(caller.name, "recovery_codes_made")
                    return await self.codes.new_recovery_codes(work, caller.account.id)
            raise self._wrong(caller)

    async def turn_codes_off(self, caller: Caller, code: str) -> None:
        async with self.logins.limit.turn(_key(caller)):
            async with self.store.write() as work:
                if await self._accepted(work, caller, code):
                    await work.accounts.forget_otp(caller.account.id)
                    await work.trail.note(caller.name, "codes_turned_off")
                    work.announce(listeners_of(caller.account.id), LEAVING)
                    return
            raise self._wrong(caller)

    async def _accepted(self, work: Work, caller: Caller, code: str) -> bool:
        if not caller.account.codes:
            raise Problem(409, "koder_ikke_begyndt")
        return await self.codes.accept(work, caller.account.id, code) is not None

    def _wrong(self, caller: Caller) -> Problem:
        self.logins.limit.failed(_key(caller))
        return Problem(422, "forkert_kode")

    async def _checked(self, caller: Caller, password: str) -> str:
        """The hash of the password that was right. Whoever sits at an open browser is not yet
        its owner."""
        if caller.account.external:
            raise Problem(409, "kommunens_login_styrer")
        key = f"name {caller.name.lower()}"
        async with self.logins.limit.turn(key):
            async with self.store.read() as work:
                hashed = await work.accounts.password_hash(caller.account.id)
            if hashed is None or not await verify(password, hashed):
                self.logins.limit.failed(key)
                async with self.store.write() as work:
                    await work.trail.note(caller.name, "password_change_failed")
                raise Problem(422, "forkert_adgangskode")
            return hashed


def _key(caller: Caller) -> str:
    return f"code {caller.account.id}"
