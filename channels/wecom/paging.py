"""Lists of qyapi that come in pages: read to the end."""

from __future__ import annotations

from collections.abc import Mapping

from channels.outcomes import OutcomeUnknown
from channels.wecom.answers import Failure, Json, answer, records, text
from channels.wecom.api import QyApi

_MOST_PAGES = 1000


async def all_records(
    api: QyApi, path: str, body: Mapping[str, object], name: str
) -> tuple[Json, ...] | Failure:
    """Every record of the list ``name`` that posting ``body`` brings.

    The end is where next_cursor is empty: pages may be short or empty before it.
    """
    found: list[Json] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        given = answer(await api.call(path, {**body, "cursor": cursor}))
        if isinstance(given, Failure):
            return given
        found += records(given, name)
        following = text(given, "next_cursor")
        if not following or following == cursor:
            return tuple(found)
        cursor = following
    return OutcomeUnknown(reason=f"{path} has no end after {_MOST_PAGES} pages")
