"""``customers``: take events from a file, show who somebody is, and do what a customer may ask for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from bot.commands import customers_rights as rights
from bot.commands.customers_shown import customer_json, import_json, show_customer, show_import, show_requests
from bot.commands.kb_output import FAILED, WRONG_USAGE, Output
from bot.config import load_settings
from bot.knowing import KnownCustomers, known_customers
from bot.settings import secret_text
from conversations.clock import SystemClock
from customers.events.csv_files import FileRefused
from customers.events.csv_rows import HeaderRefused
from customers.events.event import EventKind
from customers.events.importing import Imported, Importer, Importing
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.keys import CustomerKeys
from customers.identity.known_as import KnownAs, known_as
from customers.profile.profile import Profile
from customers.profile.profiler import Profiler
from customers.profile.recomputing import Recomputed, Recomputing
from customers.profile.settling import settle
from customers.settings import OWN_SOURCE, SOURCE_NAME, CustomerSettings
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings

_KINDS = {"mall": IdentifierKind.MALL_ID, "external": IdentifierKind.EXTERNAL_USERID} | {
    kind.value: kind for kind in IdentifierKind
}
_CUSTOMER = "customer"
_CASE = "case:"
_NO_KEY = "没有设置 XIAOER_CUSTOMERS__KEY，手机号没有留存，查不了"
_T = TypeVar("_T")

customers_app = typer.Typer(no_args_is_help=True, help="Who writes to the shop, and what is known of them.")

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file; default: config.yml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    settings: CustomerSettings
    database_settings: DatabaseSettings
    database: Database
    customers: KnownCustomers


@customers_app.command("import")
def import_events(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, see docs/events.md.")
    ],
    source: Annotated[str, typer.Option(help="Which of the shop's systems tells, such as mall.")],
    kind: Annotated[
        EventKind | None, typer.Option(help="What the rows are of, where they do not say it themselves.")
    ] = None,
    account: Annotated[
        str, typer.Option(help="gh_… or wx…: of openids that are written without their account.")
    ] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take the events of FILE. Rows that are wrong go to FILE's name with .refused.csv; exit code 1 tells of them.

    The same file again takes nothing twice.
    """
    output = Output(as_json=as_json)
    if not SOURCE_NAME.fullmatch(source) or source == OWN_SOURCE:
        _refuse(output, f"--source: 用 1 到 32 个 a-z、0-9、- 或 _，不能是 {OWN_SOURCE}")
    if kind is EventKind.MESSAGE:
        _refuse(output, "--kind: message 只由店小二自己记录")
    what = Importing(path=file, source=source, kind=kind, account=account)

    async def take(ground: Ground) -> Imported:
        now = datetime.now(UTC)
        importer = Importer(ground.database, ground.customers.identities, ground.customers.intake)
        with output.progress("导入") as progress:
            imported = await importer.run(what, now, progress)
        with output.progress("更新画像") as progress:
            await settle(ground.database, Profiler(ground.database, ground.settings), now, progress)
        return imported

    with output.failures():
        try:
            imported = _with_ground(config, take)
        except (FileRefused, HeaderRefused) as error:
            _refuse(output, str(error))
    output.complain([str(each) for each in imported.first_refused])
    if imported.stopped:
        output.complain([f"{imported.stopped}。这一行之前的都收了；改好后再导入一次，不会重复"])
    output.result(import_json(imported), lambda console: show_import(console, imported))
    if imported.refused or imported.stopped:
        raise typer.Exit(FAILED)


@customers_app.command()
def show(
    identifier: Annotated[
        str,
        typer.Argument(help="mall:M7, openid:gh_x:o…, unionid:…, external:wm…, phone:138… or customer:12."),
    ],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show what is known of a customer; phone numbers are masked. Exit code 1 when there is nobody of that name."""
    output = Output(as_json=as_json)
    wanted = _wanted(output, identifier)

    async def look(ground: Ground) -> tuple[KnownAs, Profile | None] | None:
        if isinstance(wanted, Identifier) and ground.customers.identities.key(wanted) is None:
            _refuse(output, _NO_KEY)
        key = secret_text(ground.settings.key)
        async with ground.database.reading() as connection:
            customer_id = wanted
            if isinstance(customer_id, Identifier):
                found = await ground.customers.identities.find(connection, customer_id)
                customer_id = found.customer_id if found else 0
            names = await known_as(connection, customer_id, CustomerKeys(key) if key else None)
        return None if names is None else (names, await ground.customers.profiles.get(names.customer_id))

    with output.failures():
        found = _with_ground(config, look)
    if found is None:
        output.complain([f"{identifier}: 没有这位顾客"])
        raise typer.Exit(FAILED)
    names, profile = found
    output.result(customer_json(names, profile), lambda console: show_customer(console, names, profile))


@customers_app.command()
def recompute(
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="How many work at once; PostgreSQL only.")
    ] = os.cpu_count() or 1,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make all profiles anew from the events that are kept. The bot may go on running; its profiles wait meanwhile."""
    output = Output(as_json=as_json)

    async def work(ground: Ground) -> Recomputed:
        recomputing = Recomputing(
            database=ground.database_settings,
            settings=ground.settings,
            now=datetime.now(UTC),
            processes=processes,
        )
        with output.progress("累计事件") as events, output.progress("更新画像") as profiles:
            return await recomputing.run(events=events, profiles=profiles)

    with output.failures():
        done = _with_ground(config, work)
    output.result(
        asdict(done),
        lambda console: console.print(f"累计了 {done.events} 条事件，更新了 {done.customers} 位顾客的画像。"),
    )


Whose = Annotated[
    str, typer.Argument(help="As for show; or case:KEY of a case in which a customer asks for it.")
]


@customers_app.command()
def export(
    identifier: Whose,
    file: Annotated[Path | None, typer.Option("--to", help="Where; default: customer-ID.json here.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept of a customer to a file that only you may read; phone numbers in clear."""
    output = Output(as_json=as_json)
    wanted = _whose(output, identifier)
    path = file or Path(f"customer-{identifier.replace(':', '-').replace('/', '-')}.json")
    if path.exists():
        _refuse(output, f"{path} 已经在了，换个名字")
    with output.failures():
        try:
            found = rights.export(config, wanted, path)
        except rights.NotKept:
            _refuse(output, _NO_KEY)
    if found is None:
        _nobody(output, identifier)
    copy, files = found
    output.result(
        {"customer_id": copy.customer_id, "file": str(path), "rows": dict(copy.rows), "files": files},
        lambda console: console.print(
            f"都在 {path}，附带 {files} 个文件。交给顾客之后请删掉。", soft_wrap=True
        ),
    )


@customers_app.command()
def erase(
    identifier: Whose,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Delete what is kept of a customer, for good. What the law wants kept stays without the person."""
    output = Output(as_json=as_json)
    wanted = _whose(output, identifier)
    if not sure and not typer.confirm(f"{identifier}: 删掉就找不回来了。已经核实是本人，确定删除？"):
        raise typer.Exit(FAILED)
    with output.failures():
        try:
            found = rights.erase(config, wanted)
        except rights.NotKept:
            _refuse(output, _NO_KEY)
    if found is None:
        _nobody(output, identifier)
    done, drafts = found
    if drafts:
        output.complain([f"这些问答草稿里有顾客的原话，请看看要不要改：{'、'.join(drafts)}"])
    output.result(
        asdict(done) | {"drafts": list(drafts)},
        lambda console: console.print(f"删除完成：{sum(done.rows.values())} 条记录，{done.files} 个文件。"),
    )


@customers_app.command()
def requests(config: Config = None, as_json: AsJson = False) -> None:
    """List customers who want their data deleted, the longest waiting first, and the last day for each."""
    output = Output(as_json=as_json)
    with output.failures():
        found = rights.requests(config)
    told = [
        {
            "who": f"{_CASE}{each.case_key}",
            "asked_at": each.asked_at.isoformat(),
            "last_day": each.last_day.isoformat(),
            "taken_by": each.taken_by,
        }
        for each in found
    ]
    output.result({"requests": told}, lambda console: show_requests(console, found))


def _whose(output: Output, identifier: str) -> rights.Who:
    if identifier.startswith(_CASE):
        return rights.CaseOf(key=identifier.removeprefix(_CASE))
    return _wanted(output, identifier)


def _nobody(output: Output, identifier: str) -> NoReturn:
    output.complain([f"{identifier}: 没有这位顾客，或者已经删除了"])
    raise typer.Exit(FAILED)


def _wanted(output: Output, identifier: str) -> Identifier | int:
    name, stop, value = identifier.partition(":")
    if name == _CUSTOMER and value.isascii() and value.isdecimal():
        return int(value)
    if name not in _KINDS or not stop or not value:
        _refuse(output, "写成 mall:会员号、openid:gh_账号:openid、phone:手机号 或 customer:编号 这样")
    return Identifier(_KINDS[name], value)


def _with_ground(config: Path | None, work: Callable[[Ground], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        async with _ground(config) as ground:
            return await work(ground)

    return asyncio.run(run())


@asynccontextmanager
async def _ground(config: Path | None) -> AsyncIterator[Ground]:
    settings = load_settings(config)
    database = Database(settings.database)
    try:
        await migrate(database)
        customers = known_customers(settings.customers, database, SystemClock())
        yield Ground(
            settings=settings.customers,
            database_settings=settings.database,
            database=database,
            customers=customers,
        )
    finally:
        await database.close()


def _refuse(output: Output, problem: str) -> NoReturn:
    output.complain([problem])
    raise typer.Exit(WRONG_USAGE)
