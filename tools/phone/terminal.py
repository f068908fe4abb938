"""A telephone and an SMS client on the terminal."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import xml.etree.ElementTree as ET
from contextlib import suppress

from tools.phone.exchange import Exchange, new_sid
from tools.phone.line import Line
from tools.report import say

LOOK_EVERY = 0.3  # seconds
PACE = "150"  # words a minute
PROMPT = "> "


class Terminal:
    """``espeak``: the program that reads aloud; None: only written."""

    def __init__(self, exchange: Exchange, espeak: str | None) -> None:
        self.exchange, self.espeak = exchange, espeak
        self.unspoken: list[str] = []

    async def read(self, prompt: str) -> str:
        """In a thread that nobody waits for: Ctrl-C ends the program without another line."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()

        def done(line: str | None) -> None:
            if answer.done():
                return
            if line is None:
                answer.set_exception(EOFError())
            else:
                answer.set_result(line)

        def ask() -> None:
            line: str | None = None
            with suppress(EOFError):
                line = input(prompt)
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(done, line)

        threading.Thread(target=ask, daemon=True).start()
        return await answer

    async def text(self, number: str, words: str) -> None:
        """An SMS to us; a command is answered at once, everything else comes by itself."""
        answer = await self.exchange.text(number, words)
        if answer.status_code != 200:
            say(f"The service answered {answer.status_code}.")
            return
        said = [str(one.text) for one in ET.fromstring(answer.text.encode()).iter("Message")]
        for body in said:
            self.show(body)
        if not said:
            say("Sent. The answer comes here.")

    def show(self, body: str) -> None:
        say("\n  SMS: " + "\n       ".join(body.splitlines()))

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

    async def joined(self) -> None:
        """Caller and counsellor talk with each other; we hear nothing of it."""
        say("\n  The caller and the counsellor are connected now. (nothing) ends their talk.")
        await self.read("  talking> ")

    async def show_sms(self, number: str) -> None:
        """Print what comes to this number, as long as the program runs."""
        shown = 0
        while True:
            sent = [sms for sms in self.exchange.sent if sms.to == number]
            for sms in sent[shown:]:
                self.show(sms.body)
            if sent[shown:]:
                print(PROMPT, end="", flush=True)
            shown = len(sent)
            await asyncio.sleep(LOOK_EVERY)
