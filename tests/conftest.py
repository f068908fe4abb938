"""What all tests share: the stand-ins beside the service, and two workers. What uses one running
system stays on one worker, else they are shared file by file."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests import once
from tests.handover.conftest import FakeClock, RasaStandIn, WordScreen, serving
from tools.ports import free_port

once.install()
pytest_plugins = ["tests.database"]

TOGETHER = "tests/dialogue/"
"""Its tests use one system, which takes a minute to start and a gigabyte."""
APART = ("tests/dialogue/test_fifth_track.py", "tests/dialogue/test_rasa_dies.py")
"""They start systems of their own, and may do so on the other worker."""
LONGEST_FIRST = (TOGETHER, "tests/e2e/", *APART, "tests/telephony/", "tests/handover/", "tests/")
"""So that short files are left when one worker is done and waits for the other."""


def share(path: str) -> str:
    """What runs on one worker, one after the other."""
    return TOGETHER if path.startswith(TOGETHER) and path not in APART else path


def rank(path: str) -> int:
    if path in APART:
        return LONGEST_FIRST.index(path)
    return next(n for n, start in enumerate(LONGEST_FIRST) if path.startswith(start))


class Shares(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid.split("::", 1)[0])


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # the order is that of pytest_collection_modifyitems


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank(item.nodeid.split("::", 1)[0]))


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
