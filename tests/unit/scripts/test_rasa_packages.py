"""Rasa's environment is made when its lock changed, and a half-made one is not taken for finished."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.installing import rasa_packages
from scripts.installing.problem import SetupProblem


class Commands:
    """Notes what would be run; the step that ``fails_at`` names fails."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.commands: list[list[str]] = []
        self.fails_at = ""

    def __call__(self, title: str, command: Sequence[str | Path], **_: object) -> None:
        self.titles.append(title)
        self.commands.append([str(part) for part in command])
        if title == self.fails_at:
            raise SetupProblem("disk full")


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    noted = Commands()
    (tmp_path / "build.txt").write_text("pip==1")
    (tmp_path / "rasa.txt").write_text("rasa==1")
    for name, value in {
        "REQUIREMENTS": tmp_path,
        "VAR": tmp_path / "var",
        "RASA_STAMPS": tmp_path / "stamps",
        "run": noted,
        "check_disk": lambda: None,
        "_is_usable": lambda: True,
    }.items():
        monkeypatch.setattr(rasa_packages, name, value)
    return noted


def test_installs_once_until_the_lock_changes(commands: Commands, tmp_path: Path) -> None:
    rasa_packages.install()
    once = len(commands.titles)
    rasa_packages.install()
    assert len(commands.titles) == once
    (tmp_path / "rasa.txt").write_text("rasa==2")
    rasa_packages.install()
    assert len(commands.titles) == 2 * once


def test_a_failed_step_is_done_again(commands: Commands) -> None:
    commands.fails_at = "Installing Rasa (about 2.5 GB unpacked)"
    with pytest.raises(SetupProblem):
        rasa_packages.install()
    commands.fails_at = ""
    commands.titles.clear()
    rasa_packages.install()
    assert "Checking that Rasa starts" in commands.titles


def test_nothing_but_the_lock_is_installed(commands: Commands) -> None:
    rasa_packages.install()
    installing = [command for command in commands.commands if "install" in command]
    assert len(installing) == 2
    assert all({"--no-deps", "--require-hashes"} <= set(command) for command in installing)
