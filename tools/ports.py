"""The three ports the system listens on, and whether they are free."""

from __future__ import annotations

import itertools
import os
import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from tools.report import Stop

LOOPBACK = "127.0.0.1"
VARIABLES = {"edge": "HANDOVER_PORT", "rasa": "RASA_PORT", "actions": "ACTIONS_PORT"}
TITLES = {"edge": "the pages", "rasa": "Rasa", "actions": "the action server"}
BELOW_OUTGOING = range(20_000, 32_768)
_choices = itertools.cycle(random.sample(BELOW_OUTGOING, len(BELOW_OUTGOING)))


@dataclass(frozen=True)
class Ports:
    edge: int = 8000
    rasa: int = 5005
    actions: int = 5055

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Ports:
        return cls(
            **{
                name: number(variable, environment[variable])
                for name, variable in VARIABLES.items()
                if environment.get(variable)
            }
        )

    @classmethod
    def free(cls) -> Ports:
        """Three ports that nothing listens on now."""
        return cls(*(free_port() for _ in VARIABLES))

    def check_free(self, host: str = LOOPBACK) -> None:
        """Stop, with the variable that moves it, at the first port that is taken."""
        for name, variable in VARIABLES.items():
            port: int = getattr(self, name)
            if taken(port, host if name == "edge" else LOOPBACK):
                raise Stop(
                    f"Port {port} for {TITLES[name]} is taken: stop what uses it, "
                    f"or choose another with {variable}={port + 1000} make run"
                )


def free_port() -> int:
    """A port of this machine that nobody uses, another one each time.

    It lies below those that the system gives to outgoing connections, so that none of them takes it
    before whoever asked for it listens there.
    """
    while taken(port := next(_choices)):
        pass
    return port


def number(variable: str, value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise Stop(f"{variable}={value} is no port: give a number from 1 to 65535")
    return int(value)


def taken(port: int, host: str = LOOPBACK) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
