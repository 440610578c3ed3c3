"""What goes wrong on purpose: rules with a probability, a count or exact occurrences, repeatable by seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import cast


class Side(Enum):
    """Which direction of traffic a rule disturbs."""

    CALLBACK = "callback"
    API = "api"


class Kind(Enum):
    """What a rule does."""

    DROP_REQUEST = "drop_request"
    DROP_RESPONSE = "drop_response"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    DUPLICATE_AFTER = "duplicate_after"
    REORDER = "reorder"
    SLOW_BODY = "slow_body"
    REFUSE = "refuse"
    RESET_AFTER = "reset_after"
    BAD_GATEWAY = "bad_gateway"
    ERRCODE = "errcode"
    EXPIRE_TOKEN = "expire_token"  # noqa: S105 - the name of a fault
    SEND_FAIL = "send_fail"
    KILL_TOKEN = "kill_token"  # noqa: S105 - the name of a fault


KINDS: Mapping[Side, frozenset[Kind]] = {
    Side.CALLBACK: frozenset(
        {
            Kind.DROP_REQUEST,
            Kind.DROP_RESPONSE,
            Kind.DELAY,
            Kind.DUPLICATE,
            Kind.DUPLICATE_AFTER,
            Kind.REORDER,
            Kind.SLOW_BODY,
        }
    ),
    Side.API: frozenset(
        {
            Kind.REFUSE,
            Kind.RESET_AFTER,
            Kind.BAD_GATEWAY,
            Kind.DELAY,
            Kind.ERRCODE,
            Kind.EXPIRE_TOKEN,
            Kind.KILL_TOKEN,
            Kind.SEND_FAIL,
        }
    ),
}
ONCE_PER_PUSH = frozenset({Kind.DUPLICATE_AFTER, Kind.REORDER})
"""Callback faults that are drawn once for a message; the others are drawn for each attempt."""


class BadRule(ValueError):
    """A rule that cannot be carried out; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One disturbance. It strikes an eligible occurrence when the draw, ``nth`` and ``count`` all allow it."""

    side: Side
    kind: Kind
    probability: float = 1.0
    count: int | None = None
    nth: frozenset[int] = frozenset()
    path: str | None = None
    shopper: str | None = None
    ms: int = 1000
    errcode: int = -1


@dataclass(slots=True)
class _Armed:
    rule: Rule
    dice: random.Random
    seen: int = 0
    hits: int = 0

    def strikes(self) -> bool:
        self.seen += 1
        drawn = self.dice.random() < self.rule.probability  # always drawn, so that a seed means one sequence
        chosen = not self.rule.nth or self.seen in self.rule.nth
        left = self.rule.count is None or self.hits < self.rule.count
        if not (drawn and chosen and left):
            return False
        self.hits += 1
        return True


@dataclass(slots=True)
class FaultPlan:
    """The rules in force."""

    seed: int = 0
    _armed: dict[str, _Armed] = field(default_factory=dict)
    _next: int = 1

    def replace(self, rules: Iterable[Rule], *, seed: int | None = None) -> None:
        """Drop every rule, then arm these; the draws start again from the seed."""
        self.clear()
        if seed is not None:
            self.seed = seed
        for rule in rules:
            self.add(rule)

    def add(self, rule: Rule) -> str:
        """Arm one more rule and return its id."""
        key, self._next = f"f{self._next}", self._next + 1
        self._armed[key] = _Armed(rule, random.Random(f"{self.seed}:{key}"))  # noqa: S311 - repeatable on purpose
        return key

    def remove(self, key: str) -> bool:
        """Drop one rule; False when there is none of that id."""
        return self._armed.pop(key, None) is not None

    def clear(self) -> None:
        """Drop every rule."""
        self._armed.clear()
        self._next = 1

    def strike(
        self, side: Side, kinds: frozenset[Kind], *, path: str = "", shopper: str | None = None
    ) -> dict[Kind, Rule]:
        """The rules that strike this occurrence, one per kind."""
        struck: dict[Kind, Rule] = {}
        for armed in self._armed.values():
            rule = armed.rule
            if rule.side is not side or rule.kind not in kinds or not _concerns(rule, path, shopper):
                continue
            if armed.strikes():
                struck.setdefault(rule.kind, rule)
        return struck

    def as_json(self) -> dict[str, object]:
        """Rules with how often each was eligible and struck."""
        return {
            "seed": self.seed,
            "rules": [
                {"id": key, **rule_json(armed.rule), "seen": armed.seen, "hits": armed.hits}
                for key, armed in self._armed.items()
            ],
        }


def _concerns(rule: Rule, path: str, shopper: str | None) -> bool:
    if rule.path is not None and not path.startswith(rule.path):
        return False
    return rule.shopper is None or rule.shopper == shopper


def rule_json(rule: Rule) -> dict[str, object]:
    """A rule as the control API shows it."""
    return {
        "side": rule.side.value,
        "kind": rule.kind.value,
        "probability": rule.probability,
        "count": rule.count,
        "nth": sorted(rule.nth),
        "path": rule.path,
        "shopper": rule.shopper,
        "ms": rule.ms,
        "errcode": rule.errcode,
    }


_FIELDS = frozenset(
    {"side", "kind", "probability", "count", "nth", "path", "shopper", "ms", "errcode", "id", "seen", "hits"}
)


def read_rule(data: object) -> Rule:
    """A rule from the control API's JSON; raises BadRule. ``id``, ``seen`` and ``hits`` are ignored."""
    if not isinstance(data, dict):
        raise BadRule("a rule is an object")
    unknown = sorted(str(key) for key in data if key not in _FIELDS)
    if unknown:
        raise BadRule(f"unknown field {unknown[0]!r}")
    side, kind = _side_and_kind(data)
    probability = data.get("probability", 1.0)
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 <= probability <= 1:
        raise BadRule("probability must be a number from 0 to 1")
    return Rule(
        side=side,
        kind=kind,
        probability=float(probability),
        count=None if data.get("count") is None else _whole(data["count"], "count", 0, 10**9),
        nth=_occurrences(data.get("nth")),
        path=_optional_text(data, "path"),
        shopper=_optional_text(data, "shopper"),
        ms=_whole(data.get("ms", 1000), "ms", 0, 600_000),
        errcode=_whole(data.get("errcode", -1), "errcode", -1, 10**7),
    )


def _side_and_kind(data: dict[str, object]) -> tuple[Side, Kind]:
    try:
        side, kind = Side(data.get("side")), Kind(data.get("kind"))
    except ValueError as error:
        raise BadRule(str(error)) from error
    if kind not in KINDS[side]:
        raise BadRule(f"{kind.value} does not apply to {side.value}")
    return side, kind


def _occurrences(value: object) -> frozenset[int]:
    if value is None:
        return frozenset()
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return frozenset(_whole(item, "nth", 1, 10**9) for item in items)


def _whole(value: object, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRule(f"{name} must be a whole number from {low} to {high}")
    return value


def _optional_text(data: dict[str, object], name: str) -> str | None:
    value = data.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise BadRule(f"{name} must be text")
