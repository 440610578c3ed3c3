"""Made-up events of many customers at once, as a shop's systems would send them. Seeded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

SOURCE = "bench"
BATCH = 500

_MIX = {
    "exposure": 38,
    "click": 25,
    "view": 20,
    "live_comment": 3,
    "cart": 3,
    "order": 2,
    "pay": 2,
    "coupon_taken": 2,
    "share": 2,
    "live_visit": 1,
    "coupon_used": 1,
    "follow": 1,
}
_CATEGORIES = ("水果", "大米", "生鲜", "零食", "茶叶")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """``active`` of the customers do something at any moment; each batch some of them leave and others come."""

    customers: int
    active: int
    seed: int

    def arriving(self, start: datetime) -> Iterator[bytes]:
        """Bodies of requests in which those who are there at first follow the shop; both their names are told."""
        followers = [
            {
                "id": f"f{number}",
                "kind": "follow",
                "at": start.astimezone(UTC).isoformat(),
                "who": {"mall_id": f"M{customer}", "unionid": f"u{customer}"},
            }
            for number, customer in enumerate(self._present(random.Random(self.seed)))
        ]
        for first in range(0, len(followers), BATCH):
            yield body(followers[first : first + BATCH])

    def batches(self, start: datetime) -> Iterator[bytes]:
        """Bodies of requests, without end. A fifth of the events name the unionid beside the mall's id."""
        chance = random.Random(self.seed)
        present = self._present(chance)
        number = 0
        while True:
            events = []
            for _ in range(BATCH):
                events.append(_event(chance, present[chance.randrange(self.active)], number, start))
                number += 1
            for _ in range(BATCH // 25):
                present[chance.randrange(self.active)] = chance.randrange(self.customers)
            yield body(events)

    def _present(self, chance: random.Random) -> list[int]:
        return [chance.randrange(self.customers) for _ in range(self.active)]


def body(events: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"events": events})


def _event(chance: random.Random, customer: int, number: int, start: datetime) -> dict[str, Any]:
    kind = chance.choices(tuple(_MIX), tuple(_MIX.values()))[0]
    who = {"mall_id": f"M{customer}"}
    if chance.random() < 0.2:
        who["unionid"] = f"u{customer}"
    event = {
        "id": f"e{number}",
        "kind": kind,
        "at": (start - timedelta(seconds=chance.uniform(0, 3))).astimezone(UTC).isoformat(),
        "who": who,
    }
    return event | _details(chance, kind, f"o{number}")


def _details(chance: random.Random, kind: str, order_no: str) -> dict[str, Any]:
    item = {"item": f"sku{chance.randrange(400)}"}
    seconds = round(chance.expovariate(1 / 25), 1)
    details: dict[str, dict[str, Any]] = {
        "order": {"order_no": order_no},
        "pay": {"order_no": order_no, "amount_fen": chance.randrange(1_000, 60_000)},
        "view": {**item, "seconds": seconds, "category": chance.choice(_CATEGORIES)},
        "exposure": item,
        "click": item,
        "cart": item,
        "live_comment": {"text": "这个真好吃"},
        "coupon_taken": {"coupon": f"C{chance.randrange(20)}"},
        "coupon_used": {"coupon": f"C{chance.randrange(20)}"},
        "follow": {"came_by": {"channel": "social", "campaign": "双11"}},
    }
    return details.get(kind, {})
