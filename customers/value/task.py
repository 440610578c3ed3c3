"""What the process that reckons values is told, and what it says; light enough for whoever only waits for it."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel

from storage.settings import DatabaseSettings


class Task(BaseModel):
    database: DatabaseSettings
    now: AwareDatetime


class Fitted(BaseModel):
    """``buyers``: who have a cell. ``reason``: why there are no expected values; empty when there are."""

    buyers: int
    reason: str
