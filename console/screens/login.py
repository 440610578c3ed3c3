"""Signing in and out."""

from __future__ import annotations

import math

from aiohttp import web

from console.ground import Ground
from console.permissions import Open, Permission
from console.signing_in import Locked, SignedIn, Stranger, Wrong
from console.web.guard import LOGIN, Cookie, elsewhere
from console.web.rendering import page
from console.web.route import Pages, Route
from console.web.visit import BASE, Visit
from console.wecom_login import CALLBACK, WecomLogin

WRONG = "登录名或密码不对。忘了密码可以请管理员重设。"
STRANGER = "企业微信认出了您，但这里还没有您的账号，或账号已停用。请联系管理员。"
NOT_RECOGNISED = "这次扫码没有成功，请重新扫一次。"
NOBODY_YET = (
    "还没有任何账号。请在服务器上运行：python -m bot console user add 登录名 --name 姓名 --role admin"
)


def pages(ground: Ground, cookie: Cookie, wecom: WecomLogin | None) -> Pages:
    login = _Login(ground, cookie, wecom)
    routes = [
        Route(method="GET", path="/login", handler=login.show, access=Open.PUBLIC),
        Route(method="POST", path="/login", handler=login.sign_in, access=Open.PUBLIC),
        Route(
            method="POST",
            path="/logout",
            handler=login.sign_out,
            access=Permission.OWN_ACCOUNT,
            before_change=True,
        ),
    ]
    if wecom is not None:
        routes += [
            Route(method="GET", path="/login/wecom/start", handler=login.to_wecom, access=Open.PUBLIC),
            Route(method="GET", path=CALLBACK, handler=login.from_wecom, access=Open.PUBLIC),
        ]
    return Pages(routes=tuple(routes))


class _Login:
    def __init__(self, ground: Ground, cookie: Cookie, wecom: WecomLogin | None) -> None:
        self._ground = ground
        self._cookie = cookie
        self._wecom = wecom

    async def show(self, visit: Visit) -> web.StreamResponse:
        if visit.found is not None:
            return elsewhere(visit, f"{BASE}/")
        problem = "" if await self._ground.accounts.count() else NOBODY_YET
        return await self._page(visit, target=visit.request.query.get("next", ""), problem=problem)

    async def sign_in(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        typed, target = form.get("login", "")[:200], form.get("next", "")
        outcome = await self._ground.sign_in.by_password(typed, form.get("password", ""), visit.caller)
        match outcome:
            case SignedIn():
                return await self._enter(visit, outcome, target)
            case Wrong():
                return await self._page(visit, target=target, problem=WRONG, typed=typed, status=401)
            case Locked(wait_ms=wait_ms):
                problem = f"试错的次数太多了，请 {waiting(wait_ms)} 后再试。"
                answer = await self._page(visit, target=target, problem=problem, typed=typed, status=429)
                answer.headers["Retry-After"] = str(math.ceil(wait_ms / 1000))
                return answer

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        await self._ground.sessions.end(visit.account.id, visit.session.key)
        await self._ground.audit.record(visit.act("session.ended", f"account:{visit.account.id}"))
        answer = elsewhere(visit, LOGIN)
        self._cookie.take(answer)
        return answer

    async def to_wecom(self, visit: Visit) -> web.StreamResponse:
        """A browser that has no cookie yet gets it with this answer; the state belongs to it."""
        assert self._wecom is not None
        return elsewhere(visit, self._wecom.address(visit.token))

    async def from_wecom(self, visit: Visit) -> web.StreamResponse:
        assert self._wecom is not None
        query = visit.request.query
        userid = await self._wecom.member(
            code=query.get("code", ""), state=query.get("state", ""), token=visit.token
        )
        if userid is None:
            return await self._page(visit, problem=NOT_RECOGNISED, status=401)
        outcome = await self._ground.sign_in.by_wecom(userid, visit.caller)
        if isinstance(outcome, Stranger):
            return await self._page(visit, problem=STRANGER, status=403)
        return await self._enter(visit, outcome, "")

    async def _enter(self, visit: Visit, signed_in: SignedIn, target: str) -> web.Response:
        if visit.found is not None:  # whoever was in here before, in this browser
            await self._ground.sessions.end(visit.account.id, visit.session.key)
        answer = elsewhere(visit, safe_target(target))
        self._cookie.put(answer, signed_in.token)
        return answer

    async def _page(
        self, visit: Visit, *, target: str = "", problem: str = "", typed: str = "", status: int = 200
    ) -> web.Response:
        return await page(
            visit,
            "login.html",
            status=status,
            target=target,
            problem=problem,
            typed=typed,
            offers_wecom=self._wecom is not None,
        )


def safe_target(target: str) -> str:
    """Where to go after signing in: a page of the console, whatever somebody wrote into the address."""
    inside = target.startswith(f"{BASE}/") and target.isprintable() and "\\" not in target
    return target if inside and "//" not in target.partition("?")[0] else f"{BASE}/"


def waiting(wait_ms: int) -> str:
    seconds = math.ceil(wait_ms / 1000)
    return f"{seconds} 秒" if seconds < 60 else f"{math.ceil(seconds / 60)} 分钟"
