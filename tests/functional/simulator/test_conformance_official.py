"""The suite passes a bot that keeps the rules and catches each one that breaks one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from simulator.conformance import official
from simulator.conformance.check import Check, Result, Status
from simulator.conformance.stage import Patience, Stage
from simulator.settings import Settings
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, ORIGINAL_ID, TOKEN
from tests.functional.simulator.reference_bot import OfficialReferenceBot

QUESTIONS = ("几点发货？", "满多少包邮？", "在哪里买的？")
PATIENCE = Patience(answer=2.5, quiet=0.4)


@asynccontextmanager
async def stage_for(bot: OfficialReferenceBot) -> AsyncIterator[Stage]:
    """The suite's stage with the bot behind it; five seconds are half a second."""
    runner = web.AppRunner(bot.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = Settings(
        app_id=APP_ID,
        app_secret=APP_SECRET,
        original_id=ORIGINAL_ID,
        token=TOKEN,
        aes_key=AES_KEY,
        callback_url=f"http://127.0.0.1:{runner.addresses[0][1]}/callback/official",
        port=0,
        timeout_scale=0.1,
    )
    try:
        async with official.stage_of(settings, QUESTIONS, None, PATIENCE) as stage:
            bot.api_base = stage.world.base_url
            yield stage
    finally:
        await runner.cleanup()


async def examined(bot: OfficialReferenceBot, only: tuple[str, ...] = ()) -> dict[str, Result]:
    checks: list[Check[Stage]] = [check for check in official.CHECKS if not only or check.id in only]
    async with stage_for(bot) as stage:
        results = await official.examine(stage, checks, lambda _: None)
    return {result.id: result for result in results}


def failed(results: dict[str, Result]) -> dict[str, str]:
    return {name: result.note for name, result in results.items() if result.status is Status.FAIL}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("by_api", [False, True])
async def test_a_bot_that_keeps_the_rules_passes(by_api: bool) -> None:
    results = await examined(OfficialReferenceBot(by_api=by_api))
    assert failed(results) == {}
    skipped = {name for name, result in results.items() if result.status is Status.SKIPPED}
    sending = {check.id for check in official.CHECKS if check.alone}
    if by_api:
        assert skipped == {"official.late", "official.well-formed"}
    else:
        assert skipped == {"official.late"} | sending


FLAWS = (
    ("quoted-echo", False, "official.verify.echo"),
    ("no-signature", False, "official.verify.signature"),
    ("no-signature", False, "official.verify.missing"),
    ("no-signature", False, "official.refuse.signature"),
    ("no-signature+no-freshness", False, "official.refuse.unsigned"),
    ("any-receiver", False, "official.refuse.receiver"),
    ("no-freshness", False, "official.refuse.stale"),
    ("crashes", False, "official.refuse.markup"),
    ("crashes+swallows", False, "official.refuse.oversized"),
    ("crashes", False, "official.refuse.empty"),
    ("crashes", False, "official.refuse.outside"),
    ("crashes", False, "official.refuse.garbage"),
    ("crashes", False, "official.refuse.expansion"),
    ("crashes", False, "official.refuse.inner"),
    ("slow", False, "official.acknowledged"),
    ("not-swapped", False, "official.well-formed"),
    ("narrow-padding", False, "official.well-formed"),
    ("raw-cdata", False, "official.awkward-text"),
    ("empty-for-copies", False, "official.retry"),
    ("empty-for-copies", False, "official.second-retry"),
    ("impatient", False, "official.slow-body"),
    ("no-dedupe", True, "official.retry"),
    ("no-dedupe", True, "official.concurrent"),
    ("no-dedupe", True, "official.repeated"),
    ("knows-few-types", False, "official.unknown-event"),
    ("knows-few-types", False, "official.kinds"),
    ("knows-few-types", False, "official.unknown-type"),
    ("event-key", False, "official.same-second"),
    ("many-parts", True, "official.quota"),
    ("shuffles", True, "official.order"),
    ("repeats-refused", True, "official.45015"),
    ("repeats-refused", True, "official.45047"),
    ("keeps-token", True, "official.42001"),
    ("keeps-token", True, "official.40001"),
    ("keeps-token", True, "official.40014"),
    ("fetches-again-and-again", True, "official.one-refresh"),
    ("hammers", True, "official.45009"),
    ("resends-often", True, "official.reset-after"),
    ("dies", True, "official.502"),
)
UNPROVEN = {"official.answer", "official.late"}
"""The first is proven by a bot that is not there; the second needs a question that takes its time."""


def test_every_check_is_proven() -> None:
    assert {check for _, _, check in FLAWS} | UNPROVEN == {check.id for check in official.CHECKS}


@pytest.mark.parametrize(("flaw", "by_api", "check"), FLAWS)
async def test_a_bot_that_breaks_a_rule_is_caught(flaw: str, by_api: bool, check: str) -> None:
    results = await examined(OfficialReferenceBot(by_api=by_api, flaws=frozenset(flaw.split("+"))), (check,))
    assert set(failed(results)) == {check}, results[check]


async def test_a_bot_that_is_not_there_fails_and_nothing_is_called_conformant() -> None:
    bot = OfficialReferenceBot()
    async with stage_for(bot) as stage:
        stage.world.knobs.callback_url = "http://127.0.0.1:9/nobody"
        chosen = [
            check for check in official.CHECKS if check.id in ("official.verify.echo", "official.answer")
        ]
        results = await official.examine(stage, chosen, lambda _: None)
    assert [result.status for result in results] == [Status.FAIL, Status.FAIL]
