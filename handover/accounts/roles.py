"""What an account may do. One account can have several roles.

``raadgiver`` works with citizens' cases. ``leder`` decides how the counselling works: hours, texts,
who is called, and reads the audit trail. ``administrator`` decides who has an account. Neither of
the last two sees a citizen's words unless the account is ``raadgiver`` too.
"""

from __future__ import annotations

from handover.errors import Problem
from handover.storage.accounts import Account

RAADGIVER, LEDER, ADMINISTRATOR = "raadgiver", "leder", "administrator"
ROLES = (RAADGIVER, LEDER, ADMINISTRATOR)
COMMAND_LINE = "command line"
MUNICIPAL_LOGIN = "kommunens login"
NOBODYS = (COMMAND_LINE, MUNICIPAL_LOGIN, "watchdog", "vagten")
"""Names that the audit trail gives to the program's own acts, and no account can have."""


def needs(account: Account, *roles: str) -> None:
    """Raises Problem 403 for an account that has none of the roles."""
    if not account.roles.intersection(roles):
        raise Problem(403, "ikke_din_rolle")
