"""The three ports the system listens on, and whether they are free."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from tools.report import Stop

LOOPBACK = "127.0.0.1"
VARIABLES = {"edge": "HANDOVER_PORT", "rasa": "RASA_PORT", "actions": "ACTIONS_PORT"}
TITLES = {"edge": "the pages", "rasa": "Rasa", "actions": "the action server"}


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
        """Three ports that nothing listens on now; held together while choosing, so they differ."""
        with ExitStack() as held:
            sockets = [held.enter_context(socket.socket()) for _ in VARIABLES]
            for each in sockets:
                each.bind((LOOPBACK, 0))
            return cls(*(each.getsockname()[1] for each in sockets))

    def check_free(self, host: str = LOOPBACK) -> None:
        """Stop, with the variable that moves it, at the first port that is taken."""
        for name, variable in VARIABLES.items():
            port: int = getattr(self, name)
            if taken(port, host if name == "edge" else LOOPBACK):
                raise Stop(
                    f"Port {port} for {TITLES[name]} is taken: stop what uses it, "
                    f"or choose another with {variable}={port + 1000} make run"
                )


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
