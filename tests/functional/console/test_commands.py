"""The console's commands, as people run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.settings import DatabaseSettings
from tests.functional.bot.commands import Ran, run_command

PASSWORD = {"XIAOER_CONSOLE_PASSWORD": "long-enough-words"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.yml"
    file.write_text('database: {url: "sqlite+aiosqlite:///x.db"}\nofficial: {enabled: false}\n')
    return file


async def users(config: Path, *arguments: str, password: bool = True) -> Ran:
    environment = PASSWORD if password else {}
    return await run_command("console", "user", *arguments, "--config", str(config), environment=environment)


async def test_from_nobody_to_a_disabled_one(config: Path) -> None:
    before = await run_command("check", "--json", "--config", str(config))
    note = {one["name"]: one["note"] for one in json.loads(before.out)["checks"]}["console"]
    assert "python -m bot console user add" in note

    added = await users(config, "add", "Boss", "--name", "禾叔", "--role", "admin")
    assert (added.code, added.out) == (0, "boss\tadmin\n"), added.err
    assert (await users(config, "add", "lan", "--role", "agent", "--role", "editor")).code == 0
    assert (await users(config, "add", "lan", "--role", "agent")).code == 1
    assert (await users(config, "disable", "lan")).code == 0
    listed = json.loads((await users(config, "list", "--json")).out)["users"]
    assert [(one["login"], one["name"], one["roles"], one["disabled"]) for one in listed] == [
        ("boss", "禾叔", ["admin"], False),
        ("lan", "lan", ["agent", "editor"], True),
    ]
    assert (await users(config, "disable", "boss")).code == 1, "the last admin"
    assert (await users(config, "password", "boss")).code == 0
    assert (await users(config, "password", "nobody")).code == 1


@pytest.mark.parametrize(
    "arguments", [("add", "a b", "--role", "admin"), ("add", "lan", "--role", "king"), ("add", "lan")]
)
async def test_wrong_usage_is_2(config: Path, arguments: tuple[str, ...]) -> None:
    assert (await users(config, *arguments)).code == 2


async def test_without_a_terminal_and_the_variable_nothing_is_asked(config: Path) -> None:
    ran = await users(config, "add", "lan", "--role", "admin", password=False)
    assert ran.code == 2
    assert "XIAOER_CONSOLE_PASSWORD" in ran.err


async def test_the_log_is_verified(config: Path, tmp_path: Path) -> None:
    await users(config, "add", "boss", "--role", "admin")
    await users(config, "add", "lan", "--role", "agent")
    verify = ("console", "audit", "verify", "--config", str(config))
    good = await run_command(*verify, "--json")
    told = json.loads(good.out)
    assert (good.code, told["ok"], told["entries"]) == (0, True, 2)
    end = f"2:{told['last_hash']}"
    assert (await run_command(*verify, "--expect", end)).code == 0
    assert (await run_command(*verify, "--expect", f"2:{'0' * 64}")).code == 1
    assert (await run_command(*verify, "--expect", "two")).code == 2

    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/x.db"))
    async with database.writing() as connection:
        await connection.execute(text("DROP TRIGGER console_audit_no_delete"))
        await connection.execute(text("DELETE FROM console_audit WHERE seq = 2"))
    assert (await run_command(*verify)).code == 0, "a cut-off end cannot be seen in the log itself"
    cut = await run_command(*verify, "--expect", end)
    assert (cut.code, "is not the one that was expected" in cut.out) == (1, True)
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM console_audit WHERE seq = 1"))
        await connection.execute(
            text("INSERT INTO console_audit VALUES (1, 1, 'boss', 'x', '', '{}', '', :zeros, :zeros)"),
            {"zeros": "0" * 64},
        )
    await database.close()
    bad = await run_command(*verify)
    assert (bad.code, "entry 1 was changed" in bad.out) == (1, True)
