"""Every message and event of the app is read as what it is; nothing that arrives makes reading fail."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.body import parse_body
from channels.wecom.envelope import LISTS
from channels.wecom.protocol import EVENTS, MESSAGES, SYSTEM_PEER, UNKNOWN_PEER, App, read
from conversations.address import Address, Channel
from conversations.inbound import (
    CardClicked,
    Content,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    MessageKey,
    Notification,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)

PAYLOADS = Path(__file__).parents[3] / "payloads" / "wecom"
KEY = MessageKey("wecom:wwfictional00001:1")
APP = App("wwfictional00001", 1000002)
ZHANG = Address(channel=Channel.WECOM, account="1000002", peer="zhangsan")
PLATFORM = Address(channel=Channel.WECOM, account="wwfictional00001", peer=SYSTEM_PEER)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def fields(case: str) -> dict[str, object]:
    return parse_body((PAYLOADS / f"{case}.xml").read_bytes(), lists=LISTS)


def reading(of: Mapping[str, object]) -> Inbound:
    return read(of, KEY, APP)


def card(key: str, card_type: str, **selected: tuple[str, ...]) -> CardClicked:
    return CardClicked(
        card_type=card_type, task_id="handoff-42", key=key, response_code="RC", selected=selected
    )


MESSAGE_CASES: dict[str, Content] = {
    "text": Text(text="客户问能不能加急"),
    "image": Image(media_id="media-image-1", url="http://img.example.com/a/0"),
    "voice": Voice(media_id="media-voice-1", format="amr"),
    "video": Video(media_id="media-video-1", thumb_media_id="media-thumb-1"),
    "location": Location(latitude=30.274085, longitude=120.15507, label="杭州市某某路 1 号"),
    "link": Link(title="一篇文章", url="https://news.example.com/apple", description="讲怎么挑苹果"),
}
EVENT_CASES: dict[str, tuple[Content, Trigger | None]] = {
    "event_subscribe": (Followed(), Trigger.FOLLOW),
    "event_unsubscribe": (Unfollowed(), None),
    "event_click": (MenuClicked(menu_key="WAITING"), Trigger.MENU_CLICK),
    "event_template_card": (card("take", "button_interaction"), None),
    "event_template_card_one_choice": (card("send", "vote_interaction", q1=("a",)), None),
    "event_template_card_choices": (
        card("send", "multiple_interaction", q1=("a", "b"), q2=("c",)),
        None,
    ),
    "event_template_card_menu": (card("mute", "text_notice"), None),
}
FROM_MEMBERS = (
    "enter_agent", "location", "view", "view_miniprogram", "scancode_push", "scancode_waitmsg", "pic_sysphoto",
    "pic_photo_or_album", "pic_weixin", "location_select",
)  # fmt: skip
FROM_PLATFORM = (
    "batch_job_result", "open_approval_change", "change_contact", "share_agent_change", "share_chain_change",
    "inactive_alert", "close_inactive_agent", "reopen_inactive_agent", "low_active_alert", "low_active",
    "active_restored", "kf_account_auth_change", "kf_msg_or_event", "change_external_contact",
    "change_external_chat", "change_external_tag",
)  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), MESSAGE_CASES.items())
def test_messages(case: str, expected: Content) -> None:
    assert reading(fields(case)) == Inbound(
        key=KEY, address=ZHANG, content=expected, sent_at=AT, trigger=Trigger.MESSAGE
    )


@pytest.mark.parametrize(("case", "expected"), EVENT_CASES.items())
def test_events_of_members(case: str, expected: tuple[Content, Trigger | None]) -> None:
    inbound = reading(fields(case))
    assert (inbound.content, inbound.trigger) == expected
    assert inbound.address == ZHANG


@pytest.mark.parametrize("name", [*FROM_MEMBERS, *FROM_PLATFORM])
def test_notifications_are_kept_with_their_fields_and_whose_they_are(name: str) -> None:
    of = fields(f"event_{name}")
    inbound = reading(of)
    assert inbound.content == Notification(name=name, fields=of)
    assert inbound.address == (ZHANG if name in FROM_MEMBERS else PLATFORM)
    assert inbound.trigger is None


def test_every_type_that_is_read_has_a_payload() -> None:
    seen = {str(fields(path.stem).get("Event", "")).lower() for path in PAYLOADS.glob("event_*.xml")}
    assert set(EVENTS) <= seen
    assert set(MESSAGES) == set(MESSAGE_CASES)


def test_lists_are_lists_whatever_their_length() -> None:
    changed = fields("event_kf_account_auth_change")
    assert changed["AuthAddOpenKfId"] == ["wkFictional1"]
    assert changed["AuthDelOpenKfId"] == ["wkFictional2", "wkFictional3"]
    assert fields("event_change_external_chat")["MemChangeList"] == {"Item": ["wmFictional2"]}


def test_choices_of_a_body_that_was_read_without_lists_are_found_too() -> None:
    plain = parse_body((PAYLOADS / "event_template_card_one_choice.xml").read_bytes())
    content = reading(plain).content
    assert isinstance(content, CardClicked)
    assert content.selected == {"q1": ("a",)}


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("unknown_type", "hologram"),
        ("event_unknown", "shake_hands"),
        ("event_template_card_without_task", "template_card_event"),
        ("text_of_another_app", "text"),
    ],
)
def test_what_cannot_be_understood_is_kept(case: str, name: str) -> None:
    of = fields(case)
    inbound = reading(of)
    assert inbound.content == Unrecognised(name=name, fields=of)
    assert inbound.trigger is None


@pytest.mark.parametrize("sender", ["a:b", "中文", "-x", "a" * 65, "a b"])
def test_a_sender_who_is_no_member_is_answered_nowhere(sender: str) -> None:
    inbound = reading(fields("text") | {"FromUserName": sender})
    assert inbound.address.peer == UNKNOWN_PEER
    assert Address.parse(inbound.address.conversation_id) == inbound.address


@pytest.mark.parametrize("sender", ["zhangsan", "Li.Si@shop", "a_b-c", "7"])
def test_members_names_as_the_platform_allows_them(sender: str) -> None:
    assert reading(fields("text") | {"FromUserName": sender}).address.peer == sender


def test_a_message_without_a_sender_is_nobodys() -> None:
    of = {name: value for name, value in fields("text").items() if name != "FromUserName"}
    inbound = reading(of)
    assert inbound.content == Unrecognised(name="text", fields=of)
    assert inbound.address == PLATFORM


def test_a_time_that_is_missing_is_the_time_of_receipt() -> None:
    received = datetime(2026, 5, 1, tzinfo=UTC)
    assert read({"MsgType": "text"}, KEY, APP, received_at=received).sent_at == received
