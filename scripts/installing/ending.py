"""Lets a child process end with its parent, however that one ends. Standard library only."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> Callable[[], None] | None:
    """What a child runs before its program so that it ends even when `parent` is killed; Linux only (prctl(2))."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the bond was made
            os._exit(1)

    return bind
