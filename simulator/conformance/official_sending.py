"""公众号: message/custom/send within its quota and in spite of refusals (docs: kf/intro, Global_Return_Code)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from simulator.conformance.check import Check, Inapplicable, demand
from simulator.conformance.official_delivery import fingerprint
from simulator.conformance.stage import Stage
from simulator.faults import Kind, Rule, Side
from simulator.shoppers import Shopper

_CHAPTER = "公众号 · answers over the API"
SEND = "/cgi-bin/message/custom/send"
_TOKENS = ("/cgi-bin/stable_token", "/cgi-bin/token")
_BURST = 8
_PAUSE_SECONDS = 3.0
_CALLS_IN_PAUSE = 3


def _refusal(errcode: int) -> Rule:
    return Rule(side=Side.API, kind=Kind.ERRCODE, errcode=errcode, path=SEND, count=1)


async def _burst(stage: Stage) -> str:
    stage.need_answers()
    shopper = stage.shopper()
    for number in range(_BURST):
        stage.ask(shopper, stage.questions[number % len(stage.questions)])
    await stage.answered(shopper)
    heard = await stage.silence(shopper)
    demand(heard, "no answer")
    wrong = [text for text in stage.violations(shopper) if text.startswith(("over-quota", "outside-window"))]
    demand(not wrong, f"{len(wrong)} message(s) beyond the quota were tried")
    return f"{_BURST} questions, {len(heard)} messages"


def _closed(errcode: int) -> Callable[[Stage], Awaitable[None]]:
    """After 45015 or 45047 the message is not tried again before the shopper's next word."""

    async def run(stage: Stage) -> None:
        stage.need_api_answers()
        shopper, before = stage.shopper(), stage.world.journal.last
        async with stage.faults(_refusal(errcode)) as (key,):
            stage.ask(shopper)
            await stage.until(lambda: stage.hits(key) > 0)
            if not stage.hits(key):
                raise Inapplicable("the bot did not call the API")
            await stage.silence(shopper)
        calls = stage.calls(SEND, after=before, shopper=shopper)
        bodies = Counter(str(call.data["body"]) for call in calls)
        demand(max(bodies.values()) == 1, f"the refused message was tried {max(bodies.values())} times")
        stage.ask(shopper)
        demand(await stage.answered(shopper), "the shopper's next question is not answered either")

    return run


def _token(kind: Kind) -> Callable[[Stage], Awaitable[str]]:
    """A token that ends under a call is replaced once, and the answer arrives."""

    async def run(stage: Stage) -> str:
        stage.need_api_answers()
        shopper = stage.shopper()
        stage.ask(shopper)  # so that the bot has a token
        await stage.answered(shopper)
        heard, before = len(await stage.silence(shopper)), stage.world.journal.last
        async with stage.faults(Rule(side=Side.API, kind=kind, path=SEND, count=1, errcode=40014)):
            stage.ask(shopper)
            demand(len(await stage.answered(shopper, heard + 1)) > heard, "the answer did not arrive")
            await stage.silence(shopper)
        fetched = sum(len(stage.calls(path, after=before)) for path in _TOKENS)
        demand(fetched <= 2, f"the token was fetched {fetched} times")
        return f"{fetched} fetch(es)"

    return run


async def _many_on_an_ended_token(stage: Stage) -> str:
    stage.need_api_answers()
    shoppers = [stage.shopper() for _ in range(10)]
    stage.world.tokens.expire_all(stage.world.clock.epoch())
    before = stage.world.journal.last
    for shopper in shoppers:
        stage.ask(shopper)
    unanswered = [shopper for shopper in shoppers if not await stage.answered(shopper)]
    demand(not unanswered, f"{len(unanswered)} of {len(shoppers)} were not answered")
    fetched = sum(len(stage.calls(path, after=before)) for path in _TOKENS)
    demand(fetched <= 2, f"the token was fetched {fetched} times")
    return f"{fetched} fetch(es) for {len(shoppers)} answers"


async def _pause(stage: Stage) -> str:
    """After 45009 the API is left alone for a while."""
    stage.need_api_answers()
    shoppers = [stage.shopper() for _ in range(3)]
    rule = Rule(side=Side.API, kind=Kind.ERRCODE, errcode=45009, path=SEND)
    async with stage.faults(rule) as (key,):
        before = stage.world.journal.last
        for shopper in shoppers:
            stage.ask(shopper)
        await stage.until(lambda: stage.hits(key) > 0)
        if not stage.hits(key):
            raise Inapplicable("the bot did not call the API")
        await asyncio.sleep(_PAUSE_SECONDS)
        calls = len(stage.calls(SEND, after=before))
    demand(calls <= _CALLS_IN_PAUSE, f"{calls} calls within {_PAUSE_SECONDS:g} s of the first refusal")
    return f"{calls} call(s) in {_PAUSE_SECONDS:g} s"


def _unknown_outcome(kind: Kind) -> Callable[[Stage], Awaitable[str]]:
    """Three lost answers to sends: one may be repeated, but a shopper hears nothing more than twice."""

    async def run(stage: Stage) -> str:
        stage.need_api_answers()
        shopper = stage.shopper()
        async with stage.faults(Rule(side=Side.API, kind=kind, path=SEND, count=3)) as (key,):
            stage.ask(shopper)
            await stage.until(lambda: stage.hits(key) > 0)
            if not stage.hits(key):
                raise Inapplicable("the bot did not call the API")
            await stage.answered(shopper)
            heard = await stage.silence(shopper)
        counts = Counter(map(fingerprint, heard))
        most = max(counts.values(), default=0)
        demand(most <= 2, f"the same answer was shown {most} times")
        demand(stage.ask(shopper).push_id, "the callback was not sent")
        more = await stage.answered(shopper, len(heard) + 1)
        demand(len(more) > len(heard), "the next question is not answered")
        return {0: "lost", 1: "shown once", 2: "shown twice"}[most]

    return run


async def _order(stage: Stage) -> str:
    if len(stage.questions) < 3:
        raise Inapplicable("needs three questions with different answers: --question, three times")
    expected = [await _alone(stage, text) for text in stage.questions[:3]]
    if not all(expected) or len(set(expected)) < len(expected):
        raise Inapplicable("the three questions do not have three different answers")
    shopper = stage.shopper()
    for text in stage.questions[:3]:
        stage.ask(shopper, text)
    await stage.answered(shopper, 3)
    heard = [fingerprint(line) for line in await stage.silence(shopper)]
    known = [expected.index(line) for line in heard if line in expected]
    if not known:
        raise Inapplicable("the bot answers several questions in another way than one")
    demand(known == sorted(known), f"the answers came in the order {[index + 1 for index in known]}")
    return f"{len(known)} of 3 recognised"


async def _alone(stage: Stage, text: str) -> str:
    shopper: Shopper = stage.shopper()
    stage.ask(shopper, text)
    heard = await stage.answered(shopper)
    return fingerprint(heard[0]) if heard else ""


def _check(
    name: str, what: str, run: Callable[[Stage], Awaitable[str | None]], *, alone: bool = True
) -> Check[Stage]:
    return Check(id=f"official.{name}", chapter=_CHAPTER, what=what, run=run, alone=alone)


CHECKS = (
    _check("quota", "a burst of 8 questions: never more messages than the quota allows", _burst, alone=False),
    _check("order", "three questions in a row are answered in their order", _order, alone=False),
    _check("45015", "45015 (window closed) is not tried again until the shopper writes", _closed(45015)),
    _check("45047", "45047 (quota used up) is not tried again until the shopper writes", _closed(45047)),
    _check("42001", "an expired token is replaced once and the answer arrives", _token(Kind.EXPIRE_TOKEN)),
    _check("40001", "a superseded token is replaced once and the answer arrives", _token(Kind.KILL_TOKEN)),
    _check("40014", "a token called invalid is replaced once and the answer arrives", _token(Kind.ERRCODE)),
    _check("one-refresh", "ten answers on an expired token fetch one new token", _many_on_an_ended_token),
    _check(
        "reset-after",
        "connection lost after processing: the answer is shown at most twice",
        _unknown_outcome(Kind.RESET_AFTER),
    ),
    _check("502", "HTTP 502: the answer is shown at most twice", _unknown_outcome(Kind.BAD_GATEWAY)),
    _check("45009", "45009 (calls used up) makes the bot pause", _pause),
)  # the pause comes last, because the bot sends nothing for a while after it
