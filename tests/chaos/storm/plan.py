"""Who does what when: a round's acts, drawn from a seed. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

ACCOUNTS = ("wkStormOne", "wkStormTwo")
"""微信客服 accounts; customers are dealt out to them in turn."""
BURSTS = (1,) * 10 + (2,) * 5 + (3,) * 3 + (5, 8)
"""How many messages somebody writes one after the other, and how often that is drawn."""
BETWEEN = 0.7
"""Longest pause within a burst, in seconds."""
TOUCHED_EVERY = 5
"""Every so many customers of 微信客服 have to do with people."""
ASKS_FOR_A_PERSON = 0.2
"""Of the moves to people so many begin with the customer's own words."""
TOKENS_END_EVERY = 20.0
_QUESTIONS = (
    "我的订单{number}到哪了",
    "订单{number}发货了吗？",
    "帮我查一下订单{number}",
    "{number} 物流到哪里了",
)


class Platform(StrEnum):
    OFFICIAL = "official"
    KEFU = "kefu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """``account`` is the open_kfid, empty at the 公众号. ``touched``: people take part in this conversation."""

    name: str
    platform: Platform
    account: str = ""
    touched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """``number`` is the order number that this message alone names; every right answer to it repeats it."""

    at: float
    customer: Customer
    number: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AsksForPerson:
    at: float
    customer: Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesSilently:
    """The platform moves the session to ``state`` (2 pool, 3 ``servicer``) without a word, and back after a while.

    ``back_to`` 0 or 1 is silent too; None: a servicer takes it and ends it, as people do.
    """

    at: float
    customer: Customer
    state: int
    servicer: str | None
    back_after: float
    back_to: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsTokens:
    """Every access token of a platform runs out (``expire``) or is revoked (``kill``)."""

    at: float
    platform: Platform
    how: str


Act = Says | AsksForPerson | MovesSilently | EndsTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A round: its acts by time, in seconds from its beginning."""

    customers: tuple[Customer, ...]
    acts: tuple[Act, ...]
    seconds: float

    @property
    def questions(self) -> tuple[Says, ...]:
        return tuple(act for act in self.acts if isinstance(act, Says))


def draw(
    *, messages: int, customers: int, seconds: float, seed: int, servicers: Sequence[str], number: int = 0
) -> Plan:
    """A plan of ``messages`` questions. The same arguments give the same plan. ``number`` is the round's."""
    dice = random.Random(f"storm {seed} {number}")
    people = tuple(_person(index) for index in range(customers))
    acts: list[Act] = list(_questions(people, messages, seconds, dice, number))
    for person in people:
        if person.touched:
            acts += _moves(person, seconds, dice, servicers)
    acts += _ends_of_tokens(seconds, dice)
    return Plan(customers=people, acts=tuple(sorted(acts, key=lambda act: act.at)), seconds=seconds)


def question(customer: Customer, at: float, number: str, dice: random.Random) -> Says:
    """One message that asks about an order nobody else asks about."""
    return Says(at=at, customer=customer, number=number, text=dice.choice(_QUESTIONS).format(number=number))


def order_number(round_number: int, index: int) -> str:
    """HY2099, two digits of the round (mod 100) and six of the message."""
    return f"HY2099{round_number % 100:02d}{index:06d}"


def _person(index: int) -> Customer:
    if index % 2 == 0:
        return Customer(name=f"o{index // 2:04d}", platform=Platform.OFFICIAL)
    own = index // 2
    return Customer(
        name=f"k{own:04d}",
        platform=Platform.KEFU,
        account=ACCOUNTS[own % len(ACCOUNTS)],
        touched=own % TOUCHED_EVERY == 0,
    )


def _questions(
    people: Sequence[Customer], messages: int, seconds: float, dice: random.Random, number: int
) -> Iterator[Says]:
    """Everybody writes about equally often, in bursts that begin at any time."""
    asked = 0
    for place, person in enumerate(people):
        left = messages // len(people) + (place < messages % len(people))
        while left:
            at, size = dice.uniform(0, seconds), min(left, dice.choice(BURSTS))
            for _ in range(size):
                asked += 1
                yield question(person, at, order_number(number, asked), dice)
                at += dice.uniform(0, BETWEEN)
            left -= size


def _moves(person: Customer, seconds: float, dice: random.Random, servicers: Sequence[str]) -> list[Act]:
    """About one every half minute, at least one."""
    acts: list[Act] = []
    for _ in range(max(1, round(seconds / 30))):
        at = dice.uniform(0, seconds)
        if dice.random() < ASKS_FOR_A_PERSON:
            acts.append(AsksForPerson(at=at, customer=person))
            continue
        served = dice.random() < 0.5
        acts.append(
            MovesSilently(
                at=at,
                customer=person,
                state=3 if served else 2,
                servicer=dice.choice(servicers) if served else None,
                back_after=dice.uniform(1, 10),
                back_to=dice.choice((0, 1, 1, None)),
            )
        )
    return acts


def _ends_of_tokens(seconds: float, dice: random.Random) -> Iterator[EndsTokens]:
    for platform in Platform:
        for _ in range(max(1, round(seconds / TOKENS_END_EVERY))):
            yield EndsTokens(
                at=dice.uniform(0, seconds), platform=platform, how=dice.choice(("expire", "kill"))
            )
