from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import environments
from tools.environments import Environment, fingerprint
from tools.places import REQUIREMENTS


@pytest.fixture
def installed(tmp_path: Path) -> Environment:
    """An environment as it is after its pins were installed."""
    environment = Environment(tmp_path, "a test environment", ((3, 12),))
    environment.python.parent.mkdir()
    environment.python.touch()
    environment.stamp.write_text(json.dumps(fingerprint(["app.txt", "dev.txt"])))
    return environment


def test_nothing_is_installed_while_the_pins_are_as_they_were(installed: Environment) -> None:
    assert environments.install(installed, ["app.txt"]) is False


def test_an_environment_whose_interpreter_is_gone_counts_as_empty(installed: Environment) -> None:
    installed.python.unlink()
    assert installed.installed() == {}


def test_a_damaged_stamp_counts_as_empty(installed: Environment) -> None:
    installed.stamp.write_text("{")
    assert installed.installed() == {}


@pytest.mark.parametrize("name", ["bot.txt", "app.txt", "dev.txt", "tools.txt"])
def test_every_pinned_package_has_a_hash_and_no_address(name: str) -> None:
    text = (REQUIREMENTS / name).read_text("utf-8")
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line and line[0].isalnum()]
    assert lines
    assert all("==" in line and "--hash=sha256:" in line for line in lines)
    assert "://" not in text
