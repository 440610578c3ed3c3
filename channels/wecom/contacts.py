"""Customers that members have as contacts, and their tags (WeCom 92114, 92113, 92117, 92118)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.outcomes import OutcomeUnknown, Sent
from channels.wecom.answers import Failure, Json, answer, done, record, records, text, texts, whole
from channels.wecom.api import QyApi

GET, LIST = "cgi-bin/externalcontact/get", "cgi-bin/externalcontact/list"
MARK_TAG = "cgi-bin/externalcontact/mark_tag"
TAGS, ADD_TAG = "cgi-bin/externalcontact/get_corp_tag_list", "cgi-bin/externalcontact/add_corp_tag"
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A member who has the customer as a contact. ``added_at``: seconds since 1970. ``tags`` are ids."""

    userid: str
    remark: str
    description: str
    added_at: int
    state: str
    add_way: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer. ``kind``: 1 a WeChat user, 2 a member of another corp. ``union_id`` may be empty."""

    external_userid: str
    name: str
    kind: int
    union_id: str
    followers: tuple[Follower, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagGroup:
    id: str
    name: str
    tags: tuple[Tag, ...]


class Contacts:
    """Customer contact, read and tagged. Never raises for anything the network or the platform does."""

    def __init__(self, api: QyApi) -> None:
        self._api = api

    async def get(self, external_userid: str) -> Contact | Failure:
        """The customer with all followers; the platform gives 500 a page."""
        contact: Contact | None = None
        cursor = ""
        for _ in range(_MOST_PAGES):
            params = {"external_userid": external_userid} | ({"cursor": cursor} if cursor else {})
            given = answer(await self._api.call(GET, params=params))
            if isinstance(given, Failure):
                return given
            page = _contact(given, external_userid)
            contact = (
                page if contact is None else replace(contact, followers=contact.followers + page.followers)
            )
            following = text(given, "next_cursor")
            if not following or following == cursor:
                return contact
            cursor = following
        return OutcomeUnknown(reason=f"followers without end after {_MOST_PAGES} pages")

    async def of_member(self, userid: str) -> tuple[str, ...] | Failure:
        """The external_userids of a member's customers; Refused (84061) when the member has none."""
        given = answer(await self._api.call(LIST, params={"userid": userid}))
        return texts(given, "external_userid") if not isinstance(given, Failure) else given

    async def mark(
        self,
        userid: str,
        external_userid: str,
        *,
        add: tuple[str, ...] = (),
        remove: tuple[str, ...] = (),
    ) -> Sent | Failure:
        """Gives and takes tags (ids); the two must be contacts (84061)."""
        body: dict[str, object] = {"userid": userid, "external_userid": external_userid}
        body |= {"add_tag": list(add)} if add else {}
        body |= {"remove_tag": list(remove)} if remove else {}
        return done(await self._api.call(MARK_TAG, body))

    async def tags(self) -> tuple[TagGroup, ...] | Failure:
        """The corp's tags by group."""
        given = answer(await self._api.call(TAGS, {}))
        if isinstance(given, Failure):
            return given
        return tuple(_group(group) for group in records(given, "tag_group"))

    async def add_tags(self, group_name: str, names: tuple[str, ...]) -> TagGroup | Failure:
        """Adds tags to a group, which is made where it is missing."""
        body = {"group_name": group_name, "tag": [{"name": name} for name in names]}
        given = answer(await self._api.call(ADD_TAG, body), repeatable=False)
        return _group(record(given, "tag_group")) if not isinstance(given, Failure) else given


def _contact(body: Json, external_userid: str) -> Contact:
    customer = record(body, "external_contact")
    return Contact(
        external_userid=text(customer, "external_userid") or external_userid,
        name=text(customer, "name"),
        kind=whole(customer, "type"),
        union_id=text(customer, "unionid"),
        followers=tuple(_follower(one) for one in records(body, "follow_user")),
    )


def _follower(body: Json) -> Follower:
    return Follower(
        userid=text(body, "userid"),
        remark=text(body, "remark"),
        description=text(body, "description"),
        added_at=whole(body, "createtime"),
        state=text(body, "state"),
        add_way=whole(body, "add_way"),
        tags=tuple(tag_id for tag in records(body, "tags") if (tag_id := text(tag, "tag_id"))),
    )


def _group(body: Json) -> TagGroup:
    return TagGroup(
        id=text(body, "group_id"),
        name=text(body, "group_name"),
        tags=tuple(Tag(id=text(tag, "id"), name=text(tag, "name")) for tag in records(body, "tag")),
    )
