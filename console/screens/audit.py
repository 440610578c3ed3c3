"""The log of what people did: read with filters, verified on request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from console.audit.chain import Entry as LogEntry
from console.audit.log import Wanted
from console.ground import Ground
from console.permissions import ROLE_TITLES, Permission
from console.revealing import reveal
from console.web.rendering import CHINA, fragment, page
from console.web.route import Entry, Group, Pages, Route
from console.web.visit import Visit
from storage.times import to_ms

PAGE = 50

ACT_TITLES: Mapping[str, str] = {
    "session.begun": "登录",
    "session.refused": "登录未成功",
    "session.ended": "退出登录",
    "session.ended_everywhere": "从所有设备退出",
    "password.changed": "更换自己的密码",
    "password.reset": "重设密码",
    "person.added": "添加成员",
    "person.changed": "修改成员",
    "person.disabled": "停用成员",
    "person.enabled": "恢复成员",
    "personal.revealed": "查看隐藏信息",
    "second_factor.enrolled": "设置二次验证",
    "second_factor.given": "二次验证通过",
    "second_factor.refused": "二次验证未通过",
    "second_factor.codes_renewed": "更换恢复码",
    "second_factor.removed": "解除自己的二次验证",
    "second_factor.reset": "重设二次验证",
}
FIELD_TITLES: Mapping[str, str] = {
    "way": "方式",
    "known": "有这个账号",
    "roles": "角色",
    "roles_before": "原来的角色",
    "renamed": "改了姓名",
    "wecom_changed": "改了企业微信账号",
    "field": "内容",
    "ended": "退出的设备",
    "kind": "做法",
    "entries": "问答",
    "lost": "答不好的",
    "gained": "答得更好的",
    "reason": "原因",
    "judgement": "判断",
    "entry": "问答",
    "questions": "问题",
    "purpose": "用于",
}
VALUE_TITLES: Mapping[str, str] = {
    "password": "密码",
    "wecom": "企业微信",
    "address": "来源地址",
    "drafts": "草稿",
    "remove": "删除",
    "rollback": "退回",
    "import": "导入",
    "right": "答对了",
    "wrong": "答错了",
    "should_be": "应该是",
    "no_entry": "不该回答",
    "code": "验证码",
    "recovery": "恢复码",
    **{role.value: title for role, title in ROLE_TITLES.items()},
}
SUBJECT_TITLES: Mapping[str, str] = {
    "account": "账号",
    "audit": "记录",
    "revision": "知识版本",
    "draft": "草稿",
    "gap": "没答好的问题",
    "label": "标注",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry as the page shows it."""

    entry: LogEntry
    title: str
    subject: str
    details: str


def pages(ground: Ground, acts: Mapping[str, str]) -> Pages:
    """``acts``: the titles of the other parts' acts."""
    log = _Log(ground, {**ACT_TITLES, **acts})
    read = Permission.AUDIT_READ
    return Pages(
        routes=(
            Route(method="GET", path="/audit", handler=log.show, access=read),
            Route(method="POST", path="/audit/verify", handler=log.verify, access=read),
            Route(
                method="POST",
                path=r"/audit/{seq:\d{1,15}}/address",
                handler=log.reveal_address,
                access=Permission.PERSONAL_REVEAL,
            ),
        ),
        entries=(
            Entry(
                path="/audit",
                title="操作记录",
                icon="history",
                summary="谁在什么时候做了什么，只增不改",
                group=Group.RUNNING,
                permission=read,
                shortcut="a",
            ),
        ),
    )


class _Log:
    def __init__(self, ground: Ground, titles: Mapping[str, str]) -> None:
        self._ground = ground
        self._titles = titles

    async def show(self, visit: Visit) -> web.StreamResponse:
        query = visit.request.query
        chosen = {name: query.get(name, "").strip()[:60] for name in ("actor", "act", "from", "until")}
        below = query.get("below", "")
        wanted = wanted_of(chosen, below_seq=int(below) if below.isascii() and below.isdigit() else None)
        entries = await self._ground.audit.read(wanted, limit=PAGE + 1)
        return await page(
            visit,
            "audit/list.html",
            lines=[line_of(entry, self._titles) for entry in entries[:PAGE]],
            older=entries[PAGE - 1].seq if len(entries) > PAGE else None,
            chosen=chosen,
            act_titles=self._titles,
        )

    async def verify(self, visit: Visit) -> web.StreamResponse:
        return await fragment(visit, "audit/verdict.html", verdict=await self._ground.audit.verify())

    async def reveal_address(self, visit: Visit) -> web.StreamResponse:
        entry = await self._ground.audit.get(int(visit.request.match_info["seq"]))
        if entry is None or not visit.may(Permission.AUDIT_READ):
            raise web.HTTPNotFound
        subject = f"audit:{entry.seq}"
        return await reveal(visit, self._ground.audit, subject=subject, field="address", value=entry.address)


def wanted_of(chosen: Mapping[str, str], *, below_seq: int | None = None) -> Wanted:
    """The filter that the form asks for. Dates are days of the shop, both included; what is no date counts as any."""
    until = _day(chosen["until"])
    from_day = _day(chosen["from"])
    return Wanted(
        actor=chosen["actor"] or None,
        act=chosen["act"] or None,
        from_ms=None if from_day is None else to_ms(from_day),
        until_ms=None if until is None else to_ms(until + timedelta(days=1)),
        below_seq=below_seq,
    )


def line_of(entry: LogEntry, titles: Mapping[str, str] = ACT_TITLES) -> Line:
    details: dict[str, object] = json.loads(entry.details)
    login = details.pop("login", None)
    told = "，".join(f"{FIELD_TITLES.get(name, name)}：{_told(value)}" for name, value in details.items())
    return Line(
        entry=entry,
        title=titles.get(entry.act, entry.act),
        subject=str(login) if login else _subject(entry.subject),
        details=told,
    )


def _subject(subject: str) -> str:
    kind, _, name = subject.partition(":")
    return f"{SUBJECT_TITLES[kind]} {name}" if kind in SUBJECT_TITLES else subject


def _told(value: object) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(_told(one) for one in value)
        case str():
            return VALUE_TITLES.get(value, value)
        case _:
            return str(value)


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA)
    except ValueError:
        return None
