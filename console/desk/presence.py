"""Who else looks at a conversation, and whether they are writing. In Redis, for seconds; without it nobody is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import redis.asyncio as redis
from redis.exceptions import RedisError

FRESH_MS = 20_000
"""A desk says every few seconds that it is there; who has not for so long has gone."""
_READS, _WRITES = "reads", "writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    login: str
    writes: bool


class Presence:
    def __init__(self, client: redis.Redis, key: Callable[[str], str], *, real_ms: Callable[[], int]) -> None:
        """``key``: of a conversation."""
        self._client = client
        self._key = key
        self._real_ms = real_ms

    async def here(self, conversation_id: str, login: str, *, writes: bool) -> list[Other]:
        """Says that an agent looks at the conversation, and who else does."""
        key, now = self._key(conversation_id), self._real_ms()
        try:
            await self._client.hset(key, login, f"{now}:{_WRITES if writes else _READS}")
            await self._client.pexpire(key, FRESH_MS)
            found = await self._client.hgetall(key)
        except (RedisError, OSError):
            return []
        return others_of({str(name): str(said) for name, said in found.items()}, login, now)


def others_of(found: dict[str, str], login: str, now_ms: int) -> list[Other]:
    """``found``: by login, when they said it and what they do, as stored. Whoever is gone is left out."""
    others = []
    for name, stored in sorted(found.items()):
        said_ms, _, does = stored.partition(":")
        if name != login and said_ms.isdecimal() and int(said_ms) > now_ms - FRESH_MS:
            others.append(Other(login=name, writes=does == _WRITES))
    return others
