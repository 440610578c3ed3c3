"""A console on a port of its own, and people who use it by HTTP as a browser does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher
from yarl import URL

from bot.web import create_app
from console.accounts.account import Account, NewAccount
from console.accounts.passwords import Passwords
from console.accounts.store import Doer
from console.app import create_console
from console.ground import Ground, lay_ground
from console.permissions import Role
from console.settings import ConsoleSettings
from console.web.route import Pages
from console.wecom_login import WecomLogin
from storage.database import Database

PASSWORD = "correct-horse-battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""argon2 as in life, but for the memory and the time it takes."""


@dataclass(slots=True)
class Watch:
    """Real time in ms as the console sees it, moved by the test."""

    ms: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.ms

    def passes(self, *, minutes: float = 0, seconds: float = 0) -> None:
        self.ms += int((minutes * 60 + seconds) * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came back; ``text`` is ``raw`` with its entities (&lt; and so on) as people see them."""

    status: int
    text: str
    raw: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.text)
        assert found is not None, self.text[:2000]
        return found[1]


class Visitor:
    """A browser: keeps its cookie, follows nothing by itself, and sends a form's token when it has seen one."""

    def __init__(self, base_url: str) -> None:
        self._session = aiohttp.ClientSession(base_url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._base = URL(base_url)
        self.csrf = ""

    @property
    def cookie(self) -> str:
        cookies = self._session.cookie_jar.filter_cookies(self._base)
        return next((morsel.value for morsel in cookies.values()), "")

    def take_cookie(self, value: str) -> None:
        self._session.cookie_jar.update_cookies({"xiaoer_console": value}, self._base)

    async def close(self) -> None:
        await self._session.close()

    async def get(self, path: str, **headers: str) -> Seen:
        return await self._ask("GET", path, headers=headers)

    async def post(self, path: str, data: Mapping[str, object] | None = None, **headers: str) -> Seen:
        """Sends the last token seen, unless the data has one."""
        return await self._ask("POST", path, data={"csrf": self.csrf, **(data or {})}, headers=headers)

    async def htmx(self, path: str) -> Seen:
        """A POST as htmx makes it: the token in the header."""
        headers = {"HX-Request": "true", "X-CSRF-Token": self.csrf}
        return await self._ask("POST", path, headers=headers)

    async def request(self, method: str, path: str) -> Seen:
        return await self._ask(method, path)

    async def sign_in(self, login: str, password: str = PASSWORD, **headers: str) -> Seen:
        await self.get("/console/login")
        seen = await self.post("/console/login", {"login": login, "password": password}, **headers)
        if seen.status == 303:
            await self.get("/console/account/password")
        return seen

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        data: Mapping[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Seen:
        form = None
        if data is not None:
            form = aiohttp.FormData()
            for name, value in data.items():
                for one in value if isinstance(value, list) else [value]:
                    form.add_field(name, str(one))
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        async with self._session.request(
            method, path, data=form, headers=named, allow_redirects=False
        ) as answer:
            text = await answer.text() if answer.content_type.startswith("text/") else ""
            seen = Seen(status=answer.status, text=unescape(text), raw=text, headers=answer.headers.copy())
        if 'name="csrf"' in text:
            self.csrf = seen.csrf
        return seen


@dataclass(slots=True, kw_only=True)
class ConsoleServer:
    """The console that listens at ``url``."""

    url: str
    ground: Ground
    app: web.Application
    watch: Watch
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self) -> Visitor:
        """Somebody new, in a browser of their own."""
        visitor = Visitor(self.url)
        self.visitors.append(visitor)
        return visitor

    async def hire(
        self, login: str, *roles: Role, must_change: bool = False, wecom_userid: str | None = None
    ) -> Account:
        new = NewAccount(
            login=login,
            name=login.title(),
            roles=frozenset(roles),
            password_hash=await self.ground.passwords.hash(PASSWORD),
            must_change=must_change,
            wecom_userid=wecom_userid,
        )
        return await self.ground.accounts.add(new, Doer(login="test"))

    async def enters(self, login: str, *roles: Role) -> Visitor:
        """Somebody new with these roles, signed in."""
        await self.hire(login, *roles)
        visitor = self.visitor()
        seen = await visitor.sign_in(login)
        assert seen.status == 303, seen.text
        return visitor


@asynccontextmanager
async def serving(
    database: Database,
    *,
    settings: ConsoleSettings | None = None,
    more: Sequence[Pages] = (),
    wecom: WecomLogin | None = None,
    watch: Watch | None = None,
) -> AsyncIterator[ConsoleServer]:
    """The console in front of a migrated database, with ``more`` parts, until the block ends."""
    watch = watch or Watch()
    settings = settings or ConsoleSettings()
    ground = lay_ground(settings, database, passwords=Passwords(CHEAP), now=watch)
    app = create_console(
        settings, ground, shop_name="禾野集", public_url="http://127.0.0.1", wecom=wecom, more=more
    )
    root = create_app(max_body_bytes=1_000_000, webhooks={}, checks={}, before_metrics=_nothing, console=app)
    runner = web.AppRunner(root, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    server = ConsoleServer(url=url, ground=ground, app=app, watch=watch)
    try:
        yield server
    finally:
        for visitor in server.visitors:
            await visitor.close()
        await runner.cleanup()


async def _nothing() -> None:
    return None
