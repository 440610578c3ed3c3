"""``check`` on 企业微信 and 微信客服, as people run it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.callbacks_seen import CallbacksSeen
from conversations.address import Channel
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.bot.commands import Ran, run_command
from tests.functional.channels import platform as p

SECRETS = {
    "XIAOER_WECOM__SECRET": "fictional-secret",
    "XIAOER_WECOM__TOKEN": "token123",
    "XIAOER_WECOM__ENCODING_AES_KEY": "a" * 43,
}
ACCOUNTS = "/cgi-bin/kf/account/list"
SERVICERS = "/cgi-bin/kf/servicer/list"
OURS = {"errcode": 0, "account_list": [{"open_kfid": "wk1", "name": "本店", "manage_privilege": True}]}
SERVED = {"errcode": 0, "servicer_list": [{"userid": "mei", "status": 0}]}


@pytest.fixture
async def platform() -> AsyncIterator[p.Platform]:
    async with p.running() as running:
        running.will_answer(ACCOUNTS, OURS)
        running.will_answer(SERVICERS, SERVED)
        yield running


def write(folder: Path, platform: p.Platform) -> Path:
    config = folder / "config.yml"
    written: dict[str, Any] = {
        "official": {"enabled": False},
        "wecom": {
            "enabled": True,
            "api_base": platform.url,
            "corp_id": "wwfictional00001",
            "agent_id": 1000002,
            "kefu": {"accounts": ["wk1"]},
        },
        "web": {"public_url": "https://bot.example.com"},
        "knowledge_base": {"path": "kb"},
        "database": {"url": "sqlite+aiosqlite:///shop.db"},
    }
    config.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return config


async def checked(
    config: Path, environment: dict[str, str] = SECRETS
) -> tuple[Ran, dict[str, dict[str, str]]]:
    ran = await run_command("check", "--config", str(config), "--json", environment=environment)
    return ran, {one["name"]: one for one in json.loads(ran.out)["checks"]}


async def test_a_good_app_whose_address_nobody_ever_asked_for(tmp_path: Path, platform: p.Platform) -> None:
    config = write(tmp_path, platform)
    ran, found = await checked(config)
    assert ran.code == 1  # there is no knowledge base, and no callback
    assert [found[name]["problem"] for name in ("企业微信", "微信客服 wk1")] == ["", ""]
    assert "not verified" in found["企业微信回调"]["problem"]
    assert "https://bot.example.com/callback/wecom" in found["企业微信回调"]["cure"]


async def test_an_address_that_was_verified_and_called(tmp_path: Path, platform: p.Platform) -> None:
    config = write(tmp_path, platform)
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/shop.db"))
    try:
        await migrate(database)
        await CallbacksSeen(database).verified(Channel.WECOM)
        _ran, found = await checked(config)
        assert found["企业微信回调"]["problem"] == ""
        assert "no callback has come yet" in found["企业微信回调"]["note"]
        await CallbacksSeen(database).received(Channel.WECOM)
    finally:
        await database.close()
    _ran, found = await checked(config)
    assert "the last callback came" in found["企业微信回调"]["note"]


async def test_a_bad_secret_is_tried_once_and_nothing_else_is_asked(
    tmp_path: Path, platform: p.Platform
) -> None:
    platform.will_answer(p.GETTOKEN, *[{"errcode": 40001, "errmsg": "invalid credential"}] * 9)
    ran, found = await checked(write(tmp_path, platform))
    assert "40001" in found["企业微信"]["problem"]
    assert "XIAOER_WECOM__SECRET" in found["企业微信"]["cure"]
    assert found["微信客服 wk1"]["problem"] == "not asked"
    assert [request.path for request in platform.asked] == [p.GETTOKEN]
    assert "fictional-secret" not in ran.out + ran.err


async def test_the_length_of_a_wrong_key_is_told_and_nobody_is_asked(
    tmp_path: Path, platform: p.Platform
) -> None:
    short = SECRETS | {"XIAOER_WECOM__ENCODING_AES_KEY": "b" * 42}
    ran, found = await checked(write(tmp_path, platform), short)
    assert ran.code == 2
    assert "has 42 characters" in found["secrets"]["problem"]
    assert found["企业微信"]["problem"] == "not asked"
    assert platform.asked == []
