"""Customer groups and mass messages over HTTP: versions, lost and late events, confirmation, caps."""

from __future__ import annotations

from typing import cast

from simulator.media import sample_picture
from tests.functional.simulator.contacts.test_sim_contacts import act, refused
from tests.functional.simulator.staff_bot import StaffBot, StaffCallback
from tests.functional.simulator.staff_client import Json, StaffClient


def versions(callback: StaffCallback) -> tuple[str, str]:
    return callback.field("LastMemVer"), callback.field("CurMemVer")


def joined(callback: StaffCallback) -> list[str]:
    items = callback.root.child("MemChangeList")
    return [] if items is None else [node.text for node in items.children]


async def group(corp: StaffClient, **data: object) -> str:
    return str((await act(corp, "group-create", owner="lisi", name="老客户群", **data))["chat_id"])


async def detail(corp: StaffClient, chat_id: str) -> Json:
    answer = await corp.api("POST", "externalcontact/groupchat/get", {"chat_id": chat_id, "need_name": 1})
    return cast("Json", answer["group_chat"])


async def test_events_of_a_group_link_its_versions(corp: StaffClient, bot: StaffBot) -> None:
    chat_id = await group(corp)
    begun = (await detail(corp, chat_id))["member_version"]
    await act(corp, "group-join", chat_id=chat_id, people=["wmA"])
    await act(corp, "group-join", chat_id=chat_id, people=["wmB", "zhangsan"], scene=0)
    await act(corp, "group-leave", chat_id=chat_id, people=["wmA"], scene=1)
    await corp.settle()
    created, first, second, third = bot.events("change_external_chat")
    assert created.field("ChangeType") == "create"
    assert [joined(event) for event in (first, second, third)] == [["wmA"], ["wmB", "ZhangSan"], ["wmA"]]
    assert [event.field("MemChangeCnt") for event in (first, second, third)] == ["1", "2", "1"]
    assert (first.field("JoinScene"), second.field("JoinScene"), third.field("QuitScene")) == ("3", "0", "1")
    shown = await detail(corp, chat_id)
    chain = [begun, versions(first)[1], versions(second)[1], versions(third)[1]]
    assert [versions(event)[0] for event in (first, second, third)] == chain[:3]
    assert shown["member_version"] == chain[3]
    members = cast("list[Json]", shown["member_list"])
    assert [(member["userid"], member["type"]) for member in members] == [
        ("lisi", 1),
        ("wmB", 2),
        ("ZhangSan", 1),
    ]


async def test_a_lost_event_leaves_a_gap_between_versions(corp: StaffClient, bot: StaffBot) -> None:
    chat_id = await group(corp)
    await act(corp, "group-join", chat_id=chat_id, people=["wmA"])
    await act(corp, "group-join", chat_id=chat_id, people=["wmB"], lost=True)
    await act(corp, "group-join", chat_id=chat_id, people=["wmC"])
    await corp.settle()
    _, first, last = bot.events("change_external_chat")
    assert versions(first)[1] != versions(last)[0]
    assert versions(last)[1] == (await detail(corp, chat_id))["member_version"]
    assert len(cast("list[Json]", (await detail(corp, chat_id))["member_list"])) == 4


async def test_events_of_a_group_can_overtake_each_other(corp: StaffClient, bot: StaffBot) -> None:
    chat_id = await group(corp)
    await corp.settle()
    rule = {"side": "callback", "kind": "reorder", "count": 1, "ms": 5000}
    await corp.sim("PUT", "faults", {"rules": [{**rule, "path": "corp:event:change_external_chat"}]})
    await act(corp, "group-join", chat_id=chat_id, people=["wmA"])
    await act(corp, "group-join", chat_id=chat_id, people=["wmB"])
    await corp.settle()
    assert [joined(event) for event in bot.events("change_external_chat")[1:]] == [["wmB"], ["wmA"]]


async def test_other_changes_of_a_group(corp: StaffClient, bot: StaffBot) -> None:
    chat_id = await group(corp)
    await act(corp, "group-rename", chat_id=chat_id, name="新名字")
    await act(corp, "group-notice", chat_id=chat_id, notice="满减")
    assert "owner" in await refused(corp, "group-owner", chat_id=chat_id, owner="wangwu")
    await act(corp, "group-join", chat_id=chat_id, people=["wangwu"])
    await act(corp, "group-owner", chat_id=chat_id, owner="wangwu")
    await act(corp, "group-dismiss", chat_id=chat_id)
    await corp.settle()
    details = [event.field("UpdateDetail") for event in bot.events("change_external_chat")]
    assert details == ["", "change_name", "change_notice", "add_member", "change_owner", ""]
    answer = await corp.api("POST", "externalcontact/groupchat/get", {"chat_id": chat_id})
    assert answer["errcode"] == 49008
    assert await corp.code("externalcontact/groupchat/get", {"chat_id": "wr0"}) == 40050


async def test_groups_are_listed_by_owner_and_page(corp: StaffClient) -> None:
    ids = [await group(corp) for _ in range(3)]
    body = {"owner_filter": {"userid_list": ["lisi"]}, "limit": 2}
    first = await corp.api("POST", "externalcontact/groupchat/list", body)
    rest = await corp.api("POST", "externalcontact/groupchat/list", {**body, "cursor": first["next_cursor"]})
    pages = [cast("list[Json]", page["group_chat_list"]) for page in (first, rest)]
    assert [entry["chat_id"] for page in pages for entry in page] == ids
    assert "next_cursor" not in rest
    await act(corp, "group-status", chat_id=ids[1], status=1)
    left = await corp.api("POST", "externalcontact/groupchat/list", {"status_filter": 1, "limit": 10})
    assert left["group_chat_list"] == [{"chat_id": ids[1], "status": 1}]
    other = {"owner_filter": {"userid_list": ["wangwu"]}, "limit": 10}
    assert (await corp.api("POST", "externalcontact/groupchat/list", other))["group_chat_list"] == []
    assert await corp.code("externalcontact/groupchat/list", {"status_filter": 0}) == 40058


async def test_the_welcome_of_a_group(corp: StaffClient) -> None:
    path = "externalcontact/group_welcome_template"
    template = {"text": {"content": "欢迎 %NICKNAME%"}, "link": {"title": "菜单", "url": "https://x.cn"}}
    made = await corp.api("POST", f"{path}/add", template)
    chat_id = await group(corp)
    await act(corp, "group-welcome", chat_id=chat_id, template_id=made["template_id"])
    await act(corp, "group-join", chat_id=chat_id, people=["wmA"])
    shown = await corp.sim("GET", f"contacts/groups/{chat_id}")
    (message,) = cast("list[dict[str, dict[str, Json]]]", shown["messages"])
    assert message["welcome"]["text"] == {"content": "欢迎 wmA"}
    assert (await corp.api("POST", f"{path}/get", {"template_id": made["template_id"]}))["text"] == {
        "content": "欢迎 %NICKNAME%"
    }
    edited = {"template_id": made["template_id"], "text": {"content": "长" * 1001}}
    assert await corp.code(f"{path}/edit", edited) == 45002
    assert await corp.code(f"{path}/del", {"template_id": made["template_id"]}) == 0
    assert await corp.code(f"{path}/get", {"template_id": made["template_id"]}) == 40037


async def test_nothing_is_sent_to_a_group_until_its_owner_confirms(corp: StaffClient, bot: StaffBot) -> None:
    chat_id, other = await group(corp), await group(corp)
    body = {
        "chat_type": "group",
        "sender": "lisi",
        "chat_id_list": [chat_id, "wrStrange"],
        "text": {"content": "明天八折"},
        "attachments": [{"msgtype": "link", "link": {"title": "券", "url": "https://x.cn"}}],
    }
    made = await corp.api("POST", "externalcontact/add_msg_template", body)
    assert (made["errcode"], made["fail_list"]) == (0, ["wrStrange"])
    assert (await corp.sim("GET", f"contacts/groups/{chat_id}"))["messages"] == []
    assert [line["kind"] for line in await corp.phone("lisi")] == ["mass-task"]
    pending = cast("list[Json]", (await corp.sim("GET", "contacts/pending/lisi"))["tasks"])
    assert [(task["msgid"], task["targets"]) for task in pending] == [(made["msgid"], [chat_id])]
    before = await corp.api("POST", "externalcontact/get_groupmsg_task", {"msgid": made["msgid"]})
    assert before["task_list"] == [{"userid": "lisi", "status": 0}]
    confirmed = await act(corp, "mass-confirm", userid="lisi", msgid=made["msgid"])
    assert confirmed["results"] == {chat_id: 1}
    (message,) = cast("list[Json]", (await corp.sim("GET", f"contacts/groups/{chat_id}"))["messages"])
    assert cast("Json", message["mass"])["text"] == {"content": "明天八折"}
    assert (await corp.sim("GET", f"contacts/groups/{other}"))["messages"] == []
    assert "no task" in await refused(corp, "mass-confirm", userid="lisi", msgid=made["msgid"])
    result = await corp.api(
        "POST", "externalcontact/get_groupmsg_send_result", {"msgid": made["msgid"], "userid": "lisi"}
    )
    (sent,) = cast("list[Json]", result["send_list"])
    assert (sent["chat_id"], sent["status"], "send_time" in sent) == (chat_id, 1, True)
    await corp.settle()
    assert {event.field("ChangeType") for event in bot.seen} == {"create"}


async def test_each_customer_receives_one_a_day_and_only_from_friends(corp: StaffClient) -> None:
    ids = [(await act(corp, "add", userid="lisi"))["external_userid"] for _ in range(2)]
    body = {"external_userid": [*ids, "wmNobody"], "text": {"content": "上新"}}
    first = await corp.api("POST", "externalcontact/add_msg_template", body)
    second = await corp.api("POST", "externalcontact/add_msg_template", body)
    assert first["fail_list"] == ["wmNobody"]
    await act(corp, "unfollow", userid="lisi", external_userid=ids[1])
    done = await act(corp, "mass-confirm", userid="lisi", msgid=first["msgid"])
    assert done["results"] == {ids[0]: 1, ids[1]: 2}
    done = await act(corp, "mass-confirm", userid="lisi", msgid=second["msgid"])
    assert done["results"] == {ids[0]: 3, ids[1]: 2}
    await corp.sim("POST", "clock", {"advance_seconds": 86_400})
    await corp.log_in()
    third = await corp.api("POST", "externalcontact/add_msg_template", body)
    assert (await act(corp, "mass-confirm", userid="lisi", msgid=third["msgid"]))["results"] == {ids[0]: 1}


async def test_reminding_and_cancelling(corp: StaffClient) -> None:
    await group(corp)
    body = {"chat_type": "group", "sender": "lisi", "text": {"content": "上新"}}
    msgid = {"msgid": (await corp.api("POST", "externalcontact/add_msg_template", body))["msgid"]}
    path = "externalcontact/remind_groupmsg_send"
    assert [await corp.code(path, msgid) for _ in range(4)] == [0, 0, 0, 41094]
    assert len(await corp.phone("lisi")) == 4
    await corp.sim("POST", "clock", {"advance_seconds": 86_400})
    await corp.log_in()
    assert await corp.code(path, msgid) == 0
    assert await corp.code("externalcontact/cancel_groupmsg_send", msgid) == 0
    assert await corp.code(path, msgid) == 41093
    assert await corp.code("externalcontact/cancel_groupmsg_send", msgid) == 41093
    assert (await corp.sim("GET", "contacts/pending/lisi"))["tasks"] == []
    assert "no task" in await refused(corp, "mass-confirm", userid="lisi", **msgid)
    assert await corp.code(path, {"msgid": "msg0"}) == 41047


async def test_what_a_mass_message_may_hold(corp: StaffClient) -> None:
    await group(corp)
    good = {"chat_type": "group", "sender": "lisi", "text": {"content": "好"}}
    path = "externalcontact/add_msg_template"
    link = {"msgtype": "link", "link": {"title": "券", "url": "https://x.cn"}}
    cases: list[tuple[dict[str, object], int]] = [
        ({"text": {"content": "长" * 1334}}, 45002),
        ({"text": {"content": ""}}, 40063),
        ({"attachments": [link] * 10}, 41064),
        ({"attachments": [{"msgtype": "poem", "poem": {}}]}, 41065),
        ({"attachments": [{"msgtype": "image", "image": {"media_id": "none"}}]}, 40007),
        ({"sender": ""}, 41009),
        ({"sender": "nobody"}, 40003),
        ({"sender": "wangwu"}, 41048),
        ({"chat_type": "crowd"}, 86214),
    ]
    for change, code in cases:
        assert await corp.code(path, {**good, **change}) == code, change
    stored = await corp.upload("media/upload", "a.png", sample_picture(8, 8), "image/png", type="image")
    image = {"msgtype": "image", "image": {"media_id": stored["media_id"]}}
    assert await corp.code(path, {**good, "attachments": [image, *[link] * 8]}) == 0
    now = cast("dict[str, Json]", {"clock": await corp.sim("GET", "clock")})["clock"]
    assert "offset_seconds" in now
    span = {"chat_type": "group", "start_time": 0, "end_time": 2**33}
    assert await corp.code("externalcontact/get_groupmsg_list_v2", span) == 40058


async def test_the_list_of_mass_messages(corp: StaffClient) -> None:
    await group(corp)
    body = {"chat_type": "group", "sender": "lisi", "text": {"content": "好"}}
    made = [(await corp.api("POST", "externalcontact/add_msg_template", body))["msgid"] for _ in range(3)]
    tasks = cast("list[dict[str, int]]", (await corp.sim("GET", "contacts"))["mass"])
    span = {"chat_type": "group", "start_time": tasks[0]["created"] - 5, "end_time": tasks[0]["created"] + 60}
    first = await corp.api("POST", "externalcontact/get_groupmsg_list_v2", {**span, "limit": 2})
    rest = await corp.api(
        "POST", "externalcontact/get_groupmsg_list_v2", {**span, "limit": 2, "cursor": first["next_cursor"]}
    )
    pages = [cast("list[Json]", page["group_msg_list"]) for page in (first, rest)]
    assert [entry["msgid"] for page in pages for entry in page] == made
    assert rest["next_cursor"] == ""


async def test_a_stranger_comes_in_by_a_name(corp: StaffClient, bot: StaffBot) -> None:
    chat_id = await group(corp)
    await act(corp, "group-join", chat_id=chat_id, people=["wmA"], name="王女士")
    await act(corp, "group-join", chat_id=chat_id, people=["wmA2"])
    members = cast("list[Json]", (await detail(corp, chat_id))["member_list"])
    assert [(member["userid"], member["name"]) for member in members[1:]] == [
        ("wmA", "王女士"),
        ("wmA2", "wmA2"),
    ]
