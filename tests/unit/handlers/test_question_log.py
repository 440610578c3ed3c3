"""What the handler hands to the log: what was said, why, and no personal data."""

from __future__ import annotations

from conversations.privacy import HIDDEN
from conversations.questions import AskedQuestion, Reaction
from handlers import faq
from tests.dialogues.knowledge import shop_knowledge
from tests.unit.handlers.turns import make_turn, run


async def asked(text: str) -> AskedQuestion | None:
    router = faq.router(shop_knowledge(), service_hours=None)
    return (await run(router, make_turn(text))).question


async def test_an_answer_names_its_entry() -> None:
    assert await asked("满多少包邮？") == AskedQuestion(
        text="满多少包邮？",
        reaction=Reaction.ANSWERED,
        rule="sure",
        probability=0.95,
        entries=("free-shipping",),
        version="v1",
    )


async def test_a_question_back_names_what_was_offered() -> None:
    question = await asked("退")
    assert question is not None
    assert question.reaction is Reaction.ASKED
    assert question.entries == ("return-how", "refund-time", "return-fee")


async def test_a_refusal_keeps_the_words_without_personal_data() -> None:
    question = await asked("我叫王小明，电话 13812345678，XE20261102001 能改地址吗")
    assert question is not None
    assert (question.reaction, question.entries) == (Reaction.REFUSED, ())
    assert question.text == f"我叫{HIDDEN}，电话 {HIDDEN}，{HIDDEN} 能改地址吗"


async def test_a_number_without_an_offer_is_no_question() -> None:
    assert await asked("2") is None
