"""With and without Rasa: `/readyz`, the metric, and the line of `check`. A stand-in plays Rasa."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from bot.rasa_watch import FRESH_SECONDS, RasaWatch, watching
from bot.settings import RasaSettings
from bot.web import create_app
from intents.rasa_service.sources import project
from tests.functional.bot.commands import run_command
from tests.functional.bot.test_commands import RASA_SECRETS, write
from tests.servers.fake_rasa import FakeRasa
from tests.servers.ports import choose_free_port

TOKEN = RASA_SECRETS["XIAOER_RASA__TOKEN"]


@asynccontextmanager
async def listening(app: web.Application, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def fake(model: str = "m.tar.gz", token: str = TOKEN) -> web.Application:
    return FakeRasa(model, token).app()


async def well() -> str:
    return ""


async def unwell() -> str:
    return "does not answer"


async def asked(app: web.Application) -> tuple[int, dict[str, Any]]:
    """What `/readyz` says."""
    async with (
        listening(app, choose_free_port()) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/readyz") as response,
    ):
        return response.status, await response.json()


def app_with(database: Callable[[], Any], rasa: Callable[[], Any] | None) -> web.Application:
    async def measure() -> None: ...

    return create_app(
        max_body_bytes=10_000,
        webhooks={},
        checks={"database": database},
        before_metrics=measure,
        without={} if rasa is None else {"rasa": rasa},
    )


async def test_the_bot_is_ready_without_rasa_and_says_that_it_is_degraded() -> None:
    status, body = await asked(app_with(well, unwell))
    assert (status, body) == (
        200,
        {"ready": True, "checks": {"database": "ok", "rasa": "does not answer"}, "degraded": ["rasa"]},
    )


async def test_nothing_is_degraded_while_rasa_answers_or_is_not_used() -> None:
    assert await asked(app_with(well, well)) == (
        200,
        {"ready": True, "checks": {"database": "ok", "rasa": "ok"}, "degraded": []},
    )
    assert await asked(app_with(well, None)) == (
        200,
        {"ready": True, "checks": {"database": "ok"}, "degraded": []},
    )


async def test_without_a_database_rasa_does_not_help() -> None:
    status, body = await asked(app_with(unwell, well))
    assert status == 503
    assert (body["ready"], body["degraded"]) == (False, [])


async def test_the_watch_follows_rasa_but_does_not_ask_all_the_time() -> None:
    port, now = choose_free_port(), 100.0
    async with aiohttp.ClientSession() as session:
        watch = RasaWatch(session, f"http://127.0.0.1:{port}", token=TOKEN, clock=lambda: now)
        assert await watch.problem() == "nobody listens there"
        assert REGISTRY.get_sample_value("xiaoer_rasa_up") == 0
        async with listening(fake(), port):
            now += FRESH_SECONDS - 1
            assert await watch.problem() == "nobody listens there"
            now += 1
            assert await watch.problem() == ""
            assert REGISTRY.get_sample_value("xiaoer_rasa_up") == 1
        now += FRESH_SECONDS
        assert await watch.problem() == "nobody listens there"


async def test_without_an_address_nobody_watches() -> None:
    async with watching(RasaSettings()) as watch:
        assert watch is None


async def test_a_page_that_is_not_rasas_is_told_from_rasa() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{any:.*}", page)
    async with listening(app, choose_free_port()) as url, aiohttp.ClientSession() as session:
        assert await RasaWatch(session, url, token=TOKEN).problem() == "what answers there is not Rasa"


async def test_a_rasa_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    monkeypatch.setattr("bot.rasa_watch.LOOK_SECONDS", 0.05)
    app = web.Application()
    app.router.add_get("/version", hang)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", choose_free_port())
        await site.start()
        async with aiohttp.ClientSession() as session:
            assert "does not answer within" in await RasaWatch(session, site.name, token=TOKEN).problem()
    finally:
        await runner.cleanup()


async def rasa_line(config: Path, url: str) -> dict[str, str]:
    """What ``check`` finds about Rasa."""
    path = write(config, rasa={"url": url}, official={"enabled": False})
    ran = await run_command("check", "--config", str(path), "--json", environment=RASA_SECRETS)
    (line,) = [one for one in json.loads(ran.out)["checks"] if one["name"] == "rasa"]
    return dict(line)


async def test_check_knows_rasa_by_version_and_model(tmp_path: Path) -> None:
    model = f"{project().fingerprint()}.tar.gz"
    async with listening(fake(model), choose_free_port()) as url:
        line = await rasa_line(tmp_path / "config.yml", url)
    assert line["problem"] == ""
    assert line["note"] == f"version 3.6.21, model {model}"


async def test_check_tells_a_model_of_other_data(tmp_path: Path) -> None:
    async with listening(fake("old.tar.gz"), choose_free_port()) as url:
        line = await rasa_line(tmp_path / "config.yml", url)
    assert "old.tar.gz is not made from this checkout's data" in line["problem"]
    assert "rasa_service train" in line["cure"]


async def test_check_tells_another_token(tmp_path: Path) -> None:
    async with listening(fake(token="another-token-than-ours"), choose_free_port()) as url:
        line = await rasa_line(tmp_path / "config.yml", url)
    assert line["problem"] == "it takes another token than ours"
    assert "XIAOER_RASA__TOKEN" in line["cure"]


async def test_check_asks_for_the_secrets_first(tmp_path: Path) -> None:
    path = write(tmp_path / "config.yml", rasa={"url": "http://127.0.0.1:5005"}, official={"enabled": False})
    ran = await run_command("check", "--config", str(path), "--json")
    assert ran.code == 2
    problems = {one["name"]: one["problem"] for one in json.loads(ran.out)["checks"]}
    assert problems["secrets"] == "rasa.token is missing"
    assert problems["rasa"] == "not asked"
