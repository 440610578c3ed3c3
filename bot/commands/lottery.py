"""``lottery verify``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from community.lottery.verifying import Verdict, verify

LARGEST_FILE_BYTES = 128 * 1024 * 1024

lottery_app = typer.Typer(no_args_is_help=True, help="Lotteries.")


@lottery_app.callback()
def lottery() -> None:
    """Lotteries that anyone can verify."""


@lottery_app.command("verify")
def verify_file(
    file: Annotated[Path, typer.Argument(help="The file that was published after the draw.")],
    announced: Annotated[str, typer.Option(help="The hash that was published before entries opened.")] = "",
    frozen: Annotated[str, typer.Option(help="The hash of the tickets, published when entries closed.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Draw it again, and compare. Exit code 1 when something is wrong."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        print(f"{file}: {error.strerror or error}", file=sys.stderr)
        raise typer.Exit(2) from error
    if len(content) > LARGEST_FILE_BYTES:
        print(f"{file}: a published draw has at most {LARGEST_FILE_BYTES >> 20} MiB", file=sys.stderr)
        raise typer.Exit(2)
    verdict = verify(content, announced=announced, frozen=frozen)
    if as_json:
        print(json.dumps(_as_json(verdict), ensure_ascii=False))
    else:
        _tell(verdict)
    raise typer.Exit(0 if verdict.is_right else 1)


def _as_json(verdict: Verdict) -> dict[str, object]:
    return {
        "verified": verdict.is_right,
        "problems": list(verdict.problems),
        "announcement_hash": verdict.announcement_hash,
        "tickets_hash": verdict.tickets_hash,
        "tickets": verdict.tickets,
        "winners": verdict.winners,
    }


def _tell(verdict: Verdict) -> None:
    if verdict.announcement_hash is not None:
        print(f"announcement  {verdict.announcement_hash}")
        print(f"tickets       {verdict.tickets_hash}  ({verdict.tickets})")
        print("Both must be what was published before entries opened, and when they closed.")
    for problem in verdict.problems:
        print(f"✗ {problem}")
    if verdict.is_right:
        print(f"✓ drawn again: the same {verdict.winners} winners")
