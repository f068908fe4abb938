"""Two workers share the tests: what shares a running system stays together, else file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOGETHER = (HERE / "dialogue",)
"""Folders whose tests use one system, which takes a minute to start and a gigabyte."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = next((one for one in TOGETHER if one in item.path.parents), None)
        item.add_marker(pytest.mark.xdist_group(str(folder or item.path)))
