"""公众号: 5 seconds, three attempts, one answer (docs: Receiving_standard_messages, Passive_user_reply_message)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from simulator.conformance.check import Broken, Check, Inapplicable, demand
from simulator.conformance.stage import Stage
from simulator.faults import Kind, Rule, Side
from simulator.shoppers import Line, Shopper

_CHAPTER = "公众号 · callbacks and answers"
_AWKWARD = "]]></Content><FuncFlag>1</FuncFlag><Content><![CDATA[ & <b>😀</b> \"'"


def fingerprint(line: Line) -> str:
    """A line's content, for telling whether two are the same."""
    return json.dumps([line.kind, dict(line.content)], sort_keys=True, ensure_ascii=False)


def once(stage: Stage, shopper: Shopper, heard: list[Line]) -> None:
    """The answer to one question was shown, and shown once."""
    demand(heard, "no answer")
    repeated = [key for key, count in Counter(map(fingerprint, heard)).items() if count > 1]
    usual = Counter(map(fingerprint, stage.usual))
    repeated = [key for key in repeated if usual[key] < 2]
    demand(not repeated, f"the same answer was shown twice: {repeated[:1]}")
    most = len(stage.usual)
    demand(len(heard) <= most, f"{len(heard)} messages where the same question otherwise gets {most}")
    told = stage.notices(shopper)
    demand(not told, "the shopper was told that the account is out of order")
    different = [text for text in stage.violations(shopper) if text.startswith("different-answers")]
    demand(not different, "two attempts of one callback were answered differently")


async def _answers(stage: Stage) -> str:
    demand(stage.usual, f"no answer to {stage.question!r} within {stage.patience.answer:g} s; try --question")
    return f"by {stage.usual[0].route.value}, {len(stage.usual)} message(s)"


async def _in_time(stage: Stage) -> None:
    shopper = stage.shopper()
    push = stage.ask(shopper).push_id
    await stage.until(lambda: bool(stage.first_statuses(push)), seconds=stage.world.knobs.patience + 5)
    statuses = stage.first_statuses(push)
    demand(statuses[:1] == [200], f"the first attempt ended with {statuses[:1]}")


def _faulty(kind: Kind, **options: int) -> Callable[[Stage], Awaitable[None]]:
    """A question that arrives in a troubled way, and is answered once."""

    async def run(stage: Stage) -> None:
        stage.need_answers()
        shopper = stage.shopper()
        count, ms = options.get("count", 1), options.get("ms", 1000)
        rule = Rule(side=Side.CALLBACK, kind=kind, count=count, shopper=shopper.id, ms=ms)
        async with stage.faults(rule) as (key,):
            stage.ask(shopper)
            await stage.answered(shopper)
            heard = await stage.silence(shopper)
            if stage.hits(key) < 1:
                raise Inapplicable("the fault could not strike")
        once(stage, shopper, heard)

    return run


async def _awkward(stage: Stage) -> None:
    shopper = stage.shopper()
    before = stage.world.journal.last
    stage.ask(shopper, _AWKWARD)
    await stage.answered(shopper)
    await stage.silence(shopper)
    _no_defect(stage, shopper)
    if not stage.entries("callback.answer", after=before, shopper=shopper):
        raise Broken("the callback got no answer")


def _no_defect(stage: Stage, shopper: Shopper) -> None:
    wrong = [
        text
        for text in stage.violations(shopper)
        if text.startswith(("malformed-reply", "reply-nonce", "escaped-json"))
    ]
    demand(not wrong, "; ".join(wrong[:3]))


async def _well_formed(stage: Stage) -> None:
    shopper = stage.shopper()
    push = stage.ask(shopper).push_id
    await stage.until(lambda: bool(stage.first_statuses(push)), seconds=stage.world.knobs.patience + 5)
    _no_defect(stage, shopper)
    if not stage.entries("callback.reply", shopper=shopper):
        raise Inapplicable("the bot does not answer within the callback")


async def _same_second(stage: Stage) -> None:
    """Unfollowing and following again within one second are two events."""
    demand_greeting = await _greeted_again(stage, gap=1.1)
    if not demand_greeting:
        raise Inapplicable("the bot does not greet those who come back")
    demand(await _greeted_again(stage, gap=0.0), "the second event of the second was taken for the first")


async def _greeted_again(stage: Stage, *, gap: float) -> bool:
    shopper = stage.shopper(following=False)
    stage.act(shopper, "follow")
    await stage.answered(shopper)
    before = len(await stage.silence(shopper))
    fraction = stage.world.clock.epoch() % 1
    await asyncio.sleep(1.05 - fraction)  # a second's beginning, so that both fit into it
    stage.act(shopper, "unfollow")
    await asyncio.sleep(gap)
    stage.act(shopper, "follow")
    return len(await stage.answered(shopper, before + 1)) > before


def _accepted(name: str, data: Mapping[str, object]) -> Callable[[Stage], Awaitable[None]]:
    async def run(stage: Stage) -> None:
        await accepted(stage, stage.shopper(), name, data)

    return run


async def accepted(stage: Stage, shopper: Shopper, name: str, data: Mapping[str, object]) -> None:
    """The act is acknowledged with 200 at the first attempt."""
    push = stage.act(shopper, name, data).push_id
    await stage.until(lambda: bool(stage.first_statuses(push)), seconds=stage.world.knobs.patience + 5)
    statuses = stage.first_statuses(push)
    demand(statuses[:1] == [200], f"{name} {dict(data)}: {statuses[:1]}")


_KINDS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("image", {}),
    ("voice", {}),
    ("voice", {"recognition": ""}),
    ("video", {}),
    ("shortvideo", {}),
    ("location", {}),
    ("link", {"title": "看看", "url": "https://example.com/a?b=1&c=2"}),
    ("click", {"key": "nobody-knows-this-key"}),
    ("view", {"url": "https://example.com/"}),
    ("scan", {"scene": "table-7"}),
    ("whereabouts", {}),
    ("template-result", {"msgid": "1", "status": "failed:user block"}),
)


async def _every_kind(stage: Stage) -> None:
    shopper = stage.shopper()
    for name, data in _KINDS:
        await accepted(stage, shopper, name, data)
    await stage.silence(shopper)
    _no_defect(stage, shopper)


async def _unknown_type(stage: Stage) -> None:
    shopper = stage.shopper()
    world = stage.world
    body = (
        f"<xml><ToUserName>{world.settings.original_id}</ToUserName>"
        f"<FromUserName>{shopper.openid}</FromUserName><CreateTime>{int(world.clock.epoch())}</CreateTime>"
        f"<MsgType>hologram</MsgType><Depth>3</Depth><MsgId>{world.next_msg_id()}</MsgId></xml>"
    )
    if world.envelope.body_format.value == "json":
        raise Inapplicable("written in XML only")
    await accepted(stage, shopper, "event", {"body": body})


async def _late(stage: Stage) -> str:
    if stage.slow_question is None:
        raise Inapplicable(
            "name a question that takes the bot longer than the platform waits: --slow-question"
        )
    shopper = stage.shopper()
    push = stage.ask(shopper, stage.slow_question).push_id
    heard = await stage.answered(shopper)
    demand(heard, "no answer arrived")
    heard = await stage.silence(shopper)
    demand(len({fingerprint(line) for line in heard}) == len(heard), "the same answer was shown twice")
    demand(not stage.notices(shopper), "the shopper was told that the account is out of order")
    return f"attempts: {stage.first_statuses(push)}, by {heard[0].route.value}"


def _check(name: str, what: str, run: Callable[[Stage], Awaitable[str | None]]) -> Check[Stage]:
    return Check(id=f"official.{name}", chapter=_CHAPTER, what=what, run=run)


CHECKS = (
    _check("answer", "a question is answered", _answers),
    _check("acknowledged", "the first attempt is acknowledged with 200 within 5 s", _in_time),
    _check(
        "well-formed", "passive replies: sealed, signed, padded to 32, To and From exchanged", _well_formed
    ),
    _check("awkward-text", "a text full of markup gets a well-formed reply or none", _awkward),
    _check(
        "retry", "an answer lost on the way: the retry gets the same, shown once", _faulty(Kind.DROP_RESPONSE)
    ),
    _check(
        "second-retry",
        "two answers lost on the way: the third attempt gets the same, shown once",
        _faulty(Kind.DROP_RESPONSE, count=2),
    ),
    _check("concurrent", "two copies at the same time are one question", _faulty(Kind.DUPLICATE)),
    _check(
        "repeated", "a copy after the acknowledgement is not answered again", _faulty(Kind.DUPLICATE_AFTER)
    ),
    _check(
        "slow-body", "a body that drips in over 2 s is received", _faulty(Kind.SLOW_BODY, count=3, ms=2000)
    ),
    _check("kinds", "every kind of message and event is acknowledged with 200", _every_kind),
    _check(
        "unknown-event",
        "an event nobody knows is acknowledged with 200",
        _accepted("event", {"event": "brand_new_event", "fields": {"Novelty": "1"}}),
    ),
    _check("unknown-type", "a message type nobody knows is acknowledged with 200", _unknown_type),
    _check("same-second", "two events of one person in one second are both handled", _same_second),
    _check("late", "an answer that takes longer than the platform waits arrives, once", _late),
)
