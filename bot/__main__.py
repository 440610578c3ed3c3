"""``python -m bot COMMAND``. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.serve import Role
from bot.commands.serve import serve as run_serve
from conversations.errors import ConfigError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file; default: config.yml.")]


@app.callback()
def bot() -> None:
    """店小二: the customer-service and community bot for shops that live in WeChat."""


@app.command()
def serve(
    config: Config = None,
    role: Annotated[Role, typer.Option(help="What this process does.")] = Role.ALL,
) -> None:
    """Run the bot against the platforms in config.yml."""
    run_serve(config, role)


def main() -> None:
    try:
        app()
    except ConfigError as error:
        print(f"配置有误 / wrong configuration: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
