"""The command: its exit codes, the table and the object."""

from __future__ import annotations

import json

import pytest

from simulator.conformance.cli import main

NOBODY = (
    "--target",
    "http://127.0.0.1:9/nobody",
    "--within",
    "0.2",
    "--quiet",
    "0.1",
    "--timeout-scale",
    "0.01",
)
ACCOUNT = (
    *("--app-id", "wx0", "--original-id", "gh_0", "--app-secret", "s", "--token", "t"),
    *("--aes-key", "a" * 43, "--port", "0"),
)
CORP = ("--corp-id", "ww0", "--corp-secret", "s", "--corp-token", "t", "--corp-aes-key", "a" * 43)


def test_nobody_there_is_a_table_of_failures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*NOBODY, *ACCOUNT, "--only", "official.verify"]) == 1
    shown = capsys.readouterr().out
    assert "  FAIL  official.verify.echo" in shown
    assert shown.splitlines()[-1].endswith("could not be found out")


def test_the_object_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*NOBODY, *CORP, "--channel", "wecom", "--only", "corp.verify.echo", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["target"] == NOBODY[1]
    assert [(check["id"], check["status"]) for check in report["checks"]] == [("corp.verify.echo", "fail")]


def test_both_channels_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    corp_target = ("--channel", "all", "--corp-target", NOBODY[1])
    only = ("--only", "official.verify.echo", "--only", "kefu.answer", "--json")
    assert main([*NOBODY, *ACCOUNT, *CORP, *corp_target, *only]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [check["id"] for check in report["checks"]] == ["official.verify.echo", "kefu.answer"]


@pytest.mark.parametrize(
    "arguments",
    [
        (*NOBODY, "--port", "0"),
        (*NOBODY, *ACCOUNT, "--channel", "kefu"),
        (*NOBODY, *ACCOUNT, *CORP, "--channel", "all"),
        (*NOBODY, *ACCOUNT, "--only", "no.such.check"),
    ],
)
def test_what_cannot_run(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("simulator: ")
    assert shown.err.count("\n") == 1
