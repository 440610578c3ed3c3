"""The ``database`` and ``redis`` sections of config.yml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DatabaseSettings(BaseModel):
    """Where everything that must last is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(
        default="sqlite+aiosqlite:///var/xiaoer.db",
        description="sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
    )
    pool_size: int = Field(
        default=8, ge=1, le=100, description="PostgreSQL connections, or SQLite readers, per process"
    )


class RedisSettings(BaseModel):
    """Where everything that moves is kept: tokens, locks, wake-ups. Losing it costs time, never data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(
        default="embedded",
        pattern=r"^(embedded|(redis|rediss|unix)://.+)$",
        description="embedded, or redis://…, rediss://…, unix://…",
    )
