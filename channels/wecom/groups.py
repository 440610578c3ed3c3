"""Customer groups (客户群), read only: nobody can write into them by the API (WeCom 92120, 92122)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from channels.fitting import misfit
from channels.limits import sizes
from channels.wecom.answers import Failure, Json, answer, record, records, text, whole
from channels.wecom.api import QyApi
from channels.wecom.paging import all_records
from channels.wecom.roster import GroupMember, MemberKind, Roster

LIST, GET = "cgi-bin/externalcontact/groupchat/list", "cgi-bin/externalcontact/groupchat/get"


class GroupStatus(IntEnum):
    """How the group stands to its owner: 1 the owner has left the corp, 2 and 3 it is, or was, handed on."""

    NORMAL = 0
    OWNER_LEFT = 1
    HANDING_ON = 2
    HANDED_ON = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGroup:
    chat_id: str
    status: int


class CustomerGroups:
    """Customer groups of the corp. Never raises for anything the network or the platform does."""

    def __init__(self, api: QyApi) -> None:
        self._api = api

    async def list(self, owners: tuple[str, ...] = ()) -> tuple[ListedGroup, ...] | Failure:
        """The groups of these owners, of all without any; over 1000 members in range need owners (81017)."""
        problem = misfit((sizes.GROUP_OWNERS, owners))
        if problem is not None:
            return problem
        body: dict[str, object] = {"status_filter": 0, "limit": sizes.GROUP_PAGE.most}
        body |= {"owner_filter": {"userid_list": list(owners)}} if owners else {}
        found = await all_records(self._api, LIST, body, "group_chat_list")
        if isinstance(found, Failure):
            return found
        return tuple(
            ListedGroup(chat_id=text(one, "chat_id"), status=whole(one, "status"))
            for one in found
            if text(one, "chat_id")
        )

    async def get(self, chat_id: str) -> Roster | Failure:
        """The group as it is now, with the names of its members."""
        given = answer(await self._api.call(GET, {"chat_id": chat_id, "need_name": 1}))
        return _roster(record(given, "group_chat"), chat_id) if not isinstance(given, Failure) else given


def _roster(body: Json, chat_id: str) -> Roster:
    return Roster(
        chat_id=text(body, "chat_id") or chat_id,
        name=text(body, "name"),
        owner=text(body, "owner"),
        notice=text(body, "notice"),
        created_at=whole(body, "create_time"),
        version=text(body, "member_version"),
        members=tuple(_member(one) for one in records(body, "member_list") if text(one, "userid")),
        admins=tuple(userid for one in records(body, "admin_list") if (userid := text(one, "userid"))),
    )


def _member(body: Json) -> GroupMember:
    return GroupMember(
        id=text(body, "userid"),
        kind=MemberKind.STAFF if whole(body, "type") == MemberKind.STAFF else MemberKind.CUSTOMER,
        name=text(body, "group_nickname") or text(body, "name"),
        joined_at=whole(body, "join_time"),
        join_scene=whole(body, "join_scene"),
        invited_by=text(record(body, "invitor"), "userid"),
        union_id=text(body, "unionid"),
    )
