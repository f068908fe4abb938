"""`make phone`: the whole system with a telephone exchange of its own, and a telephone to try it.

.venv/bin/python -m tools.phone

Everything goes through the same signed webhooks as with Twilio. What is said is read aloud too if
espeak-ng is installed. Data lies in var/phone, apart from the real.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

from handover.telephony.numbers import e164
from tools import report, setup, train
from tools.phone.line import Line, TwimlError
from tools.phone.simulator import CALLER, COUNSELLOR, NAME, exchange_at, settings
from tools.phone.terminal import PROMPT, Terminal
from tools.places import VAR
from tools.ports import Ports
from tools.report import say
from tools.run import interrupt
from tools.system import System

KEYS = re.compile(r"[0-9*#]+")
HELP = """
  /call [number]   call, from a number of your own choice; /hidden calls without one
  words            say them           1, *, # ...    press keys         (nothing)  say nothing
  /noise words     say them on a bad line            /hang              hang up
  /sms words       send an SMS        /help          this               /quit      or Ctrl-D"""
NO_VOICE = "espeak-ng is not installed: what is said in a call is written here and not heard."


async def main(system: System, port: int) -> None:
    async with exchange_at(port, system.url) as exchange:
        terminal = Terminal(exchange, espeak=shutil.which("espeak-ng"))
        exchange.switchboard.phones[COUNSELLOR] = terminal.counsellor
        exchange.switchboard.during = terminal.joined
        if terminal.espeak is None:
            say(NO_VOICE)
        printing = asyncio.create_task(terminal.show_sms(CALLER))
        say(HELP)
        with suppress(EOFError):
            await _obey(terminal)
        printing.cancel()


async def _obey(terminal: Terminal) -> None:
    line: Line | None = None
    while True:
        said = (await terminal.read(PROMPT)).strip()
        command, _, rest = said.partition(" ")
        try:
            match command:
                case "/quit":
                    return
                case "/help":
                    say(HELP)
                case "/call" | "/hidden":
                    number = _number(rest) if command == "/call" else ""
                    if number is None:
                        say(f"{rest} is no telephone number: +4520123456 is one.")
                        continue
                    if line and not line.over:
                        say("You hang up, and call again.")
                        await line.hang_up()
                    line = await terminal.ring(number)
                case "/sms" if not rest:
                    say("Write the words behind it: /sms jeg har brug for hjælp")
                case "/sms":
                    await terminal.text(CALLER, rest)
                case _ if line is None or line.over:
                    say("No call is open: /call begins one, /sms sends an SMS, /help tells more.")
                case "/hang":
                    await line.hang_up()
                case "/noise" if rest:
                    await line.say(rest, confidence=0.2)
                case "":
                    await line.silence()
                case _ if said.startswith("/"):
                    say(f"{command} is not known: /help tells what is.")
                case _:
                    await (line.press(said) if KEYS.fullmatch(said) else line.say(said))
        except TwimlError as error:
            say(f"Twilio would refuse that: {error}")
        await terminal.speak()
        if line and line.over:
            say("The call is over. /call begins another.")
            line = None


def _number(given: str) -> str | None:
    """In Twilio's form; None for what is no telephone number."""
    return e164(given) if given else CALLER


def run() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    ports = Ports.from_environment()
    ports.check_free()
    setup.set_up()
    train.train_when_stale()
    port, folder = Ports.free().edge, VAR / "phone"
    system = System(folder, ports, settings=settings(ports, port, folder), say=say)
    say("Starting Rasa, the action server and the handover service (Rasa takes longest) ...")
    try:
        system.start()
        account = system.handover("first-account").strip()
        system.wait_ready()
        say(f"\nFor counsellors:     {system.url}/console\n{account}")
        say(f"The telephone of »{NAME}« rings here when a caller wants a human.")
        asyncio.run(main(system, port))
    except KeyboardInterrupt:
        say("\nStopping ...")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        system.stop()


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with suppress(subprocess.CalledProcessError):
        report.run(run)
