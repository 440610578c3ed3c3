"""``activity check``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from community.activities.definition import Unreadable, read_activity
from community.activities.linting import Finding, Weight, lint

activity_app = typer.Typer(no_args_is_help=True, help="Group-buys, lotteries and other activities.")

_MARKS = {Weight.MUST: "✗", Weight.SHOULD: "?"}


@activity_app.callback()
def activity() -> None:
    """Group-buys, lotteries and other activities."""


@activity_app.command("check")
def check_file(
    file: Annotated[Path, typer.Argument(help="The activity, in YAML (docs/activities.md).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say which rules of law and platform it would break. Exit code 1 when it may not go out like this."""
    try:
        found = lint(read_activity(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        print(f"{file}: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    except Unreadable as error:
        for problem in error.problems:
            print(f"{file}: {problem}", file=sys.stderr)
        raise typer.Exit(2) from error
    passes = all(finding.weight is not Weight.MUST for finding in found)
    if as_json:
        findings = [asdict(finding) for finding in found]
        print(json.dumps({"passes": passes, "findings": findings}, ensure_ascii=False))
    else:
        _tell(found, passes)
    raise typer.Exit(0 if passes else 1)


def _tell(found: list[Finding], passes: bool) -> None:
    for finding in found:
        print(f"{_MARKS[finding.weight]} {finding.field}：{finding.said}\n    {finding.source}")
    print("✓ 没有发现违规的地方" if passes else "这样不能发，改好再检查一次")
