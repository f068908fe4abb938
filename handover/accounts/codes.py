"""The one-time codes of accounts, and the recovery codes for when the phone is gone."""

from __future__ import annotations

from handover.accounts import totp
from handover.clock import Clock
from handover.conversations.access import code_digest, new_resume_code
from handover.keyring import Keyring
from handover.storage.vault import Sealer
from handover.storage.work import Work

RECOVERY_CODES = 10
PLACE = "one-time codes"


class Codes:
    """Everything within the transaction that it is asked in."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self.key, self.clock = keyring.accounts, clock

    async def begin(self, work: Work, account_id: str) -> None:
        """A secret to be put into an app; it counts once a first code has confirmed it."""
        sealed = self._sealer(account_id).seal(totp.new_secret(), PLACE)
        await work.accounts.begin_otp(account_id, sealed)

    async def unconfirmed(self, work: Work, account_id: str) -> str | None:
        """The secret, for as long as it is to be shown."""
        otp = await work.accounts.otp(account_id)
        return self._secret(account_id, otp.secret) if otp and not otp.since else None

    async def confirm(self, work: Work, account_id: str, given: str) -> list[str] | None:
        """The recovery codes, or None when the code is not the app's."""
        if not await self._by_app(work, account_id, given):
            return None
        await work.accounts.confirm_otp(account_id)
        return await self.new_recovery_codes(work, account_id)

    async def new_recovery_codes(self, work: Work, account_id: str) -> list[str]:
        """The old ones stop working."""
        codes = [new_resume_code() for _ in range(RECOVERY_CODES)]
        hashes = [self._hash(account_id, code) for code in codes]
        await work.accounts.set_recovery_codes(account_id, hashes)
        return codes

    async def accept(self, work: Work, account_id: str, given: str) -> str | None:
        """How it was right: ``code`` or ``recovery_code``; None when it was not."""
        if await self._by_app(work, account_id, given):
            return "code"
        used = await work.accounts.use_recovery_code(account_id, self._hash(account_id, given))
        return "recovery_code" if used else None

    async def _by_app(self, work: Work, account_id: str, given: str) -> bool:
        otp = await work.accounts.otp(account_id)
        if otp is None:
            return False
        step = totp.step_of(self._secret(account_id, otp.secret), given, self.clock())
        return step is not None and await work.accounts.use_otp_step(account_id, step)

    def _secret(self, account_id: str, sealed: bytes) -> str:
        return str(self._sealer(account_id).open(sealed, PLACE))

    def _sealer(self, account_id: str) -> Sealer:
        return Sealer(account_id, self.key)

    def _hash(self, account_id: str, code: str) -> bytes:
        return code_digest(code, self.key + account_id.encode())
