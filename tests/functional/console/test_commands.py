"""The console's commands, as people run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from console.accounts.account import NewAccount
from console.accounts.passwords import Passwords
from console.accounts.store import Doer
from console.audit.log import Wanted
from console.ground import Ground, lay_ground
from console.permissions import Role
from console.second_factor.totp import code_at, step_of
from console.settings import ConsoleSettings
from storage.database import Database
from storage.times import now_ms
from tests.functional.bot.commands import Ran, run_command
from tests.functional.console.serving import CHEAP

PASSWORD = "long-enough-words"
BY = Doer(login="test")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.yml"
    file.write_text('database: {url: "sqlite+aiosqlite:///xiaoer.db"}\nofficial: {enabled: false}\n')
    return file


@pytest.fixture
async def ground(database: Database) -> Ground:
    """The same database from inside; ``boss``, an admin, is there."""
    ground = lay_ground(ConsoleSettings(), database, passwords=Passwords(CHEAP))
    await ground.accounts.add(_new("boss", Role.ADMIN), BY)
    return ground


def _new(login: str, role: Role) -> NewAccount:
    return NewAccount(login=login, name=login, roles=frozenset({role}), password_hash="h")


async def console(config: Path, *arguments: str, password: str | None = PASSWORD) -> Ran:
    environment = {} if password is None else {"XIAOER_CONSOLE_PASSWORD": password}
    return await run_command("console", *arguments, "--config", str(config), environment=environment)


async def test_check_says_how_to_make_the_first_account(config: Path) -> None:
    ran = await run_command("check", "--json", "--config", str(config))
    notes = {one["name"]: one["note"] for one in json.loads(ran.out)["checks"]}
    assert "nobody may come in yet: `python -m bot console user add" in notes["console"]


async def test_somebody_is_added(config: Path, ground: Ground) -> None:
    arguments = ("user", "add", "Lan", "--name", "兰兰", "--role", "agent", "--role", "editor")
    ran = await console(config, *arguments)
    assert (ran.code, ran.out) == (0, "lan\tagent, editor\n"), ran.err
    account = await ground.accounts.by_login("lan")
    assert account is not None
    assert account.name == "兰兰"
    assert account.roles == {Role.AGENT, Role.EDITOR}
    stored = await ground.accounts.password_hash("lan")
    assert await Passwords(CHEAP).matches(PASSWORD, stored)


async def test_a_name_is_taken_once(config: Path, ground: Ground) -> None:
    assert (await console(config, "user", "add", "boss", "--role", "agent")).code == 1
    assert len(await ground.accounts.all()) == 1


async def test_everybody_is_listed(config: Path, ground: Ground) -> None:
    lan = await ground.accounts.add(_new("lan", Role.AGENT), BY)
    await ground.accounts.disable(lan.id, BY)
    ran = await console(config, "user", "list", "--json")
    users = json.loads(ran.out)["users"]
    assert [(one["login"], one["roles"], one["disabled"]) for one in users] == [
        ("boss", ["admin"], False),
        ("lan", ["agent"], True),
    ]


async def test_the_last_admin_is_not_disabled_and_others_are(config: Path, ground: Ground) -> None:
    await ground.accounts.add(_new("lan", Role.AGENT), BY)
    assert (await console(config, "user", "disable", "boss")).code == 1
    assert (await console(config, "user", "disable", "lan")).code == 0
    assert [(one.login, one.disabled) for one in await ground.accounts.all()] == [
        ("boss", False),
        ("lan", True),
    ]


async def test_a_new_password_ends_sessions(config: Path, ground: Ground) -> None:
    boss = await ground.accounts.by_login("boss")
    assert boss is not None
    token = await ground.sessions.begin(boss.id, way="password", address="", browser="")
    assert (await console(config, "user", "password", "boss")).code == 0
    assert await ground.sessions.find(token) is None
    assert await Passwords(CHEAP).matches(PASSWORD, await ground.accounts.password_hash("boss"))


async def test_a_second_factor_is_shown_and_reset_also_without_the_key(
    config: Path, ground: Ground, database: Database
) -> None:
    boss = await ground.accounts.by_login("boss")
    assert boss is not None
    command = ("user", "second-factor", "boss")
    assert (await console(config, *command)).out == "boss\tnot set up\n"
    keyed = lay_ground(ConsoleSettings(key=SecretStr("k" * 32)), database).second_factor.store
    await keyed.begin(boss.id)
    code = code_at(await keyed.begun(boss.id) or "", step_of(now_ms()))
    assert await keyed.enrol(boss, code, session="", by=BY)
    assert (await console(config, *command)).out == "boss\tset up, 10 recovery codes left\n"
    assert (await console(config, *command, "--reset")).out == "boss\treset\n"
    assert await keyed.of(boss.id) is None
    (entry,) = await ground.audit.read(Wanted(act="second_factor.reset"), limit=9)
    assert (entry.actor, entry.subject) == ("(command)", f"account:{boss.id}")
    assert (await console(config, "user", "second-factor", "nobody", "--reset")).code == 1


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (("user", "add", "a b", "--role", "admin"), PASSWORD),
        (("user", "add", "lan", "--role", "king"), PASSWORD),
        (("user", "add", "lan", "--role", "admin"), "short"),
        (("user", "add", "lan", "--role", "admin"), None),
        (("audit", "verify", "--expect", "two"), None),
    ],
)
async def test_wrong_usage_is_2(config: Path, arguments: tuple[str, ...], password: str | None) -> None:
    assert (await console(config, *arguments, password=password)).code == 2


async def test_somebody_unknown_is_1(config: Path) -> None:
    assert (await console(config, "user", "disable", "nobody")).code == 1


async def test_a_whole_log_and_one_whose_end_was_cut_off(
    config: Path, ground: Ground, database: Database
) -> None:
    await ground.accounts.add(_new("lan", Role.AGENT), BY)
    last = (await ground.audit.verify()).last_hash
    good = await console(config, "audit", "verify", "--json")
    told = json.loads(good.out)
    assert (good.code, told) == (0, {"ok": True, "entries": 2, "problem": "", "last_hash": last})
    async with database.writing() as connection:
        await connection.execute(text("DROP TRIGGER console_audit_no_delete"))
        await connection.execute(text("DELETE FROM console_audit WHERE seq = 2"))
    cut = await console(config, "audit", "verify", "--expect", f"2:{last}")
    assert cut.code == 1
    assert "entry 2 is not the one that was expected" in cut.out


async def test_a_changed_log(config: Path, ground: Ground, database: Database) -> None:
    assert (await ground.audit.verify()).entries == 1
    async with database.writing() as connection:
        await connection.execute(text("DROP TRIGGER console_audit_no_update"))
        await connection.execute(text("UPDATE console_audit SET subject = 'account:9'"))
    ran = await console(config, "audit", "verify")
    assert ran.code == 1
    assert "entry 1 was changed" in ran.out
