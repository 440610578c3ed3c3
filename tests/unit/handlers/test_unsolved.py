"""A customer says that the answer did not help."""

from __future__ import annotations

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from conversations.outcomes import Outcome
from conversations.replies import Choice, MenuReply
from handlers import faq
from handlers.leaning import answered
from handlers.unsolved import OR_A_PERSON, SORRY, WHICH_ELSE, says_unsolved
from tests.dialogues.knowledge import shop_knowledge
from tests.unit.handlers.turns import NOW, make_turn, only_text, run


@pytest.mark.parametrize(
    "text",
    [
        *(
            "没解决",
            "没有解决我的问题",
            "还是没解决啊",
            "没用",
            "这个没用",
            "不对",
            "不是这个意思",
            "不是我要问的",
        ),
        *(
            "答非所问",
            "你答错了！",
            "你没看懂我的意思",
            "还没解决呢…",
            "根本没回答我的问题",
            "不是这个",
            "沒解決",
        ),
    ],
)
def test_an_answer_that_did_not_help(text: str) -> None:
    assert says_unsolved(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "？",
            "谢谢，解决了",
            "解决了",
            "没有",
            "对",
            "是这个",
            "没用过的毛巾能退吗",
            "没解决好怎么投诉",
        ),
        *("优惠券没用完", "尺寸不对怎么办", "不对啊我买的是大果", "发错了", "不想要了", "说" * 300),
    ],
)
def test_anything_else(text: str) -> None:
    assert not says_unsolved(text)


async def say_unsolved(context: Context, text: str = "没解决") -> tuple[Outcome, Context]:
    outcome = await run(faq.router(shop_knowledge(), service_hours=None), make_turn(text, context=context))
    assert outcome.context is not None
    return outcome, outcome.context


async def test_what_came_next_to_the_answer_is_offered() -> None:
    context = answered(Context(), "return-how", NOW, ("refund-time", "went", "return-fee"))
    outcome, after = await say_unsolved(context)
    (item,) = outcome.says
    assert item.reply == MenuReply(
        head=WHICH_ELSE,
        choices=(
            Choice(id="refund-time", label="退款多久到账？"),
            Choice(id="return-fee", label="退货运费谁出？"),
        ),
        tail=OR_A_PERSON,
    )
    assert after == Context(offered=("refund-time", "return-fee"), misses=1)
    assert outcome.facts == (Fact(name="faq.unsolved", details={"entry": "return-how", "offered": 2}),)
    assert outcome.question is None


async def test_with_nothing_beside_it_a_person_is_named() -> None:
    outcome, after = await say_unsolved(answered(Context(misses=1), "return-how", NOW))
    assert only_text(outcome) == SORRY
    assert after == Context(misses=2)


async def test_without_an_answer_before_it_is_a_question_as_any_other() -> None:
    outcome, after = await say_unsolved(Context())
    assert only_text(outcome) == faq.REPHRASE
    assert after.misses == 1


async def test_who_chose_wrongly_is_offered_the_others() -> None:
    offered = Context(offered=("return-how", "refund-time"))
    chosen = faq.choose(shop_knowledge(), make_turn("1", context=offered), 0)
    assert chosen.context is not None
    _, after = await say_unsolved(chosen.context, "不是这个")
    assert after.offered == ("refund-time",)
