"""微信客服: bells, pages and cursors (WeCom 94670 读取消息)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable

from simulator.conformance.check import Check, Inapplicable, demand
from simulator.conformance.corp_stage import BELL, SYNC, CorpStage
from simulator.faults import Kind, Rule, Side
from simulator.kefu.customers import Customer, Line

_CHAPTER = "微信客服 · reading"
_NEXT = re.compile(r'"next_cursor":\s*"([^"]*)"')
_SLOW_SECONDS = 2.0
_ACK_MS = 1000.0


def fingerprint(line: Line) -> str:
    """A line's content, for telling whether two are the same."""
    return json.dumps([line.kind, dict(line.content)], sort_keys=True, ensure_ascii=False)


def once(stage: CorpStage, heard: list[Line]) -> None:
    """The answer to one question was shown, and shown once."""
    demand(heard, "no answer")
    usual = Counter(map(fingerprint, stage.usual))
    counts = Counter(map(fingerprint, heard))
    twice = [key for key, count in counts.items() if count > max(1, usual[key])]
    demand(not twice, f"the same answer was shown twice: {twice[:1]}")
    demand(
        len(heard) <= len(stage.usual),
        f"{len(heard)} messages where the same question otherwise gets {len(stage.usual)}",
    )


async def _answers(stage: CorpStage) -> str:
    demand(stage.usual, f"no answer to {stage.question!r} within {stage.patience.answer:g} s; try --question")
    return f"{len(stage.usual)} message(s)"


async def _bell(stage: CorpStage) -> str:
    """While sync_msg takes two seconds, the bell is acknowledged within one."""
    customer = stage.customer()
    ms = int(_SLOW_SECONDS * 1000 / stage.world.knobs.timeout_scale)
    async with stage.faults(Rule(side=Side.API, kind=Kind.DELAY, path=SYNC, ms=ms)):
        before = stage.world.journal.last
        stage.ask(customer)
        await stage.until(lambda: bool(stage.entries("corp.callback.answer", after=before)), seconds=10)
        answers = stage.entries("corp.callback.answer", after=before)
    demand(answers, "the bell was not answered")
    first = answers[0].data
    demand(first.get("status") == 200, f"the bell's first attempt: {first.get('status', first['outcome'])}")
    latency = float(str(first["latency_ms"]))
    demand(latency < _ACK_MS, f"acknowledged after {latency:.0f} ms, when the pages were read")
    await stage.answered(customer)
    return f"{latency:.0f} ms"


async def _cursor(stage: CorpStage) -> str:
    stage.need_answers()
    before = stage.world.journal.last
    for _ in range(2):
        customer = stage.customer()
        stage.ask(customer)
        await stage.must_answer(customer, "no answer")
        await stage.silence(customer)
    calls = stage.calls(SYNC)
    known: set[str] = set()
    for call in calls:
        asked = _json(str(call.data["body"]))
        cursor = str(asked.get("cursor") or "")
        if call.number > before:
            demand(asked.get("open_kfid"), "sync_msg without open_kfid")
            demand(cursor in known or not known, f"cursor {cursor!r} is not one that the platform gave")
            demand(cursor or not known, "sync_msg without a cursor reads three days again")
        known |= set(_NEXT.findall(str(call.data["answer"])))
    wrong = stage.violations("kefu-out-of-order-pull", after=before)
    demand(not wrong, "; ".join(wrong[:2]))
    return f"{len([call for call in calls if call.number > before])} pulls"


def _json(text: str) -> dict[str, object]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


async def _empty_pages(stage: CorpStage) -> None:
    stage.need_answers()
    customer = stage.customer()
    stage.corp.knobs.kefu_sync_empty_pages = 2
    try:
        stage.ask(customer)
        await stage.must_answer(customer, "the reading ended at an empty page although has_more was 1")
    finally:
        stage.corp.knobs.kefu_sync_empty_pages = 0


async def _one_page(stage: CorpStage) -> None:
    stage.need_answers()
    customers = [stage.customer() for _ in range(5)]
    for customer in customers:
        stage.ask(customer, ring=customer is customers[-1])
    await _all(stage, customers)


async def _many_pages(stage: CorpStage) -> None:
    stage.need_answers()
    customers = [stage.customer() for _ in range(5)]
    limit, stage.corp.knobs.kefu_page_limit = stage.corp.knobs.kefu_page_limit, 2
    try:
        for customer in customers:
            stage.ask(customer, ring=customer is customers[-1])
        await _all(stage, customers)
    finally:
        stage.corp.knobs.kefu_page_limit = limit


async def _all(stage: CorpStage, customers: list[Customer]) -> None:
    unanswered = [customer for customer in customers if not await stage.answered(customer)]
    demand(not unanswered, f"{len(unanswered)} of {len(customers)} customers got no answer")


async def _lost_bell(stage: CorpStage) -> None:
    stage.need_answers()
    lost, later = stage.customer(), stage.customer()
    rule = Rule(side=Side.CALLBACK, kind=Kind.DROP_REQUEST, path=BELL, count=stage.world.knobs.attempts)
    async with stage.faults(rule) as (key,):
        stage.ask(lost)
        await stage.until(lambda: stage.hits(key) >= stage.world.knobs.attempts)
    stage.ask(later)
    await stage.must_answer(later, "the next bell was not followed")
    await stage.must_answer(lost, "the message whose bell was lost was never read")


def _faulty(kind: Kind) -> Callable[[CorpStage], Awaitable[None]]:
    """A bell that comes more than once is one question."""

    async def run(stage: CorpStage) -> None:
        stage.need_answers()
        customer = stage.customer()
        async with stage.faults(Rule(side=Side.CALLBACK, kind=kind, path=BELL, count=1)) as (key,):
            stage.ask(customer)
            await stage.answered(customer)
            heard = await stage.silence(customer)
            demand(stage.hits(key), "the bell was never sent")
        once(stage, heard)

    return run


async def _expired_token(stage: CorpStage) -> None:
    stage.need_answers()
    first, second, before = stage.customer(), stage.customer(), stage.world.journal.last
    life, stage.corp.knobs.kefu_sync_token_life = stage.corp.knobs.kefu_sync_token_life, 0.0
    try:
        stage.ask(first)
        refused = await stage.until(
            lambda: (
                any(call.data["errcode"] == 95007 for call in stage.calls(SYNC, after=before))
                or bool(stage.words(first))
            )
        )
    finally:
        stage.corp.knobs.kefu_sync_token_life = life
    demand(refused, "the bell was not followed by sync_msg")
    stage.ask(second)
    await stage.must_answer(second, "after 95007 the bot reads no more")
    await stage.must_answer(first, "the message behind the expired token was lost")


async def _accounts(stage: CorpStage) -> None:
    stage.need_answers()
    accounts = stage.accounts
    if len(accounts) < 2:
        raise Inapplicable("needs two accounts: --corp-kefu-accounts wk…,wk…")
    customer = stage.customer()
    for account in accounts[:2]:
        stage.ask(customer, account=account)
    await stage.answered(customer, 2)
    await stage.silence(customer)
    for account in accounts[:2]:
        demand(stage.words(customer, account), f"no answer from {account.open_kfid}")


async def _every_kind(stage: CorpStage) -> None:
    stage.need_answers()
    customer = stage.customer()
    kinds = ("image", "voice", "video", "file", "location", "link", "business_card", "miniprogram")
    for kind in (*kinds, "channels_shop_product", "channels_shop_order", "merged_msg", "channels", "note"):
        stage.act(customer, kind)
    stage.act(customer, "raw", {"msgtype": "hologram", "body": {"depth": 3}})
    stage.corp.kefu.put_event(stage.account.open_kfid, "brand_new_event", novelty=1)
    await stage.silence(customer)
    after = stage.customer()
    stage.ask(after)
    await stage.must_answer(after, "after messages of every kind the bot answers no more")


async def _recalled(stage: CorpStage) -> None:
    stage.need_answers()
    customer = stage.customer()
    msgid = stage.ask(customer)
    await stage.must_answer(customer, "no answer")
    heard = len(await stage.silence(customer))
    stage.act(customer, "recall", {"msgid": msgid})
    again = (await stage.silence(customer))[heard:]
    same = {fingerprint(line) for line in again} & {fingerprint(line) for line in stage.usual}
    demand(not same, "the question was answered again when it was taken back")


async def _order(stage: CorpStage) -> str:
    if len(stage.questions) < 3:
        raise Inapplicable("needs three questions with different answers: --question, three times")
    expected: list[str] = []
    for text in stage.questions[:3]:
        alone = stage.customer()
        stage.ask(alone, text)
        heard = await stage.answered(alone)
        expected.append(fingerprint(heard[0]) if heard else "")
    if not all(expected) or len(set(expected)) < len(expected):
        raise Inapplicable("the three questions do not have three different answers")
    customer = stage.customer()
    for text in stage.questions[:3]:
        stage.ask(customer, text)
    await stage.answered(customer, 3)
    lines = [fingerprint(line) for line in await stage.silence(customer)]
    known = [expected.index(line) for line in lines if line in expected]
    if not known:
        raise Inapplicable("the bot answers several questions in another way than one")
    demand(known == sorted(known), f"the answers came in the order {[index + 1 for index in known]}")
    return f"{len(known)} of 3 recognised"


def _check(name: str, what: str, run: Callable[[CorpStage], Awaitable[str | None]]) -> Check[CorpStage]:
    return Check(id=f"kefu.{name}", chapter=_CHAPTER, what=what, run=run, alone=True)


CHECKS = (
    _check("answer", "a question is answered", _answers),
    _check("bell", "the bell is acknowledged within 1 s although sync_msg takes 2 s", _bell),
    _check("cursor", "each pull goes on where the last one ended, for one account", _cursor),
    _check("empty-page", "an empty page with has_more 1 is followed", _empty_pages),
    _check("one-page", "all messages of a page are answered, not only the last", _one_page),
    _check("many-pages", "all pages are read", _many_pages),
    _check("lost-bell", "a message whose bell was lost is found with the next one", _lost_bell),
    _check("retried-bell", "a bell that is rung again is one question", _faulty(Kind.DROP_RESPONSE)),
    _check("double-bell", "two bells at the same time are one question", _faulty(Kind.DUPLICATE)),
    _check("95007", "an expired token of a bell loses nothing", _expired_token),
    _check("accounts", "one customer's sessions with two accounts are two", _accounts),
    _check("kinds", "messages and events of every kind, known or not, stop nothing", _every_kind),
    _check("recall", "a message taken back is not answered again", _recalled),
    _check("order", "three questions in a row are answered in their order", _order),
)
