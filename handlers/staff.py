"""A member of the shop talks to Xiaoer, in the WeCom app or to the AI bot: cases to look after, answers to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol, assert_never

from channels.aibot.peers import UNKNOWN_PEER, Peer
from conversations.address import Address, Channel
from conversations.facts import Fact
from conversations.outcomes import NOTHING, Outcome, Say, say
from conversations.replies import CardUpdate, Choice, CodedReply, MenuReply, Reply, TextReply
from escalation.book import AtDesk
from escalation.cases import Case, CaseKey, CaseState
from escalation.store import BY_CUSTOMER, OpenCases
from handlers import case_texts, staff_acts
from handlers.entry_answer import ShopWords, asker_of, fill_in, spoken_answer
from handlers.knowledge import Knowledge
from handlers.labels import label
from handlers.staff_acts import LISTED, Act, act_of
from handlers.turn import Handler, Turn, settled
from knowledge_base.decision import Answer, Ask, Candidate, Refuse, RefuseReason

HELP = (
    "我是店小二。在这里可以这样用我：\n"
    "· 发“待处理”：看几位顾客在等人工\n"
    "· 发“接 1”：由你接待列表里的第 1 位\n"
    "· 发“办完 1”：这一位处理好了\n"
    "· 直接发问题：查知识库，答案后面有条目编号\n"
    "为了顾客的隐私，这里不显示手机号和地址。"
)
WITH_ENTRY = "{answer}\n\n（条目 {entry}）"
WHICH = "是下面哪一条？回复数字就行。"
NOT_KNOWN = "知识库里没有找到这个。换个说法再试试？发“帮助”看我还能做什么。"
NOT_READY = "知识库还在准备，请过几分钟再试。"
ENTRY_GONE = "这一条刚刚更新了，麻烦再问一次。"
OUT_OF_RANGE = "上面没有这个编号，再看一眼？"
NOTHING_LISTED = "先发“待处理”看看列表，再回复编号。"
WHAT_TO_DO = "要接待第 {number} 位，回复“接 {number}”；处理好了，回复“办完 {number}”。"
UNREADABLE = "这种消息我还看不懂，发文字就行。发“帮助”看我能做什么。"
TAKEN_BY = "{who} 已经在接待这一位了。发“待处理”看看还有谁在等。"
ALREADY_CLOSED = "这一位已经处理完了。"
WITHDRAWN = "这一位说不用人工了，不用接待啦～"
CLOSED = "好的，记下了，这一位处理完了。"
CASE_GONE = "没有找到这一位，发“待处理”刷新一下。"

SERVED_AT_DESK = "这一位在客服工作台接待。您还没有工作台账号，请管理员在“成员”里加上您的企业微信账号～"
TRY_AGAIN = "店小二正在回复这一位，过几秒再接一次～"

BUTTON_AT_DESK = "请到工作台"
BUTTON_TAKEN = "已由 {who} 接入"
BUTTON_SKIPPED = "已忽略"
BUTTON_CLOSED = "已处理完"
BUTTON_GONE = "已失效"

_NO_WORDS = ShopWords()
"""Staff see what stands in an answer where nothing is known about the customer."""

SHOWN = 5
"""Cases in a list: what fits on a phone's screen."""


class Cases(Protocol):
    """What staff do with cases; every method may be repeated without harm (``escalation.book``)."""

    async def waiting(self, limit: int) -> OpenCases: ...

    async def taken_by(self, member: str, limit: int) -> tuple[Case, ...]: ...

    async def take(self, key: CaseKey, member: str, now: datetime) -> Case | AtDesk | None: ...

    async def close(self, key: CaseKey, member: str, now: datetime) -> Case | AtDesk | None: ...


def is_staff(address: Address) -> bool:
    """Whether the shop's own people talk here. Only members of the corp can reach the app and the AI bot."""
    return address.channel in (Channel.WECOM, Channel.AIBOT)


def member_of(address: Address) -> str:
    """The userid of the member, whichever way they talk to us."""
    return Peer.parse(address.peer).userid


def handler(
    cases: Cases, knowledge: Knowledge, places: Mapping[Channel, str] = case_texts.ANSWER_AT
) -> Handler:
    """``places``: where members answer customers, by channel.

    Serves every message and event of staff; no intent is needed to choose it. Says nothing to nobody known."""
    desk = _Desk(cases, knowledge, places)

    async def staff(turn: Turn) -> Outcome:
        if _member(turn) == UNKNOWN_PEER:
            return NOTHING
        return await desk.carry_out(act_of(turn.inbound, turn.text, turn.conversation.context.offered), turn)

    return staff


class _Desk:
    def __init__(self, cases: Cases, knowledge: Knowledge, places: Mapping[Channel, str]) -> None:
        self._places = places
        self._cases = cases
        self._knowledge = knowledge

    async def carry_out(self, act: Act, turn: Turn) -> Outcome:
        match act:
            case staff_acts.ListCases():
                return await self._list(turn)
            case staff_acts.Take() | staff_acts.Close():
                return await self._change(act, turn)
            case staff_acts.TapCard():
                return await self._tap(act, turn)
            case staff_acts.Choose(index=index):
                return self._choose(index, turn)
            case staff_acts.LookUp(question=question):
                return await self._look_up(question, turn)
            case _:
                return _told(act)

    async def _list(self, turn: Turn) -> Outcome:
        waiting = await self._cases.waiting(SHOWN)
        yours = await self._cases.taken_by(_member(turn), SHOWN)
        offered = tuple(f"{LISTED}{case.key}" for case in (*waiting.first, *yours))
        return say(
            case_texts.waiting_list(waiting, yours, turn.now),
            context=replace(settled(turn.conversation.context), offered=offered),
            facts=(Fact(name="staff.listed", details={"waiting": waiting.count}),),
        )

    async def _change(self, act: staff_acts.Take | staff_acts.Close, turn: Turn) -> Outcome:
        if isinstance(act, staff_acts.Take):
            case = await self._cases.take(act.case, _member(turn), turn.now)
            return say(
                _taken_text(case, _member(turn), turn.now, self._places),
                facts=_taking_facts(case, _member(turn)),
            )
        case = await self._cases.close(act.case, _member(turn), turn.now)
        if case is None or isinstance(case, AtDesk):
            return say(CASE_GONE if case is None else _at_desk(case))
        if case.state is not CaseState.CLOSED:
            return say(TAKEN_BY.format(who=case.taken_by))
        return say(CLOSED, facts=(Fact(name="case.closed"),))

    async def _tap(self, tap: staff_acts.TapCard, turn: Turn) -> Outcome:
        if tap.case is None or not tap.takes:
            button = BUTTON_GONE if tap.case is None else BUTTON_SKIPPED
            return _said(CardUpdate(response_code=tap.response_code, button=button))
        member = _member(turn)
        case = await self._cases.take(tap.case, member, turn.now)
        update = Say(reply=CardUpdate(response_code=tap.response_code, button=_button(case)))
        text = Say(reply=TextReply(text=_taken_text(case, member, turn.now, self._places)))
        return Outcome(says=(update, text), facts=_taking_facts(case, member))

    def _choose(self, index: int, turn: Turn) -> Outcome:
        offered = turn.conversation.context.offered
        if not 0 <= index < len(offered):
            return say(OUT_OF_RANGE)
        entry = self._knowledge.entry(offered[index])
        answer = spoken_answer(entry, turn, _NO_WORDS) if entry else None
        if entry is None or answer is None:
            return say(ENTRY_GONE)
        return say(WITH_ENTRY.format(answer=answer, entry=entry.id))

    def _spoken(self, found: Candidate, turn: Turn) -> str | None:
        entry = self._knowledge.entry(found.entry_id)
        if entry is None:
            return fill_in(found.answer, turn, _NO_WORDS)
        return spoken_answer(entry, turn, _NO_WORDS)

    async def _look_up(self, question: str, turn: Turn) -> Outcome:
        context = turn.conversation.context
        verdict = await self._knowledge.verdict(question, asker=asker_of(turn))
        match verdict.decision:
            case Answer(candidate=found):
                answer = self._spoken(found, turn)
                if answer is None:
                    return say(NOT_KNOWN)
                text = WITH_ENTRY.format(answer=answer, entry=found.entry_id)
                fact = Fact(name="staff.looked_up", details={"entry": found.entry_id})
                return say(text, context=settled(context), facts=(fact,))
            case Ask(candidates=candidates):
                choices = tuple(Choice(id=one.entry_id, label=label(one.question)) for one in candidates)
                offered = tuple(one.entry_id for one in candidates)
                return replace(
                    _said(MenuReply(head=WHICH, choices=choices)),
                    context=replace(settled(context), offered=offered),
                )
            case Refuse(reason=reason):
                fact = Fact(name="staff.not_found", details={"reason": reason.value})
                return say(NOT_READY if reason is RefuseReason.NO_INDEX else NOT_KNOWN, facts=(fact,))


def _told(act: staff_acts.Plain) -> Outcome:
    """The answers that need nothing looked up."""
    match act:
        case staff_acts.Silent():
            return NOTHING
        case staff_acts.Help(welcome=code):
            return _said(CodedReply(code=code, reply=TextReply(text=HELP))) if code else say(HELP)
        case staff_acts.NoSuchNumber(listed=listed):
            return say(OUT_OF_RANGE if listed else NOTHING_LISTED)
        case staff_acts.NumberAlone(number=number):
            return say(WHAT_TO_DO.format(number=number))
        case staff_acts.Unreadable():
            return say(UNREADABLE)
        case _:
            assert_never(act)


def _member(turn: Turn) -> str:
    return member_of(turn.conversation.address)


def _said(reply: Reply) -> Outcome:
    return Outcome(says=(Say(reply=reply),))


def _at_desk(there: AtDesk) -> str:
    return TRY_AGAIN if there.busy else SERVED_AT_DESK


def _taken_text(case: Case | AtDesk | None, member: str, now: datetime, places: Mapping[Channel, str]) -> str:
    if case is None or isinstance(case, AtDesk):
        return CASE_GONE if case is None else _at_desk(case)
    if case.state is CaseState.CLOSED:
        return WITHDRAWN if case.closed_by == BY_CUSTOMER else ALREADY_CLOSED
    if case.taken_by != member:
        return TAKEN_BY.format(who=case.taken_by)
    return case_texts.taken_text(case, now, places)


def _button(case: Case | AtDesk | None) -> str:
    if case is None or isinstance(case, AtDesk):
        return BUTTON_GONE if case is None else BUTTON_AT_DESK
    return BUTTON_CLOSED if case.state is CaseState.CLOSED else BUTTON_TAKEN.format(who=case.taken_by)


def _taking_facts(case: Case | AtDesk | None, member: str) -> tuple[Fact, ...]:
    """Counted when the member has the case now. A repetition counts again; it is rare and harms nothing."""
    mine = isinstance(case, Case) and case.state is CaseState.TAKEN and case.taken_by == member
    return (Fact(name="case.taken"),) if mine else ()
