"""Showing what is behind a mask: an act, logged before it is done."""

from __future__ import annotations

from aiohttp import web

from console.audit.log import AuditLog
from console.web.rendering import fragment
from console.web.visit import Visit


async def reveal(visit: Visit, audit: AuditLog, *, subject: str, field: str, value: str) -> web.Response:
    """The answer to the button of the macro ``masked`` (``parts/masked.html``).

    ``subject`` says whose (``customer:7``), ``field`` what (``phone``); the log gets these two, never the value. The
    route needs ``Permission.PERSONAL_REVEAL``, and is a POST.
    """
    await audit.record(visit.act("personal.revealed", subject, {"field": field}))
    return await fragment(visit, "parts/revealed.html", value=value)
