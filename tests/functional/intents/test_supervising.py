"""The supervisor's patience, shortened: a Rasa that hangs, or never gets ready."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from intents.rasa_service import supervising
from intents.rasa_service.launching import Service, write_files
from intents.rasa_service.supervising import CannotServe, Patience, Supervisor
from tests.functional.intents.test_serving import MODEL, arguments
from tests.patience import PATIENCE
from tests.servers import fake_rasa
from tests.servers.ports import choose_free_port

QUICK = Patience(start=20.0, look=0.1, answer=2.0, misses=2, poll=0.05)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    arguments(tmp_path)
    monkeypatch.setenv(fake_rasa.VARIABLE, str(tmp_path))
    made = Service(
        python=tmp_path / "python",
        port=choose_free_port(),
        folder=tmp_path / "rasa",
        model=tmp_path / MODEL,
        actions_url="http://127.0.0.1:1/rasa/actions",
        database=str(tmp_path / "trackers.db"),
        redis=None,
        token="a-token-of-tests",
        action_secret="a-secret-of-tests",
    )
    write_files(made)
    return made


async def until(said: list[str], start: str, times: int = 1) -> None:
    async with asyncio.timeout(PATIENCE):
        while sum(line.startswith(start) for line in said) < times:  # noqa: ASYNC110 - a list tells nobody
            await asyncio.sleep(0.05)


async def test_a_rasa_that_answers_no_more_is_started_again(service: Service, tmp_path: Path) -> None:
    said: list[str] = []
    work = asyncio.create_task(Supervisor(service, keep_days=30, say=said.append, patience=QUICK).run())
    try:
        await until(said, "ready")
        (tmp_path / "deaf").touch()
        await until(said, "Rasa did not answer 2 times in a row")
        (tmp_path / "deaf").unlink()
        await until(said, "ready", times=2)
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def test_starts_that_come_to_nothing_end_it(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intents.rasa_service.restarts.STARTS", 2)
    (tmp_path / "broken").touch()
    said: list[str] = []
    with pytest.raises(CannotServe, match="2 starts of Rasa in a row came to nothing"):
        await Supervisor(service, keep_days=30, say=said.append, patience=QUICK).run()
    assert said.count("Rasa ended while it started (exit code 7)") == 2


async def test_a_model_that_vanished_ends_it(service: Service) -> None:
    service.model.unlink()
    with pytest.raises(CannotServe, match="is gone"):
        await Supervisor(service, keep_days=30, say=lambda _: None, patience=QUICK).run()


async def test_a_database_that_is_away_does_not_end_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(database: str, *, before: float) -> int:
        raise OSError

    monkeypatch.setattr(supervising, "forget_older", away)
    said: list[str] = []
    work = asyncio.create_task(Supervisor(service, keep_days=30, say=said.append, patience=QUICK).run())
    try:
        await until(said, "ready")
        assert "old trackers could not be forgotten (OSError); tomorrow again" in said
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
