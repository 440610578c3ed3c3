"""Log lines: JSON for machines, nothing below the level, exceptions kept to the line."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import set_up_logs
from bot.settings import LogSettings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    handlers = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger("aiohttp.server").filters.clear()


def test_one_json_object_a_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(json_lines=True))
    log = structlog.get_logger()
    with structlog.contextvars.bound_contextvars(message="official:gh_shop:1"):
        log.info("turn.done", shop="禾野集")
    try:
        int("boom")
    except ValueError:
        log.exception("web.failed")

    out, err = capsys.readouterr()
    done, failed = map(json.loads, err.splitlines())
    assert out == ""
    assert (done["event"], done["level"], done["shop"]) == ("turn.done", "info", "禾野集")
    assert done["message"] == "official:gh_shop:1"
    assert done["timestamp"].endswith("Z")
    assert "禾野集" in err
    assert "ValueError: invalid literal" in failed["exception"]


def test_nothing_below_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(level="WARNING"))
    log = structlog.get_logger()
    log.info("quiet")
    log.warning("loud", reason="stale")
    err = capsys.readouterr().err
    assert "quiet" not in err
    assert "loud" in err
    assert "stale" in err
    assert "\x1b" not in err


def test_requests_that_are_no_http_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers.clear()
    set_up_logs(LogSettings())
    try:
        bytes([22, 3, 1]).decode("ascii")
        int("what was sent")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling request from %s", "192.0.2.1")
    assert capsys.readouterr().err.splitlines() == [
        "ERROR aiohttp.server Error handling request from 192.0.2.1"
    ]
