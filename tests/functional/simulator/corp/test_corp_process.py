"""The simulator as a process of its own: both addresses are announced, settings come from the environment."""

from pathlib import Path

from tests.functional.world import CORP_ID, World


async def test_the_process_announces_both_ports(tmp_path: Path) -> None:
    async with World(folder=tmp_path, knowledge_base=tmp_path, corp=True, members=("wangwu:王五",)) as world:
        assert world.corp_url not in ("", world.simulator_url)
        shown = await world.sim("GET", "corp")
        assert shown["corp_id"] == CORP_ID
        assert [item["name"] for item in shown["members"]] == ["zhangsan", "lisi", "王五"]
        kefu = await world.sim("GET", "kefu")
        assert [item["open_kfid"] for item in kefu["accounts"]] == list(world.kefu_accounts)
        await world.customer_says("c1", "你好", wait=False)
        assert await world.customer_state("c1") == 0
        assert "wecom:" in world.config.read_text()


async def test_without_a_corp_there_is_one_port(tmp_path: Path) -> None:
    async with World(folder=tmp_path, knowledge_base=tmp_path) as world:
        assert world.corp_url == ""
        assert "wecom:" not in world.config.read_text()
        async with world.session.get(f"{world.simulator_url}/_sim/kefu") as response:
            assert response.status == 404
