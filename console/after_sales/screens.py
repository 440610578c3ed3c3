"""The list of cases, and one of them with what can be done in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from console.after_sales import words
from console.after_sales.desk import AfterSalesDesk
from console.after_sales.listing import Which, cases_sought, sought_of
from console.audit.log import AuditLog
from console.permissions import Permission
from console.second_factor.asking import ask
from console.second_factor.rule import Asked
from console.web.rendering import go, page
from console.web.visit import Visit
from escalation.after_sales import acting, store
from escalation.after_sales.acting import Deed
from escalation.after_sales.case import AfterSalesState, NotPossible, Why
from escalation.after_sales.clocks import PROMISES, promised_until, standings
from escalation.after_sales.wording import KINDS, left_in_words
from escalation.sla import Promise

ROOT = "/after-sales"
LONGEST = 500
"""Characters of what colleagues write."""
_EMPTY = "要写一句话：顾客会看到"
_PROMISES = {Promise.FIRST_ACTION: "首次处理", Promise.CLOSURE: "办结"}
_DONE = {
    "take": "接手了，已经告诉顾客",
    "ask": "发给顾客了，等他回复；这段时间不计时",
    "goods": "已经告诉顾客怎么寄回",
    "came": "记下了，已经告诉顾客",
    "refund": "交给商城退款了，办好会告诉顾客",
    "send": "交给商城补发了，办好会告诉顾客",
    "done": "办结了，已经告诉顾客",
    "declined": "已经告诉顾客为什么没法办",
    "called_off": "好，这件就不办了",
}
_ENDS = {
    "done": AfterSalesState.DONE,
    "declined": AfterSalesState.DECLINED,
    "called_off": AfterSalesState.CALLED_OFF,
}
_NEEDS_TEXT = frozenset({"ask", "declined"})


class AfterSalesScreens:
    def __init__(self, desk: AfterSalesDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit

    async def list(self, visit: Visit) -> web.StreamResponse:
        sought, now = sought_of(visit.request.query), self._desk.now()
        async with self._desk.database.reading() as connection:
            found = await cases_sought(connection, sought, visit.account.login, now)
        return await page(
            visit,
            "after_sales/list.html",
            sought=sought,
            found=found,
            which=words.WHICH,
            kinds=KINDS,
            states=words.STATES,
            colours=words.COLOURS,
            left=self._left(now),
            now=now,
            Which=Which,
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        number, now = _number(visit), self._desk.now()
        async with self._desk.database.reading() as connection:
            found = await store.by_number(connection, number)
            events = [] if found is None else await store.history(connection, found.case.key)
        if found is None:
            return await go(visit, ROOT, say=words.CONFLICTS[Why.GONE], kind="warning")
        case, promises = found.case, self._desk.promises
        standing = standings(case, now, promises.hours, promises.rules)
        return await page(
            visit,
            "after_sales/one.html",
            number=number,
            case=case,
            events=list(reversed(events)),
            promised=[
                (
                    _PROMISES[each],
                    promised_until(case, each, promises.hours, promises.rules),
                    standing[each].value,
                )
                for each in PROMISES
            ],
            kinds=KINDS,
            states=words.STATES,
            colours=words.COLOURS,
            event_words=words.EVENTS,
            warned=words.WARNED,
            nobodys=words.NOBODYS,
            left=self._left(now),
            may_approve=visit.may(Permission.AFTER_SALES_APPROVE),
            mine=case.agent in (None, visit.account.login),
            limit=self._desk.refund_limit_fen,
            State=AfterSalesState,
        )

    async def act(self, visit: Visit) -> web.StreamResponse:
        number, act, sent = _number(visit), visit.request.match_info["act"], await visit.form()
        here = f"{ROOT}/{number}"
        text = " ".join(sent.get("text", "").split())[:LONGEST]
        if act in _NEEDS_TEXT and not text:
            return await go(visit, here, say=_EMPTY, kind="warning")
        seen = sent.get("version", "")
        deed = self._deed(visit, number, int(seen) if seen.isascii() and seen.isdigit() else -1)
        fen = words.fen_of(sent.get("yuan", ""))
        question = await self._question(visit, deed, fen) if act == "refund" else None
        if question is not None:
            return question
        try:
            await self._in_log(visit, deed, act, fen, self._step(act, deed, text, fen))
        except NotPossible as problem:
            said = words.conflict(problem, self._desk.refund_limit_fen)
            return await go(visit, here, say=said, kind="warning")
        self._desk.changed()
        return await go(visit, here, say=_DONE[act])

    async def note(self, visit: Visit) -> web.StreamResponse:
        number, sent = _number(visit), await visit.form()
        text = " ".join(sent.get("text", "").split())[:LONGEST]
        here = f"{ROOT}/{number}"
        if not text:
            return await go(visit, here, say="备注还没写", kind="warning")
        deed = self._deed(visit, number, -1)
        try:
            await self._in_log(visit, deed, "note", 0, lambda found: acting.remark(found, deed, text))
        except NotPossible as problem:
            said = words.conflict(problem, self._desk.refund_limit_fen)
            return await go(visit, ROOT, say=said, kind="warning")
        return await go(visit, here, say="记下了，只有同事看得到")

    def _step(
        self, act: str, deed: Deed, text: str, fen: int
    ) -> Callable[[AsyncConnection], Awaitable[object]]:
        async def step(connection: AsyncConnection) -> None:
            match act:
                case "take":
                    await acting.take(connection, deed)
                case "ask":
                    await acting.ask_customer(connection, deed, text)
                case "goods":
                    await acting.ask_for_goods(connection, deed)
                case "came":
                    await acting.goods_came(connection, deed)
                case "refund":
                    await acting.refund(connection, deed, fen, limit_fen=self._desk.refund_limit_fen)
                case "send":
                    await acting.send_again(connection, deed, text)
                case _:
                    await acting.end(connection, deed, _ENDS[act], text)

        return step

    async def _in_log(
        self,
        visit: Visit,
        deed: Deed,
        act: str,
        fen: int,
        step: Callable[[AsyncConnection], Awaitable[object]],
    ) -> None:
        """The deed and its entry, together. Nothing that anybody wrote goes into the log."""
        details = {"fen": fen} if act == "refund" else {}
        async with self._desk.database.writing() as connection:
            await step(connection)
            entry = visit.act(f"after_sales.{act}", f"after-sales:{deed.number}", details)
            await self._audit.append(connection, entry)

    async def _question(self, visit: Visit, deed: Deed, fen: int) -> web.StreamResponse | None:
        """The second factor, for a refund over the limit by who may grant it."""
        async with self._desk.database.reading() as connection:
            found = await store.by_number(connection, deed.number)
            order_no = None if found is None else found.case.wish.order_no
            before = 0 if order_no is None else await store.refunded_for(connection, order_no)
        over = before + fen > self._desk.refund_limit_fen
        return await ask(visit, Asked.EACH_TIME) if over and deed.supervisor else None

    def _deed(self, visit: Visit, number: int, seen: int) -> Deed:
        return Deed(
            number=number,
            seen=seen,
            by=visit.account.login,
            now=self._desk.now(),
            real_ms=self._desk.real_ms(),
            promises=self._desk.promises,
            supervisor=visit.may(Permission.AFTER_SALES_APPROVE),
        )

    @staticmethod
    def _left(now: datetime) -> Callable[[datetime], str]:
        return lambda due: left_in_words(due - now)


def _number(visit: Visit) -> int:
    return int(visit.request.match_info["number"])
