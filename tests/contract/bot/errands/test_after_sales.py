"""From a turn's commit to the mall's answer: the case begins with the errand, and goes on with its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot.after_sales_openings import openings
from bot.errands.judging import judge
from bot.errands.store import ErrandStore
from bot.errands.values import ErrandState
from bot.turn_store import TurnStore
from bot.turns import Finished
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from conversations.errands import Errand, ErrandKind
from conversations.errors import Permanent
from conversations.inbound import MessageKey
from conversations.outcomes import HandOver, HandOverReason, Outcome
from escalation.after_sales import acting, store
from escalation.after_sales.acting import Deed
from escalation.after_sales.case import AfterSalesState
from escalation.after_sales.clocks import AfterSalesRules
from escalation.after_sales.store import Numbered, Promises
from escalation.hours import ALWAYS
from mall.port import Receipt
from storage.schema import cases, outbox
from tests.contract.bot.conftest import RETRY_WINDOW_MS
from tests.contract.bot.engine import Engine
from tests.contract.bot.errands.shop import WANG, claim_one

PROMISES = Promises(hours=ALWAYS, rules=AfterSalesRules())
RETURN = Errand(kind=ErrandKind.RETURN, order_no="HY1", details={"product": "大米", "reason": "有虫"})
KEY, NOW = MessageKey("official:gh:1"), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
YES = Receipt(accepted=True, text="退货申请通过啦", reference="TH1")
NO = Receipt(accepted=False, text="签收超过 7 天了")


@pytest.fixture
def errands(engine: Engine) -> ErrandStore:
    return ErrandStore(engine.database, worker="one", promises=PROMISES, clock=engine.clock)


async def commits(engine: Engine, outcome: Outcome) -> None:
    turns = TurnStore(engine.database, worker="one", retry_window_ms=RETRY_WINDOW_MS, promises=PROMISES)
    await engine.arrives("wang", wait_ms=0)
    claimed = await engine.claim_one()
    begun = openings(claimed.key, outcome, engine.clock.now())
    assert begun == openings(claimed.key, outcome, engine.clock.now())
    assert await turns.commit(
        Finished(claimed=claimed, errands=outcome.errands, after_sales=begun, transcript="{}")
    )


async def the_case(engine: Engine) -> Numbered:
    async with engine.database.reading() as connection:
        found = await store.by_number(connection, 1)
    assert found is not None
    return found


async def counted(engine: Engine) -> tuple[int, int]:
    """What was said, and hand-over cases."""
    async with engine.database.reading() as connection:
        said = (await connection.execute(select(func.count()).select_from(outbox))).scalar_one()
        handed = (await connection.execute(select(func.count()).select_from(cases))).scalar_one()
    return said, handed


@pytest.mark.parametrize(
    ("answer", "state", "trouble"),
    [(YES, AfterSalesState.WAITING_GOODS, ""), (NO, AfterSalesState.OPENED, NO.text)],
)
async def test_a_return_begins_a_case_that_the_malls_answer_moves(
    engine: Engine, errands: ErrandStore, answer: Receipt, state: AfterSalesState, trouble: str
) -> None:
    await commits(engine, Outcome(errands=(RETURN,)))
    case = (await the_case(engine)).case
    assert case.wish == AfterSalesWish(kind=AfterSalesKind.RETURN, order_no="HY1", wants="大米", why="有虫")
    claimed = await claim_one(errands)
    verdict = judge(claimed, answer, lambda: 0.5)
    assert await errands.settle(claimed, verdict)
    assert not await errands.settle(claimed, verdict)
    case = (await the_case(engine)).case
    assert (case.state, case.trouble) == (state, trouble)


@pytest.mark.parametrize(
    ("answer", "said", "paid"),
    [(YES, 1, 500), (NO, 0, 0), (Permanent("no"), 0, 500)],
    ids=["paid", "declined", "dead"],
)
async def test_a_refund_by_a_colleague_is_told_when_it_is_done_and_comes_back_when_it_is_not(
    engine: Engine, errands: ErrandStore, answer: Receipt | Permanent, said: int, paid: int
) -> None:
    wish = AfterSalesWish(kind=AfterSalesKind.REFUND, order_no="HY1")
    hand_over = HandOver(reason=HandOverReason.AFTER_SALES, summary="退款", wish=wish)
    await commits(engine, Outcome(hand_over=hand_over))
    deed = Deed(number=1, seen=0, by="lin", now=engine.clock.now(), real_ms=1_000, promises=PROMISES)
    async with engine.database.writing() as connection:
        await acting.refund(connection, deed, 500, limit_fen=500)
    claimed = await claim_one(errands)
    assert (claimed.customer_ref, claimed.errand.kind) == (WANG, ErrandKind.REFUND)
    verdict = judge(claimed, answer, lambda: 0.5)
    assert await errands.settle(claimed, verdict)
    assert await counted(engine) == (said, 0)
    case = (await the_case(engine)).case
    assert case.refunded_fen == paid
    done = verdict.state is ErrandState.DONE
    assert case.state is (AfterSalesState.DONE if done else AfterSalesState.IN_HAND)
    assert bool(case.trouble) == (not done)


def test_hand_overs_without_a_wish_are_known_by_their_reason() -> None:
    plain = HandOver(reason=HandOverReason.COMPLAINT, summary="送货员态度差")
    found = openings(KEY, Outcome(hand_over=plain), NOW)
    assert [each.wish.kind for each in found] == [AfterSalesKind.COMPLAINT]
    asked = replace(plain, reason=HandOverReason.ASKED_FOR)
    assert openings(KEY, Outcome(hand_over=asked), NOW) == ()
    urged = Errand(kind=ErrandKind.URGE, order_no="HY1")
    assert openings(KEY, Outcome(errands=(urged,)), NOW) == ()
