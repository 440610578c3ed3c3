"""One path of the corp's API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from simulator.corp.calls import CorpCall

Answer = Mapping[str, object] | web.Response
Handler = Callable[[CorpCall], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Method and handler; ``needs_token`` also means that the caller's address must be trusted."""

    method: str
    handler: Handler
    needs_token: bool = True
