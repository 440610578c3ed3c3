"""A Redis of the tests' own, on a private unix socket; no test ever touches another one."""

import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.installing import programs
from tests.servers import processes

PRIVATE_AND_FORGETFUL = ("--port", "0", "--unixsocketperm", "700", "--save", "", "--appendonly", "no")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Path]:
    """The unix socket of a Redis that belongs to this test process."""
    with running_redis() as address:
        yield address


@contextmanager
def running_redis() -> Iterator[Path]:
    """The unix socket of a Redis that lives as long as the block, for programs that are no pytest."""
    program = programs.find_redis()
    if program is None:
        pytest.fail(f"redis-server is missing. {programs.REDIS_CURE}", pytrace=False)
    folder = Path(tempfile.mkdtemp(prefix="xr-", dir="/tmp"))  # a socket's path must be short
    address, log = folder / "redis.sock", folder / "log"
    process = processes.start(
        [program, "--unixsocket", address, "--dir", folder, *PRIVATE_AND_FORGETFUL],
        log=log,
    )
    try:
        processes.wait_until(lambda: command(address, "PING") == b"+PONG\r\n", process, log)
        yield address
    finally:
        processes.stop(process, signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(redis_server: Path) -> Iterator[str]:
    """`unix://…` of an empty Redis; several connections and processes may use it."""
    yield f"unix://{redis_server}"
    command(redis_server, "FLUSHALL")


def command(address: Path, word: str) -> bytes:
    """Send one bare command and return the raw answer; empty when nobody listens yet."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(address))
        except (FileNotFoundError, ConnectionRefusedError):
            return b""
        connection.sendall(word.encode() + b"\r\n")
        return connection.recv(200)
