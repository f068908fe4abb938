from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tools.ports import Ports
from tools.report import Stop


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_usual_ports_are_used_unless_the_environment_names_others() -> None:
    assert Ports.from_environment({"RASA_PORT": "6005"}) == Ports(8000, 6005, 5055)


def test_free_ports_pass_the_check() -> None:
    Ports.free().check_free()


def test_free_ports_differ_from_each_other() -> None:
    ports = Ports.free()
    assert len({ports.edge, ports.rasa, ports.actions}) == 3


@pytest.mark.parametrize(
    ("name", "variable"),
    [("edge", "HANDOVER_PORT"), ("rasa", "RASA_PORT"), ("actions", "ACTIONS_PORT")],
)
def test_a_taken_port_is_named_with_the_variable_that_moves_it(
    taken_port: int, name: str, variable: str
) -> None:
    ports = replace(Ports.free(), **{name: taken_port})
    with pytest.raises(Stop, match=rf"Port {taken_port} .* is taken: .*{variable}=\d+ make run$"):
        ports.check_free()


@pytest.mark.parametrize("value", ["0", "65536", "-1", "otte", "80 80"])
def test_what_is_no_port_number_is_refused_by_name(value: str) -> None:
    with pytest.raises(Stop, match="RASA_PORT="):
        Ports.from_environment({"RASA_PORT": value})
