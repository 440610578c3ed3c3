"""One token for all: fetched once, renewed early, replaced by compare-and-swap, never in a hammering loop."""

import asyncio

import pytest

from channels.tokens import CredentialRefused, MemoryTokenStore, StoredToken, TokenKeeper
from conversations.errors import Transient
from tests.unit.channels.platform_tokens import PlatformTokens, Seconds

REFUSED = CredentialRefused("official.app_secret", "refused", "Set it")


class StoreAway:
    """A shared store that nobody can reach."""

    async def load(self) -> StoredToken | None:
        raise Transient("away")

    async def replace(self, stale: str | None, fresh: StoredToken) -> bool:
        raise Transient("away")

    async def lock(self, seconds: float) -> str | None:
        raise Transient("away")

    async def unlock(self, key: str) -> None:
        raise Transient("away")

    async def claim_force(self, spacing: float, per_day: int) -> float:
        raise Transient("away")


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def platform(clock: Seconds) -> PlatformTokens:
    return PlatformTokens(clock)


@pytest.fixture
def keeper(platform: PlatformTokens, clock: Seconds) -> TokenKeeper:
    return TokenKeeper(platform, now=clock)


async def test_twenty_getters_cause_one_fetch(keeper: TokenKeeper, platform: PlatformTokens) -> None:
    platform.slow = 0.02
    tokens = await asyncio.gather(*(keeper.get() for _ in range(20)))
    assert set(tokens) == {"token-1"}
    assert platform.asked == [False]


async def test_waiting_tasks_do_not_crowd_the_shared_store(platform: PlatformTokens, clock: Seconds) -> None:
    class CountingStore(MemoryTokenStore):
        locks_asked = 0

        async def lock(self, seconds: float) -> str | None:
            self.locks_asked += 1
            return await super().lock(seconds)

    store = CountingStore(clock)
    platform.slow = 0.2
    keeper = TokenKeeper(platform, store, now=clock)
    await asyncio.gather(*(keeper.get() for _ in range(20)))
    assert store.locks_asked == 1


async def test_it_is_renewed_five_minutes_before_its_end(
    keeper: TokenKeeper, platform: PlatformTokens, clock: Seconds
) -> None:
    await keeper.get()
    clock.now += 7200 - 301
    assert await keeper.get() == "token-1"
    assert platform.asked == [False]
    clock.now += 1
    assert await keeper.get() == "token-2"


async def test_a_token_that_is_short_lived_is_renewed_at_half_its_life(
    keeper: TokenKeeper, platform: PlatformTokens, clock: Seconds
) -> None:
    platform.life = 400
    await keeper.get()
    clock.now += 199
    await keeper.get()
    assert len(platform.asked) == 1
    clock.now += 1
    await keeper.get()
    assert len(platform.asked) == 2


async def test_while_the_platform_is_away_the_old_token_serves_until_its_end(
    keeper: TokenKeeper, platform: PlatformTokens, clock: Seconds
) -> None:
    await keeper.get()
    platform.problem = Transient("away")
    clock.now += 7200 - 100
    assert await keeper.get() == "token-1"
    clock.now += 100
    with pytest.raises(Transient):
        await keeper.get()


async def test_twenty_refusals_of_one_token_cause_one_new_token(
    keeper: TokenKeeper, platform: PlatformTokens
) -> None:
    stale = await keeper.get()
    tokens = await asyncio.gather(*(keeper.refresh(stale) for _ in range(20)))
    assert set(tokens) == {"token-2"}
    # First the ordinary question; forced only because it returned the refused token again.
    assert platform.asked == [False, False, True]
    assert await keeper.get() == "token-2"


async def test_no_force_when_the_ordinary_question_already_brings_another(
    keeper: TokenKeeper, platform: PlatformTokens
) -> None:
    stale = await keeper.get()
    platform.number = 5
    assert await keeper.refresh(stale) == "token-5"
    assert True not in platform.asked


async def test_forcing_keeps_thirty_seconds_apart(
    keeper: TokenKeeper, platform: PlatformTokens, clock: Seconds
) -> None:
    second = await keeper.refresh(await keeper.get())
    clock.now += 10
    with pytest.raises(Transient) as caught:
        await keeper.refresh(second)
    assert caught.value.retry_after == pytest.approx(20)
    asked = len(platform.asked)
    with pytest.raises(Transient):
        await keeper.refresh(second)
    assert len(platform.asked) == asked  # nobody asks again before then
    clock.now += 20
    assert await keeper.refresh(second) == "token-3"


async def test_a_platform_that_keeps_refusing_its_own_token_is_not_asked_in_a_loop(
    keeper: TokenKeeper, platform: PlatformTokens
) -> None:
    platform.stubborn = True
    stale = await keeper.get()
    for _ in range(50):
        with pytest.raises(Transient):
            await keeper.refresh(stale)
    assert platform.asked == [False, False, True]


async def test_a_wrong_secret_is_asked_about_ever_more_rarely(
    keeper: TokenKeeper, platform: PlatformTokens, clock: Seconds
) -> None:
    platform.problem = REFUSED
    pauses: list[float] = []
    for _ in range(8):
        refusals = await asyncio.gather(*(keeper.get() for _ in range(10)), return_exceptions=True)
        waits = {refusal.retry_after for refusal in refusals if isinstance(refusal, CredentialRefused)}
        assert len(refusals) == 10
        pauses.extend(waits)
        clock.now += max(waits)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert len(platform.asked) == 8
    platform.problem = None
    assert await keeper.get() == "token-1"


async def test_waiters_share_one_failure(keeper: TokenKeeper, platform: PlatformTokens) -> None:
    platform.problem = Transient("away")
    platform.slow = 0.02
    results = await asyncio.gather(*(keeper.get() for _ in range(20)), return_exceptions=True)
    assert all(isinstance(result, Transient) for result in results)
    assert len(platform.asked) == 1


async def test_a_cancelled_getter_does_not_block_the_next(
    keeper: TokenKeeper, platform: PlatformTokens
) -> None:
    platform.slow = 60
    first = asyncio.create_task(keeper.get())
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    platform.slow = 0
    assert await keeper.get() == "token-1"


async def test_without_the_shared_store_it_works_from_memory(
    platform: PlatformTokens, clock: Seconds
) -> None:
    keeper = TokenKeeper(platform, StoreAway(), now=clock)
    tokens = await asyncio.gather(*(keeper.get() for _ in range(20)))
    assert set(tokens) == {"token-1"}
    assert platform.asked == [False]
    assert await keeper.refresh("token-1") == "token-2"
    with pytest.raises(Transient):
        await keeper.refresh("token-2")


async def test_a_token_that_another_process_replaced_is_taken_over(
    platform: PlatformTokens, clock: Seconds
) -> None:
    store = MemoryTokenStore(clock)
    here, there = (TokenKeeper(platform, store, now=clock) for _ in range(2))
    stale = await here.get()
    assert await there.get() == stale
    fresh = await there.refresh(stale)
    asked = len(platform.asked)
    assert await here.refresh(stale) == fresh
    assert len(platform.asked) == asked


async def test_probe_asks_the_platform_whatever_is_stored(
    keeper: TokenKeeper, platform: PlatformTokens
) -> None:
    await keeper.get()
    platform.problem = REFUSED
    with pytest.raises(CredentialRefused):
        await keeper.probe()
    assert await keeper.get() == "token-1"


def test_tokens_are_in_no_repr() -> None:
    assert "secret" not in repr(StoredToken(token="secret", renew_at=1, expires_at=2))
