"""The demo's customers: who they are, and how they are used to buy.

Their manners and how many have each are chosen so that about 8 % come out as 高净值 and 25 % as 潜在转化 by the shop's
definitions. That is made so, and says nothing about any real shop.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from customers.events.event import Acquisition, AcquisitionChannel, Role
from customers.identity.identifier import Identifier, IdentifierKind
from scripts.demonstrating.customers.goods import CATEGORIES
from scripts.demonstrating.customers.seasons import BUSIEST, DAYS, Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How some customers are. ``share``: how many of them there are, of all. Ranges: from, to.

    ``yearly``: orders a year, until they leave for good; ``leaves``: how likely after an order. ``basket``: goods of an
    order beyond the first, before the few are told apart who buy much more. ``tells``: shares on their own a year.
    ``hesitates``: something was put into the cart at last, and not paid.
    """

    share: float
    yearly: tuple[float, float]
    leaves: float
    basket: tuple[float, float]
    tells: tuple[float, float] = (0, 0)
    since: tuple[float, float] = (3, DAYS)
    hesitates: bool = False


MANNERS: Sequence[Manner] = (
    Manner(share=0.115, yearly=(5.5, 12), leaves=0.004, basket=(1.7, 2.7), tells=(2, 6), since=(330, DAYS)),
    Manner(share=0.16, yearly=(3, 6), leaves=0.06, basket=(0.2, 0.6), tells=(0, 2)),
    Manner(share=0.255, yearly=(0.4, 2), leaves=0.3, basket=(0.1, 0.5), hesitates=True),
    Manner(share=0.31, yearly=(0.8, 2), leaves=0.35, basket=(0.1, 0.5), tells=(0, 1)),
    Manner(share=0.17, yearly=(0, 0), leaves=0, basket=(0, 0)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``joined``: days before now. ``who``: every name, the mall's first where they have one. ``tastes``: categories,
    the dearest first. ``watches``: visits of live streams a year.
    """

    number: int
    joined: float
    who: tuple[Identifier, ...]
    region: str
    age_band: str
    role: Role
    came_by: Acquisition
    tastes: tuple[str, ...]
    yearly: float
    leaves: float
    basket: float
    tells: float
    watches: float
    hesitates: bool


def draw_person(number: int, chance: random.Random, calendar: Calendar, account: str) -> Person:
    """``account``: the official account that they follow."""
    manner = chance.choices(MANNERS, [each.share for each in MANNERS])[0]
    return Person(
        number=number,
        joined=_joined(manner, chance, calendar),
        who=_names(number, chance, account, registered=manner.yearly[1] > 0 or chance.random() < 0.5),
        region=chance.choices(*_REGIONS)[0],
        age_band=chance.choices(*_AGES)[0],
        role=chance.choices(*_ROLES)[0],
        came_by=chance.choices(*_WAYS)[0],
        tastes=tuple(chance.sample(CATEGORIES, 4)),
        yearly=chance.uniform(*manner.yearly),
        leaves=manner.leaves,
        basket=chance.uniform(*manner.basket) * min(chance.paretovariate(3), 3),
        tells=chance.uniform(*manner.tells),
        watches=chance.choice((0, 0, 0, 0, 2, 6)),
        hesitates=manner.hesitates,
    )


def _joined(manner: Manner, chance: random.Random, calendar: Calendar) -> float:
    """More come in busy weeks."""
    while True:
        days = chance.uniform(*manner.since)
        if chance.random() * BUSIEST < calendar.busyness(days):
            return days


def _names(number: int, chance: random.Random, account: str, *, registered: bool) -> tuple[Identifier, ...]:
    """Whoever is not registered is known to the official account alone."""
    follows = chance.random() < 0.7
    had = {
        IdentifierKind.MALL_ID: f"M{100_000 + number}" if registered else "",
        IdentifierKind.UNIONID: _made("union", number) if registered and chance.random() < 0.6 else "",
        IdentifierKind.OPENID: f"{account}:{_made(account, number)}" if follows or not registered else "",
        IdentifierKind.EXTERNAL_USERID: f"wm{_made('corp', number)}" if chance.random() < 0.15 else "",
        IdentifierKind.PHONE: f"1000{number:07d}" if registered and chance.random() < 0.5 else "",
    }
    return tuple(Identifier(kind, value) for kind, value in had.items() if value)


def _made(what: str, number: int) -> str:
    """Like an id of the platform. (The phone numbers begin with 1000, which is given to nobody.)"""
    digest = hashlib.sha256(f"demo {what} {number}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]


_REGIONS = (
    ("浙江", "江苏", "上海", "广东", "山东", "北京", "四川", "湖北", "河南", "福建", "辽宁", "陕西", ""),
    (18, 14, 11, 13, 6, 6, 6, 5, 5, 4, 3, 3, 6),
)
_AGES = (("18-24", "25-34", "35-44", "45-54", "55+", ""), (9, 33, 28, 14, 6, 10))
_ROLES = (
    (Role.ORDINARY, Role.GROUP_OWNER, Role.DISTRIBUTOR, Role.CREATOR),
    (968, 16, 9, 7),
)
_WAYS = (
    (
        Acquisition(channel=AcquisitionChannel.SEARCH),
        Acquisition(channel=AcquisitionChannel.SEARCH, campaign="搜一搜品牌区"),
        Acquisition(channel=AcquisitionChannel.CONTENT, campaign="视频号-产地直播"),
        Acquisition(channel=AcquisitionChannel.CONTENT, campaign="公众号-时令好物"),
        Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="老友推荐"),
        Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="拼团"),
        Acquisition(channel=AcquisitionChannel.LBS, campaign="杭州门店"),
        Acquisition(channel=AcquisitionChannel.LBS, campaign="上海门店"),
    ),
    (14, 9, 20, 14, 18, 12, 8, 5),
)
