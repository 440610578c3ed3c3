"""Groups for tests, and what must be true of every group whatever happened."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from community.group_buy.deciding import join, open_group, pay
from community.group_buy.group import Group, GroupState, MemberState, Why
from community.group_buy.offer import Offer, Tier

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
END = START + timedelta(hours=24)
OFFER = Offer(price_fen=9_990, tiers=(Tier(3, 900), Tier(5, 800)), capacity=6)
DEPOSIT = 8_991


def paid_group(*people: str, offer: Offer = OFFER) -> Group:
    """Opened by the first, and everybody has paid."""
    group = open_group("g1", offer, people[0], START)
    for person in people:
        group = pay(join(group, person, START), f"pay-{person}", person, offer.deposit_fen, START)
    return group


def back(group: Group, person: str) -> list[tuple[Why, int]]:
    """What the person gets back, and why."""
    return [
        (refund.why, refund.amount_fen)
        for payment in group.payments
        if payment.person == person
        for refund in payment.refunds
    ]


def broken(group: Group) -> list[str]:
    """Which of the algebra's promises the group breaks."""
    accounts, offer = group.accounts(), group.offer
    refunds = [refund for payment in group.payments for refund in payment.refunds]
    standing = [
        payment
        for payment in group.payments
        for member in group.members
        if payment.member == member.number and member.state is MemberState.PAID
    ]
    price = offer.price_at(group.tier) if group.tier else offer.deposit_fen
    given_up = group.state in {GroupState.FAILED, GroupState.CANCELLED}
    checks = {
        "no more places than there are": group.taken <= offer.capacity,
        "nobody in it twice": max(Counter(m.person for m in group.members if m.is_in).values(), default=0)
        <= 1,
        "paid = kept + refunded + owed": accounts.paid == accounts.kept + accounts.refunded + accounts.owed,
        "each refund once": len({refund.key for refund in refunds}) == len(refunds),
        "nothing is given that did not come": all(payment.kept_fen >= 0 for payment in group.payments),
        "one payment for each paid place": len(standing) == group.paid,
        "everybody in it paid the same": {payment.kept_fen for payment in standing} <= {price},
        "only they paid anything": accounts.kept == price * len(standing),
        "settled only with a tier": (group.state is GroupState.SETTLED) == (group.tier is not None),
        "given up: nothing is kept": not given_up or accounts.kept == 0,
        "over: nobody waits": group.state is GroupState.OPEN
        or all(member.state is not MemberState.HELD for member in group.members),
        "open: somebody is in it": group.state is not GroupState.OPEN or group.taken > 0,
        "full and paid: settled": group.state is not GroupState.OPEN or group.paid < offer.capacity,
    }
    return [name for name, holds in checks.items() if not holds]
