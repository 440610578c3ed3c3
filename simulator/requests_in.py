"""Reads what callers of the control API send, and says no in one form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from aiohttp import web


class BadRequest(ValueError):
    """The call cannot be carried out; the text is shown to the caller."""


class Conflict(ValueError):
    """The call makes sense but not now; the text is shown to the caller."""


async def json_object(request: web.Request) -> dict[str, object]:
    """The body as an object; an empty body is an empty object. Raises BadRequest."""
    body = await request.read()
    if not body.strip():
        return {}
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body must be JSON") from error
    if not isinstance(data, dict):
        raise BadRequest("the body must be a JSON object")
    return cast("dict[str, object]", data)


def whole(query: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number in the address. Raises BadRequest."""
    try:
        value = int(query.get(name, default))
    except ValueError as error:
        raise BadRequest(f"{name} must be a whole number") from error
    return min(max(value, low), high)


def number(data: Mapping[str, object], name: str, low: float, high: float) -> float:
    """A number in a body, within bounds. Raises BadRequest."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadRequest(f"{name} must be a number from {low:g} to {high:g}")
    return float(value)


def json_response(data: object, *, status: int = 200) -> web.Response:
    """JSON with readable Chinese."""
    return web.json_response(
        data, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    )
