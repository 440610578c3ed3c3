"""Every message and event of the 公众号 is read as what it is; nothing that arrives makes reading fail."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import wechatpy
from hypothesis import given
from hypothesis import strategies as st

from channels.body import parse_body
from channels.official.protocol import EVENTS, MESSAGES, UNKNOWN_PEER, UNKNOWN_TIME, read
from conversations.address import Address, Channel
from conversations.inbound import (
    AgentSession,
    AgentSessionChange,
    Content,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    MessageKey,
    Notification,
    Scanned,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)

PAYLOADS = Path(__file__).parents[3] / "payloads" / "official"
KEY = MessageKey("official:gh_fictional0001:1")


def payload(case: str) -> bytes:
    return (PAYLOADS / f"{case}.xml").read_bytes()


def reading(fields: Mapping[str, object]) -> Inbound:
    return read(fields, KEY)


MESSAGE_CASES: dict[str, Content] = {
    "text": Text(text="请问红富士苹果几天能到？"),
    "text_menu_choice": Text(text="查物流", menu_id="101"),
    "text_menu_not_honoured": Text(text="查物流"),
    "image": Image(media_id="media-image-1", url="http://img.example.com/a/0"),
    "voice": Voice(media_id="media-voice-1", format="amr", recognition="我的订单到哪了"),
    "voice_without_recognition": Voice(media_id="media-voice-2", format="speex"),
    "video": Video(media_id="media-video-1", thumb_media_id="media-thumb-1"),
    "shortvideo": Video(media_id="media-video-2", thumb_media_id="media-thumb-2", short=True),
    "location": Location(latitude=30.274085, longitude=120.15507, label="杭州市某某路 1 号"),
    "link": Link(title="一篇文章", url="https://news.example.com/apple", description="讲怎么挑苹果"),
    "miniprogrampage": Link(
        title="苹果五斤装",
        url="miniprogram:wxfictional000001/pages/goods/detail?id=7",
        description="小程序",
    ),
}
EVENT_CASES: dict[str, tuple[Content, Trigger | None]] = {
    "event_subscribe": (Followed(), Trigger.FOLLOW),
    "event_subscribe_scene": (Followed(scene="store-7"), Trigger.FOLLOW),
    "event_unsubscribe": (Unfollowed(), None),
    "event_scan": (Scanned(scene="store-7"), Trigger.SCAN),
    "event_click": (MenuClicked(menu_key="MY_ORDERS"), Trigger.MENU_CLICK),
    "event_kf_create_session": (
        AgentSession(change=AgentSessionChange.CREATED, agent="xiaomei@shop"),
        None,
    ),
    "event_kf_close_session": (
        AgentSession(change=AgentSessionChange.CLOSED, agent="xiaomei@shop"),
        None,
    ),
    "event_kf_switch_session": (
        AgentSession(change=AgentSessionChange.SWITCHED, agent="daming@shop", previous_agent="xiaomei@shop"),
        None,
    ),
}
NOTIFICATION_CASES: dict[str, tuple[str, Trigger | None]] = {
    "event_location": ("location", None),
    "event_view": ("view", None),
    "event_view_miniprogram": ("view_miniprogram", None),
    "event_scancode_push": ("scancode_push", Trigger.MENU_CLICK),
    "event_scancode_waitmsg": ("scancode_waitmsg", Trigger.MENU_CLICK),
    "event_pic_sysphoto": ("pic_sysphoto", None),
    "event_pic_photo_or_album": ("pic_photo_or_album", None),
    "event_pic_weixin": ("pic_weixin", None),
    "event_location_select": ("location_select", None),
    "event_templatesendjobfinish": ("templatesendjobfinish", None),
    "event_masssendjobfinish": ("masssendjobfinish", None),
    "event_subscribe_msg_popup": ("subscribe_msg_popup_event", None),
    "event_subscribe_msg_change": ("subscribe_msg_change_event", None),
    "event_subscribe_msg_sent": ("subscribe_msg_sent_event", None),
    "event_user_enter_tempsession": ("user_enter_tempsession", None),
}
UNKNOWN_CASES = {"unknown_type": "hologram", "event_unknown": "shake_of_the_day"}


@pytest.mark.parametrize(("case", "content"), MESSAGE_CASES.items())
def test_messages(case: str, content: Content) -> None:
    assert reading(parse_body(payload(case))) == Inbound(
        key=KEY,
        address=Address(channel=Channel.OFFICIAL, account="gh_fictional0001", peer="oFictional_Wang-01"),
        content=content,
        sent_at=datetime(2026, 1, 1, tzinfo=UTC),
        trigger=Trigger.MESSAGE,
    )


@pytest.mark.parametrize(("case", "expected"), EVENT_CASES.items())
def test_events(case: str, expected: tuple[Content, Trigger | None]) -> None:
    inbound = reading(parse_body(payload(case)))
    assert (inbound.content, inbound.trigger) == expected


@pytest.mark.parametrize(("case", "expected"), NOTIFICATION_CASES.items())
def test_events_without_a_meaning_for_us_are_kept_whole(
    case: str, expected: tuple[str, Trigger | None]
) -> None:
    fields = parse_body(payload(case))
    inbound = reading(fields)
    assert inbound.content == Notification(name=expected[0], fields=fields)
    assert inbound.trigger is expected[1]


@pytest.mark.parametrize(("case", "name"), UNKNOWN_CASES.items())
def test_unknown_types_are_kept_and_open_no_window(case: str, name: str) -> None:
    fields = parse_body(payload(case))
    inbound = reading(fields)
    assert inbound.content == Unrecognised(name=name, fields=fields)
    assert inbound.trigger is None


def test_every_payload_has_a_case_and_every_reader_a_payload() -> None:
    cases = {*MESSAGE_CASES, *EVENT_CASES, *NOTIFICATION_CASES, *UNKNOWN_CASES}
    assert cases == {path.stem for path in PAYLOADS.glob("*.xml")}
    read_types = {str(parse_body(payload(case))["MsgType"]) for case in MESSAGE_CASES}
    read_events = {
        str(parse_body(payload(case))["Event"]).lower() for case in (*EVENT_CASES, *NOTIFICATION_CASES)
    }
    assert read_types == set(MESSAGES)
    assert read_events == set(EVENTS)


@pytest.mark.parametrize("case", ["text", "image", "voice", "video", "shortvideo", "link"])
def test_wechatpy_reads_the_same(case: str) -> None:
    theirs = wechatpy.parse_message(payload(case))
    ours = reading(parse_body(payload(case)))
    assert theirs.type == case
    assert (theirs.source, theirs.target) == (ours.address.peer, ours.address.account)
    assert theirs.time == int(ours.sent_at.timestamp())
    match ours.content:
        case Text(text=text):
            assert theirs.content == text
        case Image(media_id=media_id, url=url):
            assert (theirs.media_id, theirs.image) == (media_id, url)
        case Voice(media_id=media_id, recognition=recognition):
            assert (theirs.media_id, theirs.recognition) == (media_id, recognition)
        case Video(media_id=media_id, thumb_media_id=thumb):
            assert (theirs.media_id, theirs.thumb_media_id) == (media_id, thumb)
        case Link(title=title, url=url, description=description):
            assert (theirs.title, theirs.url, theirs.description) == (title, url, description)
        case other:
            pytest.fail(f"not compared: {other}")


@pytest.mark.parametrize("name", ["CLICK", "click", "Click"])
def test_event_names_differ_in_case(name: str) -> None:
    fields = {**parse_body(payload("event_click")), "Event": name, "MsgType": "Event"}
    assert reading(fields).content == MenuClicked(menu_key="MY_ORDERS")


BASE = {"ToUserName": "gh_1", "FromUserName": "oA", "CreateTime": "1767225600"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "untyped"),
        ({"MsgType": None}, "untyped"),
        ({"MsgType": ["text", "text"]}, "untyped"),
        ({"MsgType": "event"}, "event"),
        ({"MsgType": "event", "Event": {"a": "b"}}, "event"),
        ({"MsgType": "text"}, "text"),
        ({"MsgType": "text", "Content": None}, "text"),
        ({"MsgType": "text", "Content": ["a", "b"]}, "text"),
        ({"MsgType": "image", "MediaId": "x" * 513}, "image"),
        ({"MsgType": "location", "Location_X": "north", "Location_Y": "1"}, "location"),
        ({"MsgType": "location", "Location_X": "nan", "Location_Y": "1"}, "location"),
        ({"MsgType": "location", "Location_X": "91", "Location_Y": "1"}, "location"),
        ({"MsgType": "location", "Location_X": "1e400", "Location_Y": "1"}, "location"),
        ({"MsgType": "link", "Url": "javascript:alert(1)"}, "link"),
        ({"MsgType": "event", "Event": "CLICK"}, "click"),
        ({"MsgType": "event", "Event": "SCAN", "EventKey": {"a": None}}, "scan"),
        ({"MsgType": "event", "Event": "kf_switch_session", "FromKfAccount": "a@b"}, "kf_switch_session"),
        ({"MsgType": "event", "Event": "<b>坏 Name</b>" + "x" * 200}, None),
    ],
)
def test_missing_and_wrong_fields_are_unrecognised_with_the_name(
    fields: dict[str, object], name: str | None
) -> None:
    inbound = reading(BASE | fields)
    assert isinstance(inbound.content, Unrecognised)
    assert inbound.trigger is None
    assert len(inbound.content.name) <= 64
    assert name is None or inbound.content.name == name


def test_an_absurdly_long_text_is_cut() -> None:
    content = reading(BASE | {"MsgType": "text", "Content": "好" * 900_000}).content
    assert isinstance(content, Text)
    assert len(content.text) == 4096


@pytest.mark.parametrize("sender", [None, "", ["a", "b"], "a" * 65, "o:colon", "o/../x", "王"])
def test_a_sender_that_is_no_openid_is_nobody(sender: object) -> None:
    inbound = reading(BASE | {"MsgType": "text", "Content": "hi", "FromUserName": sender})
    assert inbound.address.peer == UNKNOWN_PEER


@pytest.mark.parametrize(
    "time", [None, "", "0", "-5", "soon", "9999999999", "9" * 300, "1.5", {"a": "b"}, "１７６"]
)
def test_an_absurd_time_falls_back(time: object) -> None:
    fields = BASE | {"MsgType": "text", "Content": "hi", "CreateTime": time}
    assert read(fields, KEY).sent_at == UNKNOWN_TIME
    received = datetime(2026, 1, 2, tzinfo=UTC)
    assert read(fields, KEY, received_at=received).sent_at == received


VALUES = st.recursive(
    st.none() | st.text(max_size=20) | st.sampled_from(["1", "-1", "1e999", "nan", "oA"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
NAMES = st.sampled_from(
    ["FromUserName", "ToUserName", "CreateTime", "Content", "MediaId", "Location_X", "Location_Y", "EventKey", "Url",
     "KfAccount", "ToKfAccount", "bizmsgmenuid", "Recognition", "Format", "AppId", "PagePath", "Label", "PicUrl"]
)  # fmt: skip


@given(
    kind=st.sampled_from([*MESSAGES, "event", "EVENT"]) | VALUES,
    event=st.sampled_from([*EVENTS]) | VALUES,
    fields=st.dictionaries(NAMES, VALUES),
)
def test_reading_never_fails(kind: object, event: object, fields: dict[str, object]) -> None:
    inbound = reading({**fields, "MsgType": kind, "Event": event})
    assert Address.parse(inbound.address.conversation_id) == inbound.address
