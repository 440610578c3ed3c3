"""Who takes on whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.routing import (
    Agent,
    Assignment,
    Expectation,
    RoutingRules,
    Tier,
    Waiting,
    assign,
    expectation,
    in_order,
)

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
RULES = RoutingRules()


def agent(
    login: str, *, room: int = 2, load: int = 0, idle: int = 0, skills: str = "", vip: bool = False
) -> Agent:
    return Agent(
        login=login,
        receiving=True,
        room=room,
        load=load,
        idle_since=NOW - timedelta(minutes=idle),
        skills=frozenset(skills.split()),
        vip=vip,
    )


def waits(key: str, seconds: int = 10, *, skills: str = "", **about: object) -> Waiting:
    since = NOW - timedelta(seconds=seconds)
    return Waiting(key=key, since=since, skills=frozenset(skills.split()), **about)  # type: ignore[arg-type]


def given_to(queue: list[Waiting], *agents: Agent) -> dict[str, tuple[str, Tier]]:
    return {each.key: (each.login, each.tier) for each in assign(queue, agents, NOW, RULES)}


def test_customers_of_high_value_go_down_their_chain() -> None:
    vip = waits("v", vip=True, own="lin", deputies=("mei", "bo"))
    lin, mei, bo = (agent(login, vip=True) for login in ("lin", "mei", "bo"))
    group, pool = agent("yu", vip=True), agent("wu")
    away = replace(lin, receiving=False)
    full = replace(mei, load=2)
    found = {
        "their own": given_to([vip], lin, mei, bo, group, pool),
        "a deputy, in order": given_to([vip], away, mei, bo, group, pool),
        "the next deputy": given_to([vip], away, full, bo, group, pool),
        "the group": given_to([vip], away, full, replace(bo, receiving=False), group, pool),
        "nobody but the pool, early": given_to([vip], away, pool),
        "nobody but the pool": given_to([replace(vip, since=NOW - RULES.pool_after)], away, pool),
    }
    assert found == {
        "their own": {"v": ("lin", Tier.OWN)},
        "a deputy, in order": {"v": ("mei", Tier.DEPUTY)},
        "the next deputy": {"v": ("bo", Tier.DEPUTY)},
        "the group": {"v": ("yu", Tier.VIP_GROUP)},
        "nobody but the pool, early": {},
        "nobody but the pool": {"v": ("wu", Tier.POOL)},
    }


def test_skills_matter_less_with_time() -> None:
    both, one, none = agent("both", skills="生鲜 售后"), agent("one", skills="售后"), agent("none")
    found = {
        (seconds, *(each.login for each in there)): given_to(
            [waits("c", seconds, skills="生鲜 售后")], *there
        )
        for seconds in (0, 60, 120)
        for there in ((both, one, none), (one, none), (none,))
    }
    assert {name: next(iter(made.values()))[0] for name, made in found.items() if made} == {
        (0, "both", "one", "none"): "both",
        (60, "both", "one", "none"): "both",
        (60, "one", "none"): "one",
        (120, "both", "one", "none"): "both",
        (120, "one", "none"): "one",
        (120, "none"): "none",
    }


def test_room_is_shared_and_the_one_who_knows_the_customer_is_preferred() -> None:
    assert given_to([waits("c")], agent("a", room=4, load=1), agent("b", room=2, load=1)) == {
        "c": ("a", Tier.POOL)
    }
    assert given_to([waits("c")], agent("a", idle=1), agent("b", idle=5)) == {"c": ("b", Tier.POOL)}
    assert given_to([waits("c", last="a")], agent("a", load=1), agent("b")) == {"c": ("a", Tier.POOL)}
    assert given_to([waits("c", last="a")], agent("a", load=2), agent("b")) == {"c": ("b", Tier.POOL)}
    assert given_to([waits("heavy", weight=2)], agent("a", load=1)) == {}


def test_whoever_cannot_be_helped_now_holds_up_nobody() -> None:
    queue = [waits("first", 50, skills="英语"), waits("second", 40), waits("third", 30)]
    assert given_to(queue, agent("a", room=1)) == {"second": ("a", Tier.POOL)}


def test_what_somebody_who_waits_is_told() -> None:
    queue = [waits(f"c{number}", 90 - number) for number in range(4)]
    mean = timedelta(minutes=6)
    agents = [agent("a", room=2, load=1), agent("b", room=1, load=1), replace(agent("c"), receiving=False)]
    assert expectation("c0", queue, agents, mean) == Expectation(position=1, wait=timedelta())
    assert expectation("c3", queue, agents, mean) == Expectation(position=4, wait=timedelta(minutes=6))
    assert expectation("c3", queue, agents[2:], mean) == Expectation(position=4, wait=None)
    with pytest.raises(LookupError):
        expectation("gone", queue, agents, mean)


agents = st.lists(
    st.builds(
        agent,
        st.sampled_from("abcdef"),
        room=st.integers(1, 3),
        load=st.integers(0, 3),
        idle=st.integers(0, 9),
        skills=st.sampled_from(["", "x", "x y"]),
        vip=st.booleans(),
    ),
    unique_by=lambda each: each.login,
)
queues = st.lists(
    st.builds(
        waits,
        st.text("qrstuv", min_size=1, max_size=2),
        st.integers(0, 200),
        skills=st.sampled_from(["", "x", "x y"]),
        rank=st.integers(0, 1),
        weight=st.integers(1, 2),
        vip=st.booleans(),
        own=st.sampled_from(["", "a", "b"]),
        last=st.sampled_from(["", "c"]),
    ),
    unique_by=lambda each: each.key,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(queues, agents, st.randoms(use_true_random=False))
def test_nobody_is_overloaded_or_passed_by(queue: list[Waiting], there: list[Agent], random: object) -> None:
    made = assign(queue, there, NOW, RULES)
    shuffled = sorted(queue, key=lambda _each: random.random())  # type: ignore[attr-defined]
    assert assign(shuffled, there[::-1], NOW, RULES) == made, "no chance is in it"
    by_key = {each.key: each for each in queue}
    for one in there:
        taken = sum(by_key[each.key].weight for each in made if each.login == one.login)
        assert one.load + taken <= max(one.room, one.load)
    # Whoever is left would be left as well if those behind them did not wait.
    placed = {each.key for each in made}
    ordered = in_order(queue)
    for number, each in enumerate(ordered):
        if each.key not in placed:
            before = assign(ordered[: number + 1], there, NOW, RULES)
            assert each.key not in {assignment.key for assignment in before}


def test_an_assignment_says_by_what() -> None:
    made = assign([waits("c")], [agent("a")], NOW, RULES)
    assert made == [Assignment(key="c", login="a", tier=Tier.POOL)]
