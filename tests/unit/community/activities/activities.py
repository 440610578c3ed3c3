"""Activities that nothing is wrong with, as their owners write them, with some fields changed."""

from __future__ import annotations

from typing import Any

import yaml

from community.activities.definition import GroupBuy, Lottery, read_activity

GROUP_BUY = {
    "type": "group_buy",
    "id": "cherry",
    "title": "车厘子拼团",
    "product": "车厘子 2 斤",
    "price": "99.90",
    "lowest_price_7_days": 99.9,
    "tiers": ["3人9折", "5 人 8.5 折"],
    "capacity": 10,
    "stock": 100,
    "starts_at": "2026-11-24 10:00",
    "ends_at": "2026-11-27 22:00",
    "contact": "客服",
    "rules": "满 3 人成团，多付的差价原路退回，没成团全额退款。",
}
LOTTERY = {
    "type": "lottery",
    "id": "lucky",
    "title": "车厘子季开奖",
    "prizes": [{"name": "车厘子", "value": 299, "number": 1}],
    "tickets_for": ["order"],
    "starts_at": "2026-11-20 10:00",
    "ends_at": "2026-11-24 20:00",
    "draws_at": "2026-11-24 20:30",
    "claim_until": "2026-12-01 20:00",
    "contact": "客服",
    "rules": "下单即得一个号码，一人一号，开奖后七天内领奖。",
}


def group_buy(**changed: Any) -> GroupBuy:
    activity = read_activity(_yaml(GROUP_BUY, changed))
    assert isinstance(activity, GroupBuy)
    return activity


def lottery(**changed: Any) -> Lottery:
    activity = read_activity(_yaml(LOTTERY, changed))
    assert isinstance(activity, Lottery)
    return activity


def _yaml(usual: dict[str, Any], changed: dict[str, Any]) -> str:
    """None takes a field away."""
    fields = {name: value for name, value in {**usual, **changed}.items() if value is not None}
    return yaml.safe_dump(fields, allow_unicode=True)
