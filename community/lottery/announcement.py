"""What is announced before the first ticket is given out, and cannot be changed afterwards: its hash is published.

What has to be told beforehand: 规范促销行为暂行规定 (SAMR order 32, 2020), its chapter on 有奖销售.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

FORMAT: Literal["xiaoer-lottery/1"] = "xiaoer-lottery/1"
MOST_PRIZES = 100_000

Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""32 bytes in small hexadecimal digits."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Prize(Strict):
    """``number``: how many of it are drawn. ``value_fen``: what one is worth, in fen."""

    id: Name
    name: Line
    number: int = Field(ge=1, le=MOST_PRIZES)
    value_fen: int = Field(ge=0)


class Beacon(Strict):
    """A public source of randomness that nobody can know in advance: ``round`` of it lies after the entries' close."""

    source: Line
    round: int = Field(ge=1)


class Announcement(Strict):
    """``prizes``: the first is drawn first. ``seed_hash``: SHA-256 of the 32 secret bytes that the draw comes from.

    Times are ISO 8601 to the second with their offset, as ``2026-11-24T20:00:00+08:00``.
    """

    format: Literal["xiaoer-lottery/1"] = FORMAT
    lottery: Name
    title: Line
    rules: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    contact: Line
    prizes: tuple[Prize, ...] = Field(min_length=1, max_length=20, strict=False)
    opens_at: str
    closes_at: str
    draws_at: str
    claim_until: str
    seed_hash: Hex32
    beacon: Beacon | None = None

    @field_validator("opens_at", "closes_at", "draws_at", "claim_until")
    @classmethod
    def _a_moment(cls, text: str) -> str:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no time; write 2026-11-24T20:00:00+08:00") from None
        if moment.tzinfo is None or moment.isoformat(timespec="seconds") != text:
            raise ValueError(f"{text!r} must have seconds and an offset: 2026-11-24T20:00:00+08:00")
        return text

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ids = [prize.id for prize in self.prizes]
        if len(set(ids)) != len(ids):
            raise ValueError("prizes: two have the same id")
        if self.number > MOST_PRIZES:
            raise ValueError(f"prizes: at most {MOST_PRIZES} in all")
        times = [datetime.fromisoformat(each) for each in self._times()]
        if times != sorted(times) or times[0] == times[1]:
            raise ValueError("opens_at, closes_at, draws_at and claim_until must follow one another")
        return self

    @property
    def number(self) -> int:
        """How many prizes there are in all."""
        return sum(prize.number for prize in self.prizes)

    def _times(self) -> tuple[str, str, str, str]:
        return self.opens_at, self.closes_at, self.draws_at, self.claim_until
