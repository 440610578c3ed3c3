"""``console``: the people who may use the console, and the log of what they did. Passwords are never arguments."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from bot.config import load_settings
from bot.logs import set_up_logs
from console.accounts.account import Account, NewAccount, login_of, problem_of
from console.accounts.passwords import password_problem
from console.accounts.store import AlreadyThere, Doer, LastAdmin
from console.audit.chain import Verdict
from console.ground import Ground, lay_ground
from console.permissions import Role
from storage.database import Database
from storage.migrate import migrate

PASSWORD_VARIABLE = "XIAOER_CONSOLE_PASSWORD"  # noqa: S105 - a name, not a password
BY_COMMAND = Doer(login="(command)")
_T = TypeVar("_T")

console_app = typer.Typer(no_args_is_help=True, help="The console: its people, and the log of their acts.")
user_app = typer.Typer(no_args_is_help=True, help="Who may use the console.")
audit_app = typer.Typer(no_args_is_help=True, help="The log of what people did.")
console_app.add_typer(user_app, name="user")
console_app.add_typer(audit_app, name="audit")

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file; default: config.yml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Login = Annotated[str, typer.Argument(help="The login name.")]


@user_app.command("add")
def add_user(
    login: Login,
    role: Annotated[list[Role], typer.Option("--role", help="What this person is; may be repeated.")],
    name: Annotated[
        str, typer.Option("--name", help="The name that others see; default: the login name.")
    ] = "",
    wecom: Annotated[str | None, typer.Option("--wecom", help="userid, for signing in by 企业微信.")] = None,
    config: Config = None,
) -> None:
    """Add somebody. The password is asked for, or taken from XIAOER_CONSOLE_PASSWORD."""
    login, name, roles = login_of(login), name or login, frozenset(role)
    _refuse(problem_of(login=login, name=name, roles=roles, wecom_userid=wecom))
    password = _new_password(login)

    async def add(ground: Ground) -> Account:
        new = NewAccount(
            login=login,
            name=name,
            roles=roles,
            password_hash=await ground.passwords.hash(password),
            wecom_userid=wecom,
        )
        return await ground.accounts.add(new, BY_COMMAND)

    try:
        account = _with_ground(config, add)
    except AlreadyThere:
        _fail(f"{login}: 登录名或企业微信账号已经有人在用了 · this login name or userid is taken")
    print(f"{account.login}\t{', '.join(sorted(account.roles))}")


@user_app.command("list")
def list_users(config: Config = None, as_json: AsJson = False) -> None:
    """List everybody, those who may come in first."""
    accounts = _with_ground(config, lambda ground: ground.accounts.all())
    if as_json:
        print(json.dumps({"users": [_as_json(account) for account in accounts]}, ensure_ascii=False))
        return
    for account in accounts:
        state = "disabled" if account.disabled else "may come in"
        print(f"{account.login}\t{account.name}\t{', '.join(sorted(account.roles))}\t{state}")
    print(f"{len(accounts)} users", file=sys.stderr)


@user_app.command("disable")
def disable_user(login: Login, config: Config = None) -> None:
    """Let somebody in no more; all their sessions end."""

    async def disable(ground: Ground) -> None:
        account = await _existing(ground, login)
        await ground.accounts.disable(account.id, BY_COMMAND)

    try:
        _with_ground(config, disable)
    except LastAdmin:
        _fail("至少要留一位管理员 · this is the last admin")


@user_app.command("password")
def set_password(login: Login, config: Config = None) -> None:
    """Give somebody a new password, asked for or from XIAOER_CONSOLE_PASSWORD; all their sessions end."""
    password = _new_password(login_of(login))

    async def change(ground: Ground) -> None:
        account = await _existing(ground, login)
        hashed = await ground.passwords.hash(password)
        await ground.accounts.set_password(account.id, hashed, by=BY_COMMAND)
        await ground.attempts.forgive(account.login)

    _with_ground(config, change)


@user_app.command("second-factor")
def second_factor(
    login: Login,
    reset: Annotated[
        bool, typer.Option("--reset", help="Remove it, so that this person can set it up anew.")
    ] = False,
    config: Config = None,
) -> None:
    """Show whether somebody has a second factor, or reset it for who has lost phone and recovery codes."""

    async def show(ground: Ground) -> str:
        account = await _existing(ground, login)
        if reset:
            removed = await ground.second_factor.reset(account, BY_COMMAND)
            return "reset" if removed else "not set up"
        factor = await ground.second_factor.store.of(account.id)
        return "not set up" if factor is None else f"set up, {factor.codes_left} recovery codes left"

    print(f"{login_of(login)}\t{_with_ground(config, show)}")


@audit_app.command("verify")
def verify_audit(
    config: Config = None,
    expect: Annotated[
        str | None,
        typer.Option(help="N:HASH of an entry noted earlier: shows when the end of the log was cut off."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that no entry was changed, removed or put in. Exit code 1 when one was."""
    seq, hash_ = _expected(expect)

    async def verify(ground: Ground) -> Verdict:
        verdict = await ground.audit.verify()
        if verdict.problem or seq is None:
            return verdict
        entry = await ground.audit.get(seq)
        if entry is None or entry.hash != hash_:
            return Verdict(
                entries=verdict.entries,
                problem=f"entry {seq} is not the one that was expected",
                last_hash=verdict.last_hash,
            )
        return verdict

    verdict = _with_ground(config, verify)
    if as_json:
        print(json.dumps({"ok": not verdict.problem, **asdict(verdict)}))
    elif verdict.problem:
        print(f"✗ {verdict.problem}; entries 1 to {verdict.entries} are as they were written")
    else:
        print(f"✓ {verdict.entries} entries; the last one is {verdict.entries}:{verdict.last_hash}")
    raise typer.Exit(1 if verdict.problem else 0)


def _with_ground(config: Path | None, work: Callable[[Ground], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        async with _ground(config) as ground:
            return await work(ground)

    return asyncio.run(run())


@asynccontextmanager
async def _ground(config: Path | None) -> AsyncIterator[Ground]:
    settings = load_settings(config)
    set_up_logs(settings.logs)
    database = Database(settings.database)
    try:
        await migrate(database)
        yield lay_ground(settings.console, database)
    finally:
        await database.close()


async def _existing(ground: Ground, login: str) -> Account:
    account = await ground.accounts.by_login(login_of(login))
    if account is None:
        _fail(f"{login}: 没有这个账号 · there is no such user")
    return account


def _new_password(login: str) -> str:
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        if not sys.stdin.isatty():
            print(f"Set {PASSWORD_VARIABLE}, or run this in a terminal", file=sys.stderr)
            raise typer.Exit(2)
        password = getpass.getpass("密码 · password: ")
        if getpass.getpass("再输一次 · again: ") != password:
            _refuse("两次输入的不一样 · the two differ")
    _refuse(password_problem(password, login=login))
    return password


def _expected(expect: str | None) -> tuple[int | None, str]:
    if expect is None:
        return None, ""
    seq, _, hash_ = expect.partition(":")
    if not seq.isdigit() or not hash_:
        _refuse("--expect: write N:HASH, as `console audit verify` prints it")
    return int(seq), hash_


def _refuse(problem: str) -> None:
    """Ends with exit code 2 unless ``problem`` is empty."""
    if problem:
        print(problem, file=sys.stderr)
        raise typer.Exit(2)


def _fail(problem: str) -> NoReturn:
    print(problem, file=sys.stderr)
    raise typer.Exit(1)


def _as_json(account: Account) -> dict[str, object]:
    return {
        "login": account.login,
        "name": account.name,
        "roles": sorted(account.roles),
        "disabled": account.disabled,
        "wecom_userid": account.wecom_userid,
    }
