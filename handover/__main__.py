"""``python -m handover serve|migrate|token NAME|first-account|new-password NAME``"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.safety.patterns import PatternError
from bot.safety.resources import ResourceError
from bot.tracks.catalogue import CatalogueError
from handover.accounts.login import first_account, issue_token, rescue
from handover.accounts.provider import ProviderSettingsError
from handover.clock import system_clock
from handover.conversations.feed import Feed
from handover.handovers.answers import AnswerError
from handover.handovers.possibilities import PossibilityError
from handover.keyring import KeyringError, open_keyring
from handover.municipality import MunicipalityError
from handover.settings import Settings
from handover.storage.database import open_database
from handover.storage.migrate import migrate
from handover.storage.work import Store
from handover.telephony.account import TelephonyError
from handover.texts import TextError
from handover.watch.escalation import EscalationError

T = TypeVar("T")
WRONG_CONFIGURATION = (
    AnswerError, CatalogueError, EscalationError, KeyringError, MunicipalityError, PatternError,
    PossibilityError, ProviderSettingsError, ResourceError, TelephonyError, TextError,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        settings = Settings()
        return int(options.act(settings, options) or 0)
    except WRONG_CONFIGURATION as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="handover", description="The handover service")
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("serve", help="migrate the database and serve")
    serve.set_defaults(act=_serve)
    commands.add_parser("migrate", help="migrate the database").set_defaults(act=_migrate)
    token = commands.add_parser("token", help="print a new API token (replaces one of that name)")
    token.add_argument("name")
    token.set_defaults(act=_token)
    first = commands.add_parser("first-account", help="make the first account, if there is none")
    first.set_defaults(act=_first_account)
    lost = commands.add_parser("new-password", help="for an account that cannot get in any more")
    lost.add_argument("name")
    lost.set_defaults(act=_new_password)
    return parser


def _serve(settings: Settings, _: argparse.Namespace) -> None:
    import uvicorn  # here, so that the small commands start at once

    from handover.app import create_app

    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=settings.forwarded_allow_ips or None,
        timeout_graceful_shutdown=5,
        ws_max_size=64 * 1024,
    )


def _migrate(settings: Settings, _: argparse.Namespace) -> None:
    async def act(store: Store) -> None:
        return None

    asyncio.run(_with_store(settings, act))


def _token(settings: Settings, options: argparse.Namespace) -> None:
    print(asyncio.run(_with_store(settings, lambda store: issue_token(store, options.name))))


def _first_account(settings: Settings, _: argparse.Namespace) -> None:
    account = asyncio.run(_with_store(settings, first_account))
    if account is None:
        print("Der er allerede en konto.")
    else:
        name, password = account
        print(f"Navn: {name}\nAdgangskode (vises kun nu, og skal skiftes ved login): {password}")


def _new_password(settings: Settings, options: argparse.Namespace) -> int:
    password = asyncio.run(_with_store(settings, lambda store: rescue(store, options.name)))
    if password is None:
        print("Der er ingen åben konto med det navn og en adgangskode.", file=sys.stderr)
        return 1
    print(f"Adgangskode (vises kun nu, og skal skiftes ved login): {password}")
    return 0


async def _with_store(settings: Settings, act: Callable[[Store], Awaitable[T]]) -> T:
    """The store, on a database of the newest version."""
    database = open_database(settings.database)
    try:
        await migrate(database)
        return await act(Store(database, open_keyring(settings), system_clock, Feed()))
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
