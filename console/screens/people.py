"""The people of the console: who is there, who may what, new ones, new passwords."""

from __future__ import annotations

from aiohttp import web

from console.accounts.account import Account, NewAccount, login_of, problem_of
from console.accounts.passwords import make_temporary_password
from console.accounts.store import AlreadyThere, LastAdmin
from console.ground import Ground
from console.permissions import Permission, Role
from console.second_factor.asking import ask
from console.second_factor.rule import Asked
from console.web.rendering import go, page
from console.web.route import Entry, Group, Handler, Pages, Route
from console.web.visit import Visit

TAKEN = "登录名或企业微信账号已经有人在用了"
LAST_ADMIN = "这是最后一位管理员，至少要留一位"
NOT_YOURSELF = "不能停用自己的账号"


def pages(ground: Ground) -> Pages:
    people = _People(ground)

    def route(method: str, path: str, handler: Handler, asked: Asked | None = None) -> Route:
        manage = Permission.PEOPLE_MANAGE
        return Route(method=method, path=path, handler=handler, access=manage, second_factor=asked)

    return Pages(
        routes=(
            route("GET", "/people", people.list),
            route("GET", "/people/new", people.ask_new),
            route("POST", "/people/new", people.add),
            route("GET", r"/people/{id:\d{1,15}}", people.show),
            route("POST", r"/people/{id:\d{1,15}}", people.change),
            route("POST", r"/people/{id:\d{1,15}}/disable", people.disable, Asked.EACH_TIME),
            route("POST", r"/people/{id:\d{1,15}}/enable", people.enable, Asked.EACH_TIME),
            route("POST", r"/people/{id:\d{1,15}}/password", people.reset_password, Asked.EACH_TIME),
            route("POST", r"/people/{id:\d{1,15}}/sessions/end", people.end_sessions),
            route("POST", r"/people/{id:\d{1,15}}/second-factor", people.reset_factor, Asked.EACH_TIME),
        ),
        entries=(
            Entry(
                path="/people",
                title="成员",
                icon="users",
                summary="谁能进来、能做什么",
                group=Group.RUNNING,
                permission=Permission.PEOPLE_MANAGE,
                shortcut="p",
            ),
        ),
    )


class _People:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def list(self, visit: Visit) -> web.StreamResponse:
        return await page(visit, "people/list.html", accounts=await self._ground.accounts.all())

    async def ask_new(self, visit: Visit) -> web.StreamResponse:
        values = {"login": "", "name": "", "wecom_userid": "", "roles": frozenset({Role.AGENT})}
        return await page(visit, "people/new.html", values=values, problem="")

    async def add(self, visit: Visit) -> web.StreamResponse:
        form = await visit.form()
        login, name, roles, userid = login_of(form.get("login", "")), *await _fields(visit)
        values = {"login": login, "name": name, "wecom_userid": userid or "", "roles": roles}
        problem = problem_of(login=login, name=name, roles=roles, wecom_userid=userid)
        if problem:
            return await page(visit, "people/new.html", status=422, values=values, problem=problem)
        if (question := await ask(visit, Asked.EACH_TIME)) is not None:
            return question
        password = make_temporary_password()
        new = NewAccount(
            login=login,
            name=name,
            roles=roles,
            password_hash=await self._ground.passwords.hash(password),
            must_change=True,
            wecom_userid=userid,
        )
        try:
            account = await self._ground.accounts.add(new, visit.doer())
        except AlreadyThere:
            return await page(visit, "people/new.html", status=409, values=values, problem=TAKEN)
        return await page(visit, "people/password.html", account=account, password=password, new=True)

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit, await self._account(visit))

    async def change(self, visit: Visit) -> web.StreamResponse:
        account = await self._account(visit)
        name, roles, userid = await _fields(visit)
        problem = problem_of(login=account.login, name=name, roles=roles, wecom_userid=userid)
        if problem:
            return await self._show(visit, account, problem=problem, status=422)
        opens_doors = roles != account.roles or userid != account.wecom_userid
        if opens_doors and (question := await ask(visit, Asked.EACH_TIME)) is not None:
            return question
        try:
            await self._ground.accounts.change(
                account.id, name=name, roles=roles, wecom_userid=userid, by=visit.doer()
            )
        except AlreadyThere:
            return await self._show(visit, account, problem=TAKEN, status=409)
        except LastAdmin:
            return await self._show(visit, account, problem=LAST_ADMIN, status=409)
        return await go(visit, "/people", say=f"{name} 的资料已保存")

    async def disable(self, visit: Visit) -> web.StreamResponse:
        account = await self._account(visit)
        if account.id == visit.account.id:
            return await self._show(visit, account, problem=NOT_YOURSELF, status=409)
        try:
            await self._ground.accounts.disable(account.id, visit.doer())
        except LastAdmin:
            return await self._show(visit, account, problem=LAST_ADMIN, status=409)
        return await go(visit, "/people", say=f"{account.name} 已停用，所有设备都已退出")

    async def enable(self, visit: Visit) -> web.StreamResponse:
        account = await self._account(visit)
        await self._ground.accounts.enable(account.id, visit.doer())
        return await go(visit, f"/people/{account.id}", say=f"{account.name} 可以登录了")

    async def reset_password(self, visit: Visit) -> web.StreamResponse:
        account = await self._account(visit)
        password = make_temporary_password()
        hashed = await self._ground.passwords.hash(password)
        await self._ground.accounts.set_password(account.id, hashed, by=visit.doer(), must_change=True)
        await self._ground.attempts.forgive(account.login)
        return await page(visit, "people/password.html", account=account, password=password, new=False)

    async def end_sessions(self, visit: Visit) -> web.StreamResponse:
        account = await self._account(visit)
        ended = await self._ground.sessions.end_all(account.id)
        act = visit.act("session.ended_everywhere", f"account:{account.id}", {"ended": ended})
        await self._ground.audit.record(act)
        return await go(visit, f"/people/{account.id}", say=f"已让 {account.name} 从 {ended} 处退出")

    async def reset_factor(self, visit: Visit) -> web.StreamResponse:
        account = await self._account(visit)
        if not await self._ground.second_factor.reset(account, visit.doer()):
            return await go(visit, f"/people/{account.id}", say="对方还没有设置二次验证", kind="warning")
        return await go(visit, f"/people/{account.id}", say=f"{account.name} 的二次验证已重设，可以重新绑定")

    async def _account(self, visit: Visit) -> Account:
        account = await self._ground.accounts.get(int(visit.request.match_info["id"]))
        if account is None:
            raise web.HTTPNotFound
        return account

    async def _show(
        self, visit: Visit, account: Account, *, problem: str = "", status: int = 200
    ) -> web.Response:
        sessions = await self._ground.sessions.of_account(account.id)
        factor = self._ground.second_factor
        return await page(
            visit,
            "people/one.html",
            status=status,
            account=account,
            sessions=sessions,
            factor=await factor.store.of(account.id) if factor.is_on else None,
            problem=problem,
        )


async def _fields(visit: Visit) -> tuple[str, frozenset[Role], str | None]:
    """Name, roles and userid as the form has them; roles that do not exist are left out."""
    form = await visit.form()
    known = {role.value for role in Role}
    roles = frozenset(Role(role) for role in await visit.choices("roles") if role in known)
    return form.get("name", "").strip(), roles, form.get("wecom_userid", "").strip() or None
