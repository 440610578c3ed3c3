"""``python -m bot COMMAND``. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import typer
from sqlalchemy.exc import SQLAlchemyError

from conversations.errors import ConfigError, XiaoerError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("bot.commands.serve", "serve_app"),
    "check": ("bot.commands.check", "checkup_app"),
    "talk": ("bot.commands.talk", "talk_app"),
    "kb": ("bot.commands.kb", "kb_app"),
    "dead": ("bot.commands.dead", "dead_app"),
    "console": ("bot.commands.console", "console_app"),
    "customers": ("bot.commands.customers", "customers_app"),
    "activity": ("bot.commands.activity", "activity_app"),
    "lottery": ("bot.commands.lottery", "lottery_app"),
}
"""Where each command is: the module, and its Typer in it. They are loaded when they are wanted: some take seconds."""

_OF_THEIR_OWN = frozenset({"serve", "check", "talk"})
"""Commands without commands below them."""


def command_line(asked: str = "") -> typer.Typer:
    """The command that is ``asked`` for; all of them when it is none, for the help and for what is mistyped."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(bot)
    for name in (asked,) if asked in COMMANDS else COMMANDS:
        module, attribute = COMMANDS[name]
        commands: typer.Typer = getattr(import_module(module), attribute)
        app.add_typer(commands, name=None if name in _OF_THEIR_OWN else name)
    return app


def bot() -> None:
    """店小二: the customer-service and community bot for shops that live in WeChat."""


def main() -> None:
    try:
        command_line(*sys.argv[1:2])()
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
