"""微信客服: sessions, people, welcomes (WeCom 94669 分配客服会话, 95122 事件响应消息)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from simulator.conformance.check import Broken, Check, Inapplicable, demand
from simulator.conformance.corp_stage import ON_EVENT, SERVICER, SYNC, CorpStage
from simulator.kefu.customers import Customer, Speaker
from simulator.kefu.states import State

_CHAPTER = "微信客服 · people and sessions"
_WELCOME_SECONDS = 20.0
_IN_STATE = ("kefu-send-refused-state", "kefu-send-in-human-state")


async def _pulled(stage: CorpStage, after: int) -> None:
    """Wait until the bot has read what was put into the stream."""
    if not await stage.until(lambda: bool(stage.calls(SYNC, after=after))):
        raise Broken("the bell was not followed by sync_msg")
    await asyncio.sleep(stage.patience.quiet)


async def _taken_over(stage: CorpStage) -> Customer:
    """A customer whom a servicer took from the pool, and whose bot was told so."""
    customer = stage.customer()
    stage.ask(customer)
    await stage.must_answer(customer, "no answer")
    await stage.silence(customer)
    session, kefu = stage.session(customer), stage.corp.kefu
    kefu.change(session, State.POOL, None, by="native")
    before = stage.world.journal.last
    stage.serve("take", customer)
    await _pulled(stage, before)
    return customer


async def _human(stage: CorpStage) -> None:
    stage.need_answers()
    async with stage.servicer():
        customer = await _taken_over(stage)
        heard, before = len(stage.words(customer)), stage.world.journal.last
        stage.ask(customer)
        more = (await stage.silence(customer))[heard:]
        demand(not [line for line in more if line.speaker is Speaker.API], "the bot talked beside the person")
        tried = stage.violations(*_IN_STATE, after=before, customer=customer)
        demand(not tried, f"the bot tried to talk beside the person {len(tried)} time(s): 95018")


async def _servicer_words(stage: CorpStage) -> None:
    stage.need_answers()
    async with stage.servicer():
        customer = await _taken_over(stage)
        heard, before = len(stage.words(customer)), stage.world.journal.last
        stage.serve("say", customer, text=stage.question)
        await _pulled(stage, before)
        await stage.silence(customer)
        demand(len(stage.words(customer)) == heard, "the servicer's own words (origin 5) were answered")
        tried = stage.violations(*_IN_STATE, after=before, customer=customer)
        demand(not tried, "the bot tried to answer the servicer's own words (origin 5)")


async def _back(stage: CorpStage) -> None:
    stage.need_answers()
    async with stage.servicer():
        customer = await _taken_over(stage)
        before = stage.world.journal.last
        stage.serve("end", customer)
        await _pulled(stage, before)
        heard = len(await stage.silence(customer))
        stage.ask(customer)
        await stage.must_answer(customer, "after the session ended the bot stays silent", more_than=heard)


async def _native(stage: CorpStage) -> str:
    stage.need_answers()
    async with stage.servicer():
        stage.corp.knobs.native_reception = True
        try:
            customer, before = stage.customer(), stage.world.journal.last
            stage.ask(customer)
            heard = await stage.silence(customer)
            await asyncio.sleep(stage.patience.quiet)
            tried = stage.violations(*_IN_STATE, after=before, customer=customer)
        finally:
            stage.corp.knobs.native_reception = False
        demand(not heard, "the bot talked beside native reception")
        demand(len(tried) <= 1, f"95018 was answered with {len(tried) - 1} more attempt(s)")
    return f"{len(tried)} refused attempt(s)"


async def _pool(stage: CorpStage) -> None:
    stage.need_answers()
    customer = stage.customer()
    stage.ask(customer)
    await stage.must_answer(customer, "no answer")
    await stage.silence(customer)
    stage.corp.kefu.change(stage.session(customer), State.POOL, None, by="native")
    before = stage.world.journal.last
    heard = len(stage.words(customer))
    stage.ask(customer)
    more = await stage.silence(customer)
    demand(len(more) == heard, "the bot talked to a customer who waits in the pool")
    tried = stage.violations(*_IN_STATE, after=before, customer=customer)
    demand(len(tried) <= 1, f"95018 was answered with {len(tried) - 1} more attempt(s)")


async def _own_events(stage: CorpStage) -> None:
    stage.need_answers()
    async with stage.servicer():
        customer = stage.customer()
        stage.ask(customer)
        heard = await stage.must_answer(customer, "no answer")
        heard = await stage.silence(customer)
        kefu, ids = stage.corp.kefu, (stage.account.open_kfid, customer.external_userid)
        before = stage.world.journal.last
        kefu.report_failure(*ids, heard[-1].msgid, 11)
        stage.serve("stop")
        stage.serve("start")
        await _pulled(stage, before)
        more = (await stage.silence(customer))[len(heard) :]
        demand(not more, f"an event was answered to the customer: {more[:1]}")


async def _welcome(stage: CorpStage) -> str:
    """The code of a new customer is spent within 20 s although ten questions came just before."""
    crowd = [stage.customer() for _ in range(10)]
    customer, before = stage.customer(), stage.world.journal.last
    for other in crowd:
        stage.ask(other)
    started = asyncio.get_running_loop().time()
    code = stage.act(customer, "enter", {"scene": "shelf"})

    def spent() -> bool:
        calls = stage.calls(ON_EVENT, after=before)
        return any(code in str(call.data["body"]) for call in calls)

    await stage.until(spent, seconds=_WELCOME_SECONDS)
    took = asyncio.get_running_loop().time() - started
    demand(spent(), "the welcome code was not spent within 20 s")
    await stage.silence(customer)
    heard = [line for line in stage.words(customer) if line.speaker is Speaker.EVENT]
    demand(len(heard) == 1, f"{len(heard)} welcomes were shown")
    refused = stage.violations("kefu-code-refused", after=before)
    demand(not refused, f"a code was spent twice or too late: {refused[:1]}")
    for other in crowd:
        await stage.answered(other)
    return f"after {took:.1f} s"


async def _transfer(stage: CorpStage) -> str:
    stage.need_answers()
    async with stage.servicer():
        customer, before = await _asked_for_a_person(stage)
        session = stage.session(customer)
        waits = (State.POOL, State.HUMAN)
        moved = await stage.until(lambda: session.state in waits)
        heard = await stage.silence(customer)
        demand(heard, "the customer was told nothing")
        if not moved:
            raise Inapplicable("the bot does not hand the session over (it may have a desk of its own)")
        tried = stage.violations(*_IN_STATE, "kefu-code-state", after=before, customer=customer)
        demand(not tried, "a text was sent after the change of state: neither before it nor by its code")
        demand(session.state is not State.HUMAN or session.servicer == SERVICER, "to another servicer")
        return f"to {session.state.name.lower()}; {len(heard)} message(s)"


async def _nobody(stage: CorpStage) -> None:
    stage.need_answers()
    async with stage.servicer(receiving=False):
        customer, _ = await _asked_for_a_person(stage)
        heard = await stage.answered(customer)
        await stage.silence(customer)
        demand(heard, "nobody receives, and the customer was told nothing")
        state = stage.session(customer).state
        demand(
            state not in (State.POOL, State.HUMAN),
            f"nobody receives, and the session went to {state.name.lower()}, where the bot is silenced",
        )


async def _asked_for_a_person(stage: CorpStage) -> tuple[Customer, int]:
    customer = stage.customer()
    before = stage.world.journal.last
    stage.ask(customer, stage.handoff)
    await stage.answered(customer)
    return customer, before


def _check(name: str, what: str, run: Callable[[CorpStage], Awaitable[str | None]]) -> Check[CorpStage]:
    return Check(id=f"kefu.{name}", chapter=_CHAPTER, what=what, run=run, alone=True)


CHECKS = (
    _check("human", "while a servicer serves (state 3) the bot does not even try to talk", _human),
    _check("origin-5", "what the servicer writes is not answered", _servicer_words),
    _check("back", "after the servicer ended the session the bot answers again", _back),
    _check("native", "native reception (95018) silences the bot; one attempt at most", _native),
    _check("pool", "a customer in the pool (state 2) is left alone; one attempt at most", _pool),
    _check("own-events", "msg_send_fail and the servicers' events are not answered", _own_events),
    _check("welcome", "the welcome code is spent within 20 s, once, in a crowd", _welcome),
    _check("transfer", "who asks for a person gets one, and a text before or by the code", _transfer),
    _check("nobody", "with nobody receiving: an honest text, and no silent pool", _nobody),
)
