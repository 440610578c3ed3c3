"""The ``staff`` section of config.yml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator


class StaffSettings(BaseModel):
    """The members of the shop who look after cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        description="userid of each member who gets a card in the WeCom app when a customer waits for a person.",
    )

    @field_validator("members")
    @classmethod
    def _userids(cls, members: tuple[str, ...]) -> tuple[str, ...]:
        for member in members:
            if not 0 < len(member) <= 64 or not all(char.isalnum() or char in "_-@." for char in member):
                raise ValueError(f"{member!r} is not a userid; copy it from 通讯录 (账号)")
        if len(set(members)) != len(members):
            raise ValueError("names a member twice")
        return members
