"""People of the shop who may come into the console of a running bot."""

from __future__ import annotations

from collections.abc import Sequence

from tests.functional.bot.commands import run_command
from tests.functional.console.serving import PASSWORD
from tests.functional.world import World


async def hire(world: World, login: str, *, name: str, roles: Sequence[str]) -> None:
    """With the password of all tests."""
    ran = await run_command(
        *("console", "user", "add", login, "--name", name),
        *(word for role in roles for word in ("--role", role)),
        *("--config", str(world.config)),
        environment={**world.environment, "XIAOER_CONSOLE_PASSWORD": PASSWORD},
    )
    assert ran.code == 0, ran.err
