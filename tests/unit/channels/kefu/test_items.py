"""Pulled items as typed messages and events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.kefu.items import SYSTEM_PEER, UNKNOWN_PEER, key_of, read
from conversations.address import Address, Channel
from conversations.inbound import (
    AgentSaid,
    AgentSession,
    AgentSessionChange,
    Card,
    EnteredSession,
    File,
    Image,
    Inbound,
    Link,
    Location,
    MessageKey,
    Notification,
    Recalled,
    SendFailed,
    Text,
    Trigger,
    Unrecognised,
    Video,
    Voice,
)
from conversations.replies import EventCode
from tests.unit.channels.kefu.pulled import ACCOUNT, AT, CUSTOMER, NOW, event, message, text


def got(item: dict[str, Any]) -> Inbound:
    return read(item, key_of(item, ACCOUNT), received_at=NOW)


def test_a_text() -> None:
    assert got(text("几点发货")) == Inbound(
        key=MessageKey(f"kefu:{ACCOUNT}:from_msgid_1"),
        address=Address(channel=Channel.KEFU, account=ACCOUNT, peer=CUSTOMER),
        content=Text(text="几点发货"),
        sent_at=AT,
        trigger=Trigger.MESSAGE,
    )


def test_a_tap_on_a_menu_is_a_choice() -> None:
    assert got(message("text", {"content": "查快递", "menu_id": "101"})).content == Text(
        text="查快递", menu_id="101"
    )


@pytest.mark.parametrize(
    ("msgtype", "body", "content"),
    [
        ("image", {"media_id": "M1"}, Image(media_id="M1")),
        ("voice", {"media_id": "M1"}, Voice(media_id="M1", format="amr")),
        ("video", {"media_id": "M1"}, Video(media_id="M1")),
        ("file", {"media_id": "M1"}, File(media_id="M1")),
        (
            "location",
            {"latitude": 23.1, "longitude": 113.3, "name": "广州塔", "address": "阅江西路222号"},
            Location(latitude=23.1, longitude=113.3, label="广州塔 阅江西路222号"),
        ),
        (
            "link",
            {"title": "T", "desc": "D", "url": "https://example.com/a", "pic_url": "https://example.com/b"},
            Link(title="T", url="https://example.com/a", description="D"),
        ),
        (
            "business_card",
            {"userid": "li"},
            Card(kind="business_card", title="名片", fields={"userid": "li"}),
        ),
        (
            "miniprogram",
            {"title": "商城", "appid": "wx1", "pagepath": "p", "thumb_media_id": "M"},
            Card(
                kind="miniprogram",
                title="商城",
                fields={"title": "商城", "appid": "wx1", "pagepath": "p", "thumb_media_id": "M"},
            ),
        ),
        (
            "msgmenu",
            {"head_content": "您好", "list": []},
            Card(kind="msgmenu", title="您好", fields={"head_content": "您好", "list": []}),
        ),
        (
            "channels_shop_product",
            {"title": "橙子", "product_id": "1"},
            Card(kind="channels_shop_product", title="橙子", fields={"title": "橙子", "product_id": "1"}),
        ),
        (
            "channels_shop_order",
            {"order_id": "1", "product_titles": "橙子"},
            Card(
                kind="channels_shop_order", title="橙子", fields={"order_id": "1", "product_titles": "橙子"}
            ),
        ),
        (
            "merged_msg",
            {"title": "群聊的聊天记录", "item": []},
            Card(kind="merged_msg", title="群聊的聊天记录", fields={"title": "群聊的聊天记录", "item": []}),
        ),
        (
            "channels",
            {"sub_type": 1, "nickname": "小店"},
            Card(kind="channels", title="小店", fields={"sub_type": 1, "nickname": "小店"}),
        ),
        ("meeting", None, Card(kind="meeting", title="会议", fields={})),
        ("calendar", None, Card(kind="calendar", title="日程", fields={})),
        ("note", None, Card(kind="note", title="笔记", fields={})),
    ],
)
def test_every_type_that_a_customer_can_send(
    msgtype: str, body: dict[str, Any] | None, content: object
) -> None:
    inbound = got(message(msgtype, body))
    assert inbound.content == content
    assert inbound.trigger is Trigger.MESSAGE


def test_what_a_servicer_types_is_kept_and_opens_nothing() -> None:
    inbound = got(text("我来处理", origin=5, servicer_userid="Zhangsan"))
    assert inbound.content == AgentSaid(agent="Zhangsan", content=Text(text="我来处理"))
    assert inbound.trigger is None
    assert inbound.address.peer == CUSTOMER


def test_a_servicer_is_seen_even_in_a_message_that_we_cannot_read() -> None:
    inbound = got(message("hologram", {"x": 1}, origin=5))
    assert inbound.content == AgentSaid(
        agent="unknown", content=Card(kind="hologram", title="", fields={"x": 1})
    )


def test_a_message_of_the_system_is_a_notice() -> None:
    inbound = got(text("图片过大", origin=4))
    assert isinstance(inbound.content, Notification)
    assert (inbound.content.name, inbound.trigger) == ("system_text", None)


def test_a_type_that_we_do_not_know_was_written_all_the_same() -> None:
    item = message("hologram", {"x": 1})
    assert got(item).content == Unrecognised(name="hologram", fields=item)
    assert got(item).trigger is Trigger.MESSAGE


@pytest.mark.parametrize("origin", [None, 6, "x", True])
def test_an_unknown_origin_opens_nothing(origin: object) -> None:
    inbound = got(text(origin=origin))
    assert isinstance(inbound.content, Unrecognised)
    assert inbound.trigger is None


@pytest.mark.parametrize("peer", [None, "", "a:b", 7])
def test_a_message_that_names_no_customer_is_kept_for_nobody(peer: object) -> None:
    inbound = got(text(external_userid=peer))
    assert isinstance(inbound.content, Unrecognised)
    assert (inbound.address.peer, inbound.trigger) == (UNKNOWN_PEER, None)


def test_entering_with_a_welcome_code() -> None:
    inbound = got(event("enter_session", scene="123", scene_param="abc", welcome_code="CODE"))
    assert inbound.content == EnteredSession(
        scene="123",
        scene_param="abc",
        code=EventCode(code="CODE", expires_at=AT + timedelta(seconds=20)),
    )
    assert inbound.address == Address(channel=Channel.KEFU, account=ACCOUNT, peer=CUSTOMER)
    assert inbound.trigger is None


def test_entering_again_brings_no_code() -> None:
    assert got(event("enter_session", scene="123")).content == EnteredSession(scene="123")


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        (
            {"change_type": 1, "new_servicer_userid": "li", "msg_code": "C"},
            AgentSession(
                change=AgentSessionChange.CREATED,
                agent="li",
                code=EventCode(code="C", expires_at=AT + timedelta(hours=48)),
            ),
        ),
        (
            {"change_type": 2, "old_servicer_userid": "li", "new_servicer_userid": "wang"},
            AgentSession(change=AgentSessionChange.SWITCHED, agent="wang", previous_agent="li"),
        ),
        (
            {"change_type": 3, "old_servicer_userid": "wang", "msg_code": "E"},
            AgentSession(
                change=AgentSessionChange.CLOSED,
                agent="wang",
                code=EventCode(code="E", expires_at=AT + timedelta(seconds=20)),
            ),
        ),
        (
            {"change_type": 4, "new_servicer_userid": "li"},
            AgentSession(change=AgentSessionChange.REOPENED, agent="li"),
        ),
        # That a person has it must be known, even when nobody is named.
        ({"change_type": 1}, AgentSession(change=AgentSessionChange.CREATED, agent="unknown")),
        ({"change_type": "4"}, AgentSession(change=AgentSessionChange.REOPENED, agent="unknown")),
    ],
)
def test_changes_that_people_make(fields: dict[str, Any], content: object) -> None:
    assert got(event("session_status_change", **fields)).content == content


@pytest.mark.parametrize(
    ("fail_type", "reason"),
    [
        (0, "unknown reason"),
        (6, "over 5 messages since the customer wrote"),
        (10, "the customer rejects our messages"),
        (99, "a reason that is not documented"),
    ],
)
def test_a_send_that_failed_later(fail_type: int, reason: str) -> None:
    inbound = got(event("msg_send_fail", fail_msgid="M", fail_type=fail_type))
    assert inbound.content == SendFailed(platform_id="M", fail_type=fail_type, reason=reason)


def test_recalls() -> None:
    assert got(event("user_recall_msg", recall_msgid="M")).content == Recalled(platform_id="M")
    by_servicer = event("servicer_recall_msg", recall_msgid="M", servicer_userid="li")
    assert got(by_servicer).content == Recalled(platform_id="M", agent="li")


@pytest.mark.parametrize("name", ["servicer_status_change", "reject_customer_msg_switch_change"])
def test_events_about_servicers_belong_to_no_customer(name: str) -> None:
    item = event(name, external_userid=None, servicer_userid="li", status=1)
    inbound = got(item)
    assert inbound.content == Notification(name=name, fields=item["event"])
    assert inbound.address == Address(channel=Channel.KEFU, account=ACCOUNT, peer=SYSTEM_PEER)
    assert inbound.trigger is None


@pytest.mark.parametrize(
    "item",
    [
        event("brand_new"),
        event("session_status_change", change_type=9),
        event("session_status_change"),
        event("msg_send_fail", fail_type=1),
        event("user_recall_msg"),
        event("enter_session", external_userid=None),
        {"msgtype": "event"},
        {"msgtype": "event", "event": "text"},
        {},
        {"unreadable": 5},
        {"msgtype": 5},
    ],
)
def test_what_cannot_be_read_is_kept_and_opens_nothing(item: dict[str, Any]) -> None:
    inbound = got(item)
    assert isinstance(inbound.content, Unrecognised)
    assert inbound.trigger is None
    assert inbound.address.account == ACCOUNT


def test_a_customers_broken_message_still_opens_a_window() -> None:
    for item in (
        message("text", {"content": ""}),
        message("link", {"url": "javascript:alert(1)"}),
        message("location", {"latitude": 91, "longitude": 0}),
        message("image", {}),
    ):
        inbound = got(item)
        assert isinstance(inbound.content, Unrecognised)
        assert inbound.trigger is Trigger.MESSAGE


@pytest.mark.parametrize("send_time", [None, 0, -1, 10**12, "x", True])
def test_an_absurd_time_is_replaced(send_time: object) -> None:
    assert got(text(send_time=send_time)).sent_at == NOW


def test_the_key_is_the_msgid_or_the_hash_of_the_item() -> None:
    item = text(msgid="with space")
    key = key_of(item, ACCOUNT)
    assert key.startswith(f"kefu:{ACCOUNT}:~")
    assert key == key_of(dict(reversed(item.items())), ACCOUNT)
    assert key != key_of({**item, "send_time": 1}, ACCOUNT)
    assert len(key) <= 250
    assert key_of(text(msgid="m"), "wk1") != key_of(text(msgid="m"), "wk2")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "msgid",
        "open_kfid",
        "external_userid",
        "send_time",
        "origin",
        "msgtype",
        "event",
        "text",
        "link",
        "location",
    ]
)
WORDS = st.sampled_from(["text", "event", "link", "location", 3, 4, 5, ACCOUNT, CUSTOMER])
INNER = st.dictionaries(
    st.sampled_from(
        ["event_type", "change_type", "content", "url", "latitude", "welcome_code", "external_userid"]
    ),
    JSON | st.sampled_from(["session_status_change", "enter_session", "msg_send_fail", CUSTOMER]),
)


@given(st.dictionaries(NAMES, WORDS | INNER | JSON))
def test_nothing_raises_whatever_comes(item: dict[str, Any]) -> None:
    inbound = got(item)
    assert inbound.address.channel is Channel.KEFU
    if inbound.trigger is not None:
        assert item["origin"] in (3, "3")
        assert item["external_userid"] == inbound.address.peer
