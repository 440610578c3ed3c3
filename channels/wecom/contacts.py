"""Customers that members have as contacts (WeCom 92114, 92113)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.outcomes import OutcomeUnknown
from channels.wecom.answers import Failure, Json, answer, record, records, text, texts, whole
from channels.wecom.api import QyApi
from channels.wecom.tags import GivenTag, given_tags

GET, LIST = "cgi-bin/externalcontact/get", "cgi-bin/externalcontact/list"
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A member who has the customer as a contact. ``added_at``: seconds since 1970."""

    userid: str
    remark: str
    description: str
    added_at: int
    state: str
    add_way: int
    tags: tuple[GivenTag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer. ``kind``: 1 a WeChat user, 2 a member of another corp. ``union_id`` may be empty."""

    external_userid: str
    name: str
    kind: int
    union_id: str
    followers: tuple[Follower, ...]


class Contacts:
    """Customer contact, read. Never raises for anything the network or the platform does."""

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
        tags=given_tags(body),
    )
