"""The ``mall`` section of config.yml."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class MallSettings(BaseModel):
    """The shop's own system."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    orders: Literal["none", "demo"] = Field(
        default="none",
        description="none: questions about orders are told so; demo: made-up orders in our database.",
    )
