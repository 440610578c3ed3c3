"""wechatpy's clients, which nobody here wrote, work against the simulator's two APIs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import requests
from aiohttp import web
from wechatpy import WeChatClient
from wechatpy.enterprise import WeChatClient as CorpWeChatClient
from wechatpy.exceptions import WeChatClientException

from simulator.app import CORP_APP, WORLD, create_app
from simulator.corp.settings import CorpSettings
from simulator.quota import Act
from simulator.settings import Settings
from simulator.world import World

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOBODY = "http://127.0.0.1:9/"


class Elsewhere(requests.adapters.HTTPAdapter):
    """Sends what is meant for the platform to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        assert request.url is not None
        request.url = self._url + "/" + request.url.split("/", 3)[3]
        return super().send(request, *args, **options)


@asynccontextmanager
async def simulator() -> AsyncIterator[tuple[World, str, str]]:
    corp = CorpSettings(
        corp_id="ww0", secret="corp-secret", token="t", aes_key=KEY, callback_url=NOBODY, members=("wang:王",)
    )
    settings = Settings(
        app_id="wx0",
        app_secret="secret",
        original_id="gh_0",
        token="t",
        aes_key=KEY,
        callback_url=NOBODY,
        timeout_scale=0.01,
        corp=corp,
    )
    app = create_app(settings)
    urls, runners = [], []
    for part in (app, app[CORP_APP]):
        runner = web.AppRunner(part, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        urls.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        yield app[WORLD], urls[0], urls[1]
    finally:
        for runner in reversed(runners):
            await runner.cleanup()


async def test_the_accounts_client() -> None:
    async with simulator() as (world, url, _):
        client = WeChatClient("wx0", "secret", timeout=5, auto_retry=False)
        client._http.mount("https://api.weixin.qq.com", Elsewhere(url))
        wang = world.shoppers.ensure("wang")
        wang.quota.note(Act.MESSAGE, world.clock.epoch())
        sent = await asyncio.to_thread(client.message.send_text, wang.openid, "您好")
        assert sent["errcode"] == 0
        assert wang.transcript[-1].content == {"text": "您好"}
        user = await asyncio.to_thread(client.user.get, wang.openid)
        assert user["openid"] == wang.openid
        with pytest.raises(WeChatClientException) as refused:
            await asyncio.to_thread(client.message.send_text, "nobody", "您好")
        assert refused.value.errcode == 40003
        world.tokens.expire_all(world.clock.epoch())
        with pytest.raises(WeChatClientException) as expired:
            await asyncio.to_thread(client.message.send_text, wang.openid, "您好")
        assert expired.value.errcode == 42001


async def test_the_corps_client() -> None:
    async with simulator() as (world, _, url):
        client = CorpWeChatClient("ww0", "corp-secret", timeout=5, auto_retry=False)
        client._http.mount("https://qyapi.weixin.qq.com", Elsewhere(url))
        agent = world.settings.corp.agent_id if world.settings.corp else 0
        sent = await asyncio.to_thread(client.message.send_text, agent, "wang", content="请看")
        assert sent["errcode"] == 0
        partly = await asyncio.to_thread(client.message.send_text, agent, ["wang", "nobody"], content="请看")
        assert partly["invaliduser"] == "nobody"
        addresses = await asyncio.to_thread(client.misc.get_wechat_ips)
        assert addresses == ["127.0.0.1"]
        with pytest.raises(WeChatClientException) as refused:
            await asyncio.to_thread(client.post, "kf/sync_msg", data={"open_kfid": "wkNobody", "cursor": ""})
        assert refused.value.errcode in (95000, 95004)
        wrong = CorpWeChatClient("ww0", "wrong", timeout=5, auto_retry=False)
        wrong._http.mount("https://qyapi.weixin.qq.com", Elsewhere(url))
        with pytest.raises(WeChatClientException) as secret:
            await asyncio.to_thread(wrong.fetch_access_token)
        assert secret.value.errcode == 40001
