"""The machine of a case of after-sales and its clocks, whatever is done in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from conversations.address import ConversationId
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from escalation.after_sales import case as cases
from escalation.after_sales.case import (
    PAUSED,
    AfterSalesCase,
    AfterSalesKey,
    AfterSalesState,
    NotPossible,
    Why,
)
from escalation.after_sales.clocks import AfterSalesRules, Step, deadline, look_at, standings, warnings
from escalation.hours import ALWAYS
from escalation.sla import Promise, Standing

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = AfterSalesRules()


def a_case(kind: AfterSalesKind = AfterSalesKind.TROUBLE) -> AfterSalesCase:
    wish = AfterSalesWish(kind=kind, order_no="HY1", wants="补发", why="少发了")
    return cases.opened(AfterSalesKey("m1:after"), ConversationId("official:gh:o1"), wish, NOW)


def refusal(change: Callable[[], AfterSalesCase]) -> Why | None:
    try:
        change()
    except NotPossible as refused:
        return refused.why
    return None


class Handling(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.case = a_case()
        self.now = NOW
        self.paused = timedelta()
        self.errands = 0
        self.paid = 0

    def change(self, step: Callable[[], AfterSalesCase]) -> bool:
        before = self.case
        try:
            self.case = step()
        except NotPossible:
            assert self.case == before
            return False
        assert before.is_open or before.errand is not None
        assert self.case.version == before.version + 1 or self.case == before
        return True

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        if self.case.state in PAUSED:
            self.paused += minutes * MINUTE

    @rule(login=st.sampled_from(["lin", "mei"]), over=st.booleans())
    def take(self, login: str, over: bool) -> None:
        had = self.case.agent
        if self.change(lambda: cases.taken(self.case, login, self.now, over=over)):
            assert self.case.agent == login
            assert had in (None, login) or over

    @rule(
        step=st.sampled_from(
            [
                cases.asks_customer,
                cases.customer_answered,
                cases.awaits_goods,
                cases.goods_came,
                cases.done,
                cases.declined,
                cases.called_off,
            ]
        )
    )
    def step(self, step: Callable[[AfterSalesCase, datetime], AfterSalesCase]) -> None:
        self.change(lambda: step(self.case, self.now))

    @rule(fen=st.integers(0, 500))
    def refund(self, fen: int) -> None:
        if self.change(lambda: cases.refunds(self.case, f"e{self.errands}", fen, self.now)):
            self.errands += 1

    @rule(accepted=st.booleans(), unknown=st.booleans())
    def mall(self, accepted: bool, unknown: bool) -> None:
        fen = self.case.errand_fen
        if accepted:
            if self.change(lambda: cases.carried_out(self.case, self.now)):
                self.paid += fen
        elif self.change(lambda: cases.not_carried_out(self.case, "商城不接受", self.now, unknown=unknown)):
            self.paid += fen if unknown else 0

    @rule()
    def warn(self) -> None:
        due = warnings(self.case, self.now, ALWAYS, RULES)
        assert not {each.name for each in due} & self.case.said
        self.case = replace(self.case, said=self.case.said | {each.name for each in due})

    @invariant()
    def holds_together(self) -> None:
        case = self.case
        assert (case.acted_at is None) == (case.state is AfterSalesState.OPENED)
        open_pause = bool(case.pauses) and case.pauses[-1].end is None
        assert open_pause == (case.state in PAUSED)
        assert case.errand is None or case.is_open
        assert case.refunded_fen == self.paid
        assert (deadline(case, ALWAYS, RULES) is None) == (not case.is_open or case.state in PAUSED)
        clock = standings(case, self.now, ALWAYS, RULES)[Promise.CLOSURE]
        if case.is_open:
            spent = self.now - NOW - self.paused
            assert (clock is Standing.BROKEN) == (spent > timedelta(hours=24))
        look = look_at(case, self.now, ALWAYS, RULES)
        assert look is None or case.is_open
        if warnings(case, self.now, ALWAYS, RULES):
            assert look is None or look <= self.now


TestHandling = Handling.TestCase
TestHandling.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_what_does_not_fit_says_why() -> None:
    case = a_case()
    lins = cases.taken(case, "lin", NOW)
    paying = cases.refunds(lins, "e1", 100, NOW)
    ended = cases.done(lins, NOW)
    told = {
        "somebody else's": refusal(lambda: cases.taken(lins, "mei", NOW)),
        "nothing to pay": refusal(lambda: cases.refunds(lins, "e1", 0, NOW)),
        "paid twice": refusal(lambda: cases.refunds(paying, "e2", 100, NOW)),
        "ended while paying": refusal(lambda: cases.declined(paying, NOW)),
        "ended": refusal(lambda: cases.asks_customer(ended, NOW)),
        "no goods awaited": refusal(lambda: cases.goods_came(lins, NOW)),
        "nothing was asked": refusal(lambda: cases.customer_answered(lins, NOW)),
        "taken over": refusal(lambda: cases.taken(lins, "mei", NOW, over=True)),
    }
    assert told == {
        "somebody else's": Why.SOMEBODYS,
        "nothing to pay": Why.AMOUNT,
        "paid twice": Why.UNDER_WAY,
        "ended while paying": Why.UNDER_WAY,
        "ended": Why.ENDED,
        "no goods awaited": Why.STATE,
        "nothing was asked": Why.STATE,
        "taken over": None,
    }


def test_a_refund_ends_a_case_but_not_a_complaint() -> None:
    ends = {
        kind: cases.carried_out(cases.refunds(a_case(kind), "e1", 100, NOW), NOW).state
        for kind in AfterSalesKind
    }
    assert ends.pop(AfterSalesKind.COMPLAINT) is AfterSalesState.IN_HAND
    assert set(ends.values()) == {AfterSalesState.DONE}


def test_warnings_come_step_by_step_and_stop_once_the_promise_is_kept() -> None:
    case = a_case()
    seen = {
        minutes: [each.name for each in warnings(case, NOW + minutes * MINUTE, ALWAYS, RULES)]
        for minutes in (15, 16, 18, 20, 21)
    }
    assert seen == {
        15: [],
        16: ["first_action:agent"],
        18: ["first_action:agent", "first_action:supervisor"],
        20: ["first_action:agent", "first_action:supervisor"],
        21: ["first_action:agent", "first_action:supervisor", "first_action:broken"],
    }
    assert look_at(case, NOW, ALWAYS, RULES) == NOW + 16 * MINUTE
    taken = cases.taken(case, "lin", NOW + 5 * MINUTE)
    assert warnings(taken, NOW + 60 * MINUTE, ALWAYS, RULES) == []
    assert look_at(taken, NOW, ALWAYS, RULES) == NOW + 0.8 * timedelta(hours=24)
    waiting = cases.asks_customer(taken, NOW + 10 * MINUTE)
    assert look_at(waiting, NOW + timedelta(days=3), ALWAYS, RULES) is None
    back = cases.customer_answered(waiting, NOW + timedelta(days=1, minutes=10))
    assert deadline(back, ALWAYS, RULES) == NOW + timedelta(days=2)
    late = warnings(back, NOW + timedelta(days=2, minutes=1), ALWAYS, RULES)
    assert [each.step for each in late] == list(Step)


def test_nobody_is_warned_while_the_customer_is_to_act_however_late_it_is() -> None:
    taken = cases.taken(a_case(), "lin", NOW)
    late = NOW + timedelta(hours=20)
    assert [each.step for each in warnings(taken, late, ALWAYS, RULES)] == [Step.AGENT]
    waiting = cases.asks_customer(taken, late)
    assert (warnings(waiting, late, ALWAYS, RULES), look_at(waiting, late, ALWAYS, RULES)) == ([], None)
    back = cases.customer_answered(waiting, late + timedelta(days=2))
    assert look_at(back, late + timedelta(days=2), ALWAYS, RULES) == late + timedelta(days=2)
