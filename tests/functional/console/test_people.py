"""Managing people: each change ends what it must end, and is written down."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from console.audit.log import Wanted
from console.permissions import Role
from storage.database import Database
from tests.functional.console.serving import ConsoleServer, Visitor

HOME = "/console/"
NEW = {"name": "兰兰", "login": "LanLan", "roles": ["agent", "editor"], "wecom_userid": "Lan.1"}


async def acts(console: ConsoleServer) -> list[tuple[str, str]]:
    """Who did what, the oldest first, sessions left out."""
    entries = await console.ground.audit.read(Wanted(), limit=100)
    return [(one.actor, one.act) for one in reversed(entries) if not one.act.startswith("session.")]


@pytest.fixture
async def admin(console: ConsoleServer) -> Visitor:
    return await console.enters("boss", Role.ADMIN)


async def test_somebody_new_comes_in_with_the_temporary_password(
    console: ConsoleServer, admin: Visitor
) -> None:
    shown = await admin.post("/console/people/new", dict(NEW))
    assert shown.status == 200
    password = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", shown.text)
    assert password is not None
    account = await console.ground.accounts.by_login("lanlan")
    assert account is not None
    assert account.name == "兰兰"
    assert account.roles == {Role.AGENT, Role.EDITOR}
    assert account.must_change
    visitor = console.visitor()
    assert (await visitor.sign_in("lanlan", password[0])).status == 303
    assert (await visitor.get(HOME)).location == "/console/account/password"
    assert password[0] not in str(await console.ground.audit.read(Wanted(), limit=100))
    assert ("boss", "person.added") in await acts(console)


async def test_what_is_wrong_with_a_new_one_is_said_and_the_rest_kept(admin: Visitor) -> None:
    seen = await admin.post("/console/people/new", {**NEW, "login": "a b"})
    assert seen.status == 422
    assert "登录名用 3 到 40 个" in seen.text
    assert 'value="兰兰"' in seen.text
    assert (await admin.post("/console/people/new", {**NEW, "roles": []})).status == 422
    assert (await admin.post("/console/people/new", {**NEW, "roles": ["owner"]})).status == 422


async def test_a_name_is_taken_once(admin: Visitor) -> None:
    assert (await admin.post("/console/people/new", dict(NEW))).status == 200
    for again in (NEW, {**NEW, "login": "other"}):
        seen = await admin.post("/console/people/new", dict(again))
        assert seen.status == 409
        assert "已经有人在用了" in seen.text


async def test_other_roles_end_the_sessions_and_another_name_does_not(
    console: ConsoleServer, admin: Visitor
) -> None:
    visitor = await console.enters("lan", Role.AGENT)
    account = await console.ground.accounts.by_login("lan")
    assert account is not None
    await admin.post(f"/console/people/{account.id}", {"name": "小兰", "roles": ["agent"]})
    assert "小兰" in (await visitor.get(HOME)).text
    saved = await admin.post(f"/console/people/{account.id}", {"name": "小兰", "roles": ["editor"]})
    assert saved.location == "/console/people"
    assert "小兰 的资料已保存" in (await admin.get("/console/people")).text
    assert "小兰 的资料已保存" not in (await admin.get("/console/people")).text
    assert (await visitor.get(HOME)).status == 303


async def test_a_disabled_person_is_out_at_once_and_comes_back_when_enabled(
    console: ConsoleServer, admin: Visitor
) -> None:
    visitor = await console.enters("lan", Role.AGENT)
    account = await console.ground.accounts.by_login("lan")
    assert account is not None
    await admin.post(f"/console/people/{account.id}/disable")
    assert (await visitor.get(HOME)).status == 303
    assert (await visitor.sign_in("lan")).status == 401
    await admin.post(f"/console/people/{account.id}/enable")
    assert (await visitor.sign_in("lan")).status == 303
    assert (await acts(console))[-2:] == [("boss", "person.disabled"), ("boss", "person.enabled")]


async def test_a_reset_password_ends_sessions_and_lifts_the_lock(
    console: ConsoleServer, admin: Visitor
) -> None:
    visitor = await console.enters("lan", Role.AGENT)
    account = await console.ground.accounts.by_login("lan")
    assert account is not None
    for _ in range(5):
        await console.visitor().sign_in("lan", "wrong-wrong-wrong")
    shown = await admin.post(f"/console/people/{account.id}/password")
    password = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", shown.text)
    assert password is not None
    assert (await visitor.get(HOME)).status == 303
    assert (await visitor.sign_in("lan", password[0])).status == 303


async def test_the_last_admin_stays(console: ConsoleServer, admin: Visitor) -> None:
    boss = await console.ground.accounts.by_login("boss")
    assert boss is not None
    seen = await admin.post(f"/console/people/{boss.id}", {"name": "Boss", "roles": ["editor"]})
    assert seen.status == 409
    assert "最后一位管理员" in seen.text
    assert "不能停用自己的账号" in (await admin.post(f"/console/people/{boss.id}/disable")).text
    other = await console.hire("other", Role.ADMIN)
    await admin.post(f"/console/people/{other.id}/disable")
    assert (await admin.post(f"/console/people/{boss.id}", {"name": "B", "roles": ["editor"]})).status == 409
    assert (await admin.get("/console/people")).status == 200


async def test_names_are_shown_as_text(console: ConsoleServer, admin: Visitor) -> None:
    await admin.post("/console/people/new", {**NEW, "name": "<b>x</b>"})
    raw = (await admin.get("/console/people")).raw
    assert "<b>x</b>" not in raw
    assert "&lt;b&gt;x&lt;/b&gt;" in raw


async def test_the_log_is_shown_filtered_and_addresses_revealed_by_an_act(
    console: ConsoleServer, admin: Visitor
) -> None:
    await admin.post("/console/people/new", dict(NEW))
    everything = (await admin.get("/console/audit")).text
    assert "添加成员" in everything
    assert "登录" in everything
    assert "127.0.•.•" in everything
    assert "127.0.0.1" not in everything
    some = (await admin.get("/console/audit?act=person.added&actor=boss")).text
    assert some.count('class="list-group-item"') == 1
    assert "没有这样的记录" in (await admin.get("/console/audit?actor=nobody")).text
    assert "没有这样的记录" in (await admin.get("/console/audit?until=2001-01-01")).text

    (added,) = await console.ground.audit.read(Wanted(act="person.added", actor="boss"), limit=9)
    assert "127.0.0.1" in (await admin.htmx(f"/console/audit/{added.seq}/address")).text
    (revealed,) = await console.ground.audit.read(Wanted(act="personal.revealed"), limit=9)
    assert (revealed.actor, revealed.subject) == ("boss", f"audit:{added.seq}")


async def test_a_change_of_the_log_is_found(
    console: ConsoleServer, admin: Visitor, database: Database
) -> None:
    assert "完整无缺" in (await admin.htmx("/console/audit/verify")).text
    for statement in (
        "UPDATE console_audit SET actor = 'mei' WHERE seq = 1",
        "DELETE FROM console_audit WHERE seq = 1",
    ):
        with pytest.raises(DatabaseError, match="only grows"):
            async with database.writing() as connection:
                await connection.execute(text(statement))
    async with database.writing() as connection:
        await connection.execute(text("DROP TRIGGER console_audit_no_update"))
        await connection.execute(text("UPDATE console_audit SET actor = 'mei' WHERE seq = 2"))
    seen = (await admin.htmx("/console/audit/verify")).text
    assert "记录被改动过" in seen
    assert "entry 2 was changed" in seen


async def test_more_than_a_page_of_the_log(console: ConsoleServer, admin: Visitor) -> None:
    for number in range(60):
        await console.hire(f"name{number}", Role.AGENT)
    first = (await admin.get("/console/audit?act=person.added")).text
    assert first.count('class="list-group-item"') == 50
    older = re.search(r'href="(/console/audit\?[^"]*below=[^"]*)"', first)
    assert older is not None
    second = (await admin.get(older[1])).text
    assert second.count('class="list-group-item"') == 11
    assert "更早的记录" not in second
