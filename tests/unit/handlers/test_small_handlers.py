"""Greeting, thanks, hand-over, unsupported kinds, follow and menu: texts and context."""

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from conversations.inbound import (
    Content,
    Followed,
    Image,
    Link,
    Location,
    MenuClicked,
    Text,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)
from conversations.outcomes import NOTHING, HandOver, HandOverReason, Outcome, say
from conversations.replies import ReplyKind
from handlers import follow, greeting, hand_over, menu, thanks, unsupported
from handlers.router import Router
from handlers.turn import Turn
from tests.unit.handlers.turns import make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, awaiting="order_status", last_entry="e")
SETTLED = Context(last_entry="e")


async def test_a_greeting_says_that_it_is_a_bot_of_this_shop() -> None:
    outcome = await run(greeting.router(shop_name="好店"), make_turn("你好", intent="greet", context=BUSY))
    assert "好店的机器人助手" in only_text(outcome)
    assert outcome.context == SETTLED


@pytest.mark.parametrize(
    ("text", "intent", "answer"),
    [
        ("谢谢", "thank", thanks.WELCOME),
        ("THX", "thank", thanks.WELCOME),
        ("好的", "thank", thanks.ALL_RIGHT),
        ("👌", "thank", thanks.ALL_RIGHT),
        ("拜拜", "bye", thanks.GOODBYE),
    ],
)
async def test_thanks(text: str, intent: str, answer: str) -> None:
    outcome = await run(thanks.router(), make_turn(text, intent=intent, context=BUSY))
    assert only_text(outcome) == answer
    assert outcome.context == SETTLED


@pytest.mark.parametrize(
    ("hours", "promised"),
    [
        ("每天 9:00–21:00", "人工服务时间：每天 9:00–21:00，客服看到后"),
        (None, "了。客服看到后，会直接在这里回复您"),
    ],
)
async def test_hand_over_promises_what_is_true(hours: str | None, promised: str) -> None:
    turn = make_turn("转人工，荔枝坏了", intent="ask_human", context=BUSY)
    outcome = await run(hand_over.router(service_hours=hours), turn)
    assert promised in only_text(outcome)
    assert outcome.says[0].kind is ReplyKind.TRANSITION
    assert outcome.hand_over == HandOver(
        reason=HandOverReason.ASKED_FOR, summary="转人工，荔枝坏了", connecting=hand_over.CONNECTING
    )
    assert outcome.context == SETTLED
    assert outcome.facts == (Fact(name="hand_over.asked", details={"reason": "asked_for"}),)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("字" * 60, "字" * 60),
        ("字" * 61, "字" * 59 + "…"),
        (" 两\n行 ", "两 行"),
        ("  ", hand_over.WITHOUT_WORDS),
    ],
)
def test_a_summary_is_one_short_line(text: str, summary: str) -> None:
    assert hand_over.summary(text) == summary


@pytest.mark.parametrize(
    ("content", "text", "kind"),
    [
        (Image(media_id="m"), unsupported.PICTURE, "image"),
        (Voice(media_id="m"), unsupported.VOICE, "voice"),
        (Video(media_id="m", short=True), unsupported.VIDEO, "video"),
        (Location(latitude=30.0, longitude=120.0), unsupported.PLACE, "location"),
        (Link(title="t", url="https://example.com"), unsupported.LINK, "link"),
        (Unrecognised(name="file", fields={}), unsupported.ANYTHING, "unrecognised"),
    ],
)
async def test_what_cannot_be_read_is_said_and_not_counted(content: Content, text: str, kind: str) -> None:
    turn = make_turn(intent="unsupported", content=content, context=BUSY)
    outcome = await run(unsupported.router(), turn)
    assert only_text(outcome) == text
    assert outcome.context is None
    assert outcome.facts == (Fact(name="message.unsupported", details={"kind": kind}),)


async def test_a_follower_starts_afresh_with_questions_to_try() -> None:
    routes = follow.router(shop_name="好店", samples=("甲？", "乙？"))
    outcome = await run(routes, make_turn(intent="followed", content=Followed(), context=BUSY))
    assert "欢迎来到好店" in only_text(outcome)
    assert "· 甲？\n· 乙？\n" in only_text(outcome)
    assert outcome.context == Context()


async def test_who_leaves_hears_nothing_and_is_forgotten() -> None:
    outcome = await run(
        follow.router(shop_name="好店", samples=()),
        make_turn(intent="unfollowed", content=Unfollowed(), context=BUSY),
    )
    assert outcome == Outcome(context=Context(), facts=(Fact(name="account.unfollowed"),))


def _echoing(intent: str) -> Router:
    routes = Router()

    @routes.intent(intent)
    async def echo(turn: Turn) -> Outcome:
        return say(f"{turn.understanding.intent}|{turn.text}")

    return routes


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("faq:怎么退货", "faq|怎么退货"),
        ("faq:", "faq|"),
        ("order_status", "order_status|"),
        ("ask_human", "ask_human|"),
        ("hand_over", "ask_human|"),
        ("thanks", "thank|"),
        ("nonsense", menu.UNKNOWN_KEY),
        ("", menu.UNKNOWN_KEY),
        ("menu", menu.UNKNOWN_KEY),
    ],
)
async def test_a_menu_key_stands_for_what_could_have_been_typed(key: str, text: str) -> None:
    others = Router(*map(_echoing, ("faq", "order_status", "ask_human", "thank")))
    outcome = await run(menu.router(others), make_turn(intent="menu", content=MenuClicked(menu_key=key)))
    assert only_text(outcome) == text


async def test_the_menu_handler_has_nothing_to_say_to_a_text() -> None:
    assert await run(menu.router(Router()), make_turn(intent="menu", content=Text(text="x"))) == NOTHING
