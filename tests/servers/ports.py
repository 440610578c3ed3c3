"""Free TCP ports on the loopback interface."""

import socket

import pytest


def choose_free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def free_port() -> int:
    """One free port; a test that needs several calls `choose_free_port`."""
    return choose_free_port()
