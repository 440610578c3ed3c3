"""What becomes of a group when somebody does something, or time passes. Pure; the cases are in docs/group-buy.md.

Each function takes the group as it was and returns it as it is then. Doing the same twice is doing it once. What is to
be given back stands in the group (``Group.owed``): whoever keeps it sends that to the mall, by its keys, until the mall
has confirmed it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from community.group_buy.group import Group, GroupState, Member, MemberState, Payment, Why
from community.group_buy.offer import Offer


class Reason(StrEnum):
    OVER = "over"
    FULL = "full"
    NOT_IN = "not_in"
    HAS_PAID = "has_paid"
    TOO_FEW = "too_few"
    OTHER_PAYMENT = "other_payment"
    """A payment of this id was told before, and it was another one."""
    UNKNOWN_REFUND = "unknown_refund"


class Refused(Exception):
    """It cannot be done, and nothing has changed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def open_group(key: str, offer: Offer, leader: str, now: datetime) -> Group:
    """Whoever opens it is its first member, and pays like everybody."""
    return join(Group(key=key, offer=offer, opened_at=now), leader, now)


def advanced(group: Group, now: datetime) -> Group:
    """Time has passed: places that were not paid for are free again, and at its end the group is settled or fails."""
    if group.state is not GroupState.OPEN:
        return group
    ends = now >= group.ends_at
    members = tuple(
        replace(member, state=MemberState.LAPSED)
        if member.state is MemberState.HELD and (ends or now >= member.hold_until)
        else member
        for member in group.members
    )
    group = replace(group, members=members)
    if ends:
        return (
            _settled(group)
            if group.offer.tier_of(group.paid)
            else _given_up(group, GroupState.FAILED, Why.FAILED)
        )
    return _unless_empty(group)


def join(group: Group, person: str, now: datetime) -> Group:
    """Keeps a place for the person, who has it already perhaps. Raises Refused: OVER, FULL."""
    if group.members:
        group = advanced(group, now)
    if group.place_of(person) is not None:
        return group
    if group.state is not GroupState.OPEN:
        raise Refused(Reason.OVER)
    if group.taken >= group.offer.capacity:
        raise Refused(Reason.FULL)
    hold_until = min(now + group.offer.hold, group.ends_at)
    place = Member(
        number=len(group.members) + 1, person=person, state=MemberState.HELD, hold_until=hold_until
    )
    return replace(group, members=(*group.members, place))


def leave(group: Group, person: str, now: datetime) -> Group:
    """Before paying. Who is not in it stays out. Raises Refused: HAS_PAID (see ``take_back``)."""
    group = advanced(group, now)
    place = group.place_of(person)
    if place is None:
        return group
    if place.state is MemberState.PAID:
        raise Refused(Reason.HAS_PAID)
    return _unless_empty(_with_member(group, replace(place, state=MemberState.LEFT)))


def pay(group: Group, payment_id: str, person: str, amount_fen: int, now: datetime) -> Group:
    """Money has arrived, and is taken or given back. Raises Refused: OTHER_PAYMENT."""
    group = advanced(group, now)
    known = next((each for each in group.payments if each.id == payment_id), None)
    if known is not None:
        if (known.person, known.amount_fen) != (person, amount_fen):
            raise Refused(Reason.OTHER_PAYMENT)
        return group
    payment = Payment(id=payment_id, person=person, amount_fen=amount_fen)
    if amount_fen != group.offer.deposit_fen:
        return _with_payment(group, payment.giving_back(amount_fen, Why.WRONG_AMOUNT))
    place = _place_for(group, person, now)
    if place is None:
        return _with_payment(group, payment.giving_back(amount_fen, Why.NO_PLACE))
    group = _with_member(group, replace(place, state=MemberState.PAID))
    group = _with_payment(group, replace(payment, member=place.number))
    return _settled(group) if group.paid == group.offer.capacity else group


def take_back(group: Group, person: str, now: datetime) -> Group:
    """Somebody who has paid wants out: they get everything back. While the group is open their place is free again, and
    the tier may fall; afterwards nobody else's price changes. Raises Refused: NOT_IN.
    """
    group = advanced(group, now)
    place = group.place_of(person)
    if place is None and _was_returned(group, person):
        return group
    if place is None or place.state is not MemberState.PAID:
        raise Refused(Reason.NOT_IN)
    group = _with_member(group, replace(place, state=MemberState.RETURNED))
    group = _each_payment(
        group,
        lambda each: each.giving_back(each.kept_fen, Why.TAKEN_BACK) if each.member == place.number else each,
    )
    return _unless_empty(group)


def close(group: Group, now: datetime) -> Group:
    """Its owner ends it early; places that are not paid for are free. Raises Refused: TOO_FEW, OVER."""
    group = advanced(group, now)
    if group.state is GroupState.SETTLED:
        return group
    if group.state is not GroupState.OPEN:
        raise Refused(Reason.OVER)
    if group.offer.tier_of(group.paid) is None:
        raise Refused(Reason.TOO_FEW)
    return _settled(group)


def cancel(group: Group, now: datetime) -> Group:
    """Its owner gives it up: everybody gets everything back. Raises Refused: OVER."""
    group = advanced(group, now)
    if group.state in {GroupState.CANCELLED, GroupState.FAILED}:
        return group
    if group.state is GroupState.SETTLED:
        raise Refused(Reason.OVER)
    return _given_up(group, GroupState.CANCELLED, Why.CANCELLED)


def refund_done(group: Group, key: str) -> Group:
    """The mall has given it back. Raises Refused: UNKNOWN_REFUND."""
    if not any(refund.key == key for payment in group.payments for refund in payment.refunds):
        raise Refused(Reason.UNKNOWN_REFUND)
    return _each_payment(
        group,
        lambda payment: replace(
            payment,
            refunds=tuple(
                replace(refund, done=True) if refund.key == key else refund for refund in payment.refunds
            ),
        ),
    )


def _place_for(group: Group, person: str, now: datetime) -> Member | None:
    """The place that a payment is for: the person's own, or a new one where theirs lapsed and there is room."""
    place = group.place_of(person)
    if place is not None:
        return place if place.state is MemberState.HELD else None
    known = any(member.person == person and member.state is MemberState.LAPSED for member in group.members)
    if not known or group.state is not GroupState.OPEN or group.taken >= group.offer.capacity:
        return None
    return Member(number=len(group.members) + 1, person=person, state=MemberState.HELD, hold_until=now)


def _was_returned(group: Group, person: str) -> bool:
    return any(member.person == person and member.state is MemberState.RETURNED for member in group.members)


def _settled(group: Group) -> Group:
    """At the tier of those who have paid; what they paid more than that is given back."""
    tier = group.offer.tier_of(group.paid)
    if tier is None:
        raise ValueError(f"{group.key}: no tier is reached")
    difference = group.offer.deposit_fen - group.offer.price_at(tier)
    group = _without_holds(replace(group, state=GroupState.SETTLED, tier=tier))
    stand = {member.number for member in group.members if member.state is MemberState.PAID}
    return _each_payment(
        group,
        lambda each: each.giving_back(difference, Why.DIFFERENCE) if each.member in stand else each,
    )


def _given_up(group: Group, state: GroupState, why: Why) -> Group:
    group = _without_holds(replace(group, state=state))
    returned = tuple(
        replace(member, state=MemberState.RETURNED) if member.state is MemberState.PAID else member
        for member in group.members
    )
    group = replace(group, members=returned)
    return _each_payment(group, lambda each: each.giving_back(each.kept_fen, why))


def _unless_empty(group: Group) -> Group:
    """A group that nobody is in any more is over."""
    if group.state is not GroupState.OPEN or group.taken:
        return group
    return replace(group, state=GroupState.CANCELLED)


def _without_holds(group: Group) -> Group:
    members = tuple(
        replace(member, state=MemberState.LAPSED) if member.state is MemberState.HELD else member
        for member in group.members
    )
    return replace(group, members=members)


def _with_member(group: Group, changed: Member) -> Group:
    others = {member.number: member for member in group.members} | {changed.number: changed}
    return replace(group, members=tuple(others[number] for number in sorted(others)))


def _with_payment(group: Group, payment: Payment) -> Group:
    return replace(group, payments=(*group.payments, payment))


def _each_payment(group: Group, change: Callable[[Payment], Payment]) -> Group:
    return replace(group, payments=tuple(change(payment) for payment in group.payments))
