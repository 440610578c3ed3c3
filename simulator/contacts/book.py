"""Customers and which members have them as contacts (WeCom 92114, 92994, 92115, 92113)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from simulator.contacts.tags import MOST_AT_A_CUSTOMER, TagBook
from simulator.corp.errcodes import CorpError
from simulator.corp.members import Members
from simulator.corpapp.fields import Json, optional, page, text, texts

FOLLOWERS_PER_PAGE = 500
_REMARK_CHARACTERS, _DESCRIPTION_CHARACTERS = 20, 150


@dataclass(slots=True, kw_only=True)
class Customer:
    """A person outside the corp, with what arrived on that person's phone from its members."""

    external_userid: str
    name: str
    unionid: str = ""
    inbox: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        """The ``external_contact`` of the API; type 1 is a WeChat user."""
        shown: Json = {
            "external_userid": self.external_userid,
            "name": self.name,
            "avatar": "",
            "type": 1,
            "gender": 0,
        }
        return shown | ({"unionid": self.unionid} if self.unionid else {})


@dataclass(slots=True, kw_only=True)
class Follow:
    """A member has a customer as a contact. ``alone``: the customer has deleted the member since."""

    userid: str
    external_userid: str
    created: int
    remark: str
    description: str = ""
    company: str = ""
    mobiles: Sequence[str] = ()
    state: str = ""
    add_way: int = 1
    tag_ids: list[str] = field(default_factory=list)
    alone: bool = False
    chatted: bool = False

    def as_json(self) -> Json:
        """The fields that both forms of a follow in the API share."""
        return {
            "userid": self.userid,
            "remark": self.remark,
            "description": self.description,
            "createtime": self.created,
            "remark_corp_name": self.company,
            "remark_mobiles": list(self.mobiles),
            "add_way": self.add_way,
            "state": self.state,
        }


class ContactBook:
    """Customers by external_userid and follows by (userid, external_userid)."""

    def __init__(self, members: Members) -> None:
        self.customers: dict[str, Customer] = {}
        self.follows: dict[tuple[str, str], Follow] = {}
        self.tags = TagBook()
        self._members = members

    def add_customer(self, name: str, external_userid: str = "", unionid: str = "") -> Customer:
        """A new customer, or the one who has that id already."""
        key = external_userid or "wm" + secrets.token_urlsafe(22)
        return self.customers.setdefault(key, Customer(external_userid=key, name=name, unionid=unionid))

    def follow(self, userid: str, external_userid: str, now: float, *, state: str = "") -> Follow:
        """A member and a customer become contacts."""
        customer = self.customer(external_userid)
        made = Follow(
            userid=userid,
            external_userid=external_userid,
            created=int(now),
            remark=customer.name,
            state=state,
        )
        self.follows[userid, external_userid] = made
        return made

    def customer(self, external_userid: str) -> Customer:
        """A customer; raises CorpError 40096."""
        found = self.customers.get(external_userid)
        if found is None:
            raise CorpError(40096, external_userid)
        return found

    def relation(self, userid: str, external_userid: str) -> Follow:
        """The follow of the two; raises CorpError 40003 (member), 40096 (customer) or 84061 (no relation)."""
        name = self.member(userid)
        self.customer(external_userid)
        found = self.follows.get((name, external_userid))
        if found is None:
            raise CorpError(84061)
        return found

    def member(self, userid: str) -> str:
        """The userid as the address book has it; raises CorpError 41009 (none) or 40003 (unknown)."""
        if not userid:
            raise CorpError(41009)
        member = self._members.get(userid)
        if member is None:
            raise CorpError(40003, userid)
        return member.userid

    def of_member(self, userid: str) -> list[Follow]:
        """A member's contacts, oldest first."""
        return [follow for follow in self.follows.values() if follow.userid == userid]

    def followers(self, external_userid: str) -> list[Follow]:
        """Who has a customer as a contact, oldest first."""
        return [follow for follow in self.follows.values() if follow.external_userid == external_userid]

    def listed(self, userid: str) -> list[str]:
        """externalcontact/list; raises CorpError 84061 when the member has no contact."""
        found = [follow.external_userid for follow in self.of_member(self.member(userid))]
        if not found:
            raise CorpError(84061)
        return found

    def detail(self, external_userid: str, cursor: str) -> Json:
        """externalcontact/get: the customer and up to 500 followers, and the next cursor when there are more."""
        if not external_userid:
            raise CorpError(41035)
        customer = self.customer(external_userid)
        follows = self.followers(external_userid)
        if not follows:
            raise CorpError(84061)
        start, end, following = page(
            {"cursor": cursor}, len(follows), default=FOLLOWERS_PER_PAGE, most=FOLLOWERS_PER_PAGE
        )
        shown: Json = {
            "external_contact": customer.as_json(),
            "follow_user": [
                {**follow.as_json(), "tags": self.tags.shown(follow.tag_ids)}
                for follow in islice(follows, start, end)
            ],
        }
        return shown | ({"next_cursor": following} if following else {})

    def batch(self, data: Mapping[str, object]) -> Json:
        """externalcontact/batch/get_by_user: contacts of up to 100 members, 50 to 100 a page."""
        named = texts(data, "userid_list", 40058, high=100)
        if not named:
            raise CorpError(41009)
        follows = [follow for name in named for follow in self.of_member(self.member(name))]
        if not follows:
            raise CorpError(84061)
        start, end, following = page(data, len(follows), default=50, most=100)
        return {
            "external_contact_list": [
                {
                    "external_contact": self.customers[follow.external_userid].as_json(),
                    "follow_info": {**follow.as_json(), "tag_id": list(follow.tag_ids)},
                }
                for follow in islice(follows, start, end)
            ],
            "next_cursor": following,
        }

    def remark(self, data: Mapping[str, object]) -> None:
        """externalcontact/remark: at most 20 characters of name and 150 of description."""
        follow = self.relation(text(data, "userid", 41009), text(data, "external_userid", 41035))
        name, words = optional(data, "remark"), optional(data, "description")
        if len(name) > _REMARK_CHARACTERS or len(words) > _DESCRIPTION_CHARACTERS:
            raise CorpError(40058, "remark or description is too long")
        if "remark" in data:
            follow.remark = name
        if "description" in data:
            follow.description = words
        if "remark_company" in data:
            follow.company = optional(data, "remark_company")
        if data.get("remark_mobiles") is not None:
            follow.mobiles = [number for number in texts(data, "remark_mobiles", high=5) if number]

    def mark(self, data: Mapping[str, object]) -> None:
        """externalcontact/mark_tag; raises CorpError 84061 without a relation, 40068 for an unknown tag.

        Too many tags are 40126; the number of that refusal is not published.
        """
        follow = self.relation(text(data, "userid", 41009), text(data, "external_userid", 41035))
        added, removed = texts(data, "add_tag", 40068), texts(data, "remove_tag", 40068)
        if not added and not removed:
            raise CorpError(40063)
        for tag_id in [*added, *removed]:
            self.tags.check(tag_id)
        kept = [tag_id for tag_id in follow.tag_ids if tag_id not in removed]
        after = list(dict.fromkeys([*kept, *added]))
        if len(after) > MOST_AT_A_CUSTOMER:
            raise CorpError(40126)
        follow.tag_ids = after

    def drop_tags(self, tag_ids: Sequence[str]) -> None:
        """Tags were deleted: nobody has them any more."""
        for follow in self.follows.values():
            follow.tag_ids = [tag_id for tag_id in follow.tag_ids if tag_id not in tag_ids]
