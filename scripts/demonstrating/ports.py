"""Ports for the demo: the usual ones, or the next ones where somebody has those."""

from __future__ import annotations

import socket

from scripts.demonstrating.problem import DemoFailed

TRIES = 100


class ReservedPort:
    """Keeps a port of 127.0.0.1 from other demos until its program starts and takes it."""

    def __init__(self, preferred: int) -> None:
        """Reserves the first free port from ``preferred`` on. Raises DemoFailed when there is none."""
        self._socket = _listen_on_the_first(preferred)
        self.number: int = self._socket.getsockname()[1]

    def release(self) -> None:
        """Lets go, for the program that is about to start. May be called twice."""
        self._socket.close()


def _listen_on_the_first(preferred: int) -> socket.socket:
    for port in range(preferred, preferred + TRIES):
        listener = socket.socket()
        # As servers do: connections that have just ended do not keep the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(1)
        except OSError:
            listener.close()
        else:
            return listener
    raise DemoFailed(f"没有空闲端口 · no free port between {preferred} and {preferred + TRIES - 1}")
