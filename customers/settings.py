"""The section ``customers`` of config.yml: who is worth what, by which rules."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

OWN_SOURCE = "xiaoer"
"""Whose events are what Xiaoer saw itself; no system of a shop may sign as it."""

_SEGMENTS = 4
_SHORTEST_SECRET = 32
SOURCE_NAME = re.compile(r"[a-z0-9_-]{1,32}")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentSettings(_Section):
    """Thresholds of the segments."""

    window_days: int = Field(
        default=365, ge=1, le=400, description="How far back orders, shares, views and coupons count."
    )
    repeat_orders: int = Field(
        default=3,
        ge=1,
        description="高净值: repeat purchases, paid and not refunded. The first is no repeat.",
    )
    top_share: float = Field(
        default=0.2, gt=0, lt=1, description="高净值: average order value among this share of buyers."
    )
    own_shares: int = Field(
        default=1, ge=0, description="高净值: shares on their own, no reward being promised."
    )
    viewed_seconds: int = Field(
        default=180, ge=0, description="潜在转化: viewed for longer than this since the last payment."
    )
    order: tuple[Literal["high_value", "spreader", "potential", "ordinary"], ...] = Field(
        default=("high_value", "spreader", "potential", "ordinary"),
        description="Which segment decides for a customer in several.",
    )

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: tuple[str, ...]) -> tuple[str, ...]:
        if len(order) != _SEGMENTS or len(set(order)) != _SEGMENTS:
            raise ValueError("name each of high_value, spreader, potential and ordinary once")
        return order


Condition = bool | int | float | str | tuple[str, ...]


class TagRule(_Section):
    """A tag, given while all conditions hold. Names of facts: docs/profiles.md."""

    tag: str = Field(min_length=1, max_length=30, description="Its name, as people read it.")
    when: dict[str, Condition] = Field(
        min_length=1, description="Fact: bound. Numbers are least values; max_FACT: a greatest value."
    )


class SpendingSettings(_Section):
    """Spending power by average order value, in fen."""

    middle_fen: int = Field(default=8_000, ge=1, description="From here on it is middle.")
    high_fen: int = Field(default=20_000, ge=1, description="From here on it is high.")


class EventSettings(_Section):
    """``POST /api/v1/events``: off without a secret."""

    secrets: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Source → the secret that it signs with, 32 characters or more. Environment only, as JSON.",
    )
    window_seconds: int = Field(
        default=300, ge=10, le=3600, description="How far the time of a signature may be off."
    )
    max_batch: int = Field(default=500, ge=1, le=500, description="Events in one request.")

    @field_validator("secrets")
    @classmethod
    def _usable(cls, secrets: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for source, secret in secrets.items():
            if not SOURCE_NAME.fullmatch(source) or source == OWN_SOURCE:
                raise ValueError(f"a source is named by 1 to 32 of a-z, 0-9, - and _, and not {OWN_SOURCE}")
            if len(secret.get_secret_value()) < _SHORTEST_SECRET:
                raise ValueError(f"the secret of {source} is shorter than {_SHORTEST_SECRET} characters")
        return secrets


class CustomerSettings(_Section):
    """Who is writing. Without a key, phone numbers are neither matched nor kept."""

    key: SecretStr | None = Field(
        default=None,
        description="Hashes phone numbers for matching, and encrypts them for showing. Environment only.",
    )
    segments: SegmentSettings = Field(default_factory=SegmentSettings)
    spending: SpendingSettings = Field(default_factory=SpendingSettings)
    events: EventSettings = Field(default_factory=EventSettings)
    tags: tuple[TagRule, ...] = Field(
        default=(), description="Tags by rules of the shop's own, beside the built-in ones."
    )
    scene_secret: SecretStr | None = Field(
        default=None, description="Signs scene_param of the mini-program and the mall. Environment only."
    )

    @field_validator("scene_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"is shorter than {_SHORTEST_SECRET} characters")
        return secret
