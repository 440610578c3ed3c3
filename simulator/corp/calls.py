"""One call of the corp's API, as the handlers see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aiohttp import web

from simulator.corp.errcodes import CorpError
from simulator.corp.world import CorpWorld
from simulator.faults import Kind, Rule
from simulator.world import World

OK: Mapping[str, object] = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpCall:
    """World, corp and request of one call; ``now`` is in epoch seconds by the platform's clock."""

    world: World
    corp: CorpWorld
    request: web.Request
    body: bytes
    now: float
    faults: Mapping[Kind, Rule]

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters in the address."""
        return self.request.query

    @property
    def ip(self) -> str:
        """The caller's address."""
        return self.request.remote or ""

    def data(self) -> dict[str, object]:
        """The JSON object in the body; raises CorpError 44002 (none) or 47001 (not JSON)."""
        if not self.body:
            raise CorpError(44002)
        try:
            data = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            self.world.violate("corp-bad-json", detail=self.request.path)
            raise CorpError(47001, "Warning: wrong json format.") from error
        if not isinstance(data, dict):
            raise CorpError(47001, "Warning: wrong json format.")
        return cast("dict[str, object]", data)


def text_of(data: Mapping[str, object], name: str, errcode: int = 40058) -> str:
    """A field that must be text and not empty; raises CorpError with the given code."""
    value = data.get(name)
    if isinstance(value, str) and value:
        return value
    raise CorpError(errcode, name)


def object_of(data: Mapping[str, object], name: str, errcode: int = 40058) -> dict[str, object]:
    """A field that must be an object; raises CorpError with the given code."""
    value = data.get(name)
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    raise CorpError(errcode, name)


def list_of(data: Mapping[str, object], name: str, errcode: int = 40058) -> list[object]:
    """A field that must be a list; raises CorpError with the given code."""
    value = data.get(name)
    if isinstance(value, list):
        return cast("list[object]", value)
    raise CorpError(errcode, name)


def names_of(data: Mapping[str, object], name: str, *, at_most: int) -> list[str]:
    """A list of texts, empty when missing; raises CorpError 40058 for another type or too many."""
    value = data.get(name, [])
    if not isinstance(value, list) or len(value) > at_most or not all(isinstance(x, str) for x in value):
        raise CorpError(40058, f"{name}: a list of at most {at_most} texts")
    return cast("list[str]", value)


def whole_of(data: Mapping[str, object], name: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds; raises CorpError 40058."""
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise CorpError(40058, f"{name}: a whole number from {low} to {high}")
    return value
