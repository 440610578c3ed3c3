"""What a machine must have, and the sentence it gets when it has not."""

import shutil
import sys
from collections import namedtuple

import pytest

from scripts.installing import checks
from scripts.installing.problem import SetupProblem

Usage = namedtuple("Usage", "total used free")


def test_this_machine_will_do() -> None:
    checks.check_system()
    checks.check_python()


def test_another_python_is_named_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SetupProblem, match=r"Python 3\.11 is needed.*apt install python3\.11-venv.*PYTHON="):
        checks.check_python()


def test_a_full_disk_is_named_with_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100, 99, int(1.5 * checks.GIB)))
    with pytest.raises(SetupProblem, match=r"5 GB of free disk.*has 1\.5"):
        checks.check_disk()


def test_windows_is_told_of_wsl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SetupProblem, match="WSL"):
        checks.check_system()
