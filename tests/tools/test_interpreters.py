from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import interpreters

HERE = sys.version_info[:2]


@pytest.fixture(autouse=True)
def a_machine_with_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none" / "python"))
    monkeypatch.setattr(interpreters, "homes", lambda environment: [Path(environment["HOME"])])


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Writes a stand-in interpreter that answers the probe with a version, or refuses."""

    def put(place: str, version: str | None, kind: str = "CPython") -> Path:
        path = tmp_path / place
        path.parent.mkdir(parents=True)
        answer = f"echo {kind} {version.replace('.', ' ')} 8" if version else "exit 127"
        path.write_text(f"#!/bin/sh\n{answer}\n")
        path.chmod(0o755)
        return path

    return put


def find(tmp_path: Path, *wanted: tuple[int, int], path: str = "") -> Path | None:
    environment = {"HOME": str(tmp_path / "home"), "PATH": path}
    found = interpreters.find(wanted, environment, tmp_path / "root")
    return found.path if found else None


def test_an_interpreter_in_a_version_managers_folder_is_found(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    python = put("home/.pyenv/versions/3.10.13/bin/python3.10", "3.10")
    assert find(tmp_path, (3, 10)) == python


def test_the_first_wanted_version_wins_wherever_it_lies(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    put("root/usr/bin/python3.11", "3.11")
    newer = put("home/.asdf/installs/python/3.12.4/bin/python3.12", "3.12")
    assert find(tmp_path, (3, 12), (3, 11)) == newer


def test_an_older_wanted_version_is_taken_where_it_is_all_there_is(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    only = put("root/usr/bin/python3.11", "3.11")
    assert find(tmp_path, (3, 12), (3, 11)) == only


def test_a_shim_that_refuses_to_run_is_passed_over(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    shim = put("shims/python3.10", None)
    real = put("root/opt/python3.10/bin/python3.10", "3.10")
    assert find(tmp_path, (3, 10), path=str(shim.parent)) == real


def test_a_file_with_the_right_name_and_another_version_is_passed_over(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    put("root/usr/bin/python3.10", "3.9")
    assert find(tmp_path, (3, 10)) is None


def test_another_implementation_of_python_is_passed_over(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    put("root/usr/bin/python3.10", "3.10", kind="PyPy")
    assert find(tmp_path, (3, 10)) is None


def test_the_newest_patch_release_comes_first(tmp_path: Path, put: Callable[..., Path]) -> None:
    put("home/.pyenv/versions/3.10.2/bin/python3.10", "3.10")
    newest = put("home/.pyenv/versions/3.10.13/bin/python3.10", "3.10")
    assert find(tmp_path, (3, 10)) == newest


def test_the_probe_recognises_a_real_interpreter() -> None:
    assert interpreters.usable(Path(sys.base_prefix) / "bin" / "python3") == HERE
