"""The second factor as people meet it: setting it up, being asked, mistyping, losing the phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from console.audit.log import Wanted
from console.permissions import Permission, Role
from console.second_factor.asking import ask
from console.second_factor.rule import Asked
from console.second_factor.totp import code_at, step_of
from console.settings import ConsoleSettings, SecondFactorMode
from console.web.rendering import go
from console.web.route import Pages, Route
from console.web.visit import Visit
from storage.database import Database
from tests.functional.console.serving import PASSWORD, ConsoleServer, Seen, Visitor, serving

OWN = "/console/account/second-factor"
CODE = "second_factor_code"
LIMIT = 100


async def refund(visit: Visit) -> web.StreamResponse:
    """A made-up act that asks only over a limit."""
    if int((await visit.form())["yuan"]) > LIMIT and (question := await ask(visit, Asked.EACH_TIME)):
        return question
    return await go(visit, "/", say="退好了")


REFUND = Route(method="POST", path="/refund", handler=refund, access=Permission.OWN_ACCOUNT)
FILES = Route(
    method="POST",
    path="/files",
    handler=refund,
    access=Permission.OWN_ACCOUNT,
    second_factor=Asked.RECENTLY,
)


def settings(mode: SecondFactorMode) -> ConsoleSettings:
    return ConsoleSettings(second_factor=mode, second_factor_minutes=10, key=SecretStr("k" * 32))


@pytest.fixture
async def console(database: Database) -> AsyncIterator[ConsoleServer]:
    """One that asks of those who have set it up."""
    async with serving(database, settings=settings("asked"), more=(Pages(routes=(REFUND, FILES)),)) as server:
        yield server


class Phone:
    """The app that a secret was typed into."""

    def __init__(self, console: ConsoleServer, secret: str) -> None:
        self._console = console
        self._secret = secret.replace(" ", "")

    def code(self) -> str:
        """The next one that has not been used: half a minute passes."""
        self._console.watch.passes(seconds=30)
        return code_at(self._secret, step_of(self._console.watch.ms))

    def wrong(self) -> str:
        right = {code_at(self._secret, step_of(self._console.watch.ms) + away) for away in (-1, 0, 1)}
        return next(f"{number:06}" for number in range(9) if f"{number:06}" not in right)


async def bind(console: ConsoleServer, visitor: Visitor) -> tuple[Phone, list[str]]:
    """Sets it up from beginning to end; returns the phone and the recovery codes."""
    await visitor.get(OWN)
    begun = await visitor.post(f"{OWN}/begin", {"password": PASSWORD})
    assert begun.location == OWN, begun.text
    shown = await visitor.get(OWN)
    secret = re.search(r'id="secret">([A-Z2-7 ]{39})<', shown.text)
    assert secret is not None, shown.text
    phone = Phone(console, secret[1])
    done = await visitor.post(f"{OWN}/enrol", {CODE: phone.code()})
    assert done.status == 200, done.text
    return phone, re.findall(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", done.text)


async def acts(console: ConsoleServer, actor: str) -> list[str]:
    entries = await console.ground.audit.read(Wanted(actor=actor), limit=200)
    return [entry.act for entry in reversed(entries) if not entry.act.startswith("session.")]


async def account_id(console: ConsoleServer, login: str) -> int:
    account = await console.ground.accounts.by_login(login)
    assert account is not None
    return account.id


def asks(seen: Seen) -> bool:
    return seen.status == 403 and "确认是您本人" in seen.text and 'autocomplete="one-time-code"' in seen.text


async def test_setting_it_up_wants_the_password_and_a_code_and_shows_the_rest_once(
    console: ConsoleServer,
) -> None:
    boss = await console.enters("boss", Role.ADMIN)
    assert "设置二次验证" in (await boss.get("/console/account")).text
    refused = await boss.post(f"{OWN}/begin", {"password": "not-my-password"})
    assert (refused.status, "现在的密码不对" in refused.text) == (422, True)
    assert "<svg viewBox" not in refused.raw
    await boss.post(f"{OWN}/begin", {"password": PASSWORD})
    shown = await boss.get(OWN)
    assert '<svg viewBox="' in shown.raw
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)", shown.raw)
    wrong = await boss.post(f"{OWN}/enrol", {CODE: "12345"})
    assert (wrong.status, "这个验证码不对" in wrong.text) == (422, True)
    _, codes = await bind(console, boss)
    assert len(set(codes)) == 10
    own = (await boss.get(OWN)).text
    assert "已开启" in own
    assert not any(code in own for code in codes)
    logged = str(await console.ground.audit.read(Wanted(), limit=99))
    assert not any(code in logged for code in codes)
    assert "second_factor.enrolled" in logged


async def test_who_has_not_set_it_up_is_not_asked(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.ADMIN)
    await console.hire("lan", Role.AGENT)
    lan = await account_id(console, "lan")
    assert (await boss.post(f"/console/people/{lan}/disable")).location == "/console/people"


async def test_other_roles_are_given_with_a_code_only_and_the_form_is_kept(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.ADMIN)
    phone, _ = await bind(console, boss)
    await console.hire("lan", Role.AGENT)
    lan = await account_id(console, "lan")
    form = {"name": "小<兰>", "roles": ["editor", "manager"], "wecom_userid": ""}
    asked = await boss.post(f"/console/people/{lan}", form)
    assert asks(asked)
    kept = re.findall(r'type="hidden" name="(name|roles|wecom_userid)" value="([^"]*)"', asked.raw)
    assert kept == [
        *(("name", "小&lt;兰&gt;"), ("roles", "editor"), ("roles", "manager"), ("wecom_userid", "")),
    ]
    assert (await console.ground.accounts.get(lan)).roles == {Role.AGENT}  # type: ignore[union-attr]
    code = phone.code()
    assert (await boss.post(f"/console/people/{lan}", {**form, CODE: code})).location == "/console/people"
    assert (await console.ground.accounts.get(lan)).roles == {Role.EDITOR, Role.MANAGER}  # type: ignore[union-attr]
    again = await boss.post(f"/console/people/{lan}", {**form, "roles": ["admin"], CODE: code})
    assert (again.status, "已经用过" in again.text) == (401, True)
    renamed = await boss.post(f"/console/people/{lan}", {**form, "name": "兰"})
    assert renamed.location == "/console/people", "a name opens no door"
    told = await acts(console, "boss")
    assert told[-4:] == [
        *("second_factor.given", "person.changed", "second_factor.refused", "person.changed"),
    ]
    assert "用于：/people/" in (await boss.get("/console/audit?act=second_factor")).text


async def test_every_act_on_people_that_opens_or_closes_a_door_asks(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.ADMIN)
    await bind(console, boss)
    await console.hire("lan", Role.AGENT)
    lan = await account_id(console, "lan")
    for path in ("disable", "enable", "password", "second-factor"):
        assert asks(await boss.post(f"/console/people/{lan}/{path}")), path
    new = {"name": "兰兰", "login": "mei", "roles": ["admin"], "wecom_userid": ""}
    assert asks(await boss.post("/console/people/new", new))
    assert asks(
        await boss.post(f"/console/people/{lan}", {"name": "L", "roles": ["agent"], "wecom_userid": "x"})
    )
    assert asks(await boss.post(f"{OWN}/codes"))
    assert asks(await boss.post(f"{OWN}/remove"))
    account = await console.ground.accounts.get(lan)
    assert account is not None
    assert (account.disabled, account.wecom_userid) == (False, None)
    assert await console.ground.accounts.by_login("mei") is None


async def test_personal_data_asks_once_in_ten_minutes_of_a_session(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.ADMIN)
    phone, _ = await bind(console, boss)
    (entry,) = await console.ground.audit.read(Wanted(act="second_factor.enrolled"), limit=9)
    address = f"/console/audit/{entry.seq}/address"
    assert (await boss.htmx(address)).status == 200, "enrolling was an answer"
    console.watch.passes(minutes=10)
    asked = await boss.htmx(address)
    assert (asked.status, asked.text) == (204, "")
    assert asked.headers["HX-Redirect"].startswith(f"{OWN}/confirm")
    back = f"{OWN}/confirm?next=/console/audit?actor=boss"
    assert 'autocomplete="one-time-code"' in (await boss.get(back)).text
    assert (await boss.post(back, {CODE: phone.code()})).location == "/console/audit?actor=boss"
    assert "验证好了" in (await boss.get("/console/audit")).text
    assert "127.0.0.1" in (await boss.htmx(address)).text
    elsewhere = console.visitor()
    await elsewhere.sign_in("boss")
    assert (await elsewhere.htmx(address)).status == 204, "another session"
    evil = f"{OWN}/confirm?next=https://evil.example/"
    assert (await elsewhere.post(evil, {CODE: phone.code()})).location == "/console/"


async def test_wrong_codes_start_waits_that_signing_in_does_not_end(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.ADMIN)
    phone, codes = await bind(console, boss)
    statuses = [(await boss.post(f"{OWN}/codes", {CODE: phone.wrong()})).status for _ in range(5)]
    assert statuses == [401] * 5
    locked = await boss.post(f"{OWN}/codes", {CODE: codes[0]})
    assert (locked.status, locked.headers.get("Retry-After")) == (429, "30")
    assert "试错的次数太多了，请 30 秒 后再试" in locked.text
    again = console.visitor()
    assert (await again.sign_in("boss")).status == 303
    assert (await again.post(f"{OWN}/codes", {CODE: codes[0]})).status == 429
    console.watch.passes(seconds=30)
    assert (await again.post(f"{OWN}/codes", {CODE: codes[0]})).status == 200
    assert (await acts(console, "boss")).count("second_factor.refused") == 5


async def test_nobody_can_lock_the_second_factor_from_the_login_page(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.ADMIN)
    phone, _ = await bind(console, boss)
    for _ in range(6):
        await console.visitor().sign_in("SECOND FACTOR boss", "guess-guess-guess")
        await console.visitor().sign_in("boss", "guess-guess-guess")
    assert (await boss.post(f"{OWN}/remove", {CODE: phone.code()})).location == "/console/account"
    assert "二次验证已解除" in (await boss.get("/console/account")).text


async def test_a_recovery_code_helps_once_and_an_admin_after_all_are_lost(console: ConsoleServer) -> None:
    boss, lan = await console.enters("boss", Role.ADMIN), await console.enters("lan", Role.AGENT)
    phone, _ = await bind(console, boss)
    _, codes = await bind(console, lan)
    confirm = f"{OWN}/confirm"
    await lan.get(confirm)
    assert (await lan.post(confirm, {CODE: codes[0].upper()})).status == 303
    assert "恢复码还剩 9 个" in (await lan.get("/console/account")).text
    assert (await lan.post(confirm, {CODE: codes[0]})).status == 401
    for _ in range(5):
        await lan.post(confirm, {CODE: codes[0]})
    who = await account_id(console, "lan")
    assert "重设二次验证" in (await boss.get(f"/console/people/{who}")).text
    path = f"/console/people/{who}/second-factor"
    assert (await boss.post(path, {CODE: phone.code()})).location == f"/console/people/{who}"
    assert "重设二次验证" not in (await boss.get(f"/console/people/{who}")).text.partition("已重设")[2]
    assert (await acts(console, "boss"))[-2:] == ["second_factor.given", "second_factor.reset"]
    await bind(console, lan)
    assert "已开启" in (await lan.get(OWN)).text


async def test_a_handler_asks_for_itself_over_a_limit(console: ConsoleServer) -> None:
    lan = await console.enters("lan", Role.AGENT)
    phone, _ = await bind(console, lan)
    assert (await lan.post("/console/refund", {"yuan": 100})).status == 303
    assert asks(await lan.post("/console/refund", {"yuan": 101}))
    assert (await lan.post("/console/refund", {"yuan": 101, CODE: phone.wrong()})).status == 401
    assert (await lan.post("/console/refund", {"yuan": 101, CODE: phone.code()})).status == 303
    assert asks(await lan.post("/console/refund", {"yuan": 101})), "each time"
    assert (await lan.post("/console/files", {"yuan": 1})).status == 303, "answered recently"


async def test_where_it_is_required_nothing_sensitive_happens_before_it_is_set_up(database: Database) -> None:
    async with serving(database, settings=settings("required")) as console:
        boss = await console.enters("boss", Role.ADMIN)
        await console.hire("lan", Role.AGENT)
        lan = await account_id(console, "lan")
        refused = await boss.post(f"/console/people/{lan}/disable")
        assert (refused.status, "先设置二次验证" in refused.text) == (403, True)
        assert f'href="{OWN}"' in refused.raw
        entry = (await console.ground.audit.read(Wanted(), limit=1))[0]
        led = await boss.htmx(f"/console/audit/{entry.seq}/address")
        assert (led.status, led.headers["HX-Redirect"]) == (204, f"{OWN}?needed=yes")
        assert "要先设置二次验证" in (await boss.get(f"{OWN}?needed=yes")).text
        assert (await boss.get("/console/people")).status == 200, "looking is free"
        phone, _ = await bind(console, boss)
        done = await boss.post(f"/console/people/{lan}/disable", {CODE: phone.code()})
        assert done.location == "/console/people"
        assert (await boss.htmx(f"/console/audit/{entry.seq}/address")).status == 200


async def test_switched_off_there_is_nothing_of_it(database: Database) -> None:
    async with serving(database) as console:
        boss = await console.enters("boss", Role.ADMIN)
        assert "二次验证" not in (await boss.get("/console/account")).text
        for path in ("", "/confirm"):
            assert (await boss.get(OWN + path)).status == 404
        for path in ("/begin", "/enrol", "/codes", "/remove", "/confirm"):
            assert (await boss.post(OWN + path, {CODE: "123456"})).status == 404


async def test_an_upload_goes_by_the_page_of_the_question(console: ConsoleServer) -> None:
    """Its file cannot be carried along; an answer of the last minute counts for what asks each time."""
    lan = await console.enters("lan", Role.AGENT)
    phone, _ = await bind(console, lan)

    async def upload() -> Seen:
        form = aiohttp.FormData({"csrf": lan.csrf, "yuan": "101"})
        form.add_field("file", b"x", filename="a.txt")
        headers = {
            "Cookie": f"xiaoer_console={lan.cookie}",
            "Referer": f"{console.url}/console/audit?actor=lan",
        }
        async with (
            aiohttp.ClientSession(console.url) as session,
            session.post("/console/refund", data=form, headers=headers, allow_redirects=False) as answer,
        ):
            text = await answer.text()
            return Seen(status=answer.status, text=text, raw=text, headers=answer.headers.copy())

    console.watch.passes(minutes=1)
    asked = await upload()
    assert (asked.status, asked.location) == (
        303,
        f"{OWN}/confirm?next=%2Fconsole%2Faudit%3Factor%3Dlan",
    )
    assert (await lan.post(asked.location, {CODE: phone.code()})).location == "/console/audit?actor=lan"
    assert (await upload()).location == "/console/"
    console.watch.passes(minutes=1)
    assert (await upload()).location == asked.location
