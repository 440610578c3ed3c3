"""Coming in and going out: sessions, their ends, and what becomes of somebody who guesses."""

from __future__ import annotations

from sqlalchemy import select

from console.accounts.store import Doer
from console.permissions import Role
from console.screens.login import WRONG
from console.sessions.session import key_of
from storage.console_schema import console_accounts, console_sessions
from storage.database import Database
from tests.functional.console.serving import PASSWORD, ConsoleServer

HOME = "/console/"


async def test_without_signing_in_pages_lead_to_the_login_and_back(console: ConsoleServer) -> None:
    await console.hire("lan", Role.ADMIN)
    visitor = console.visitor()
    seen = await visitor.get("/console/audit?actor=lan")
    assert (seen.status, seen.location) == (303, "/console/login?next=%2Fconsole%2Faudit%3Factor%3Dlan")
    await visitor.get(seen.location)
    entered = await visitor.post(
        "/console/login", {"login": "lan", "password": PASSWORD, "next": "/console/audit?actor=lan"}
    )
    assert (entered.status, entered.location) == (303, "/console/audit?actor=lan")
    assert (await visitor.get(entered.location)).status == 200


async def test_the_login_leads_nowhere_else(console: ConsoleServer) -> None:
    await console.hire("lan", Role.AGENT)
    for target in ("https://evil.example/", "//evil.example/console/", "/console/../evil", "/console//evil"):
        visitor = console.visitor()
        await visitor.get("/console/login")
        entered = await visitor.post("/console/login", {"login": "lan", "password": PASSWORD, "next": target})
        assert "evil.example" not in entered.location
        assert entered.location.startswith("/console/")


async def test_the_id_changes_when_somebody_signs_in(console: ConsoleServer) -> None:
    """Who knew the cookie before does not have the session."""
    await console.hire("lan", Role.AGENT)
    visitor, fixer = console.visitor(), console.visitor()
    await fixer.get("/console/login")
    visitor.take_cookie(fixer.cookie)
    await visitor.sign_in("lan")
    assert visitor.cookie != fixer.cookie
    assert (await visitor.get(HOME)).status == 200
    assert (await fixer.get(HOME)).status == 303


async def test_the_database_holds_neither_the_password_nor_the_id(
    console: ConsoleServer, database: Database
) -> None:
    visitor = await console.enters("lan", Role.AGENT)
    async with database.reading() as connection:
        sessions = (await connection.execute(select(console_sessions))).mappings().all()
        accounts = (await connection.execute(select(console_accounts))).mappings().all()
    assert [row["token_hash"] for row in sessions] == [key_of(visitor.cookie)]
    assert visitor.cookie not in str(sessions)
    assert PASSWORD not in str(accounts)
    assert accounts[0]["password_hash"].startswith("$argon2id$")


async def test_unknown_wrong_and_disabled_read_alike(console: ConsoleServer) -> None:
    await console.hire("lan", Role.ADMIN)
    gone = await console.hire("gone", Role.AGENT)
    await console.ground.accounts.disable(gone.id, by=Doer(login="test"))
    said = set()
    for login, password in (("lan", "wrong-wrong-wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)):
        seen = await console.visitor().sign_in(login, password)
        assert WRONG in seen.text
        said.add(seen.status)
    assert said == {401}


async def test_idle_and_whole_time_end_a_session(console: ConsoleServer) -> None:
    visitor = await console.enters("lan", Role.AGENT)
    for _ in range(13):  # busy, every 55 minutes
        console.watch.passes(minutes=55)
        assert (await visitor.get(HOME)).status == 200
    console.watch.passes(minutes=5)  # 12 hours
    assert (await visitor.get(HOME)).status == 303

    await visitor.sign_in("lan")
    console.watch.passes(minutes=60)
    assert (await visitor.get(HOME)).status == 303


async def test_signing_out_ends_this_session_alone(console: ConsoleServer) -> None:
    first = await console.enters("lan", Role.AGENT)
    second = console.visitor()
    await second.sign_in("lan")
    kept = first.cookie
    seen = await first.post("/console/logout")
    assert (seen.status, seen.location) == (303, "/console/login")
    first.take_cookie(kept)
    assert (await first.get(HOME)).status == 303
    assert (await second.get(HOME)).status == 200


async def test_everywhere_means_everywhere(console: ConsoleServer) -> None:
    first = await console.enters("lan", Role.AGENT)
    second = console.visitor()
    await second.sign_in("lan")
    assert (await first.post("/console/account/sessions/end-all")).location == "/console/login"
    assert (await second.get(HOME)).status == 303


async def test_somebody_elses_session_cannot_be_ended(console: ConsoleServer) -> None:
    lan, mei = await console.enters("lan", Role.AGENT), await console.enters("mei", Role.AGENT)
    await mei.post("/console/account/sessions/end", {"session": key_of(lan.cookie)})
    assert (await lan.get(HOME)).status == 200


async def test_guessing_is_stopped_for_known_and_unknown_names_alike(console: ConsoleServer) -> None:
    await console.hire("lan", Role.AGENT)
    statuses = {}
    for login in ("lan", "nobody"):
        visitor = console.visitor()
        statuses[login] = [(await visitor.sign_in(login, "wrong-wrong-wrong")).status for _ in range(6)]
    assert statuses["lan"] == statuses["nobody"] == [401, 401, 401, 401, 401, 429]
    visitor = console.visitor()
    refused = await visitor.sign_in("lan")  # the right one is not heard either
    assert refused.status == 429
    assert "30 秒" in refused.text
    console.watch.passes(seconds=30)
    assert (await visitor.sign_in("lan")).status == 303
    assert (await console.visitor().sign_in("lan", "wrong-wrong-wrong")).status == 401


async def test_many_names_from_one_address_are_stopped_too(console: ConsoleServer) -> None:
    await console.hire("lan", Role.AGENT)
    visitor = console.visitor()
    statuses = [(await visitor.sign_in(f"name{n}", "wrong-wrong-wrong")).status for n in range(22)]
    assert statuses == [401] * 21 + [429]
    assert (await visitor.sign_in("lan")).status == 429


async def test_a_temporary_password_is_changed_before_anything_else(console: ConsoleServer) -> None:
    await console.hire("lan", Role.ADMIN, must_change=True)
    visitor = console.visitor()
    await visitor.sign_in("lan")
    assert (await visitor.get("/console/people")).location == "/console/account/password"
    new = {"current": PASSWORD, "new": "a-password-of-ones-own", "again": "a-password-of-ones-own"}
    assert (await visitor.post("/console/account/password", new)).location == "/console/account"
    assert (await visitor.get("/console/people")).status == 200
    assert (await console.visitor().sign_in("lan")).status == 401
    assert (await console.visitor().sign_in("lan", "a-password-of-ones-own")).status == 303


async def test_a_new_password_ends_the_other_sessions(console: ConsoleServer) -> None:
    first = await console.enters("lan", Role.AGENT)
    second = console.visitor()
    await second.sign_in("lan")
    new = {"current": PASSWORD, "new": "a-password-of-ones-own", "again": "a-password-of-ones-own"}
    await first.post("/console/account/password", new)
    assert (await first.get(HOME)).status == 200
    assert (await second.get(HOME)).status == 303


async def test_a_wrong_current_password_changes_nothing(console: ConsoleServer) -> None:
    visitor = await console.enters("lan", Role.AGENT)
    new = {"current": "wrong-wrong-wrong", "new": "a-password-of-ones-own", "again": "a-password-of-ones-own"}
    seen = await visitor.post("/console/account/password", new)
    assert seen.status == 422
    assert "现在的密码不对" in seen.text
    assert (await console.visitor().sign_in("lan")).status == 303
