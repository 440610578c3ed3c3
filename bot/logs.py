"""Structured logs on standard error: every line has a stable event name. Texts and secrets never at INFO."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.settings import LogSettings


def set_up_logs(settings: LogSettings) -> None:
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.json_lines
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    level = logging.getLevelName(settings.level)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("aiohttp.server").addFilter(_one_line)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def _one_line(record: logging.LogRecord) -> bool:
    """aiohttp tells of requests that are not HTTP with a traceback and what was sent: anybody could fill the log."""
    record.exc_info = None
    return True
