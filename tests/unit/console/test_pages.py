"""Small decisions of the pages."""

from __future__ import annotations

import pytest

from console.audit.chain import Act, next_entry
from console.permissions import Permission, Role
from console.screens.audit import line_of, wanted_of
from console.screens.home import greeting
from console.screens.login import safe_target, waiting
from console.web.rendering import moment, url
from console.web.route import Entry, Group, entries_for
from console.wecom_login import WecomLogin


def entry(path: str, group: Group, permission: Permission) -> Entry:
    return Entry(path=path, title=path, icon="home", summary="", group=group, permission=permission)


def test_the_navigation_shows_what_one_may_and_no_empty_group() -> None:
    entries = (
        entry("/people", Group.RUNNING, Permission.PEOPLE_MANAGE),
        entry("/knowledge", Group.SHOP, Permission.KNOWLEDGE_EDIT),
        entry("/", Group.WORK, Permission.OWN_ACCOUNT),
    )
    shown = entries_for(entries, frozenset({Role.EDITOR}))
    assert {group: [one.path for one in found] for group, found in shown.items()} == {
        Group.WORK: ["/"],
        Group.SHOP: ["/knowledge"],
    }
    assert list(shown) == [Group.WORK, Group.SHOP]


@pytest.mark.parametrize(
    "target", ["/console/", "/console/audit?actor=lan&from=2026-01-01", "/console/people/7"]
)
def test_targets_inside(target: str) -> None:
    assert safe_target(target) == target


@pytest.mark.parametrize(
    "target",
    [
        *("", "/", "/consolex/", "https://evil.example/console/", "//evil.example", "/console//evil.example"),
        *("/console/\\evil", "/console/\r\nSet-Cookie: a=b", "javascript:alert(1)"),
    ],
)
def test_targets_outside(target: str) -> None:
    assert safe_target(target) == "/console/"


def test_waits_in_words() -> None:
    assert [waiting(ms) for ms in (1, 30_000, 59_001, 61_000, 900_000)] == [
        "1 秒",
        "30 秒",
        "1 分钟",
        "2 分钟",
        "15 分钟",
    ]


def test_times_are_the_shops() -> None:
    assert moment(1_795_388_700_000) == "2026-11-23 07:05"


def test_addresses_leave_out_what_is_empty() -> None:
    assert url("/audit", actor="lan & mei", act="", below=None) == "/console/audit?actor=lan+%26+mei"


@pytest.mark.parametrize(("hour", "words"), [(0, "夜深了"), (6, "早上好"), (12, "中午好"), (23, "夜深了")])
def test_greetings(hour: int, words: str) -> None:
    assert greeting(hour) == words


def test_the_filter_of_the_log_counts_both_days_in() -> None:
    wanted = wanted_of({"actor": "lan", "act": "", "from": "2026-11-22", "until": "2026-11-22"})
    assert (wanted.actor, wanted.act) == ("lan", None)
    assert wanted.from_ms is not None
    assert wanted.until_ms is not None
    assert moment(wanted.from_ms) == "2026-11-22 00:00"
    assert moment(wanted.until_ms) == "2026-11-23 00:00"
    assert wanted_of({"actor": "", "act": "", "from": "2026-13-40", "until": "x"}).from_ms is None


def test_an_entry_of_the_log_in_words() -> None:
    details = {"login": "lan", "roles": ["agent", "editor"], "renamed": True}
    line = line_of(next_entry(Act(actor="a", act="person.changed", details=details), before=None, at_ms=0))
    assert (line.title, line.subject, line.details) == (
        "修改成员",
        "lan",
        "改了姓名：是，角色：客服、知识编辑",
    )


async def test_an_answer_of_wecom_counts_only_in_the_browser_that_asked() -> None:
    asked: list[str] = []

    async def member_of(code: str) -> str | None:
        asked.append(code)
        return "LanLan"

    login = WecomLogin(
        base="https://login.example",
        corp_id="ww1",
        agent_id=7,
        public_url="https://s.example",
        member_of=member_of,
    )
    address = login.address("token-1")
    assert address.startswith(
        "https://login.example/wwlogin/sso/login?login_type=CorpApp&appid=ww1&agentid=7"
    )
    assert "redirect_uri=https%3A%2F%2Fs.example%2Fconsole%2Flogin%2Fwecom" in address
    state = address.partition("state=")[2]
    assert await login.member(code="c", state=state, token="token-2") is None
    assert await login.member(code="", state=state, token="token-1") is None
    assert await login.member(code="c" * 513, state=state, token="token-1") is None
    assert asked == []
    assert await login.member(code="c", state=state, token="token-1") == "LanLan"
