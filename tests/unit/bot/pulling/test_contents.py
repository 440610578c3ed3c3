"""What a pulled page means for the inbox: items as the platform gives them, read by the real channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.pulling.contents import HISTORY, Item, Read, read_page
from channels.kefu import items
from conversations.inbound import Content, Trigger
from conversations.replies import ReplyKind, TextReply
from handlers.at_once import FAREWELL, PERSON_IS_HERE, at_once
from storage.times import to_ms
from tests.unit.channels.kefu.pulled import ACCOUNT, CUSTOMER, NOW, event, message, text

REAL_MS = 1_700_000_000_000
HERS = f"kefu:{ACCOUNT}:{CUSTOMER}"
GREET = at_once(shop_name="禾野集", samples=("满多少包邮？",))


def at(item: dict[str, Any], when: datetime) -> dict[str, Any]:
    return {**item, "send_time": int(when.timestamp())}


def page(*bodies: dict[str, Any], first: bool = False, now: datetime = NOW) -> Read:
    found: Sequence[Item] = [
        Item(body=body, inbound=items.read(body, items.key_of(body, ACCOUNT), received_at=now))
        for body in bodies
    ]
    return read_page(found, first=first, at_once=GREET, now=now, real_ms=REAL_MS)


def key(msgid: str) -> str:
    return f"kefu:{ACCOUNT}:{msgid}"


def session_change(change_type: int, **more: Any) -> dict[str, Any]:
    return event(
        "session_status_change",
        change_type=change_type,
        old_servicer_userid="lisi",
        new_servicer_userid="zhangsan",
        **more,
    )


def entered(**more: Any) -> dict[str, Any]:
    return event("enter_session", scene="card", welcome_code="code-1", **more)


def test_an_empty_page_writes_nothing() -> None:
    for read in (page(), page(first=True)):
        assert not any((read.arrivals, read.recalled, read.sessions_changed, read.history, read.said_at_once))


def test_messages_arrive_in_the_platforms_order_whatever_their_times() -> None:
    late, early = at(text(msgid="b"), NOW), at(text(msgid="a"), NOW - timedelta(minutes=5))
    read = page(late, early)
    assert [arrival.key for arrival in read.arrivals] == [key("b"), key("a")]
    assert {arrival.settled for arrival in read.arrivals} == {None}
    assert (read.recalled, read.sessions_changed, read.history, read.said_at_once) == ([], [], [], [])


def test_an_arrival_is_the_item_as_it_came_and_opens_the_window_at_the_platforms_time() -> None:
    sent = at(text("在吗", msgid="a"), NOW - timedelta(seconds=90))
    (arrival,) = page(sent).arrivals
    assert arrival.body == sent
    assert arrival.address.conversation_id == HERS
    assert (arrival.trigger, arrival.triggered_ms) == (Trigger.MESSAGE, to_ms(NOW - timedelta(seconds=90)))
    assert (arrival.received_ms, arrival.decide_by_ms) == (REAL_MS, REAL_MS), "nobody waits for an answer"
    assert arrival.media == ()


def test_a_file_is_fetched() -> None:
    (arrival,) = page(message("image", {"media_id": "MEDIA-1"}, msgid="a")).arrivals
    assert [row["media_id"] for row in arrival.media] == ["MEDIA-1"]


def test_an_item_twice_in_a_page_is_one_arrival_in_its_first_place() -> None:
    read = page(text(msgid="a"), text(msgid="b"), text(msgid="a"))
    assert [arrival.key for arrival in read.arrivals] == [key("a"), key("b")]


def test_an_event_twice_in_a_page_greets_once() -> None:
    assert len(page(entered(), entered()).said_at_once) == 1


def test_the_first_pull_keeps_what_is_old_and_answers_what_is_new() -> None:
    old = at(text("昨天的", msgid="old"), NOW - HISTORY - timedelta(seconds=1))
    new = at(text("现在的", msgid="new"), NOW - HISTORY)
    read = page(old, new, first=True)
    assert [(arrival.key, arrival.settled) for arrival in read.arrivals] == [
        (key("old"), "history"),
        (key("new"), None),
    ]
    (line,) = read.history
    assert (line["key"], line["conversation_id"], line["author"]) == (key("old"), HERS, "customer")
    assert "昨天的" in line["body"]
    assert line["at_ms"] == to_ms(NOW - HISTORY - timedelta(seconds=1))


def test_a_later_pull_answers_however_old_it_is() -> None:
    """The bot was away: people still wait."""
    read = page(at(text(msgid="old"), NOW - timedelta(hours=20)))
    assert [arrival.settled for arrival in read.arrivals] == [None]
    assert read.history == []


def test_history_names_who_spoke_and_leaves_events_out() -> None:
    when = NOW - timedelta(days=1)
    read = page(
        at(text("您好", msgid="said", origin=5, servicer_userid="zhangsan"), when),
        {**at(session_change(3), when), "msgid": "closed"},
        at(message("image", {"media_id": "m"}, msgid="picture"), when),
        first=True,
    )
    assert [(line["key"], line["author"]) for line in read.history] == [
        (key("said"), "agent:zhangsan"),
        (key("picture"), "customer"),
    ]
    assert {arrival.settled for arrival in read.arrivals} == {"history"}


def test_history_in_a_page_of_a_thousand_is_read_in_order() -> None:
    long_ago = [at(text(msgid=f"m{n}"), NOW - timedelta(days=1)) for n in range(1000)]
    assert [line["key"] for line in page(*long_ago, first=True).history] == [
        key(f"m{n}") for n in range(1000)
    ]


def test_what_the_customer_takes_back_is_named_as_it_is_stored() -> None:
    read = page(text(msgid="a"), event("user_recall_msg", recall_msgid="a"))
    assert read.recalled == [key("a")]
    assert len(read.arrivals) == 2


def test_what_a_servicer_takes_back_was_not_asked_of_us() -> None:
    read = page(event("servicer_recall_msg", recall_msgid="a", servicer_userid="zhangsan"))
    assert read.recalled == []


@pytest.mark.parametrize(
    "item",
    [
        session_change(1),
        session_change(2),
        session_change(3),
        session_change(4),
        text(origin=5, servicer_userid="zhangsan"),
        entered(),
        event("enter_session"),
    ],
)
def test_whatever_may_have_changed_the_session_makes_it_unknown(item: dict[str, Any]) -> None:
    read = page(item)
    assert read.sessions_changed == [(items.key_of(item, ACCOUNT), HERS)]


@pytest.mark.parametrize(
    "item",
    [text(), event("msg_send_fail", fail_msgid="x", fail_type=4), event("user_recall_msg", recall_msgid="x")],
)
def test_other_items_leave_what_we_know_of_the_session(item: dict[str, Any]) -> None:
    assert page(item).sessions_changed == []


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (session_change(1, msg_code="c"), PERSON_IS_HERE),
        (session_change(3, msg_code="c"), FAREWELL),
    ],
)
def test_a_code_in_time_says_its_words_once_and_for_any_owner(item: dict[str, Any], words: str) -> None:
    ((paid_by, draft),) = page(item).said_at_once
    assert paid_by == items.key_of(item, ACCOUNT)
    assert draft.key == f"{paid_by}:code"
    assert (draft.conversation_id, draft.kind, draft.epoch) == (HERS, ReplyKind.TRANSITION, 0)
    assert draft.by_code
    assert (draft.body["type"], draft.body["code"], draft.body["reply"]["text"]) == ("coded", "c", words)


def test_the_welcome_is_a_menu_to_tap() -> None:
    ((_, draft),) = page(entered()).said_at_once
    assert draft.body["reply"]["type"] == "menu"


@pytest.mark.parametrize(
    ("item", "age", "said"),
    [
        (entered(), timedelta(seconds=19), 1),
        (entered(), timedelta(seconds=20), 0),
        (session_change(3, msg_code="c"), timedelta(seconds=19), 1),
        (session_change(3, msg_code="c"), timedelta(seconds=20), 0),
        # This one lives for two days; "a person is here" does not.
        (session_change(1, msg_code="c"), HISTORY, 1),
        (session_change(1, msg_code="c"), HISTORY + timedelta(seconds=1), 0),
        (session_change(1, msg_code="c"), timedelta(hours=20), 0),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_news_is_said_while_it_is_news(item: dict[str, Any], age: timedelta, said: int, first: bool) -> None:
    assert len(page(at(item, NOW - age), first=first).said_at_once) == said


@pytest.mark.parametrize(
    "item",
    [
        event("enter_session"),
        session_change(1),
        session_change(2, msg_code="c"),
        session_change(4, msg_code="c"),
    ],
)
def test_without_a_code_or_without_words_nothing_is_said(item: dict[str, Any]) -> None:
    assert page(item).said_at_once == []


def test_whoever_has_nothing_to_say_says_nothing() -> None:
    def silent(_content: Content) -> TextReply | None:
        return None

    body = entered()
    inbound = items.read(body, items.key_of(body, ACCOUNT), received_at=NOW)
    read = read_page(
        [Item(body=body, inbound=inbound)], first=False, at_once=silent, now=NOW, real_ms=REAL_MS
    )
    assert read.said_at_once == []


def test_an_item_that_cannot_be_read_is_kept_and_answered_nowhere_else() -> None:
    (arrival,) = page({"unreadable": 7}).arrivals
    assert arrival.trigger is None
    assert arrival.address.account == ACCOUNT
