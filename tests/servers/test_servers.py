"""Each server of the tests works, is private, and starts every test empty."""

import socket
import subprocess
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.servers.browser import CHROMIUM_ARGUMENTS
from tests.servers.ports import choose_free_port
from tests.servers.postgres import PostgresServer
from tests.servers.redis import command


@pytest.mark.parametrize("time", ["first", "second"])
async def test_redis_starts_every_test_empty(redis_url: str, time: str) -> None:
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        assert await redis.dbsize() == 0
        await redis.set("seen", time)
        assert await redis.get("seen") == time


def test_redis_listens_on_no_port(redis_server: Path) -> None:
    assert command(redis_server, "CONFIG GET port").endswith(b"$1\r\n0\r\n")


@pytest.mark.parametrize("time", ["first", "second"])
async def test_postgres_gives_every_test_a_fresh_database(postgres_url: str, time: str) -> None:
    engine = create_async_engine(postgres_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (time text)"))
        await connection.execute(text("INSERT INTO seen VALUES (:time)"), {"time": time})
        assert (await connection.execute(text("SELECT time FROM seen"))).scalars().all() == [time]
    await engine.dispose()


async def test_postgres_listens_on_no_port(postgres_server: PostgresServer) -> None:
    connection = await asyncpg.connect(host=str(postgres_server.folder), user="xiaoer", database="postgres")
    assert await connection.fetchval("SHOW listen_addresses") == ""
    await connection.close()


async def test_a_database_goes_even_when_a_connection_was_left_open(postgres_server: PostgresServer) -> None:
    await postgres_server.execute("CREATE DATABASE forgotten")
    left_open = await asyncpg.connect(host=str(postgres_server.folder), user="xiaoer", database="forgotten")
    await postgres_server.execute("DROP DATABASE forgotten WITH (FORCE)")
    left_open.terminate()


def test_free_ports_can_be_bound(free_port: int) -> None:
    for port in (free_port, choose_free_port()):
        with socket.socket() as server:
            server.bind(("127.0.0.1", port))


def test_the_browser_writes_chinese_and_runs_scripts(chromium_path: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<meta charset=utf-8><p id=a></p><script>a.textContent='店小二'+(1+1)</script>", encoding="utf-8"
    )
    shown = subprocess.run(
        [
            chromium_path,
            "--headless",
            *CHROMIUM_ARGUMENTS,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert "店小二2" in shown.stdout
