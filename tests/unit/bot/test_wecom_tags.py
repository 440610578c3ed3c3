"""What callbacks tell of tags, and what the platform's answers mean for the keeper."""

from __future__ import annotations

from bot.wecom_tags import AGAIN_SECONDS, TagCalls, told_of
from channels.calls import Result
from channels.outcomes import NotSent
from customers.wecom_tags.deciding import WecomTag
from customers.wecom_tags.port import Done, Follower, Gone, Never, NotNow, Stale
from customers.wecom_tags.waiting import TAG_LIST
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok

GROUP = {"group_id": "g", "group_name": "店小二", "tag": [{"id": "et1", "name": "高净值"}]}
VIP = WecomTag("店小二", "高净值")


def test_whom_a_callback_tells_of() -> None:
    def contact(change: str, customer: object = "wmA") -> object:
        fields = {"Event": "change_external_contact", "ChangeType": change, "ExternalUserID": customer}
        return told_of(fields)

    def tag(change: str) -> object:
        return told_of({"Event": "CHANGE_EXTERNAL_TAG", "ChangeType": change, "Id": "et1", "TagType": "tag"})

    said = {
        "edit": contact("edit_external_contact"),
        "add": contact("add_external_contact"),
        "half": contact("add_half_external_contact"),
        "delete": contact("del_external_contact"),
        "left": contact("del_follow_user"),
        "transfer": contact("transfer_fail"),
        "nobody": contact("edit_external_contact", None),
        "tag deleted": tag("delete"),
        "tag renamed": tag("update"),
        "tag made": tag("create"),
        "tags in another order": tag("shuffle"),
        "a message": told_of({"MsgType": "text", "Content": "change_external_tag"}),
        "groups": told_of({"Event": "change_external_chat", "ChangeType": "update"}),
    }
    assert {what: whom for what, whom in said.items() if whom is not None} == {
        "edit": "wmA",
        "add": "wmA",
        "half": "wmA",
        "delete": "wmA",
        "tag deleted": TAG_LIST,
        "tag renamed": TAG_LIST,
    }


async def test_what_the_platform_answers() -> None:
    def calls(result: Result) -> TagCalls:
        return TagCalls(FakeQyApi(result))

    contact = {
        "external_contact": {"external_userid": "wmA"},
        "follow_user": [
            {
                "userid": "lisi",
                "tags": [{"tag_id": "et1", "tag_name": "高净值", "group_name": "店小二", "type": 1}],
            }
        ],
    }
    assert await calls(ok(**contact)).followers("wmA") == (Follower(userid="lisi", tags=frozenset({VIP})),)
    assert await calls(ok(tag_group=[GROUP])).list() == {VIP: "et1"}
    assert await calls(ok(tag_group=GROUP)).create("店小二", ("高净值",)) == {VIP: "et1"}
    api = FakeQyApi()
    assert await TagCalls(api).mark("lisi", "wmA", give=("et1",), take=("et2",)) == Done()
    assert [asked.body for asked in api.asked] == [
        {"userid": "lisi", "external_userid": "wmA", "add_tag": ["et1"], "remove_tag": ["et2"]}
    ]

    limit = NotSent(reason="limit used up", retry_after=17.0)
    answers: dict[object, dict[str, object]] = {}
    for result in (errcode(84061), errcode(40096), errcode(40068), errcode(40071), errcode(-1), limit):
        key = result if result is limit else getattr(result, "code", None)
        answers[key] = {
            "followers": await calls(result).followers("wmA"),
            "mark": await calls(result).mark("lisi", "wmA", give=("et1",), take=()),
            "create": await calls(result).create("店小二", ("高净值",)),
        }
    assert answers[84061]["followers"] == answers[40096]["followers"] == ()
    assert answers[84061]["mark"] == Gone()
    assert isinstance(answers[40096]["mark"], Never)
    assert answers[40068]["mark"] == answers[40071]["create"] == Stale()
    for answer in answers[-1].values():
        assert isinstance(answer, NotNow)
        assert answer.seconds == AGAIN_SECONDS
    assert set(answers[limit].values()) == {NotNow(seconds=17.0, reason="limit used up")}
    assert await calls(limit).list() == NotNow(seconds=17.0, reason="limit used up")
