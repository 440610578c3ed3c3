"""Answers, questions back, choices, misses: what is said and what is remembered."""

from datetime import timedelta

import pytest

from conversations.address import Channel
from conversations.conversation import Context
from conversations.facts import Fact
from conversations.outcomes import HandOverReason, Outcome
from conversations.replies import Choice, MenuReply, ReplyKind
from customers.profile.profile import Segment
from handlers import faq
from handlers.knowledge import Knowledge
from knowledge_base.decision import Ask, Candidate, Decision, Refuse, RefuseReason, Verdict
from knowledge_base.entry import Entry, EntryId
from knowledge_base.serving import Asker
from tests.dialogues.knowledge import ScriptedKnowledge, shop_knowledge, verdict_of
from tests.unit.customers.profiles import profile_of
from tests.unit.handlers.turns import NOW, make_turn, only_text, run

BUSY = Context(offered=("return-how",), misses=2, awaiting="order_status", last_entry="return-fee")


class Decided:
    """Knowledge that decides one thing."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision

    async def decide(self, text: str) -> Decision:
        return self._decision

    version = "v1"

    async def verdict(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        return verdict_of(await self.decide(text))

    def entry(self, entry_id: str) -> Entry | None:
        return None


async def _ask(text: str, context: Context | None = None, knowledge: Knowledge | None = None) -> Outcome:
    router = faq.router(knowledge or shop_knowledge(), service_hours="9:00–21:00")
    return await run(router, make_turn(text, context=context))


async def test_an_answer_settles_everything() -> None:
    outcome = await _ask("满多少包邮？", BUSY)
    assert only_text(outcome) == "满 59 元包邮。"
    assert outcome.context == Context(last_entry="free-shipping", answered_at=NOW)
    assert outcome.facts == (
        Fact(name="faq.answered", details={"entry": "free-shipping", "probability": 0.95}),
    )


async def test_a_question_back_offers_entries_and_keeps_the_misses() -> None:
    outcome = await _ask("退", BUSY)
    (item,) = outcome.says
    assert item.reply == MenuReply(
        head=faq.WHICH,
        choices=(
            Choice(id="return-how", label="怎么退货？"),
            Choice(id="refund-time", label="退款多久到账？"),
            Choice(id="return-fee", label="退货运费谁出？"),
        ),
        tail=faq.NONE_OF_THESE,
    )
    assert outcome.context == Context(
        offered=("return-how", "refund-time", "return-fee"), misses=2, last_entry="return-fee"
    )


async def test_a_label_fits_a_menu_line() -> None:
    candidate = Candidate(entry_id=EntryId("x"), question="问" * 41, answer="答", score=0.5, probability=0.5)
    outcome = await _ask("?", knowledge=Decided(Ask(candidates=(candidate,))))
    reply = outcome.says[0].reply
    assert isinstance(reply, MenuReply)
    assert reply.choices[0].label == "问" * 39 + "…"
    assert len(reply.choices[0].label.encode()) <= 128


@pytest.mark.parametrize(("before", "text"), [(0, faq.REPHRASE), (1, faq.OFFER_PERSON)])
async def test_the_first_misses_are_counted(before: int, text: str) -> None:
    outcome = await _ask("量子力学", Context(offered=("a",), misses=before, awaiting="order_status"))
    assert only_text(outcome) == text
    assert outcome.hand_over is None
    assert outcome.context == Context(offered=("a",), misses=before + 1, awaiting="order_status")
    assert outcome.facts == (
        Fact(name="faq.refused", details={"reason": "nothing_near", "misses": before + 1}),
    )


async def test_the_third_miss_in_a_row_brings_a_person() -> None:
    outcome = await _ask("量子\n力学 " + "很" * 80, BUSY)
    assert outcome.hand_over is not None
    assert outcome.hand_over.reason is HandOverReason.NOT_UNDERSTOOD
    assert outcome.hand_over.summary == "量子 力学 " + "很" * 53 + "…"
    assert outcome.says[0].kind is ReplyKind.TRANSITION
    assert "9:00–21:00" in only_text(outcome)
    assert outcome.context == Context(last_entry="return-fee")
    assert [fact.name for fact in outcome.facts] == ["faq.refused", "hand_over.asked"]


async def test_the_second_miss_brings_a_person_to_a_customer_of_high_value() -> None:
    router = faq.router(shop_knowledge(), service_hours="9:00–21:00")
    once = Context(misses=1)
    handed_over = {
        segments: (
            await run(router, make_turn("量子力学", context=once, profile=profile_of(*segments)))
        ).hand_over
        is not None
        for segments in [(), (Segment.POTENTIAL,), (Segment.SPREADER, Segment.HIGH_VALUE)]
    }
    assert handed_over == {
        (): False,
        (Segment.POTENTIAL,): False,
        (Segment.SPREADER, Segment.HIGH_VALUE): True,
    }


async def test_a_choice_without_an_offer_is_no_miss() -> None:
    outcome = await _ask("第二个", Context(misses=2))
    assert only_text(outcome) == faq.NOTHING_OFFERED
    assert outcome.context is None
    assert outcome.hand_over is None


@pytest.mark.parametrize(
    "text", ["HY20261101001 怎么退货？", "怎么退货？ＨＹ２０２６１１０１００１", "2026110100123456怎么退货"]
)
async def test_an_order_number_does_not_hide_the_question(text: str) -> None:
    turn = make_turn(text, entities={"order_no": "HY20261101001"})
    outcome = await run(faq.router(shop_knowledge(), service_hours=None), turn)
    assert only_text(outcome) == "在订单里点“申请售后”。"


async def test_nothing_but_an_order_number_is_looked_for_as_it_is() -> None:
    turn = make_turn("HY20261101001", entities={"order_no": "HY20261101001"})
    outcome = await run(faq.router(shop_knowledge(), service_hours=None), turn)
    assert only_text(outcome) == faq.REPHRASE


async def test_without_an_index_the_customer_is_not_blamed() -> None:
    outcome = await _ask("满多少包邮", BUSY, Decided(Refuse(reason=RefuseReason.NO_INDEX)))
    assert only_text(outcome) == faq.NOT_READY
    assert outcome.context is None
    assert outcome.facts == (Fact(name="faq.not_ready"),)


def _choose(
    index: int, context: Context, knowledge: ScriptedKnowledge | None = None, text: str = "1"
) -> Outcome:
    return faq.choose(knowledge or shop_knowledge(), make_turn(text, context=context), index)


def test_a_choice_is_answered_and_the_offer_stays() -> None:
    outcome = _choose(1, Context(offered=("return-how", "refund-time"), misses=1, awaiting="order_status"))
    assert only_text(outcome) == "零钱 1 天内。"
    assert outcome.context == Context(
        offered=("return-how", "refund-time"),
        last_entry="refund-time",
        answered_at=NOW,
        beside=("return-how",),
    )
    assert outcome.facts == (Fact(name="faq.chosen", details={"entry": "refund-time", "place": 2}),)


@pytest.mark.parametrize("index", [-1, 2, 98])
def test_a_choice_out_of_range_says_what_there_is(index: int) -> None:
    outcome = _choose(index, Context(offered=("return-how", "refund-time")))
    assert only_text(outcome) == faq.OUT_OF_RANGE.format(count=2)
    assert outcome.context is None


def test_a_choice_out_of_range_of_one() -> None:
    assert only_text(_choose(1, Context(offered=("return-how",)))) == faq.ONLY_ONE


def test_a_chosen_entry_that_is_gone_is_owned_up_to() -> None:
    knowledge = shop_knowledge()
    knowledge.forget("return-how")
    outcome = _choose(0, Context(offered=("return-how",)), knowledge)
    assert only_text(outcome) == faq.GONE
    assert outcome.context == Context()


class Listening(Decided):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(Refuse(reason=RefuseReason.NOTHING_NEAR))
        self.heard: list[tuple[EntryId | None, Asker | None]] = []

    async def verdict(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        self.heard.append((previous, asker))
        return await super().verdict(text, previous=previous, asker=asker)


@pytest.mark.parametrize(
    ("age", "previous"), [(timedelta(minutes=1), "return-how"), (timedelta(hours=1), None)]
)
async def test_the_last_answer_goes_with_the_question_for_some_minutes(
    age: timedelta, previous: str | None
) -> None:
    knowledge = Listening()
    await _ask("那运费呢", Context(last_entry="return-how", answered_at=NOW - age), knowledge)
    assert knowledge.heard == [(previous, Asker(today=NOW.date(), channel=Channel.OFFICIAL))]
