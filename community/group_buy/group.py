"""One group as a value: who is in it, what was paid, what is to be given back, and the accounts that follow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from community.group_buy.offer import Offer, Tier


class GroupState(StrEnum):
    """Values are stored; never rename them. All but OPEN are final."""

    OPEN = "open"
    SETTLED = "settled"
    """It reached a tier, and everybody in it has that tier's price."""
    FAILED = "failed"
    """It ended below the first tier; everybody gets everything back."""
    CANCELLED = "cancelled"
    """By its owner, or because nobody was in it any more; everybody gets everything back."""


class MemberState(StrEnum):
    """Values are stored; never rename them."""

    HELD = "held"
    """A place is kept until it is paid for."""
    PAID = "paid"
    LEFT = "left"
    """By themselves, before paying."""
    LAPSED = "lapsed"
    """It was not paid for in time."""
    RETURNED = "returned"
    """Paid, and got everything back."""


class Why(StrEnum):
    """Why money is given back. Values are stored and part of keys; never rename them."""

    DIFFERENCE = "difference"
    """The tier reached is cheaper than what was paid."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken_back"
    """The member wanted out."""
    NO_PLACE = "no_place"
    """The payment came when there was no place for it: too late, twice, or of a stranger."""
    WRONG_AMOUNT = "wrong_amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """``key``: for the mall, the same however often it is asked. ``done``: the mall has said so."""

    key: str
    amount_fen: int
    why: Why
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that arrived. ``member``: the number of the place that it pays for; None: it pays for none."""

    id: str
    person: str
    amount_fen: int
    member: int | None = None
    refunds: tuple[Refund, ...] = ()

    @property
    def kept_fen(self) -> int:
        """What is left when all refunds are through."""
        return self.amount_fen - sum(refund.amount_fen for refund in self.refunds)

    def giving_back(self, amount_fen: int, why: Why) -> Payment:
        """Nothing to give back: unchanged. At most one refund for each reason."""
        if amount_fen <= 0:
            return self
        if amount_fen > self.kept_fen or any(refund.why is why for refund in self.refunds):
            raise ValueError(f"{self.id}: {amount_fen} fen cannot be given back ({why.value})")
        refund = Refund(key=f"{self.id}:{why.value}", amount_fen=amount_fen, why=why)
        return replace(self, refunds=(*self.refunds, refund))


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One place in a group. ``number``: in the order of joining, from 1. ``hold_until``: unpaid, it is kept so long."""

    number: int
    person: str
    state: MemberState
    hold_until: datetime

    @property
    def is_in(self) -> bool:
        return self.state in {MemberState.HELD, MemberState.PAID}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """In fen; ``paid == kept + refunded + owed`` always. ``owed``: refunds that the mall has not confirmed."""

    paid: int
    kept: int
    refunded: int
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """``tier``: what it was settled at; None before, and where it was not."""

    key: str
    offer: Offer
    opened_at: datetime
    state: GroupState = GroupState.OPEN
    members: tuple[Member, ...] = ()
    payments: tuple[Payment, ...] = field(default=())
    tier: Tier | None = None

    @property
    def ends_at(self) -> datetime:
        return self.opened_at + self.offer.lasts

    @property
    def paid(self) -> int:
        """How many members have paid and are in."""
        return sum(member.state is MemberState.PAID for member in self.members)

    @property
    def taken(self) -> int:
        """How many places are paid for or kept."""
        return sum(member.is_in for member in self.members)

    @property
    def leader(self) -> str | None:
        """团长: who joined first of those who are in."""
        return next((member.person for member in self.members if member.is_in), None)

    @property
    def reached(self) -> Tier | None:
        """The tier that it was settled at, or has reached so far."""
        return self.tier or (self.offer.tier_of(self.paid) if self.state is GroupState.OPEN else None)

    def place_of(self, person: str) -> Member | None:
        """The place that the person has now."""
        return next((member for member in self.members if member.person == person and member.is_in), None)

    def owed(self) -> tuple[Refund, ...]:
        """Refunds that the mall has to make, or to confirm."""
        return tuple(refund for payment in self.payments for refund in payment.refunds if not refund.done)

    def accounts(self) -> Accounts:
        refunds = [refund for payment in self.payments for refund in payment.refunds]
        return Accounts(
            paid=sum(payment.amount_fen for payment in self.payments),
            kept=sum(payment.kept_fen for payment in self.payments),
            refunded=sum(refund.amount_fen for refund in refunds if refund.done),
            owed=sum(refund.amount_fen for refund in refunds if not refund.done),
        )
