"""The corp's suite passes a bot that keeps the rules and catches each one that breaks one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from simulator.conformance import corp
from simulator.conformance.check import Check, Result, Status
from simulator.conformance.corp_stage import CorpStage
from simulator.conformance.stage import Patience
from simulator.settings import Settings
from tests.functional.simulator.corp_bot import corp_settings
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, ORIGINAL_ID, TOKEN
from tests.functional.simulator.kefu_reference_bot import LONG, KefuReferenceBot

QUESTIONS = ("几点发货？", "满多少包邮？", "在哪里买的？")
PATIENCE = Patience(answer=2.5, quiet=0.3)
ALL: dict[str, Check[CorpStage]] = {check.id: check for check in (*corp.WECOM, *corp.KEFU)}


@asynccontextmanager
async def stage_for(bot: KefuReferenceBot) -> AsyncIterator[CorpStage]:
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
        callback_url="http://127.0.0.1:9/nobody",
        timeout_scale=0.1,
        corp=corp_settings(f"http://127.0.0.1:{runner.addresses[0][1]}/callback/wecom"),
    )
    try:
        async with corp.stage_of(settings, QUESTIONS, PATIENCE, long_question=LONG) as stage:
            bot.api_base = stage.corp.base_url
            yield stage
    finally:
        await runner.cleanup()


async def examined(bot: KefuReferenceBot, only: tuple[str, ...] = ()) -> dict[str, Result]:
    checks = [check for check in ALL.values() if not only or check.id in only]
    async with stage_for(bot) as stage:
        results = await corp.examine(stage, checks, lambda _: None)
    return {result.id: result for result in results}


def of_status(results: dict[str, Result], status: Status) -> dict[str, str]:
    return {name: result.note for name, result in results.items() if result.status is status}


@pytest.mark.timeout(900)
async def test_a_bot_that_keeps_the_rules_passes() -> None:
    results = await examined(KefuReferenceBot())
    assert of_status(results, Status.FAIL) == {}
    assert of_status(results, Status.SKIPPED) == {}
    assert len(results) == len(ALL)


FLAWS = (
    ("json-echo", "corp.verify.echo"),
    ("no-signature", "corp.verify.signature"),
    ("crashes", "corp.verify.missing"),
    ("no-signature", "corp.refuse.signature"),
    ("no-signature+no-freshness", "corp.refuse.unsigned"),
    ("crashes+swallows", "corp.refuse.oversized"),
    ("any-receiver", "corp.verify.receiver"),
    ("any-receiver", "corp.refuse.receiver"),
    ("no-freshness", "corp.refuse.stale"),
    ("crashes", "corp.refuse.markup"),
    ("crashes", "corp.refuse.empty"),
    ("crashes", "corp.refuse.garbage"),
    ("crashes", "corp.refuse.expansion"),
    ("crashes", "corp.refuse.outside"),
    ("crashes", "corp.refuse.inner"),
    ("pulls-in-handler", "kefu.bell"),
    ("no-cursor", "kefu.cursor"),
    ("no-cursor+new-msgid", "kefu.retried-bell"),
    ("no-cursor+new-msgid", "kefu.double-bell"),
    ("stops-at-empty", "kefu.empty-page"),
    ("last-only", "kefu.one-page"),
    ("one-page-only", "kefu.many-pages"),
    ("last-only", "kefu.lost-bell"),
    ("dies-on-95007", "kefu.95007"),
    ("one-account", "kefu.accounts"),
    ("crashes-on-kinds", "kefu.kinds"),
    ("answers-recall", "kefu.recall"),
    ("shuffles", "kefu.order"),
    ("talks-in-3", "kefu.human"),
    ("answers-origin-5+talks-in-3", "kefu.origin-5"),
    ("stays-silent", "kefu.back"),
    ("insists", "kefu.native"),
    ("insists", "kefu.pool"),
    ("answers-events", "kefu.own-events"),
    ("double-welcome", "kefu.welcome"),
    ("text-after-trans", "kefu.transfer"),
    ("always-pool", "kefu.nobody"),
    ("many-parts", "kefu.quota"),
    ("long-ids", "kefu.msgid"),
    ("new-msgid", "kefu.lost-answer"),
    ("gives-up", "kefu.502"),
    ("repeats-refused", "kefu.95001"),
    ("repeats-refused", "kefu.95002"),
    ("keeps-token", "kefu.42001"),
    ("keeps-token", "kefu.40014"),
    ("fetches-again-and-again", "kefu.one-refresh"),
    ("one-piece", "kefu.long"),
    ("ignores-menus", "kefu.menu-click"),
    ("hammers", "kefu.45009"),
    ("kefu-only", "wecom.text"),
    ("kefu-only", "wecom.kinds"),
    ("one-of-both", "wecom.mixed"),
    ("knows-few", "wecom.events"),
    ("no-cards", "wecom.card"),
    ("one-item", "wecom.card-multiple"),
    ("members-only", "wecom.contacts"),
)

ELSEWHERE = {"kefu.answer", "kefu.never-twice"}
"""Proven by tests of their own."""


def test_every_check_is_proven() -> None:
    assert {check for _, check in FLAWS} | ELSEWHERE == set(ALL)


@pytest.mark.parametrize(("flaw", "check"), FLAWS)
async def test_a_bot_that_breaks_a_rule_is_caught(flaw: str, check: str) -> None:
    results = await examined(KefuReferenceBot(flaws=frozenset(flaw.split("+"))), (check,))
    assert set(of_status(results, Status.FAIL)) == {check}, results[check]


async def test_a_bot_that_never_answers_fails() -> None:
    class Silent(KefuReferenceBot):
        async def ring(self, account: str, token: str) -> None:
            return None

    results = await examined(Silent(), ("kefu.answer", "kefu.one-page"))
    assert set(of_status(results, Status.FAIL)) == {"kefu.answer"}
    assert set(of_status(results, Status.SKIPPED)) == {"kefu.one-page"}


async def test_a_text_twice_is_found_over_the_whole_run() -> None:
    bot = KefuReferenceBot(flaws=frozenset({"no-cursor", "new-msgid"}))
    results = await examined(bot, ("kefu.retried-bell", "kefu.never-twice"))
    assert set(of_status(results, Status.FAIL)) == {"kefu.retried-bell", "kefu.never-twice"}
