"""What every CallGate promises: memory and Redis pass the same tests; and what happens while Redis is away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from channels.call_counter import MemoryCallGate, RedisCallGate
from channels.call_limits import CallGate
from channels.limits import WECOM_CALL_LIMITS, CallLimit, Keeper, Scope
from storage import keys

START = 1_800_000_000.0
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SEND = "cgi-bin/message/send"
ROBOT = "cgi-bin/webhook/send"
LIMITS = (
    CallLimit(name="t.api", api="*", count=50, per=HOUR, source="here", scope=Scope.API),
    CallLimit(name="t.robot", api=ROBOT, count=3, per=MINUTE, source="here", scope=Scope.ROBOT),
    CallLimit(name="t.member", api=SEND, count=2, per=MINUTE, source="here", scope=Scope.MEMBER),
    CallLimit(
        name="t.persons", api=SEND, count=3, per_account=True, per=HOUR, source="here", scope=Scope.APP
    ),
    CallLimit(name="t.blocked", api="*", count=0, per=MINUTE, source="here", scope=Scope.API),
    CallLimit(name="t.not_ours", api=ROBOT, count=1, per=HOUR, source="here", kept_by=Keeper.PLATFORM),
)


class Clock:
    def __init__(self) -> None:
        self.seconds = START

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client: Redis = Redis.from_url(redis_url, decode_responses=True)
    yield client
    await client.aclose()


Make = Callable[..., CallGate]


@pytest.fixture(params=["memory", "redis text", "redis bytes"])
async def make(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Make]:
    """The gate over the same counts each time, as another process would open it."""
    if request.param == "memory":
        memory: dict[int | None, MemoryCallGate] = {}

        def in_memory(accounts: int | None = None) -> CallGate:
            return memory.setdefault(accounts, MemoryCallGate(LIMITS, accounts=accounts, now=clock))

        yield in_memory
        return
    client: Redis = Redis.from_url(
        request.getfixturevalue("redis_url"), decode_responses=request.param == "redis text"
    )
    yield lambda accounts=None: RedisCallGate(client, "one", "ww1", LIMITS, accounts=accounts, now=clock)
    await client.aclose()


async def test_the_limit_holds_over_processes_and_ends_by_itself(make: Make, clock: Clock) -> None:
    assert [await make().may_call(ROBOT, "r1") for _ in range(3)] == [0.0, 0.0, 0.0]
    wait = await make().may_call(ROBOT, "r1")
    assert 60.0 <= wait <= 61.0
    clock.seconds += wait - 0.001
    assert await make().may_call(ROBOT, "r1") > 0
    clock.seconds += 0.001
    assert await make().may_call(ROBOT, "r1") == 0.0


async def test_each_robot_counts_for_itself(make: Make) -> None:
    for _ in range(3):
        await make().may_call(ROBOT, "r1")
    assert await make().may_call(ROBOT, "r2") == 0.0
    assert await make().may_call(ROBOT, "r1") > 0


async def test_what_has_to_wait_is_counted_nowhere(make: Make) -> None:
    for _ in range(60):
        await make().may_call(ROBOT, "r1")
    assert [await make().may_call(ROBOT, f"other{n}") for n in range(48)].count(0.0) == 47


async def test_several_members_wait_for_the_one_who_has_had_most(make: Make) -> None:
    assert await make().may_call(SEND, "wang") == 0.0
    assert await make().may_call(SEND, "Wang|LI|wang") == 0.0
    assert await make().may_call(SEND, "li") == 0.0
    assert await make().may_call(SEND, "chen|wang") > 0
    assert await make().may_call(SEND, "chen") == 0.0


async def test_persons_are_counted_where_the_number_of_accounts_is_known(make: Make) -> None:
    assert await make(2).may_call(SEND, "a|b|c|d") == 0.0
    assert await make(2).may_call(SEND, "e|f|g") > 3000
    assert await make(2).may_call(SEND, "e|f") == 0.0
    too_many = "|".join(f"p{n}" for n in range(7))
    assert await make(2).may_call(SEND, too_many) == 3600.0
    assert await make().may_call(SEND, too_many) == 0.0


async def test_a_refusal_stops_the_api_for_everybody_for_a_minute(make: Make, clock: Clock) -> None:
    assert await make().may_call(SEND, "wang") == 0.0
    await make().blocked(SEND, "wang")
    assert 60.0 <= await make().may_call(SEND, "li") <= 61.0
    assert await make().may_call("cgi-bin/user/get", "") == 0.0
    clock.seconds += 61
    assert await make().may_call(SEND, "li") == 0.0


async def test_a_refused_robot_stops_only_itself(make: Make) -> None:
    await make().blocked(ROBOT, "r1")
    assert await make().may_call(ROBOT, "r1") > 0
    assert await make().may_call(ROBOT, "r2") == 0.0


async def test_of_many_at_once_no_more_than_the_limit_go_ahead(make: Make) -> None:
    gates = [make() for _ in range(4)]
    waits = await asyncio.gather(*(gates[n % 4].may_call(ROBOT, "r1") for n in range(20)))
    assert list(waits).count(0.0) == 3


async def test_an_emptied_redis_lets_nobody_start_over(redis: Redis, clock: Clock) -> None:
    gate = RedisCallGate(redis, "one", "ww1", LIMITS, now=clock)
    for _ in range(3):
        await gate.may_call(ROBOT, "r1")
    await redis.flushall()
    assert await gate.may_call(ROBOT, "r1") > 0


async def test_without_redis_each_process_keeps_the_limit_for_itself(clock: Clock) -> None:
    away: Redis = Redis.from_url("unix:///nonexistent/redis.sock")
    gate = RedisCallGate(away, "one", "ww1", LIMITS, now=clock)
    assert [await gate.may_call(ROBOT, "r1") for _ in range(3)] == [0.0, 0.0, 0.0]
    assert await gate.may_call(ROBOT, "r1") > 0
    await gate.blocked(SEND, "")
    assert await gate.may_call(SEND, "wang") > 0
    await away.aclose()


async def test_keys_share_one_slot_end_by_themselves_and_name_nobody(redis: Redis, clock: Clock) -> None:
    gate = RedisCallGate(redis, "one", "ww1", LIMITS, accounts=2, now=clock)
    await gate.may_call(SEND, "wang")
    found = [str(key) for key in await redis.keys("*")]
    assert len(found) == 3
    assert {key.rpartition(":")[0] for key in found} == {
        keys.calls("one", name, "").removesuffix(":") for name in ("t.api", "t.member", "t.persons")
    }
    assert not [key for key in found if "wang" in key]
    assert all([0 < await redis.ttl(key) <= 3720 for key in found])


async def test_other_accounts_and_other_bots_count_apart(redis: Redis, clock: Clock) -> None:
    first = RedisCallGate(redis, "one", "ww1", LIMITS, now=clock)
    for _ in range(3):
        await first.may_call(ROBOT, "r1")
    assert await RedisCallGate(redis, "one", "ww2", LIMITS, now=clock).may_call(ROBOT, "r1") == 0.0
    assert await RedisCallGate(redis, "two", "ww1", LIMITS, now=clock).may_call(ROBOT, "r1") == 0.0


async def test_metrics_show_what_is_used_and_forget_it_in_time(redis: Redis, clock: Clock) -> None:
    gate = RedisCallGate(redis, "one", "ww1", WECOM_CALL_LIMITS, now=clock)
    other = RedisCallGate(redis, "one", "ww2", WECOM_CALL_LIMITS, now=clock)
    await other.may_call(ROBOT, "r1")
    labels = {"limit": "robot.send.minute", "scope_kind": "robot"}
    waits = {"limit": "robot.send.minute"}
    before = REGISTRY.get_sample_value("xiaoer_limit_waits_total", waits) or 0.0
    for robot in ["r1"] * 22 + ["r2"] * 4:
        await gate.may_call(ROBOT, robot)
    assert REGISTRY.get_sample_value("xiaoer_limit_max", labels) == 20
    assert REGISTRY.get_sample_value("xiaoer_limit_used", labels) == 20
    assert REGISTRY.get_sample_value("xiaoer_limit_waits_total", waits) == before + 2
    clock.seconds += 61
    assert REGISTRY.get_sample_value("xiaoer_limit_used", labels) == 0


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 40_000), st.sampled_from(["r1", "r2"])), max_size=60))
def test_no_stretch_ever_holds_more_than_the_limit(steps: list[tuple[int, str]]) -> None:
    clock = Clock()
    gate = MemoryCallGate(LIMITS[1:2], now=clock)
    done: dict[str, list[float]] = {"r1": [], "r2": []}
    for milliseconds, robot in steps:
        clock.seconds += milliseconds / 1000
        wait = asyncio.run(gate.may_call(ROBOT, robot))
        if wait == 0:
            done[robot].append(clock.seconds)
        else:
            assert len(done[robot]) >= 3, "nobody waits before the limit is reached"
            assert wait <= 61.0
    for times in done.values():
        for first in times:
            assert sum(first <= at < first + 60 for at in times) <= 3


@pytest.mark.parametrize("seed", range(5))
async def test_redis_and_memory_decide_alike(redis: Redis, clock: Clock, seed: int) -> None:
    memory = MemoryCallGate(LIMITS, accounts=1, now=clock)
    shared = [RedisCallGate(redis, f"s{seed}", "ww1", LIMITS, accounts=1, now=clock) for _ in range(3)]
    for step in range(120):
        mixed = (step * 2_654_435_761 + seed * 40_503) % 2**32
        clock.seconds += mixed % 17_011 / 1000
        api, scope = ((ROBOT, f"r{mixed % 2}"), (SEND, ("a", "b", "a|b")[mixed % 3]))[mixed // 7 % 2]
        expected = await memory.may_call(api, scope)
        got = await shared[mixed // 11 % 3].may_call(api, scope)
        assert got == pytest.approx(expected, abs=0.002), (step, api, scope)
