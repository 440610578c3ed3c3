"""Deleting is asked about first; then people do it, within a limit that is said."""

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from conversations.outcomes import HandOver, HandOverReason
from conversations.replies import MenuReply
from handlers import answers, delete_my_data
from handlers.confirming import yes_and_no
from handlers.router import Router
from tests.unit.handlers.turns import make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")
ASKED = Context(offered=("intent:confirm_delete_my_data", "intent:keep_my_data"), last_entry="e")
CASE = HandOver(
    reason=HandOverReason.PRIVACY,
    summary="请求删除个人信息。确认删除",
    connecting=delete_my_data.CONNECTING,
)


async def test_it_asks_first_and_says_what_is_lost() -> None:
    turn = make_turn("把我的信息删了", intent="delete_my_data", context=BUSY)
    outcome = await run(delete_my_data.router(), turn)
    (item,) = outcome.says
    assert isinstance(item.reply, MenuReply)
    assert item.reply.as_text() == f"{delete_my_data.ASK}\n1. 确定删除\n2. 先不删"
    assert "找不回来" in delete_my_data.ASK
    assert outcome.hand_over is None
    assert outcome.context == ASKED
    assert yes_and_no(ASKED.offered) == ("confirm_delete_my_data", "keep_my_data")


@pytest.mark.parametrize("intent", ["confirm_delete_my_data", "affirm", "delete_my_data"])
async def test_who_is_sure_gets_a_case_and_a_limit(intent: str) -> None:
    routes = delete_my_data.router()
    turn = make_turn("确认删除", intent=intent, context=ASKED)
    outcome = await run(Router(routes, answers.router(routes)), turn)
    assert "最晚 15 个工作日内办完" in only_text(outcome)
    assert outcome.hand_over == CASE
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="hand_over.asked", details={"reason": "privacy"}),)


@pytest.mark.parametrize("intent", ["keep_my_data", "deny", "stop"])
async def test_who_is_not_keeps_everything(intent: str) -> None:
    routes = delete_my_data.router()
    outcome = await run(
        Router(routes, answers.router(routes)), make_turn("不了", intent=intent, context=ASKED)
    )
    assert only_text(outcome) == delete_my_data.KEEPING
    assert outcome.hand_over is None
    assert outcome.context == Context(last_entry="e")


@pytest.mark.parametrize(
    ("text", "context"),
    [("删除我的信息", ASKED), ("确认删除我的信息", Context()), ("确定要删除", BUSY)],
)
async def test_sure_words_count_only_where_it_was_asked(text: str, context: Context) -> None:
    outcome = await run(delete_my_data.router(), make_turn(text, intent="delete_my_data", context=context))
    assert outcome.hand_over is None
    assert isinstance(outcome.says[0].reply, MenuReply)
