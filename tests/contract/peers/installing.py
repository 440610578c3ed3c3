"""Fetches the peers: exact versions, below ``var/``, once for all processes of a run and for later runs.

A peer that cannot be reached (no npm, no network) skips its tests and says so; nothing else does.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
FOLDER = ROOT / "var" / "peers"
PROGRAMS = Path(__file__).parent / "programs"
NODE_PEERS = ("@wecom/crypto@1.0.1", "wechat-crypto@0.0.2", "co-wechat@2.4.0", "koa@2.16.2")
PYTHON_PEERS = Path(__file__).parent / "python_peers.txt"
_SECONDS = 100
_UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH"
    r"|NewConnectionError|ConnectTimeoutError|NameResolutionError|ReadTimeoutError|ProxyError"
)
"""What npm and pip say when there is no network. Anything else that goes wrong is a failure of ours."""


def node_modules() -> Path:
    """The folder to run Node programs in, with the peers installed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm is not installed")

    def install(folder: Path) -> None:
        (folder / "package.json").write_text('{"private": true}')
        quiet = ("--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
        _run([npm, "install", *quiet, *NODE_PEERS])

    return _installed("node", "\n".join(NODE_PEERS), install)


def peers_python() -> Path:
    """The interpreter of an environment of its own with the Python peers."""

    def install(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder / "venv")])
        pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip"]
        _run([*pip, "install", "--quiet", "--requirement", str(PYTHON_PEERS)])

    return _installed("python", PYTHON_PEERS.read_text(), install) / "venv" / "bin" / "python"


def _installed(name: str, recipe: str, install: Callable[[Path], None]) -> Path:
    folder = FOLDER / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    with _alone(name):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            install(folder)
            (folder / "complete").touch()
    return folder


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, cwd=FOLDER, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{Path(command[0]).name}: not reachable within {_SECONDS} s")
    if done.returncode == 0:
        return
    said = f"{Path(command[0]).name}: {done.stderr.strip()[-300:]}"
    if _UNREACHABLE.search(done.stderr):
        pytest.skip(said)
    pytest.fail(said)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
