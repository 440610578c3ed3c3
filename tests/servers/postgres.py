"""A PostgreSQL of the tests' own, on a private unix socket, with a fresh database for each test.

PostgreSQL refuses to run as root, so under root it runs as `nobody`, from a folder that belongs to `nobody`.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from scripts.installing import programs
from scripts.installing.layout import POSTGRES_WHEEL
from tests.servers import processes

SUPERUSER = "xiaoer"
INITDB_OPTIONS = ("-U", SUPERUSER, "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server; `folder` holds its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """The address in the form of the setting `database.url`."""
        return f"postgresql+asyncpg://{SUPERUSER}@/{database}?host={self.folder}"

    async def execute(self, statement: str) -> None:
        """Run one statement as the superuser, outside any transaction."""
        connection = await asyncpg.connect(host=str(self.folder), user=SUPERUSER, database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that belongs to this test process."""
    with running_postgres() as server:
        yield server


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A PostgreSQL that lives as long as the block, for programs that are no pytest.

    ``durable``: it writes to disk as in production; otherwise it is fast.
    """
    found = programs.find_postgres()
    if found is None:
        pytest.fail(f"PostgreSQL is missing. {programs.POSTGRES_CURE}", pytrace=False)
    user = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="xp-", dir="/tmp"))  # a socket's path must be short
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        yield from _serve(_runnable(found, user, folder), folder, user, () if durable else FAST)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(
    programs_folder: Path, folder: Path, user: pwd.struct_passwd | None, settings: tuple[str, ...]
) -> Iterator[PostgresServer]:
    data, log = folder / "data", folder / "log"
    log.touch()
    made = subprocess.run(
        [programs_folder / "initdb", "-D", data, *INITDB_OPTIONS],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **processes.switch_to(user),
    )
    if made.returncode != 0:
        raise processes.ServerFailed(made.stdout + made.stderr)
    options = ["listen_addresses=", f"unix_socket_directories={folder}", "max_connections=200", *settings]
    process = processes.start(
        [programs_folder / "postgres", "-D", data, *(part for option in options for part in ("-c", option))],
        log=log,
        user=user,
        death_signal=signal.SIGQUIT,  # its own immediate stop: takes its children and shared memory along
    )
    try:
        processes.wait_until(lambda: _accepts(data), process, log)
        yield PostgresServer(folder=folder)
    finally:
        processes.stop(process, signal.SIGQUIT)


def _accepts(data: Path) -> bool:
    """Whether the server says in its pid file that it takes connections."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return bool(lines) and lines[-1].strip() == "ready"


def _unprivileged_user() -> pwd.struct_passwd | None:
    """None for ordinary users; for root the user to run as."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _runnable(found: Path, user: pwd.struct_passwd | None, folder: Path) -> Path:
    """The programs' folder; copied when it is the checkout's own and the user may not enter the checkout."""
    if user is None or _may_run(found / "postgres", user) or not found.is_relative_to(POSTGRES_WHEEL):
        return found
    copied = folder / "programs"
    shutil.copytree(POSTGRES_WHEEL, copied, symlinks=True)
    return copied / found.relative_to(POSTGRES_WHEEL)


def _may_run(program: Path, user: pwd.struct_passwd) -> bool:
    try:
        return (
            subprocess.run(
                [program, "--version"],
                cwd="/",
                capture_output=True,
                check=False,
                **processes.switch_to(user),
            ).returncode
            == 0
        )
    except PermissionError:
        return False


@pytest.fixture
async def postgres_url(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """`postgresql+asyncpg://…` of an empty database that exists for one test."""
    name = f"test_{next(_numbers)}"
    await postgres_server.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    await postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
