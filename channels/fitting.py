"""Whether what we are about to say fits the platform's fields: asked of the table of limits before a call. Pure."""

from __future__ import annotations

from collections.abc import Sized
from datetime import UTC, datetime

from channels.limits.decisions import Allowed, may
from channels.limits.rows import SizeLimit, Unit
from channels.outcomes import Refused
from channels.text import byte_length

_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def misfit(*fields: tuple[SizeLimit, Sized]) -> Refused | None:
    """Refused, naming the first field that is too large or too small; None when all of them fit."""
    for limit, value in fields:
        size = _size(limit, value)
        if not isinstance(may(limit, (), _ANY_TIME, amount=size), Allowed):
            return Refused(
                reason=f"{limit.name}: {size} {limit.unit}, allowed are {limit.least} to {limit.most}"
            )
    return None


def _size(limit: SizeLimit, value: Sized) -> int:
    return byte_length(value) if isinstance(value, str) and limit.unit is Unit.BYTES else len(value)
