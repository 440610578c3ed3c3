"""What the keeper of tags asks of WeCom; whoever joins customers and channels implements it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from customers.wecom_tags.deciding import WecomTag

TagList = Mapping[WecomTag, str]
"""All tags of the corp with their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """Not done, worth another try after ``seconds``: a limit is used up, the platform is away, a setting is wrong."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """Refused for good."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stale:
    """The list of tags that was gone by is out of date."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The two are no contacts any more, or the member is nobody whom we may touch."""


@dataclass(frozen=True, slots=True)
class Done:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A member who has the customer as a contact, with the tags that stand there."""

    userid: str
    tags: frozenset[WecomTag]


class WecomTags(Protocol):
    """Never raises for anything the network or the platform does."""

    async def list(self) -> TagList | NotNow | Never: ...

    async def create(self, group: str, names: tuple[str, ...]) -> TagList | Stale | NotNow | Never:
        """The new tags. The group is made where it is missing."""
        ...

    async def followers(self, external_userid: str) -> tuple[Follower, ...] | NotNow:
        """Empty: no member has the customer as a contact."""
        ...

    async def mark(
        self, userid: str, external_userid: str, *, give: tuple[str, ...], take: tuple[str, ...]
    ) -> Done | Gone | Stale | NotNow | Never:
        """By ids, one at least."""
        ...
