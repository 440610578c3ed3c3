"""What Xiaoer sees of customers."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.seen_events import seen_event
from conversations.address import Address, Channel
from conversations.inbound import (
    AgentSaid,
    Content,
    EnteredSession,
    Followed,
    Image,
    Inbound,
    MenuClicked,
    MessageKey,
    Scanned,
    Text,
    Trigger,
    Unfollowed,
)
from customers.events.event import CustomerEvent, EventKind
from customers.identity.identifier import Identifier, IdentifierKind
from customers.settings import OWN_SOURCE

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")
WANG_ID = Identifier(IdentifierKind.OPENID, "gh_shop:wang")
MALL_ID = Identifier(IdentifierKind.MALL_ID, "M7")
SIGNED = "m.M7.signed"


def mall_id_of(scene: str) -> str | None:
    return "M7" if scene == SIGNED else None


def seen(content: Content, address: Address = WANG, trigger: Trigger | None = None) -> CustomerEvent | None:
    inbound = Inbound(
        key=MessageKey("official:gh_shop:1"), address=address, content=content, sent_at=NOON, trigger=trigger
    )
    return seen_event(inbound, mall_id_of)


def test_what_customers_do_is_an_event() -> None:
    kinds = {
        type(content): event.kind if (event := seen(content, trigger=trigger)) else None
        for content, trigger in (
            (Followed(), Trigger.FOLLOW),
            (Unfollowed(), None),
            (MenuClicked(menu_key="k"), Trigger.MENU_CLICK),
            (Text(text="几点发货"), Trigger.MESSAGE),
            (Image(media_id="m"), Trigger.MESSAGE),
            (AgentSaid(agent="li", content=Text(text="您好")), None),
            (Scanned(scene="shelf-3"), None),
        )
    }
    assert kinds == {
        Followed: EventKind.FOLLOW,
        Unfollowed: EventKind.UNFOLLOW,
        MenuClicked: EventKind.CLICK,
        Text: EventKind.MESSAGE,
        Image: EventKind.MESSAGE,
        AgentSaid: None,
        Scanned: None,
    }


def test_a_message_is_one_event_without_its_words() -> None:
    event = seen(Text(text="我的电话是保密的"), trigger=Trigger.MESSAGE)
    assert event is not None
    assert event == seen(Text(text="我的电话是保密的"), trigger=Trigger.MESSAGE)
    assert (event.source, event.at, event.who, event.text) == (OWN_SOURCE, NOON, (WANG_ID,), "")
    assert len(event.event_id) <= 64


def test_a_signed_scene_tells_whom_the_mall_knows() -> None:
    told = {
        type(content): event and (event.kind, event.who, event.extra)
        for content in (
            Followed(scene=SIGNED),
            Scanned(scene=SIGNED),
            EnteredSession(scene_param=SIGNED),
        )
        for event in (seen(content),)
    }
    both = (WANG_ID, MALL_ID)
    assert told == {
        Followed: (EventKind.FOLLOW, both, {}),
        Scanned: (EventKind.ABOUT, both, {}),
        EnteredSession: (EventKind.ABOUT, both, {}),
    }


def test_any_other_scene_is_kept_with_the_follow() -> None:
    event = seen(Followed(scene="shelf-3"))
    assert event is not None
    assert (event.who, event.extra) == ((WANG_ID,), {"scene": "shelf-3"})


def test_colleagues_are_no_customers() -> None:
    colleague = Address(channel=Channel.WECOM, account="1000002", peer="li")
    assert seen(Text(text="你好"), colleague, Trigger.MESSAGE) is None
