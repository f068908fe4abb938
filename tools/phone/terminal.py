"""A telephone and an SMS client on the terminal."""

from __future__ import annotations

import asyncio
import subprocess

from tools.phone.exchange import Exchange, new_sid
from tools.phone.line import Line
from tools.report import say

LOOK_EVERY = 0.3  # seconds
PACE = "150"  # words a minute


class Terminal:
    """``espeak``: the program that reads aloud; None: only written."""

    def __init__(self, exchange: Exchange, espeak: str | None) -> None:
        self.exchange, self.espeak = exchange, espeak
        self.unspoken: list[str] = []

    async def read(self, prompt: str) -> str:
        return await asyncio.to_thread(input, prompt)

    async def ring(self, number: str) -> Line:
        return await self.exchange.switchboard.ring(number, new_sid("CA"), self.hears)

    def hears(self, text: str) -> None:
        say(f"    {text}")
        self.unspoken.append(text)

    async def speak(self) -> None:
        """Aloud, where that is possible."""
        texts, self.unspoken = self.unspoken, []
        if self.espeak and texts:
            command = [self.espeak, "-v", "da", "-s", PACE, " ".join(texts)]
            await asyncio.to_thread(subprocess.run, command, check=False)

    async def counsellor(self, line: Line) -> None:
        """The counsellor's telephone rings, and whoever sits here picks it up."""
        say("\n  A counsellor's telephone rings, and only the counsellor hears:")
        for text in line.heard:
            say(f"      {text}")
        keys = (await self.read("  counsellor> ")).strip()
        await (line.press(keys) if keys else line.silence())

    async def show_sms(self, number: str) -> None:
        """Print what comes to this number, as long as the program runs."""
        shown = 0
        while True:
            sent = [sms for sms in self.exchange.sent if sms.to == number]
            for sms in sent[shown:]:
                say(f"\n  SMS: {sms.body}")
            shown = len(sent)
            await asyncio.sleep(LOOK_EVERY)
