"""A backlog of 微信客服 that is pulled page by page, while answers to the first pages go out already."""

from __future__ import annotations

from pathlib import Path

from storage.schema import inbox, outbox
from tests.functional.bot.kefu_customers import delivered, writes
from tests.functional.bot.watching import rows, until, violations
from tests.functional.world import World

WAITING = 8


def question(n: int) -> str:
    return f"我的订单HY209977{n:06d}到哪了"


async def test_a_backlog_in_many_pages_stays_within_the_platforms_count(
    example_knowledge: Path, tmp_path: Path
) -> None:
    async with World(folder=tmp_path, knowledge_base=example_knowledge, corp=True) as shop:
        await shop.sim("PATCH", "settings", {"corp": {"kefu_page_limit": 1}})
        slow = {"side": "api", "kind": "delay", "path": "/cgi-bin/kf/sync_msg", "ms": 1000}
        await shop.sim("POST", "faults", slow)
        for n in range(WAITING):
            await writes(shop, "wang", question(n))
        await shop.start_bot()

        async def thought_about() -> bool:
            states = [row.state for row in await rows(shop, inbox)]
            return len(states) == WAITING and set(states) == {"done"}

        async def nothing_more_to_send() -> bool:
            return {row.state for row in await rows(shop, outbox)} <= {"sent", "deferred"}

        await until(thought_about, "every message to be pulled and thought about")
        await until(nothing_more_to_send, "what may be said to be said")
        said = await delivered(shop, "wang")
        assert 2 <= len(said) < WAITING
        assert await violations(shop) == {}

        await shop.sim("DELETE", "faults")
        await writes(shop, "wang", question(WAITING))

        async def rest_said() -> bool:
            heard = " ".join(await delivered(shop, "wang"))
            return all(f"HY209977{n:06d}" in heard for n in range(WAITING))

        await until(rest_said, "the next word to bring the rest")
        assert await violations(shop) == {}
