"""Plays a scripted conversation by SMS: every word goes through the exchange, both ways."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path
from typing import Any

from handover.clock import system_clock
from handover.conversations.feed import Feed
from handover.keyring import open_keyring
from handover.settings import Settings
from handover.storage.database import open_database
from handover.storage.work import Store
from handover.telephony.sms.alphabet import segments
from tests.dialogue.exchange import Town
from tools.phone.exchange import Sms
from tools.player import Played, Player, Stuck, Turn

Json = dict[str, Any]
_numbers = itertools.count(20_000_000)
ANSWERED_WITHIN = 60.0  # seconds
NOTHING_MORE_AFTER = 0.6  # seconds without an SMS


class Texter(Player):
    """A Player whose citizen has a telephone. What was asked is read where it is stored, for an SMS
    carries no ids."""

    def __init__(self, url: str, token: str, town: Town, var: Path) -> None:
        super().__init__(url, token)
        self.town, self.var = town, var
        self.numbers: dict[int, str] = {}

    def got(self, played: Played) -> list[Sms]:
        number = self.numbers[id(played)]
        return [sms for sms in self.town.exchange.sent if sms.to == number]

    def cost(self, played: Played) -> list[int]:
        """The segments of each SMS that was sent to the citizen."""
        return [segments(sms.body) for sms in self.got(played)]

    def _begin(self, played: Played) -> None:
        """Nobody has said anything before the first SMS."""
        self.numbers[id(played)] = f"+45{next(_numbers)}"
        played.turns.append(Turn(None, None, None, "assistant", ()))

    def _say(self, played: Played, text: str) -> Json:
        before = len(self.got(played))
        answer = self.town.do(self.town.exchange.text(self.numbers[id(played)], text))
        answer.raise_for_status()
        self._wait(played, before)
        return asyncio.run(self._since(played))

    def _wait(self, played: Played, before: int) -> None:
        until, quiet = time.monotonic() + ANSWERED_WITHIN, 0.0
        count = before
        while quiet < NOTHING_MORE_AFTER:
            if time.monotonic() > until:
                raise Stuck("no SMS came back")
            time.sleep(0.05)
            now = len(self.got(played))
            quiet = quiet + 0.05 if now == count and now > before else 0.0
            count = now

    async def _since(self, played: Played) -> Json:
        """What was stored after the citizen's last words."""
        database = open_database(Settings(var=self.var).database)
        store = Store(database, open_keyring(Settings(var=self.var)), system_clock, Feed())
        async with store.read() as work:
            found = await work.lines.open_ones(self.numbers[id(played)])
            known = found[0].conversation_id if found else played.conversation_id
            conversation = await work.conversations.get(known)
            assert conversation is not None
            messages = [m.to_json() for m in await work.conversations.messages(conversation)]
        await database.close()
        played.conversation_id = conversation.id
        last = max(m["seq"] for m in messages if m["sender"] == "citizen")
        new = [m for m in messages if m["seq"] > last]
        return {"status": conversation.status, "messages": new}
