"""The corp's tags for customers (企业标签): their list, new ones, and giving and taking them (WeCom 92117, 92118).

The lengths of names and the number of tags are the platform's to keep: it refuses what is too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.calls import Answered, Result
from channels.outcomes import Sent
from channels.wecom.answers import Failure, Json, answer, done, record, records, text, whole
from channels.wecom.api import QyApi

MARK_TAG = "cgi-bin/externalcontact/mark_tag"
TAGS, ADD_TAG = "cgi-bin/externalcontact/get_corp_tag_list", "cgi-bin/externalcontact/add_corp_tag"
_NAME_TAKEN = 40071
_OF_THE_CORP = 1
"""``type`` of a tag at a follower. Others: 2 a member's own, which has no id; 3 of a rule group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagGroup:
    id: str
    name: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTag:
    """A tag of the corp as a follower of a customer shows it. ``group``: its group's name."""

    id: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class NoRelation:
    """The member does not have the customer as a contact (84061), or is one whom the app may not see (60030)."""


@dataclass(frozen=True, slots=True)
class UnknownTag:
    """One of the tags is no more (40068): the list of tags that was gone by is out of date."""


@dataclass(frozen=True, slots=True)
class NameTaken:
    """One of the tags is there already (40071): the list of tags that was gone by is out of date."""


_MARK_REFUSED: Mapping[int | None, NoRelation | UnknownTag] = {
    84061: NoRelation(),
    60030: NoRelation(),
    40068: UnknownTag(),
}


class CorpTags:
    """Never raises for anything the network or the platform does."""

    def __init__(self, api: QyApi) -> None:
        self._api = api

    async def list(self) -> tuple[TagGroup, ...] | Failure:
        """All tags by group, without those of rule groups."""
        given = answer(await self._api.call(TAGS, {}))
        if isinstance(given, Failure):
            return given
        groups = records(given, "tag_group")
        return tuple(_group(group) for group in groups if group.get("deleted") is not True)

    async def add(self, group_name: str, names: tuple[str, ...]) -> TagGroup | NameTaken | Failure:
        """Adds tags, one at least, to a group, which is made where it is missing. The result has the new tags."""
        body = {"group_name": group_name, "tag": [{"name": name} for name in names]}
        result = await self._api.call(ADD_TAG, body)
        if _code(result) == _NAME_TAKEN:
            return NameTaken()
        given = answer(result, repeatable=False)
        return _group(record(given, "tag_group")) if not isinstance(given, Failure) else given

    async def mark(
        self,
        userid: str,
        external_userid: str,
        *,
        add: tuple[str, ...] = (),
        remove: tuple[str, ...] = (),
    ) -> Sent | NoRelation | UnknownTag | Failure:
        """Gives and takes tags (ids), one at least; giving one that is there already is no error."""
        body: dict[str, object] = {"userid": userid, "external_userid": external_userid}
        body |= {"add_tag": list(add)} if add else {}
        body |= {"remove_tag": list(remove)} if remove else {}
        result = await self._api.call(MARK_TAG, body)
        refusal = _MARK_REFUSED.get(_code(result))
        return done(result) if refusal is None else refusal


def given_tags(follower: Json) -> tuple[GivenTag, ...]:
    """The corp's tags in one ``follow_user`` of externalcontact/get; where ``type`` is missing, an id must be there."""
    return tuple(
        GivenTag(id=tag_id, name=text(tag, "tag_name"), group=text(tag, "group_name"))
        for tag in records(follower, "tags")
        if (tag_id := text(tag, "tag_id")) and (whole(tag, "type") or _OF_THE_CORP) == _OF_THE_CORP
    )


def _code(result: Result) -> int | None:
    return result.code if isinstance(result, Answered) else None


def _group(body: Json) -> TagGroup:
    return TagGroup(
        id=text(body, "group_id"),
        name=text(body, "group_name"),
        tags=tuple(
            Tag(id=text(tag, "id"), name=text(tag, "name"))
            for tag in records(body, "tag")
            if tag.get("deleted") is not True
        ),
    )
