"""Signing in by scanning: a little platform that gives out codes, and the real client that redeems them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.pages import asking
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.gettoken import GetToken
from channels.wecom.settings import WecomSettings
from console.accounts.store import Doer
from console.audit.log import Wanted
from console.permissions import Role
from console.wecom_login import WecomLogin
from storage.database import Database
from tests.functional.console.serving import ConsoleServer, Visitor, serving

SECRET = "s" * 43


@dataclass(slots=True)
class Corp:
    """qyapi as far as a sign-in needs it: each code is good once."""

    codes: dict[str, dict[str, object]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def token(self, request: web.Request) -> web.Response:
        assert request.query["corpsecret"] == SECRET
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": "T", "expires_in": 7200})

    async def who(self, request: web.Request) -> web.Response:
        assert request.query["access_token"] == "T"
        code = request.query["code"]
        self.asked.append(code)
        found = self.codes.pop(code, None)
        if found is None:
            return web.json_response({"errcode": 40029, "errmsg": "invalid code"})
        return web.json_response({"errcode": 0, "errmsg": "ok", **found})


@pytest.fixture
def corp() -> Corp:
    return Corp()


@pytest.fixture
async def console(database: Database, corp: Corp) -> AsyncIterator[ConsoleServer]:
    app = web.Application()
    app.router.add_get("/cgi-bin/gettoken", corp.token)
    app.router.add_get("/cgi-bin/auth/getuserinfo", corp.who)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = WecomSettings(
        enabled=True,
        api_base=f"http://127.0.0.1:{runner.addresses[0][1]}",
        corp_id="ww123456",
        agent_id=7,
        secret=SecretStr(SECRET),
    )
    async with aiohttp.ClientSession() as session:
        api = QyApi(settings, session, TokenKeeper(GetToken(settings, session)))
        wecom = WecomLogin(
            base="https://login.example",
            corp_id="ww123456",
            agent_id=7,
            public_url="https://shop.example",
            member_of=asking(api),
        )
        async with serving(database, wecom=wecom) as server:
            yield server
    await runner.cleanup()


async def state_of(visitor: Visitor) -> str:
    """The visitor looks at the login page, chooses the QR code and is sent to the platform with this state."""
    assert "用企业微信扫码登录" in (await visitor.get("/console/login")).text
    sent = await visitor.get("/console/login/wecom/start")
    query = parse_qs(urlsplit(sent.location).query)
    assert sent.location.startswith("https://login.example/wwlogin/sso/login?")
    assert query["redirect_uri"] == ["https://shop.example/console/login/wecom"]
    return query["state"][0]


async def scans(visitor: Visitor, state: str, code: str = "c1") -> tuple[int, str]:
    """The platform sends the browser back; status, and where it goes or what it reads."""
    seen = await visitor.get(f"/console/login/wecom?code={code}&state={state}")
    return seen.status, seen.location or seen.text


async def test_a_known_member_comes_in(console: ConsoleServer, corp: Corp) -> None:
    await console.hire("lan", Role.AGENT, wecom_userid="LanLan")
    corp.codes["c1"] = {"userid": "lanlan"}
    visitor = console.visitor()
    await visitor.get("/console/login")
    before = visitor.cookie
    assert await scans(visitor, await state_of(visitor)) == (303, "/console/")
    assert visitor.cookie != before
    assert (await visitor.get("/console/")).status == 200
    (begun,) = await console.ground.audit.read(Wanted(act="session.begun"), limit=9)
    assert (begun.actor, begun.details) == ("lan", '{"way":"wecom"}')


async def test_an_unknown_member_an_outsider_and_a_disabled_one_do_not(
    console: ConsoleServer, corp: Corp
) -> None:
    await console.hire("boss", Role.ADMIN)
    gone = await console.hire("gone", Role.AGENT, wecom_userid="Gone")
    await console.ground.accounts.disable(gone.id, Doer(login="test"))
    corp.codes |= {"c1": {"userid": "Stranger"}, "c2": {"userid": "Gone"}, "c3": {"openid": "o1"}}
    visitor = console.visitor()
    state = await state_of(visitor)
    assert [(await scans(visitor, state, code))[0] for code in ("c1", "c2", "c3", "c4")] == [
        403,
        403,
        401,
        401,
    ]
    assert (await visitor.get("/console/")).status == 303


async def test_a_code_that_somebody_else_fetched_is_not_redeemed(console: ConsoleServer, corp: Corp) -> None:
    """Login CSRF: the attacker's code and state in the victim's browser."""
    await console.hire("evil", Role.AGENT, wecom_userid="Evil")
    corp.codes["c1"] = {"userid": "Evil"}
    attacker, victim = console.visitor(), console.visitor()
    state = await state_of(attacker)
    await victim.get("/console/login")
    assert (await scans(victim, state))[0] == 401
    assert (await scans(console.visitor(), state))[0] == 401
    assert corp.asked == []


async def test_a_state_is_spent_with_the_sign_in(console: ConsoleServer, corp: Corp) -> None:
    await console.hire("lan", Role.AGENT, wecom_userid="LanLan")
    corp.codes |= {"c1": {"userid": "LanLan"}, "c2": {"userid": "LanLan"}}
    visitor = console.visitor()
    state = await state_of(visitor)
    assert (await scans(visitor, state))[0] == 303
    assert (await scans(visitor, state, "c2"))[0] == 401
