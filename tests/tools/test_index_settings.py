from __future__ import annotations

from pathlib import Path

import pytest

from tools import index_settings

ON_THE_MACHINE = {"index-url": "https://index.example/simple", "cert": "/etc/company.crt"}


@pytest.fixture(autouse=True)
def a_machine_with_a_company_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_settings, "pip_settings", lambda _python: ON_THE_MACHINE)


def told(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    surroundings = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), **environment}
    return index_settings.for_uv(Path("python"), surroundings)


def test_uv_is_told_the_index_and_the_certificates_that_pip_uses(tmp_path: Path) -> None:
    added = told({}, tmp_path)
    assert added["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert added["SSL_CERT_FILE"] == "/etc/company.crt"


def test_an_index_that_uv_was_given_itself_stays(tmp_path: Path) -> None:
    assert "UV_DEFAULT_INDEX" not in told({"UV_INDEX_URL": "https://mine.example"}, tmp_path)


def test_a_settings_file_of_uv_stays_in_force(tmp_path: Path) -> None:
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text("")
    assert "UV_DEFAULT_INDEX" not in told({}, tmp_path)


def test_a_variable_that_is_set_is_never_overwritten(tmp_path: Path) -> None:
    assert "SSL_CERT_FILE" not in told({"SSL_CERT_FILE": "/mine.crt"}, tmp_path)


def test_without_a_home_the_cache_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert told({"HOME": ""}, tmp_path)["UV_CACHE_DIR"].endswith("cache/uv")


def test_what_a_variable_tells_pip_wins_over_its_files() -> None:
    listed = ":env:.cert='/from/variable.crt'\nglobal.cert='/from/file.crt'\n"
    assert index_settings.parse(listed) == {"cert": "/from/variable.crt"}
