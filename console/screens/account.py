"""One's own account: password, and where one is signed in."""

from __future__ import annotations

from aiohttp import web

from console.accounts.passwords import password_problem
from console.ground import Ground
from console.permissions import Permission
from console.web.guard import LOGIN, Cookie, elsewhere
from console.web.rendering import go, page
from console.web.route import Entry, Group, Pages, Route
from console.web.visit import Visit

WRONG = "现在的密码不对"
TOO_OFTEN = "试错的次数太多了，请过一会儿再试"
DIFFERENT = "两次输入的新密码不一样"
SAME = "新密码不能和现在的一样"


def pages(ground: Ground, cookie: Cookie) -> Pages:
    own = _Own(ground, cookie)
    mine = Permission.OWN_ACCOUNT
    return Pages(
        routes=(
            Route(method="GET", path="/account", handler=own.show, access=mine),
            Route(
                method="GET",
                path="/account/password",
                handler=own.ask_password,
                access=mine,
                before_change=True,
            ),
            Route(
                method="POST",
                path="/account/password",
                handler=own.change_password,
                access=mine,
                before_change=True,
            ),
            Route(method="POST", path="/account/sessions/end", handler=own.end_one, access=mine),
            Route(method="POST", path="/account/sessions/end-all", handler=own.end_all, access=mine),
        ),
        entries=(
            Entry(
                path="/account",
                title="我的账号",
                icon="user-circle",
                summary="改密码，看看登录在哪些设备上",
                group=Group.RUNNING,
                permission=mine,
                shortcut="m",
            ),
        ),
    )


class _Own:
    def __init__(self, ground: Ground, cookie: Cookie) -> None:
        self._ground = ground
        self._cookie = cookie

    async def show(self, visit: Visit) -> web.StreamResponse:
        sessions = await self._ground.sessions.of_account(visit.account.id)
        factor = self._ground.second_factor
        return await page(
            visit,
            "account/show.html",
            sessions=sessions,
            factor_on=factor.is_on,
            factor=await factor.store.of(visit.account.id) if factor.is_on else None,
        )

    async def ask_password(self, visit: Visit) -> web.StreamResponse:
        return await page(visit, "account/password.html", problem="")

    async def change_password(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        new = form.get("new", "")
        problem = await self._problem(
            visit, current=form.get("current", ""), new=new, again=form.get("again", "")
        )
        if problem:
            return await page(visit, "account/password.html", status=422, problem=problem)
        hashed = await self._ground.passwords.hash(new)
        await self._ground.accounts.set_password(
            visit.account.id, hashed, by=visit.doer(), except_session=visit.session.key
        )
        return await go(visit, "/account", say="密码已更换，其他设备都已退出")

    async def end_one(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        if await self._ground.sessions.end(visit.account.id, form.get("session", "")):
            await self._ground.audit.record(visit.act("session.ended", f"account:{visit.account.id}"))
        return await go(visit, "/account", say="那台设备已退出")

    async def end_all(self, visit: Visit) -> web.StreamResponse:
        ended = await self._ground.sessions.end_all(visit.account.id)
        subject = f"account:{visit.account.id}"
        await self._ground.audit.record(visit.act("session.ended_everywhere", subject, {"ended": ended}))
        answer = elsewhere(visit, LOGIN)
        self._cookie.take(answer)
        return answer

    async def _problem(self, visit: Visit, *, current: str, new: str, again: str) -> str:
        """What is wrong, for people; empty when nothing is. Who sits down at an open page cannot try passwords here."""
        account = visit.account
        if new != again:
            return DIFFERENT
        if problem := password_problem(new, login=account.login):
            return problem
        if not account.has_password:
            return ""
        if await self._ground.attempts.begin(login=account.login, address=visit.caller.address):
            return TOO_OFTEN
        stored = await self._ground.accounts.password_hash(account.login)
        if not await self._ground.passwords.matches(current, stored):
            return WRONG
        await self._ground.attempts.succeeded(login=account.login, address=visit.caller.address)
        return SAME if new == current else ""
