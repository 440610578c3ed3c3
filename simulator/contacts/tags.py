"""The corp's tags for customers, in groups (WeCom 92117 管理企业标签)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json, objects, optional, text, texts, whole

MOST_PER_GROUP = 3000
MOST_OF_A_CORP = 10_000
MOST_AT_A_CUSTOMER = 3000
"""By one member (WeCom 92118)."""
_NAME_CHARACTERS = 30


@dataclass(slots=True, kw_only=True)
class Tag:
    """One tag."""

    id: str
    name: str
    created: int
    order: int = 0

    def as_json(self) -> Json:
        """The tag as the API shows it."""
        return {"id": self.id, "name": self.name, "create_time": self.created, "order": self.order}


@dataclass(slots=True, kw_only=True)
class TagGroup:
    """One group of tags."""

    id: str
    name: str
    created: int
    order: int = 0
    tags: list[Tag] = field(default_factory=list)

    def as_json(self, tags: Sequence[Tag]) -> Json:
        """The group with these of its tags, as the API shows it."""
        return {
            "group_id": self.id,
            "group_name": self.name,
            "create_time": self.created,
            "order": self.order,
            "tag": [tag.as_json() for tag in tags],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChange:
    """What was created, changed or deleted, for the event: an id and ``tag`` or ``tag_group``."""

    id: str
    kind: str


class TagBook:
    """Groups by id."""

    def __init__(self) -> None:
        self.groups: dict[str, TagGroup] = {}

    def listed(self, data: Mapping[str, object]) -> list[Json]:
        """get_corp_tag_list: all, or those of the given groups or tags (groups win)."""
        wanted, groups = texts(data, "tag_id", 40068), texts(data, "group_id", 40068)
        shown: list[Json] = []
        for group in self.groups.values():
            if groups:
                if group.id in groups:
                    shown.append(group.as_json(group.tags))
                continue
            tags = [tag for tag in group.tags if not wanted or tag.id in wanted]
            if tags or not wanted:
                shown.append(group.as_json(tags))
        return shown

    def add(self, data: Mapping[str, object], now: float) -> tuple[TagGroup, list[Tag], list[TagChange]]:
        """add_corp_tag: into a group by id or name, which is made when there is none; raises CorpError."""
        wanted = objects(data, "tag", 40063, low=1)
        names = [_name(item, "name") for item in wanted]
        group, is_new = self._group(data, now)
        taken = {tag.name for tag in group.tags}
        if len(set(names)) != len(names) or taken & set(names):
            raise CorpError(40071)
        of_the_corp = sum(len(each.tags) for each in self.groups.values())
        if len(group.tags) + len(names) > MOST_PER_GROUP or of_the_corp + len(names) > MOST_OF_A_CORP:
            raise CorpError(40126)
        tags = [
            Tag(id=_new_id(), name=name, created=int(now), order=whole(item, "order", 0, 0, 2**32 - 1))
            for name, item in zip(names, wanted, strict=True)
        ]
        group.tags += tags
        self.groups[group.id] = group
        made = [TagChange(id=group.id, kind="tag_group")] if is_new else []
        return group, tags, made + [TagChange(id=tag.id, kind="tag") for tag in tags]

    def edit(self, data: Mapping[str, object]) -> TagChange:
        """edit_corp_tag: name or order of a tag or a group; raises CorpError 40068 or 40071."""
        key = text(data, "id", 40068)
        found, kind, siblings = self._find(key)
        if data.get("name") is not None:
            name = _name(data, "name")
            if any(other.name == name and other.id != key for other in siblings):
                raise CorpError(40071)
            found.name = name
        found.order = whole(data, "order", found.order, 0, 2**32 - 1)
        return TagChange(id=key, kind=kind)

    def delete(self, data: Mapping[str, object]) -> tuple[list[str], list[TagChange]]:
        """del_corp_tag: tags and whole groups; an emptied group goes too. Returns the tags' ids and the changes."""
        tags, groups = texts(data, "tag_id", 40068), texts(data, "group_id", 40068)
        if not tags and not groups:
            raise CorpError(40068)
        for key in [*tags, *groups]:
            self._find(key)
        gone: list[str] = []
        changes: list[TagChange] = []
        for group in list(self.groups.values()):
            whole_group = group.id in groups
            dropped = [tag.id for tag in group.tags if whole_group or tag.id in tags]
            gone += dropped
            changes += [TagChange(id=key, kind="tag") for key in dropped]
            group.tags = [tag for tag in group.tags if tag.id not in dropped]
            if whole_group or (dropped and not group.tags):
                del self.groups[group.id]
                changes.append(TagChange(id=group.id, kind="tag_group"))
        return gone, changes

    def check(self, tag_id: str) -> None:
        """Raises CorpError 40068 when there is no such tag."""
        if not any(tag.id == tag_id for group in self.groups.values() for tag in group.tags):
            raise CorpError(40068, tag_id)

    def shown(self, tag_ids: Sequence[str]) -> list[Json]:
        """Tags as they stand at a follower in externalcontact/get; type 1 is a tag of the corp."""
        return [
            {"group_name": group.name, "tag_name": tag.name, "tag_id": tag.id, "type": 1}
            for group in self.groups.values()
            for tag in group.tags
            if tag.id in tag_ids
        ]

    def _group(self, data: Mapping[str, object], now: float) -> tuple[TagGroup, bool]:
        if data.get("group_id"):
            group = self.groups.get(text(data, "group_id", 40068))
            if group is None:
                raise CorpError(40068, "group_id")
            return group, False
        name = _name(data, "group_name")
        known = next((group for group in self.groups.values() if group.name == name), None)
        if known is not None:
            return known, False
        order = whole(data, "order", 0, 0, 2**32 - 1)
        return TagGroup(id=_new_id(), name=name, created=int(now), order=order), True

    def _find(self, key: str) -> tuple[Tag | TagGroup, str, Sequence[Tag | TagGroup]]:
        for group in self.groups.values():
            if group.id == key:
                return group, "tag_group", list(self.groups.values())
            for tag in group.tags:
                if tag.id == key:
                    return tag, "tag", group.tags
        raise CorpError(40068, key)


def _name(data: Mapping[str, object], field_name: str) -> str:
    name = optional(data, field_name)
    if not 0 < len(name) <= _NAME_CHARACTERS:
        raise CorpError(40072, field_name)
    return name


def _new_id() -> str:
    return "et" + secrets.token_urlsafe(22)
