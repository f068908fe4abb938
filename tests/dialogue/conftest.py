"""One running system for all conversations, which are played four at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.dialogue import exchange
from tools.player import Played, Player
from tools.ports import free_port
from tools.script import Script
from tools.system import System
from tools.train import ASSISTANT, SCREEN

AT_ONCE = 4


class Stage:
    """Plays each conversation once, whoever asks for it."""

    def __init__(self, player: Player, pool: ThreadPoolExecutor) -> None:
        self._player, self._pool = player, pool
        self._played: dict[str, Future[Played]] = {}

    def begin(self, script: Script) -> None:
        if script.name not in self._played:
            self._played[script.name] = self._pool.submit(self._player.play, script)

    def played(self, script: Script) -> Played:
        self.begin(script)
        return self._played[script.name].result()


@pytest.fixture(scope="session")
def exchange_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, exchange_port: int) -> Iterator[System]:
    """It takes the exchange for Twilio."""
    for product in (SCREEN, ASSISTANT):
        assert product.target.exists(), f"{product.title} is not trained: run `make train`"
    settings = exchange.settings(exchange_port)
    with System.temporary(tmp_path_factory.mktemp("system"), settings) as system:
        yield system


@pytest.fixture(scope="session")
def town(system: System, exchange_port: int) -> Iterator[exchange.Town]:
    with exchange.running(exchange_port, system.url) as town:
        yield town


@pytest.fixture(scope="session")
def stage(system: System, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Begins with every conversation that a selected test will ask for."""
    pool = ThreadPoolExecutor(AT_ONCE)
    with Player(system.url, system.token("dialogue")) as player, pool:
        stage = Stage(player, pool)
        for item in request.session.items:
            parameters = getattr(item, "callspec", None)
            if parameters and isinstance(parameters.params.get("script"), Script):
                stage.begin(parameters.params["script"])
        yield stage
        pool.shutdown(cancel_futures=True)
