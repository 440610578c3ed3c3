"""Ports for the demo: the usual ones, or the next ones where somebody has those."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from scripts.demonstrating.problem import DemoFailed

TRIES = 100


@contextmanager
def claimed_port(preferred: int) -> Iterator[int]:
    """The first port of 127.0.0.1 from ``preferred`` on that nobody listens on and no other demo has claimed.

    Claims are locked files, since a program listens only seconds after its port was chosen, and demos that start
    together would choose the same. Raises DemoFailed when no port is free.
    """
    folder = _folder_of_claims()
    for port in range(preferred, preferred + TRIES):
        with (folder / str(port)).open("w") as claim:
            if _lock(claim) and _is_free(port):
                yield port
                return
    raise DemoFailed(f"没有空闲端口 · no free port between {preferred} and {preferred + TRIES - 1}")


def _folder_of_claims() -> Path:
    folder = Path(tempfile.gettempdir()) / f"xiaoer-{os.getuid()}-ports"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise DemoFailed(f"{folder} belongs to somebody else; set TMPDIR to another folder")
    return folder


def _lock(claim: TextIO) -> bool:
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that have just ended do not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True
