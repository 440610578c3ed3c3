"""Long commands: what is told when they work, and what when they fail."""

import sys
from pathlib import Path

import pytest

from scripts.installing import progress
from scripts.installing.problem import SetupProblem


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(progress, "LOG", tmp_path / "var" / "setup.log")
    return tmp_path / "var" / "setup.log"


def test_output_goes_to_the_log_and_only_the_title_to_the_terminal(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    progress.run("Counting", [sys.executable, "-c", "print('one')"], cure="Learn to count.")
    assert "one" in log.read_text()
    shown = capsys.readouterr().out
    assert "Counting" in shown
    assert "one" not in shown


def test_a_failure_shows_the_last_lines_and_the_cure(log: Path) -> None:
    code = "import sys; [print('line', n) for n in range(100)]; sys.exit('disk full')"
    with pytest.raises(SetupProblem) as caught:
        progress.run("Unpacking", [sys.executable, "-c", code], cure="Make room.")
    text = str(caught.value)
    assert "disk full" in text
    assert "line 99" in text
    assert "line 1\n" not in text
    assert "Unpacking failed. Make room." in text
    assert str(log) in text
