"""Starts server processes that die with the tests, even when the tests are killed."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

PR_SET_PDEATHSIG = 1
START_SECONDS = 120.0
STOP_SECONDS = 30.0


class ServerFailed(AssertionError):
    """A server that the tests need did not start; the message holds the end of its log."""


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    user: pwd.struct_passwd | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server whose output goes to `log`; on Linux it gets `death_signal` when the tests are gone."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=log.parent,
            **switch_to(user),
            start_new_session=True,
            preexec_fn=die_with(os.getpid(), death_signal),  # noqa: PLW1509 - calls nothing that takes a lock
        )


class Switch(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that change who a program runs as."""

    user: int
    group: int
    extra_groups: list[int]


def switch_to(user: pwd.struct_passwd | None) -> Switch:
    """Run as that user, with none of our groups; None stays who we are."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program so that it cannot outlive `parent`; Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the bond was made
            os._exit(1)

    return bind


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, *, seconds: float = START_SECONDS
) -> None:
    """Wait until the server answers; ServerFailed when it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            tail = log.read_text(errors="replace")[-2000:]
            raise ServerFailed(f"{process.args!r} did not start:\n{tail}")
        time.sleep(0.02)


def stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Stop a server the quick way it understands, and kill it when it does not listen."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
