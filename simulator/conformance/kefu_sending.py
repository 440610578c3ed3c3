"""微信客服: send_msg within its rules and in spite of refusals (WeCom 94677 发送消息)."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable

from simulator.conformance.check import Check, Inapplicable, demand
from simulator.conformance.corp_stage import ON_EVENT, SEND, CorpStage, sent_ids
from simulator.conformance.kefu_reading import once
from simulator.faults import Kind, Rule, Side

_CHAPTER = "微信客服 · sending"
_TOKEN = "/cgi-bin/gettoken"  # noqa: S105 - a path
_MSGID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_BURST = 8
_PAUSE_SECONDS = 3.0


async def _burst(stage: CorpStage) -> str:
    stage.need_answers()
    customer, before = stage.customer(), stage.world.journal.last
    stage.repeaters.add(customer.name)
    for number in range(_BURST):
        stage.ask(customer, stage.questions[number % len(stage.questions)])
    await stage.answered(customer)
    heard = await stage.silence(customer)
    demand(heard, "no answer")
    wrong = stage.violations("kefu-over-quota", after=before, customer=customer)
    demand(not wrong, f"{len(wrong)} message(s) beyond five were tried: 95001")
    return f"{_BURST} questions, {len(heard)} messages"


async def _ids(stage: CorpStage) -> str:
    """Of everything sent so far: ids of the right form, each for one message only."""
    customer = stage.customer()
    stage.ask(customer)
    await stage.answered(customer)
    sends = sent_ids([*stage.calls(SEND), *stage.calls(ON_EVENT)])
    named = [(msgid, body) for msgid, body in sends if msgid]
    demand(named, "no msgid at all: a lost answer could not be repeated safely")
    wrong = [msgid for msgid, _ in named if not _MSGID.fullmatch(msgid)]
    demand(not wrong, f"not 1 to 32 of 0-9a-zA-Z_-: {wrong[:1]}")
    bodies: defaultdict[str, set[str]] = defaultdict(set)
    for msgid, body in named:
        bodies[msgid].add(body)
    used_twice = [msgid for msgid, different in bodies.items() if len(different) > 1]
    demand(not used_twice, f"one msgid for different messages: {used_twice[:1]}")
    return f"{len(bodies)} ids"


async def _lost_answer(stage: CorpStage) -> str:
    stage.need_answers()
    customer, before = stage.customer(), stage.world.journal.last
    rule = Rule(side=Side.API, kind=Kind.RESET_AFTER, path=SEND, count=1)
    async with stage.faults(rule) as (key,):
        stage.ask(customer)
        await stage.until(lambda: stage.hits(key) > 0)
        heard = await stage.silence(customer)
        await asyncio.sleep(stage.patience.quiet)
        heard = await stage.silence(customer)
    once(stage, heard)
    ids: defaultdict[str, set[str]] = defaultdict(set)
    sends = sent_ids(call for call in stage.calls(SEND, after=before, to=customer))
    for msgid, body in sends:
        ids[re.sub(r'"msgid":\s*"[^"]*"', "", body)].add(msgid)
    several = [found for found in ids.values() if len(found) > 1]
    demand(not several, f"the repetition had another msgid: {several[:1]}")
    return f"{len(sends)} call(s)"


async def _before_processing(stage: CorpStage) -> None:
    """HTTP 502 once: with a msgid the message can be repeated safely, and must be."""
    stage.need_answers()
    customer = stage.customer()
    rule = Rule(side=Side.API, kind=Kind.BAD_GATEWAY, path=SEND, count=1)
    async with stage.faults(rule):
        stage.ask(customer)
        await stage.must_answer(customer, "the answer was not sent again")
        once(stage, await stage.silence(customer))


def _refused(errcode: int) -> Callable[[CorpStage], Awaitable[None]]:
    """After this refusal the message is not tried again before the customer's next word."""

    async def run(stage: CorpStage) -> None:
        stage.need_answers()
        customer, before = stage.customer(), stage.world.journal.last
        rule = Rule(side=Side.API, kind=Kind.ERRCODE, errcode=errcode, path=SEND, count=1)
        async with stage.faults(rule) as (key,):
            stage.ask(customer)
            await stage.until(lambda: stage.hits(key) > 0)
            await stage.silence(customer)
        calls = stage.calls(SEND, after=before, to=customer)
        texts = Counter(re.sub(r'"msgid":\s*"[^"]*"', "", str(call.data["body"])) for call in calls)
        most = max(texts.values(), default=0)
        demand(most <= 1, f"the refused message was tried {most} times")
        heard = len(stage.words(customer))
        stage.ask(customer)
        await stage.must_answer(customer, "the next question is not answered either", more_than=heard)

    return run


def _token(kind: Kind) -> Callable[[CorpStage], Awaitable[str]]:
    """A token that ends under a call is replaced once, and the answer arrives."""

    async def run(stage: CorpStage) -> str:
        stage.need_answers()
        customer, before = stage.customer(), stage.world.journal.last
        async with stage.faults(Rule(side=Side.API, kind=kind, path=SEND, count=1)):
            stage.ask(customer)
            await stage.must_answer(customer, "the answer did not arrive")
            once(stage, await stage.silence(customer))
        fetched = len(stage.calls(_TOKEN, after=before))
        demand(fetched <= 2, f"the token was fetched {fetched} times")
        return f"{fetched} fetch(es)"

    return run


async def _many_on_an_ended_token(stage: CorpStage) -> str:
    """The token ends under the first of ten answers that are on their way together."""
    stage.need_answers()
    customers, before = [stage.customer() for _ in range(10)], stage.world.journal.last
    expiry = Rule(side=Side.API, kind=Kind.EXPIRE_TOKEN, path=SEND, count=1)
    delay = Rule(side=Side.API, kind=Kind.DELAY, path=SEND, count=len(customers), ms=500)
    async with stage.faults(expiry, delay):
        for customer in customers:
            stage.ask(customer, ring=customer is customers[-1])
        unanswered = [customer for customer in customers if not await stage.answered(customer)]
    demand(not unanswered, f"{len(unanswered)} of {len(customers)} were not answered")
    fetched = len(stage.calls(_TOKEN, after=before))
    demand(fetched <= 2, f"the token was fetched {fetched} times")
    return f"{fetched} fetch(es) for {len(customers)} answers"


async def _long(stage: CorpStage) -> str:
    if stage.long_question is None:
        raise Inapplicable("name a question with an answer of more than 2048 bytes: --long-question")
    customer, before = stage.customer(), stage.world.journal.last
    stage.ask(customer, stage.long_question)
    await stage.must_answer(customer, "no answer")
    heard = await stage.silence(customer)
    cut = stage.violations("kefu-text-cut", after=before, customer=customer)
    demand(not cut, "a text of more than 2048 bytes was sent in one piece and cut by the platform")
    demand(all("\ufffd" not in line.text for line in heard), "a piece ends within a character")
    size = sum(len(line.text.encode()) for line in heard)
    if size <= 2048:
        raise Inapplicable(f"the answer to --long-question has {size} bytes only")
    return f"{size} bytes in {len(heard)} pieces"


async def _menu(stage: CorpStage) -> None:
    stage.need_answers()
    customer = stage.customer()
    stage.ask(customer)
    before = len(await stage.answered(customer))
    before = len(await stage.silence(customer))
    stage.ask(customer, menu_id="101")
    await stage.must_answer(customer, "a click (a text with menu_id) is not answered", more_than=before)


async def _pause(stage: CorpStage) -> str:
    stage.need_answers()
    customers = [stage.customer() for _ in range(3)]
    rule = Rule(side=Side.API, kind=Kind.ERRCODE, errcode=45009, path=SEND)
    async with stage.faults(rule) as (key,):
        before = stage.world.journal.last
        for customer in customers:
            stage.ask(customer)
        await stage.until(lambda: stage.hits(key) > 0)
        await asyncio.sleep(_PAUSE_SECONDS)
        calls = len(stage.calls(SEND, after=before))
    demand(calls, "no answer was tried")
    demand(calls <= len(customers), f"{calls} calls within {_PAUSE_SECONDS:g} s of the first refusal")
    return f"{calls} call(s) in {_PAUSE_SECONDS:g} s"


async def _never_twice(stage: CorpStage) -> None:
    """Over the whole run so far: no text twice for one message of a customer."""
    stage.need_answers()
    doubled = [
        str(entry.shopper)
        for entry in stage.entries("violation")
        if entry.data["code"] == "kefu-duplicate-text" and entry.shopper not in stage.repeaters
    ]
    demand(not doubled, f"{len(doubled)} text(s), to {', '.join(sorted(set(doubled))[:3])}")


def _check(name: str, what: str, run: Callable[[CorpStage], Awaitable[str | None]]) -> Check[CorpStage]:
    return Check(id=f"kefu.{name}", chapter=_CHAPTER, what=what, run=run, alone=True)


CHECKS = (
    _check("quota", "a burst of 8 questions: never more than five for a message", _burst),
    _check("msgid", "every msgid has at most 32 allowed bytes and belongs to one message", _ids),
    _check("lost-answer", "connection lost after processing: repeated with the same msgid", _lost_answer),
    _check("502", "HTTP 502: sent again, shown once", _before_processing),
    _check("95001", "95001 (five are used up) is not tried again", _refused(95001)),
    _check("95002", "95002 (window closed) is not tried again", _refused(95002)),
    _check("42001", "an expired token is replaced once and the answer arrives", _token(Kind.EXPIRE_TOKEN)),
    _check("40014", "an invalidated token is replaced once and the answer arrives", _token(Kind.KILL_TOKEN)),
    _check("one-refresh", "ten answers on an expired token fetch one new token", _many_on_an_ended_token),
    _check("long", "a long text goes in pieces of at most 2048 bytes of whole characters", _long),
    _check("menu-click", "a click on a menu is understood", _menu),
    _check("never-twice", "no text was sent twice for one message in the whole run", _never_twice),
    _check("45009", "45009 (too many calls) makes the bot pause", _pause),
)  # the pause comes last, because the bot sends nothing for a while after it
