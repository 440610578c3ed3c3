"""Every case that docs/group-buy.md decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from community.group_buy.deciding import (
    Reason,
    Refused,
    advanced,
    cancel,
    close,
    join,
    leave,
    open_group,
    pay,
    refund_done,
    take_back,
)
from community.group_buy.group import Accounts, Group, GroupState, MemberState, Why
from community.group_buy.offer import Tier
from tests.unit.community.group_buy.groups import DEPOSIT, END, OFFER, START, back, broken, paid_group

SOON = START + timedelta(minutes=5)
LATE = START + OFFER.hold


def refusal(attempt: Callable[[], Group]) -> Reason | None:
    try:
        attempt()
    except Refused as refused:
        return refused.reason
    return None


def test_everybody_pays_the_first_tier_and_gets_the_difference_when_a_higher_one_is_reached() -> None:
    ended = advanced(paid_group("a", "b", "c", "d", "e"), END)
    assert (ended.state, ended.tier) == (GroupState.SETTLED, Tier(5, 800))
    assert [back(ended, person) for person in "abcde"] == [[(Why.DIFFERENCE, DEPOSIT - 7_992)]] * 5
    assert ended.accounts() == Accounts(paid=5 * DEPOSIT, kept=5 * 7_992, refunded=0, owed=5 * 999)


def test_the_first_tier_owes_nothing_back() -> None:
    ended = advanced(paid_group("a", "b", "c", "d"), END)
    assert (ended.state, ended.tier, ended.owed()) == (GroupState.SETTLED, Tier(3, 900), ())


def test_a_group_below_the_first_tier_fails_and_gives_everything_back() -> None:
    before, ended = paid_group("a", "b"), advanced(paid_group("a", "b"), END)
    assert (ended.state, ended.tier) == (GroupState.FAILED, None)
    assert [back(ended, person) for person in "ab"] == [[(Why.FAILED, DEPOSIT)]] * 2
    assert advanced(before, END - timedelta(microseconds=1)) == before
    assert advanced(ended, END + timedelta(days=9)) == ended


def test_nobody_paid_gives_nothing_back() -> None:
    ended = advanced(
        join(open_group("g1", OFFER, "a", END - timedelta(minutes=1)), "b", END), END + OFFER.lasts
    )
    assert (ended.state, ended.payments, broken(ended)) == (GroupState.FAILED, (), [])


def test_a_full_group_is_settled_at_once() -> None:
    full = paid_group(*"abcdef")
    assert (full.state, full.tier) == (GroupState.SETTLED, Tier(5, 800))
    assert refusal(lambda: join(full, "g", SOON)) is Reason.OVER


def test_a_place_is_kept_for_a_while_and_nobody_else_gets_it() -> None:
    group = open_group("g1", OFFER, "a", START)
    for person in "bcdef":
        group = join(group, person, SOON)
    assert refusal(lambda: join(group, "g", SOON)) is Reason.FULL
    assert join(group, "f", SOON) == group, "one person has one place"
    later = join(group, "g", LATE)
    assert [member.person for member in later.members if member.is_in] == ["b", "c", "d", "e", "f", "g"]
    assert later.leader == "b"


def test_a_payment_after_the_place_lapsed_is_taken_while_there_is_room_and_given_back_else() -> None:
    group = join(open_group("g1", OFFER, "a", START), "b", SOON)
    taken = pay(group, "p1", "a", DEPOSIT, LATE)
    assert (taken.paid, back(taken, "a")) == (1, [])
    small = replace(group, offer=replace(OFFER, tiers=(Tier(2, 900),), capacity=2))
    full = join(small, "c", LATE)
    given_back = pay(full, "p1", "a", DEPOSIT, LATE)
    assert (given_back.paid, back(given_back, "a")) == (0, [(Why.NO_PLACE, DEPOSIT)])


@pytest.mark.parametrize("end", [lambda group: advanced(group, END), lambda group: cancel(group, SOON)])
def test_a_payment_when_all_is_over_is_given_back(end: Callable[[Group], Group]) -> None:
    over = end(join(paid_group("a", "b", "c"), "late", SOON))
    after = pay(over, "p9", "late", DEPOSIT, END)
    assert (after.state, back(after, "late")) == (over.state, [(Why.NO_PLACE, DEPOSIT)])
    assert broken(after) == []


def test_who_pays_twice_gets_the_second_back_and_the_same_payment_told_twice_counts_once() -> None:
    once = paid_group("a", "b", "c")
    assert pay(once, "pay-a", "a", DEPOSIT, SOON) == once
    twice = pay(once, "again", "a", DEPOSIT, SOON)
    assert (twice.paid, back(twice, "a")) == (3, [(Why.NO_PLACE, DEPOSIT)])
    assert refusal(lambda: pay(once, "pay-a", "b", DEPOSIT, SOON)) is Reason.OTHER_PAYMENT
    assert refusal(lambda: pay(once, "pay-a", "a", 1, SOON)) is Reason.OTHER_PAYMENT


def test_another_amount_and_a_strangers_money_are_given_back() -> None:
    group = open_group("g1", OFFER, "a", START)
    wrong = pay(group, "p1", "a", DEPOSIT - 1, SOON)
    assert (wrong.paid, back(wrong, "a")) == (0, [(Why.WRONG_AMOUNT, DEPOSIT - 1)])
    stranger = pay(wrong, "p2", "nobody", DEPOSIT, SOON)
    assert back(stranger, "nobody") == [(Why.NO_PLACE, DEPOSIT)]
    right = pay(stranger, "p3", "a", DEPOSIT, SOON)
    assert (right.paid, broken(right)) == (1, [])


def test_who_leaves_before_paying_is_out_and_the_next_leads() -> None:
    group = join(open_group("g1", OFFER, "a", START), "b", SOON)
    left = leave(group, "a", SOON)
    assert (left.leader, left.taken) == ("b", 1)
    assert leave(left, "a", SOON) == left
    assert leave(left, "b", SOON).state is GroupState.CANCELLED, "nobody is in it"
    paid = pay(left, "p1", "a", DEPOSIT, SOON)
    assert back(paid, "a") == [(Why.NO_PLACE, DEPOSIT)], "they had left"
    assert refusal(lambda: leave(paid_group("a", "b"), "a", SOON)) is Reason.HAS_PAID


def test_a_group_whose_only_place_lapses_is_over() -> None:
    assert advanced(open_group("g1", OFFER, "a", START), LATE).state is GroupState.CANCELLED


def test_who_wants_out_while_it_is_open_gets_everything_back_and_the_tier_falls() -> None:
    five = paid_group(*"abcde")
    assert five.reached == Tier(5, 800)
    four = take_back(five, "a", SOON)
    assert (four.reached, four.leader, back(four, "a")) == (Tier(3, 900), "b", [(Why.TAKEN_BACK, DEPOSIT)])
    assert take_back(four, "a", SOON) == four
    ended = advanced(four, END)
    assert (ended.tier, back(ended, "b")) == (Tier(3, 900), [])
    again = pay(join(four, "a", SOON), "pay-a-2", "a", DEPOSIT, SOON)
    assert advanced(again, END).tier == Tier(5, 800)
    with_held = join(four, "held", SOON)
    assert refusal(lambda: take_back(with_held, "z", SOON)) is Reason.NOT_IN
    assert refusal(lambda: take_back(with_held, "held", SOON)) is Reason.NOT_IN


def test_who_wants_out_afterwards_changes_nobody_elses_price() -> None:
    settled = advanced(paid_group(*"abcde"), END)
    after = take_back(settled, "a", END)
    assert (after.state, after.tier) == (GroupState.SETTLED, Tier(5, 800))
    assert back(after, "a") == [(Why.DIFFERENCE, 999), (Why.TAKEN_BACK, 7_992)]
    assert back(after, "b") == [(Why.DIFFERENCE, 999)]
    assert broken(after) == []


def test_the_last_paid_member_who_wants_out_ends_it() -> None:
    assert take_back(paid_group("a"), "a", SOON).state is GroupState.CANCELLED


def test_its_owner_ends_it_early_at_a_tier_or_gives_it_up() -> None:
    three, two = join(paid_group("a", "b", "c"), "d", SOON), paid_group("a", "b")
    closed = close(three, SOON)
    assert (closed.tier, closed.members[3].state) == (Tier(3, 900), MemberState.LAPSED)
    assert close(closed, SOON) == closed
    assert refusal(lambda: close(two, SOON)) is Reason.TOO_FEW
    given_up = cancel(two, SOON)
    assert (given_up.state, back(given_up, "a")) == (GroupState.CANCELLED, [(Why.CANCELLED, DEPOSIT)])
    assert cancel(given_up, SOON) == given_up
    assert refusal(lambda: close(given_up, SOON)) is Reason.OVER
    assert refusal(lambda: cancel(closed, SOON)) is Reason.OVER


def test_the_mall_confirms_refunds_one_by_one_and_twice_is_once() -> None:
    failed = advanced(paid_group("a", "b"), END)
    first, second = (refund.key for refund in failed.owed())
    assert (first, second) == ("pay-a:failed", "pay-b:failed")
    one = refund_done(failed, first)
    assert [refund.key for refund in one.owed()] == [second]
    assert one.accounts() == Accounts(paid=2 * DEPOSIT, kept=0, refunded=DEPOSIT, owed=DEPOSIT)
    assert refund_done(one, first) == one
    assert refusal(lambda: refund_done(one, "nothing:failed")) is Reason.UNKNOWN_REFUND
