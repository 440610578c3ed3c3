"""Customers and customer groups: pages read to the end, answers as types."""

import pytest

from channels.outcomes import NotSent, OutcomeUnknown, Refused
from channels.wecom.contacts import Contact, Contacts, Follower
from channels.wecom.groups import CustomerGroups, ListedGroup
from channels.wecom.roster import GroupMember, MemberKind, Roster
from channels.wecom.tags import GivenTag
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok


def follow(userid: str) -> dict[str, object]:
    tags = [
        {"tag_id": "t1", "tag_name": "常客", "group_name": "等级", "type": 1},
        {"tag_name": "my own", "group_name": "", "type": 2},
        {"tag_id": "t3", "tag_name": "of a rule group", "group_name": "门店", "type": 3},
    ]
    return {"userid": userid, "remark": "老王", "createtime": 5, "add_way": 1, "tags": tags}


def follower(userid: str) -> Follower:
    return Follower(
        userid=userid,
        remark="老王",
        description="",
        added_at=5,
        state="",
        add_way=1,
        tags=(GivenTag(id="t1", name="常客", group="等级"),),
    )


async def test_a_customer_is_read_with_the_followers_of_every_page() -> None:
    customer = {"external_userid": "wm1", "name": "王", "type": 1, "unionid": "u1"}
    api = FakeQyApi(
        ok(external_contact=customer, follow_user=[follow("li")], next_cursor="c"),
        ok(external_contact=customer, follow_user=[follow("chen")]),
    )
    assert await Contacts(api).get("wm1") == Contact(
        external_userid="wm1",
        name="王",
        kind=1,
        union_id="u1",
        followers=(follower("li"), follower("chen")),
    )
    assert [one.params for one in api.asked] == [
        {"external_userid": "wm1"},
        {"external_userid": "wm1", "cursor": "c"},
    ]


async def test_fields_of_a_wrong_type_are_read_as_missing() -> None:
    odd = FakeQyApi(
        ok(
            external_contact=7,
            follow_user=["x", {"userid": 3, "createtime": True, "tags": {}}],
            next_cursor=4,
        )
    )
    contact = await Contacts(odd).get("wm1")
    assert isinstance(contact, Contact)
    assert (contact.external_userid, contact.name, len(contact.followers)) == ("wm1", "", 1)
    assert contact.followers[0].added_at == 0


@pytest.mark.parametrize(
    ("code", "expected"), [(84061, Refused), (-1, NotSent), (45009, NotSent), (48002, NotSent)]
)
async def test_an_errcode_is_a_failure_by_the_table(code: int, expected: type) -> None:
    assert isinstance(await Contacts(FakeQyApi(errcode(code))).get("wm1"), expected)
    assert isinstance(await Contacts(FakeQyApi(errcode(code))).of_member("li"), expected)
    assert isinstance(await CustomerGroups(FakeQyApi(errcode(code))).get("wr1"), expected)


async def test_a_members_customers_are_listed() -> None:
    api = FakeQyApi(ok(external_userid=["wm1", "wm2"]))
    assert await Contacts(api).of_member("li") == ("wm1", "wm2")


async def test_groups_are_listed_to_the_end_empty_pages_included() -> None:
    api = FakeQyApi(
        ok(group_chat_list=[{"chat_id": "wr1", "status": 0}], next_cursor="a"),
        ok(group_chat_list=[], next_cursor="b"),
        ok(group_chat_list=[{"chat_id": "wr2", "status": 1}], next_cursor=""),
    )
    assert await CustomerGroups(api).list(("li",)) == (
        ListedGroup(chat_id="wr1", status=0),
        ListedGroup(chat_id="wr2", status=1),
    )
    assert [(one.body or {})["cursor"] for one in api.asked] == ["", "a", "b"]
    assert (api.asked[0].body or {})["owner_filter"] == {"userid_list": ["li"]}


async def test_a_failure_on_a_later_page_is_the_result() -> None:
    api = FakeQyApi(ok(group_chat_list=[{"chat_id": "wr1"}], next_cursor="a"), errcode(45009))
    assert isinstance(await CustomerGroups(api).list(), NotSent)


async def test_pages_without_end_end() -> None:
    api = FakeQyApi(*(ok(group_chat_list=[], next_cursor=str(n)) for n in range(1001)))
    assert isinstance(await CustomerGroups(api).list(), OutcomeUnknown)
    assert len(api.asked) == 1000


async def test_too_many_owners_are_not_asked_for() -> None:
    api = FakeQyApi()
    assert isinstance(await CustomerGroups(api).list(tuple(f"u{n}" for n in range(101))), Refused)
    assert not api.asked


async def test_a_group_is_read_with_names() -> None:
    api = FakeQyApi(
        ok(
            group_chat={
                "chat_id": "wr1",
                "name": "福利群",
                "owner": "li",
                "create_time": 9,
                "notice": "不要刷屏",
                "member_list": [
                    {"userid": "li", "type": 1, "join_time": 9, "join_scene": 1, "name": "小李"},
                    {
                        "userid": "wm1",
                        "type": 2,
                        "join_time": 10,
                        "join_scene": 3,
                        "invitor": {"userid": "li"},
                        "group_nickname": "团长",
                        "name": "王",
                        "unionid": "u1",
                    },
                ],
                "admin_list": [{"userid": "li"}],
                "member_version": "v1",
            }
        )
    )
    assert await CustomerGroups(api).get("wr1") == Roster(
        chat_id="wr1",
        name="福利群",
        owner="li",
        notice="不要刷屏",
        created_at=9,
        version="v1",
        members=(
            GroupMember(id="li", kind=MemberKind.STAFF, name="小李", joined_at=9, join_scene=1),
            GroupMember(
                id="wm1",
                kind=MemberKind.CUSTOMER,
                name="团长",
                joined_at=10,
                join_scene=3,
                invited_by="li",
                union_id="u1",
            ),
        ),
        admins=("li",),
    )
    assert api.asked[0].body == {"chat_id": "wr1", "need_name": 1}
