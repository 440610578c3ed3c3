"""``check``: is everything there that ``serve`` needs? One line each, with the cure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.callbacks_seen import ever_called
from bot.config import Settings, load_settings
from bot.platforms import identity, official_client
from bot.qyapi import qy_api
from bot.settings import secret_text
from channels.checkup import Checked
from channels.kefu.checkup import check_accounts
from channels.wecom.checkup import check_app
from console.ground import lay_ground
from console.web.assets import FRONT_END, Assets, PackagesMissing
from conversations.address import Channel
from conversations.errors import ConfigError, XiaoerError
from intents.rasa_service.health import RasaAway, TokenRefused, look
from intents.rasa_service.sources import project
from knowledge_base.index.shelf import Shelf
from storage.database import Database
from storage.migrate import migrate
from storage.redis_link import RedisLink

SECRETS = "secrets"
_RASA_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``problem`` is empty when all is well; then ``cure`` is too."""

    name: str
    problem: str = ""
    cure: str = ""
    note: str = ""


checkup_app = typer.Typer()


@checkup_app.command()
def check(
    config: Annotated[Path | None, typer.Option(help="Configuration file; default: config.yml.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Validate configuration, secrets, database, Redis, Rasa and platform credentials.

    Exit code 0: all well, 1: something is away, 2: a secret is missing or wrong. Raises ConfigError when config.yml
    cannot be read.
    """
    findings = asyncio.run(_collect(load_settings(config)))
    wrong = {finding.name for finding in findings if finding.problem}
    _print(findings, as_json=as_json)
    if wrong:
        raise typer.Exit(2 if SECRETS in wrong else 1)


def _print(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        good = not any(finding.problem for finding in findings)
        print(
            json.dumps({"ok": good, "checks": [asdict(finding) for finding in findings]}, ensure_ascii=False)
        )
        return
    for finding in findings:
        if finding.problem:
            print(f"✗ {finding.name}: {finding.problem}. {finding.cure}")
        else:
            print(f"✓ {finding.name}{': ' + finding.note if finding.note else ''}")


async def _collect(settings: Settings) -> list[Finding]:
    return [finding async for finding in _findings(settings)]


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding(name="configuration")
    secrets = _secrets(settings)
    yield secrets
    database = await _database(settings)
    yield database
    yield _knowledge(settings)
    yield await _rasa(settings)
    redis = RedisLink(settings.redis, identity=settings.database.url)
    try:
        yield await _redis(redis)
        if settings.official.enabled:
            yield await _official(settings, redis, ready=not secrets.problem)
        if settings.wecom.enabled:
            for finding in await _wecom(settings, redis, ready=not secrets.problem):
                yield finding
    finally:
        await redis.close()
    if settings.console.enabled and not database.problem:
        yield await _console(settings)
    if settings.wecom.enabled and not database.problem:
        yield await _callbacks(settings)


def _secrets(settings: Settings) -> Finding:
    try:
        settings.official.validate_ready()
        settings.wecom.validate_ready()
        settings.aibot.validate_ready()
        settings.rasa.validate_ready()
    except ConfigError as error:
        return Finding(name=SECRETS, problem=f"{error.key} {error.problem}", cure=error.cure)
    return Finding(name=SECRETS)


async def _database(settings: Settings) -> Finding:
    cure = "Check database.url, and that the server runs and lets us in"
    try:
        database = Database(settings.database)
        try:
            await migrate(database)
            async with database.reading() as connection:
                await connection.execute(select(1))
        finally:
            await database.close()
    except (SQLAlchemyError, OSError) as error:
        return Finding(name="database", problem=type(error).__name__, cure=cure)
    return Finding(name="database", note="schema up to date")


def _knowledge(settings: Settings) -> Finding:
    version = Shelf(settings.knowledge_base.path).current()
    if version is None:
        return Finding(
            name="knowledge base", problem="there is no index", cure="Run `python -m bot kb import FILE`"
        )
    return Finding(name="knowledge base", note=f"version {version}")


async def _rasa(settings: Settings) -> Finding:
    url = settings.rasa.url
    if url is None:
        return Finding(name="rasa", note="not used (rasa.url is null)")
    try:
        settings.rasa.validate_ready()
    except ConfigError:
        return Finding(name="rasa", problem="not asked", cure="Set the secrets first")
    token = secret_text(settings.rasa.token)
    async with aiohttp.ClientSession() as session:
        try:
            health = await look(session, url, token=token, seconds=_RASA_SECONDS)
        except TokenRefused as refused:
            cure = "Start Rasa and the bot with the same XIAOER_RASA__TOKEN"
            return Finding(name="rasa", problem=str(refused), cure=cure)
        except RasaAway as away:
            cure = "Start Rasa (deploy/README.md says how), or set rasa.url to null to go without"
            return Finding(name="rasa", problem=str(away), cure=cure)
    wanted = f"{project().fingerprint()}.tar.gz"
    if health.model != wanted:
        return Finding(
            name="rasa",
            problem=f"its model {health.model} is not made from this checkout's data ({wanted})",
            cure="Run `python -m intents.rasa_service train`, then restart Rasa",
        )
    return Finding(name="rasa", note=f"version {health.version}, model {health.model}")


async def _redis(redis: RedisLink) -> Finding:
    try:
        await redis.start()
    except OSError as error:
        return Finding(name="redis", problem=str(error), cure="Set redis.url to a server of yours")
    if not await redis.alive():
        return Finding(
            name="redis", problem="does not answer", cure="Check redis.url, and that the server runs"
        )
    return Finding(name="redis")


async def _official(settings: Settings, redis: RedisLink, *, ready: bool) -> Finding:
    if not ready:
        return Finding(name="公众号", problem="not asked", cure="Set the secrets first")
    async with aiohttp.ClientSession() as session:
        try:
            problem = await official_client(settings, session, redis).check()
        except XiaoerError as error:
            problem = str(error)
    if problem:
        return Finding(name="公众号", problem=problem, cure="Then run check again")
    return Finding(name="公众号", note="the platform accepts app id and secret")


async def _wecom(settings: Settings, redis: RedisLink, *, ready: bool) -> list[Finding]:
    """The app, then its 微信客服 accounts; these are not asked about while the app itself is refused."""
    wecom = settings.wecom
    not_asked = {f"微信客服 {account}": "Cure 企业微信 first" for account in wecom.kefu.accounts}
    if not ready:
        not_asked = {"企业微信": "Set the secrets first"} | not_asked
        return [Finding(name=name, problem="not asked", cure=cure) for name, cure in not_asked.items()]
    async with aiohttp.ClientSession() as session:
        api = qy_api(wecom, session, redis, instance=identity(settings))
        app = _finding("企业微信", await check_app(api, wecom))
        if app.problem:
            others = [Finding(name=name, problem="not asked", cure=cure) for name, cure in not_asked.items()]
            return [app, *others]
        if not wecom.kefu.accounts:
            return [app]
        accounts = await check_accounts(api, wecom.kefu.accounts, native=wecom.kefu.handoff == "native")
    return [app, *(_finding(f"微信客服 {account}", checked) for account, checked in accounts.items())]


def _finding(name: str, checked: Checked) -> Finding:
    return Finding(name=name, problem=checked.problem, cure=checked.cure, note=checked.note)


async def _console(settings: Settings) -> Finding:
    name = "console"
    try:
        Assets(FRONT_END)
    except PackagesMissing as missing:
        return Finding(name=name, problem=str(missing), cure="Until then /console is not served")
    database = Database(settings.database)
    try:
        people = await lay_ground(settings.console, database).accounts.count()
    finally:
        await database.close()
    address = f"{settings.web.public_url}/console/"
    if not people:
        first = "`python -m bot console user add LOGIN --name NAME --role admin` makes the first account"
        return Finding(name=name, note=f"{address}; nobody may come in yet: {first}")
    return Finding(name=name, note=f"{address}; {people} accounts")


async def _callbacks(settings: Settings) -> Finding:
    """Whether the platform has ever called us. Nothing else tells: it does not say which address it has."""
    name = "企业微信回调"
    address = f"{settings.web.public_url}/callback/wecom"
    database = Database(settings.database)
    try:
        verified, received = await ever_called(database, Channel.WECOM)
    finally:
        await database.close()
    if not verified and not received:
        return Finding(
            name=name,
            problem="the callback URL is not verified: nobody has ever asked for it",
            cure=f"Run serve, then save {address} in 应用管理 → the app → 接收消息 → 设置API接收",
        )
    if not received:
        return Finding(name=name, note=f"verified {_when(verified)}; no callback has come yet")
    return Finding(name=name, note=f"the last callback came {_when(received)}")


def _when(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M")
