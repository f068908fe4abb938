"""What all tests share: the stand-ins beside the service, and two workers. What uses one running
system stays on one worker, else they are shared file by file."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests import once
from tests.handover.conftest import FakeClock, RasaStandIn, WordScreen, free_port, serving

once.install()

TOGETHER = ("tests/dialogue/",)
"""Folders whose tests use one system, which takes a minute to start and a gigabyte."""


class Shares(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if path.startswith(folder)), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    return Shares(config, log)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look through it after every service."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def screen() -> WordScreen:
    return WordScreen()


@pytest.fixture
async def rasa() -> AsyncIterator[RasaStandIn]:
    stand_in = RasaStandIn(port=free_port())
    async with serving(stand_in.app(), stand_in.port):
        yield stand_in
