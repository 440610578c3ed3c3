"""What every TokenStore promises: memory and Redis pass the same tests."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import pytest
from redis.asyncio import Redis

from channels.tokens import MemoryTokenStore, RedisTokenStore, StoredToken, TokenKeeper, TokenStore
from conversations.errors import Transient
from tests.unit.channels.platform_tokens import PlatformTokens, Seconds

KEY = "test:{one}:token:official:gh_1"


class MakeStore(Protocol):
    """A store over the same data each time, as another process would open it."""

    def __call__(self, now: Callable[[], float] = ...) -> TokenStore: ...


@pytest.fixture(params=["memory", "redis text", "redis bytes"])
async def make_store(request: pytest.FixtureRequest) -> AsyncIterator[MakeStore]:
    if request.param == "memory":
        stores: dict[str, MemoryTokenStore] = {}

        def memory(now: Callable[[], float] = time.time) -> TokenStore:
            return stores.setdefault("only", MemoryTokenStore(now))

        yield memory
        return
    url = request.getfixturevalue("redis_url")
    clients: list[Redis] = []

    def in_redis(now: Callable[[], float] = time.time) -> TokenStore:
        client: Redis = Redis.from_url(url, decode_responses=request.param == "redis text")
        clients.append(client)
        return RedisTokenStore(client, KEY, now=now)

    yield in_redis
    for client in clients:
        await client.aclose()


def token(name: str, *, life: float = 60.0, now: float | None = None) -> StoredToken:
    start = time.time() if now is None else now
    return StoredToken(token=name, renew_at=start + life / 2, expires_at=start + life)


async def test_what_is_stored_is_what_another_process_loads(make_store: MakeStore) -> None:
    first = token("a")
    assert await make_store().load() is None
    assert await make_store().replace(None, first)
    assert await make_store().load() == first


async def test_replace_is_a_compare_and_swap(make_store: MakeStore) -> None:
    store, other = make_store(), make_store()
    assert await store.replace(None, token("a"))
    assert not await other.replace(None, token("b"))
    assert not await other.replace("x", token("b"))
    assert await other.replace("a", token("b"))
    assert not await store.replace("a", token("c"))
    stored = await store.load()
    assert stored is not None
    assert stored.token == "b"


async def test_of_many_replacing_one_wins(make_store: MakeStore) -> None:
    await make_store().replace(None, token("stale"))
    results = await asyncio.gather(*(make_store().replace("stale", token(f"t{n}")) for n in range(10)))
    assert results.count(True) == 1


async def test_an_expired_token_is_gone_and_its_place_is_free(make_store: MakeStore) -> None:
    now = Seconds(time.time())
    store = make_store(now)
    await store.replace(None, token("a", life=30, now=now.now))
    now.now += 30
    assert await store.load() is None


async def test_an_expired_token_does_not_block_the_next(make_store: MakeStore) -> None:
    store = make_store()
    await store.replace(None, token("a", life=0.03))
    await asyncio.sleep(0.06)
    assert await store.replace(None, token("b"))


async def test_the_lock_has_one_holder_until_it_is_given_back_or_runs_out(make_store: MakeStore) -> None:
    store, other = make_store(), make_store()
    key = await store.lock(10)
    assert key is not None
    assert await other.lock(10) is None
    await other.unlock("not the key")
    assert await other.lock(10) is None
    await store.unlock(key)
    brief = await other.lock(0.03)
    assert brief is not None
    await asyncio.sleep(0.06)
    later = await store.lock(10)
    assert later is not None
    await other.unlock(brief)  # its time is over: this must not free the new holder's lock
    assert await other.lock(10) is None


async def test_forcing_is_spaced_and_counted(make_store: MakeStore) -> None:
    store, other = make_store(), make_store()
    assert await store.claim_force(0.05, 2) == 0
    assert 0 < await other.claim_force(0.05, 2) <= 0.05
    await asyncio.sleep(0.08)
    assert await other.claim_force(0.05, 2) == 0
    await asyncio.sleep(0.08)
    assert 86_000 < await store.claim_force(0.05, 2) <= 86_400


async def test_two_keepers_with_twenty_getters_each_fetch_once(make_store: MakeStore) -> None:
    platform = PlatformTokens(Seconds(time.time()), slow=0.05)
    keepers = [TokenKeeper(platform, make_store()) for _ in range(2)]
    tokens = await asyncio.gather(*(keeper.get() for keeper in keepers for _ in range(20)))
    assert set(tokens) == {"token-1"}
    assert platform.asked == [False]


async def test_two_keepers_whose_token_is_refused_replace_it_once(make_store: MakeStore) -> None:
    platform = PlatformTokens(Seconds(time.time()), slow=0.02)
    keepers = [TokenKeeper(platform, make_store()) for _ in range(2)]
    await asyncio.gather(*(keeper.get() for keeper in keepers))
    tokens = await asyncio.gather(*(keeper.refresh("token-1") for keeper in keepers for _ in range(20)))
    assert set(tokens) == {"token-2"}
    assert platform.asked == [False, False, True]


async def test_losing_all_of_redis_costs_one_fetch_and_repeats_nothing(redis_url: str) -> None:
    client: Redis = Redis.from_url(redis_url)
    platform = PlatformTokens(Seconds(time.time()))
    keepers = [TokenKeeper(platform, RedisTokenStore(client, KEY)) for _ in range(2)]
    assert {await keeper.get() for keeper in keepers} == {"token-1"}
    await client.flushall()
    assert {await keeper.get() for keeper in keepers} == {"token-1"}
    assert platform.asked == [False]
    assert await TokenKeeper(platform, RedisTokenStore(client, KEY)).get() == "token-1"
    assert platform.asked == [False, False]
    await client.aclose()


async def test_a_redis_that_is_away_is_transient(tmp_path: object) -> None:
    client: Redis = Redis.from_url(f"unix://{tmp_path}/nobody.sock")
    store = RedisTokenStore(client, KEY)
    for call in (store.load(), store.lock(1), store.unlock("x"), store.replace(None, token("a"))):
        with pytest.raises(Transient, match="token store away"):
            await call
    platform = PlatformTokens(Seconds(time.time()))
    assert await TokenKeeper(platform, store).get() == "token-1"
    await client.aclose()


async def test_keys_hold_no_part_of_a_secret_and_end_with_the_token(redis_url: str) -> None:
    client: Redis = Redis.from_url(redis_url, decode_responses=True)
    platform = PlatformTokens(Seconds(time.time()))
    keeper = TokenKeeper(platform, RedisTokenStore(client, KEY))
    await keeper.refresh(await keeper.get())
    keys = await client.keys("*")
    assert sorted(keys) == [KEY, f"{KEY}:force", f"{KEY}:forced"]
    assert all([await client.pttl(key) > 0 for key in keys])
    await client.aclose()
