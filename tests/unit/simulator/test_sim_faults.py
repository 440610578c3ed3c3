"""Faults strike when their rule says so, and the same way for the same seed."""

import pytest

from simulator.faults import KINDS, BadRule, FaultPlan, Kind, Rule, Side, read_rule, rule_json

CALLBACK = KINDS[Side.CALLBACK]


def strikes(plan: FaultPlan, times: int, kind: Kind = Kind.DROP_REQUEST) -> list[int]:
    """The occurrences, counted from one, at which the kind struck."""
    return [number for number in range(1, times + 1) if kind in plan.strike(Side.CALLBACK, CALLBACK)]


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    rule = Rule(side=Side.CALLBACK, kind=Kind.DROP_REQUEST, probability=0.3)
    sequences = []
    for seed in (7, 7, 8):
        plan = FaultPlan()
        plan.replace([rule], seed=seed)
        sequences.append(strikes(plan, 400))
    assert sequences[0] == sequences[1] != sequences[2]
    assert 80 < len(sequences[0]) < 160


def test_replacing_the_rules_starts_the_draws_again() -> None:
    rule = Rule(side=Side.CALLBACK, kind=Kind.DROP_REQUEST, probability=0.5)
    plan = FaultPlan(seed=3)
    plan.replace([rule])
    first = strikes(plan, 50)
    plan.replace([rule])
    assert strikes(plan, 50) == first


def test_count_and_nth() -> None:
    plan = FaultPlan()
    plan.add(Rule(side=Side.CALLBACK, kind=Kind.DROP_REQUEST, count=2))
    assert strikes(plan, 10) == [1, 2]
    plan.replace([Rule(side=Side.CALLBACK, kind=Kind.DROP_REQUEST, nth=frozenset({2, 5}))])
    assert strikes(plan, 10) == [2, 5]
    plan.replace([Rule(side=Side.CALLBACK, kind=Kind.DROP_REQUEST, nth=frozenset({2, 5}), count=1)])
    assert strikes(plan, 10) == [2]


def test_a_rule_concerns_one_side_one_path_and_one_shopper() -> None:
    plan = FaultPlan()
    plan.add(Rule(side=Side.API, kind=Kind.ERRCODE, path="/cgi-bin/message"))
    assert not plan.strike(Side.CALLBACK, CALLBACK)
    assert not plan.strike(Side.API, KINDS[Side.API], path="/cgi-bin/token")
    assert Kind.ERRCODE in plan.strike(Side.API, KINDS[Side.API], path="/cgi-bin/message/custom/send")
    plan.replace([Rule(side=Side.CALLBACK, kind=Kind.DELAY, shopper="li")])
    assert not plan.strike(Side.CALLBACK, CALLBACK, shopper="wang")
    assert Kind.DELAY in plan.strike(Side.CALLBACK, CALLBACK, shopper="li")


def test_removing_rules() -> None:
    plan = FaultPlan()
    key = plan.add(Rule(side=Side.CALLBACK, kind=Kind.DELAY))
    assert plan.remove(key)
    assert not plan.remove(key)
    assert not plan.strike(Side.CALLBACK, CALLBACK)


def test_a_rule_survives_json() -> None:
    rule = Rule(
        side=Side.API,
        kind=Kind.ERRCODE,
        probability=0.5,
        count=3,
        nth=frozenset({1, 4}),
        path="/cgi-bin",
        errcode=45009,
    )
    assert read_rule(rule_json(rule)) == rule


@pytest.mark.parametrize(
    "data",
    [
        "drop",
        {},
        {"side": "callback"},
        {"side": "callback", "kind": "errcode"},
        {"side": "api", "kind": "reorder"},
        {"side": "callback", "kind": "delay", "probability": 1.5},
        {"side": "callback", "kind": "delay", "probability": True},
        {"side": "callback", "kind": "delay", "nth": 0},
        {"side": "callback", "kind": "delay", "nth": ["2"]},
        {"side": "callback", "kind": "delay", "count": -1},
        {"side": "callback", "kind": "delay", "ms": "1"},
        {"side": "callback", "kind": "delay", "shopper": 7},
        {"side": "callback", "kind": "delay", "surprise": 1},
    ],
)
def test_rules_that_cannot_be(data: object) -> None:
    with pytest.raises(BadRule):
        read_rule(data)
