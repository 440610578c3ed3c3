"""One API call of the bot, as the handlers see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aiohttp import web

from simulator.errcodes import ApiError
from simulator.pusher import Pusher
from simulator.world import World

OK: Mapping[str, object] = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """World and request of one call; ``now`` is in epoch seconds by the platform's clock."""

    world: World
    pusher: Pusher
    request: web.Request
    body: bytes
    now: float

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters in the address."""
        return self.request.query

    def data(self) -> dict[str, object]:
        """The JSON object in the body; raises ApiError 44002 (none) or 47001 (not JSON)."""
        if not self.body:
            raise ApiError(44002)
        try:
            data = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            self.world.violate("bad-json", detail=self.request.path)
            raise ApiError(47001) from error
        if not isinstance(data, dict):
            raise ApiError(47001)
        return cast("dict[str, object]", data)


def text_of(data: Mapping[str, object], name: str, errcode: int) -> str:
    """A field that must be text and not empty; raises ApiError with the given code."""
    value = data.get(name)
    if isinstance(value, str) and value:
        return value
    raise ApiError(errcode, f"{name}")


def object_of(data: Mapping[str, object], name: str, errcode: int = 47001) -> dict[str, object]:
    """A field that must be an object; raises ApiError with the given code."""
    value = data.get(name)
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    raise ApiError(errcode, f"{name}")


def list_of(data: Mapping[str, object], name: str, errcode: int = 47001) -> list[object]:
    """A field that must be a list; raises ApiError with the given code."""
    value = data.get(name)
    if isinstance(value, list):
        return cast("list[object]", value)
    raise ApiError(errcode, f"{name}")
