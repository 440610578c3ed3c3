"""What Rasa is told of the world around it: where trackers are kept, who runs its actions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

SECRET_HEADER = "X-Xiaoer-Secret"  # noqa: S105 - a header's name
SECRET_VARIABLE = "XIAOER_RASA__ACTION_SECRET"  # noqa: S105 - a variable's name

CREDENTIALS: Mapping[str, Any] = {"rest": None}
"""``credentials.yml``: the REST channel alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """``database`` is a file (SQLite) or ``postgresql://USER:PASSWORD@HOST:PORT/NAME``; ``redis`` only for replicas."""

    actions_url: str
    database: str
    redis: str | None = None


def endpoints(around: Surroundings) -> dict[str, Any]:
    """``endpoints.yml``. The action secret is read from the environment by Rasa itself and is in no file.

    Trackers are in SQL: what is in Redis may be lost. Locks are in memory with one process of Rasa and in Redis with
    several. Raises ValueError for an address that is neither a file nor PostgreSQL, or no Redis.
    """
    said: dict[str, Any] = {
        "action_endpoint": {
            "url": around.actions_url,
            "enable_selective_domain": True,  # our actions know their forms; the domain would travel with every call
            "headers": {SECRET_HEADER: f"${{{SECRET_VARIABLE}}}"},
        },
        "tracker_store": _tracker_store(around.database),
    }
    if around.redis is not None:
        said["lock_store"] = _lock_store(around.redis)
    return said


def _tracker_store(database: str) -> dict[str, Any]:
    if "://" not in database:
        return {"type": "SQL", "dialect": "sqlite", "db": database}
    parsed = urlsplit(database)
    if parsed.scheme != "postgresql" or not parsed.hostname:
        raise ValueError(
            "trackers are kept in a file (SQLite) or in postgresql://USER:PASSWORD@HOST:PORT/NAME"
        )
    return {
        "type": "SQL",
        "dialect": "postgresql",
        "url": parsed.hostname,
        "port": parsed.port or 5432,
        "db": parsed.path.lstrip("/"),
        "username": unquote(parsed.username or ""),
        "password": unquote(parsed.password or ""),
    }


def _lock_store(redis: str) -> dict[str, Any]:
    parsed = urlsplit(redis)
    if parsed.scheme not in ("redis", "rediss") or not parsed.hostname:
        raise ValueError("locks of several replicas are kept in redis://:PASSWORD@HOST:PORT/NUMBER")
    return {
        "type": "redis",
        "url": parsed.hostname,
        "port": parsed.port or 6379,
        "db": int(parsed.path.lstrip("/") or 0),
        "password": unquote(parsed.password or "") or None,
        "use_ssl": parsed.scheme == "rediss",
        "key_prefix": "rasa",
    }
