"""``python -m simulator conformance``: what holds for the bot behind an address, as a table or as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from simulator.conformance import corp, official
from simulator.conformance.check import Result
from simulator.conformance.report import as_json, as_table, exit_code
from simulator.conformance.stage import Patience
from simulator.setting_fields import BadSettings
from simulator.settings import Settings, load

_DEFAULT_QUESTION = "你好，请问几点发货？"
_CANNOT_RUN = 2
_CORP = "SIMULATOR_CORP_"
_NO_ACCOUNT = {"app_id": "wx0", "app_secret": "-", "original_id": "gh_0", "token": "-", "mode": "plain"}


def main(arguments: Sequence[str]) -> int:
    """0: everything that could be found out holds; 1: something does not; 2: the run could not take place."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = _settings(options, os.environ)
        results = asyncio.run(_run(options, settings))
    except (BadSettings, OSError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return _CANNOT_RUN
    if not results:
        sys.stderr.write("simulator: no check has such an id; leave --only out for all\n")
        return _CANNOT_RUN
    if options.json:
        sys.stdout.write(json.dumps(as_json(options.target, results), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(as_table(results))
    return exit_code(results)


def _settings(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The simulator's settings; the channel that is not asked for need not be configured."""
    given = {**vars(options), "callback_url": options.target}
    if options.channel in ("kefu", "wecom"):
        given |= {name: given.get(name) or value for name, value in _NO_ACCOUNT.items()}
        given["corp_callback_url"] = options.corp_target or options.target
    elif options.channel == "all":
        given["corp_callback_url"] = options.corp_target
    else:
        environment = {name: value for name, value in environment.items() if not name.startswith(_CORP)}
    settings = load(options.config, environment, given)
    if options.channel != "official" and settings.corp is None:
        raise BadSettings("corp_id: missing; give --corp-id or SIMULATOR_CORP_ID")
    return settings


async def _run(options: argparse.Namespace, settings: Settings) -> list[Result]:
    results: list[Result] = []
    if options.channel in ("official", "all"):
        results += await _official(options, settings)
    if options.channel in ("kefu", "wecom", "all"):
        results += await _corp(options, settings)
    return results


async def _official(options: argparse.Namespace, settings: Settings) -> list[Result]:
    checks = [check for check in official.CHECKS if _chosen(check.id, options.only)]
    if not checks:
        return []
    asked, slow = _questions(options), options.slow_question
    async with official.stage_of(replace(settings, corp=None), asked, slow, _patience(options)) as stage:
        return await official.examine(stage, checks, _progress)


async def _corp(options: argparse.Namespace, settings: Settings) -> list[Result]:
    chapters = {"kefu": corp.KEFU, "wecom": corp.WECOM, "all": (*corp.WECOM, *corp.KEFU)}
    known = {check.id: check for check in chapters[options.channel] if _chosen(check.id, options.only)}
    if not known:
        return []
    staged = corp.stage_of(
        settings,
        _questions(options),
        _patience(options),
        long_question=options.long_question,
        handoff=options.handoff,
    )
    async with staged as stage:
        return await corp.examine(stage, known.values(), _progress)


def _questions(options: argparse.Namespace) -> list[str]:
    return options.question or [_DEFAULT_QUESTION]


def _patience(options: argparse.Namespace) -> Patience:
    return Patience(answer=options.within, quiet=options.quiet)


def _chosen(name: str, only: Sequence[str] | None) -> bool:
    return not only or any(name.startswith(prefix) for prefix in only)


def _progress(result: Result) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{result.status.value:8}{result.id}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator conformance",
        description="Finds out what holds for a bot that speaks the platform's protocol. Configure the bot "
        "to use this program's port as the platform's API before you start it.",
        epilog="Credentials can also be given as SIMULATOR_NAME in the environment or in the file of --config.",
    )
    add = parser.add_argument
    add("--target", required=True, metavar="URL", help="the bot's callback URL")
    add("--corp-target", metavar="URL", help="the corp's callback URL, for --channel all")
    add("--channel", choices=["official", "kefu", "wecom", "all"], default="official")
    add("--json", action="store_true", help="one JSON object instead of the table")
    add("--only", action="append", metavar="ID", help="only checks whose id begins like this; repeatable")
    add("--question", action="append", metavar="TEXT", help="something the bot answers; three are best")
    add("--slow-question", metavar="TEXT", help="something that takes the bot longer than the platform waits")
    add("--long-question", metavar="TEXT", help="something with an answer of more than 2048 bytes")
    add("--handoff", metavar="TEXT", default="转人工", help="what a customer writes who wants a person")
    add("--within", type=float, default=20.0, metavar="SECONDS", help="how long an answer may take (20)")
    add("--quiet", type=float, default=2.0, metavar="SECONDS", help="how long silence must last (2)")
    add("--config", type=Path, metavar="FILE", help="YAML file with the simulator's settings")
    add("--host", help="loopback address to serve the API on (127.0.0.1)")
    add("--port", type=int, help="port to serve the API on (9300)")
    add("--app-id", help="the account's app id")
    add("--app-secret", help="the account's secret")
    add("--original-id", help="the account's original id")
    add("--token", help="the token for callback signatures")
    add("--aes-key", help="the EncodingAESKey")
    add("--mode", help="plain, compat or secure (secure)")
    add("--format", help="xml or json (xml)")
    add("--corp-port", type=int, help="port to serve the corp's API on (a free one)")
    add("--corp-id", help="the corp's id, ww…")
    add("--corp-agent-id", help="the app's agent id")
    add("--corp-secret", help="the app's secret")
    add("--corp-token", help="the token for the corp's callback signatures")
    add("--corp-aes-key", help="the corp's EncodingAESKey")
    add("--corp-kefu-accounts", metavar="IDS", help="open_kfid of the accounts, with commas; two are best")
    add("--timeout-scale", type=float, help="factor on the platform's waiting times (1)")
    add("--clock-offset-file", help="file that shares the clock's offset with the bot")
    return parser
