"""A corp in WeCom that holds tags in memory, counts what it is asked, and refuses when it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from customers.wecom_tags.deciding import WecomTag
from customers.wecom_tags.port import Done, Follower, Gone, Never, NotNow, Stale, TagList

OURS = "店小二"
Troubles = list[NotNow | Never | Stale | BaseException | None]


@dataclass
class Corp:
    """``standing``: tags by (external_userid, userid).

    ``troubles``: what the next calls of a method meet, by its name; None: nothing.
    """

    standing: dict[tuple[str, str], set[WecomTag]] = field(default_factory=dict)
    tags: dict[WecomTag, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    troubles: dict[str, Troubles] = field(default_factory=dict)
    made: int = 0

    def contact(self, external_userid: str, userid: str, *tags: WecomTag) -> None:
        """A member has the customer as a contact, with these tags."""
        self.add(*tags)
        self.standing[external_userid, userid] = set(tags)

    def add(self, *tags: WecomTag) -> None:
        for tag in tags:
            if tag not in self.tags:
                self.made += 1
                self.tags[tag] = f"et{self.made}"

    def delete(self, tag: WecomTag) -> None:
        del self.tags[tag]
        for tags in self.standing.values():
            tags.discard(tag)

    def ours(self, external_userid: str) -> dict[str, set[str]]:
        """Names in the group of tags by rules, by member."""
        return {
            userid: {tag.name for tag in tags if tag.group == OURS}
            for (customer, userid), tags in self.standing.items()
            if customer == external_userid
        }

    async def list(self) -> TagList | NotNow | Never:
        trouble = self._ask("list")
        return dict(self.tags) if not isinstance(trouble, NotNow | Never) else trouble

    async def create(self, group: str, names: tuple[str, ...]) -> TagList | Stale | NotNow | Never:
        trouble = self._ask("create")
        if trouble is not None:
            return trouble
        new = [WecomTag(group, name) for name in names]
        if any(tag in self.tags for tag in new):
            return Stale()
        self.add(*new)
        return {tag: self.tags[tag] for tag in new}

    async def followers(self, external_userid: str) -> tuple[Follower, ...] | NotNow:
        trouble = self._ask("followers")
        if isinstance(trouble, NotNow):
            return trouble
        return tuple(
            Follower(userid=userid, tags=frozenset(tags))
            for (customer, userid), tags in sorted(self.standing.items())
            if customer == external_userid
        )

    async def mark(
        self, userid: str, external_userid: str, *, give: Sequence[str], take: Sequence[str]
    ) -> Done | Gone | Stale | NotNow | Never:
        trouble = self._ask("mark")
        if trouble is not None:
            return trouble
        tags = {tag_id: tag for tag, tag_id in self.tags.items()}
        if not {*give, *take} <= tags.keys():
            return Stale()
        stands = self.standing.get((external_userid, userid))
        if stands is None:
            return Gone()
        stands -= {tags[tag_id] for tag_id in take}
        stands |= {tags[tag_id] for tag_id in give}
        return Done()

    def _ask(self, what: str) -> NotNow | Never | Stale | None:
        self.asked.append(what)
        waiting = self.troubles.get(what)
        trouble = waiting.pop(0) if waiting else None
        if isinstance(trouble, BaseException):
            raise trouble
        return trouble
