"""``python -m bot COMMAND``. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.check import check as run_check
from bot.commands.console import console_app
from bot.commands.customers import customers_app
from bot.commands.dead import dead_app
from bot.commands.kb import kb_app
from bot.commands.serve import Role
from bot.commands.serve import serve as run_serve
from bot.commands.talk import talk as run_talk
from conversations.errors import ConfigError, XiaoerError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(kb_app, name="kb")
app.add_typer(dead_app, name="dead")
app.add_typer(console_app, name="console")
app.add_typer(customers_app, name="customers")

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


@app.command()
def check(
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Validate configuration, secrets, database, Redis, Rasa and platform credentials."""
    raise typer.Exit(run_check(config, as_json=as_json))


@app.command()
def talk(config: Config = None) -> None:
    """Talk with the bot in this terminal; no platform, no secrets."""
    run_talk(config)


def main() -> None:
    try:
        app()
    except ConfigError as error:
        print(f"配置有误 / wrong configuration: {error}", file=sys.stderr)
        sys.exit(2)
    except XiaoerError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(1)
    except (SQLAlchemyError, OSError) as error:
        print(f"{type(error).__name__}: {str(error).splitlines()[0]}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
