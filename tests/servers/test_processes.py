"""Servers of tests do not outlive the tests."""

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.servers import processes

PARENT = """
    import sys, time
    from pathlib import Path
    from tests.servers import processes

    child = processes.start(["sleep", "60"], log=Path(sys.argv[1]))
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_a_server_dies_with_killed_tests(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path / "log")],
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _runs(child)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _runs(child):
        assert time.monotonic() < deadline, "the server outlived its tests"
        time.sleep(0.02)


def test_a_server_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = processes.start(["sh", "-c", "echo port taken; exit 3"], log=log)
    with pytest.raises(processes.ServerFailed, match="port taken"):
        processes.wait_until(lambda: False, process, log)


def test_stopping_kills_what_does_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    log = tmp_path / "log"
    process = processes.start(["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"], log=log)
    processes.wait_until(lambda: "deaf" in log.read_text(), process, log)
    processes.stop(process, signal.SIGTERM)
    assert process.returncode == -signal.SIGKILL


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
