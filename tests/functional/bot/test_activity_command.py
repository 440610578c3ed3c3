"""``activity check`` as an owner runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.functional.bot.commands import run_command

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "group-buy.yml"


async def test_an_activity_passes_or_is_told_why_not(tmp_path: Path) -> None:
    right = await run_command("activity", "check", str(EXAMPLE), "--json")
    assert (right.code, json.loads(right.out)) == (0, {"passes": True, "findings": []})

    text = EXAMPLE.read_text(encoding="utf-8")
    forbidden = tmp_path / "forbidden.yml"
    forbidden.write_text(text.replace("人越多越划算", "全网最低价，分享就送优惠券"), encoding="utf-8")
    told = await run_command("activity", "check", str(forbidden))
    assert told.code == 1
    assert "texts.0：“全网最”" in told.out
    assert "《广告法》第九条" in told.out
    assert "《微信外部链接内容管理规范》" in told.out
    (first, *_) = json.loads((await run_command("activity", "check", str(forbidden), "--json")).out)[
        "findings"
    ]
    assert (first["weight"], first["field"]) == ("must", "texts.0")

    unreadable = tmp_path / "unreadable.yml"
    unreadable.write_text(text.replace("99.90", "很便宜"), encoding="utf-8")
    wrong = await run_command("activity", "check", str(unreadable))
    assert wrong.code == 2
    assert "price: '很便宜' is no amount; write yuan, such as 99.90" in wrong.err
    assert (await run_command("activity", "check", str(tmp_path / "nothing.yml"))).code == 2
