"""Which ports the demo takes."""

import socket

import pytest

from scripts.demonstrating import ports
from scripts.demonstrating.ports import claimed_port
from scripts.demonstrating.problem import DemoFailed


def test_the_preferred_port_is_taken_when_it_is_free(free_port: int) -> None:
    with claimed_port(free_port) as chosen, socket.create_server(("127.0.0.1", chosen)):
        assert chosen == free_port


def test_another_demos_port_is_left_alone_before_it_listens(free_port: int) -> None:
    with claimed_port(free_port) as one, claimed_port(free_port) as other:
        assert other > one
    with claimed_port(free_port) as again:
        assert again == free_port


def test_a_port_that_is_used_on_all_addresses_is_left_alone(free_port: int) -> None:
    with socket.create_server(("0.0.0.0", free_port)), claimed_port(free_port) as chosen:
        assert chosen > free_port


def test_a_connection_that_has_just_ended_does_not_keep_the_port(free_port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", free_port)) as server,
        socket.create_connection(("127.0.0.1", free_port)) as client,
    ):
        connection, _ = server.accept()
        connection.close()  # the server's side first: its port is the one that lingers
        assert client.recv(1) == b""
    with claimed_port(free_port) as chosen:
        assert chosen == free_port


def test_no_free_port_is_a_sentence(free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "TRIES", 1)
    with (
        socket.create_server(("127.0.0.1", free_port)),
        pytest.raises(DemoFailed, match=f"no free port between {free_port} and {free_port}"),
        claimed_port(free_port),
    ):
        pass
