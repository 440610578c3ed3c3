"""``python -m simulator conformance``: what holds for the bot behind an address, as a table or as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence

from simulator.conformance import official
from simulator.conformance.check import Result
from simulator.conformance.report import as_json, as_table, exit_code
from simulator.conformance.stage import Patience
from simulator.setting_fields import BadSettings
from simulator.settings import Settings, load

_DEFAULT_QUESTION = "你好，请问几点发货？"
_CANNOT_RUN = 2


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
    return load(options.config, environment, {**vars(options), "callback_url": options.target})


async def _run(options: argparse.Namespace, settings: Settings) -> list[Result]:
    patience = Patience(answer=options.within, quiet=options.quiet)
    checks = [check for check in official.CHECKS if _chosen(check.id, options.only)]
    questions = options.question or [_DEFAULT_QUESTION]
    async with official.stage_of(settings, questions, options.slow_question, patience) as stage:
        return await official.examine(stage, checks, _progress)


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
    add("--channel", choices=["official"], default="official")
    add("--json", action="store_true", help="one JSON object instead of the table")
    add("--only", action="append", metavar="ID", help="only checks whose id begins like this; repeatable")
    add("--question", action="append", metavar="TEXT", help="something the bot answers; three are best")
    add("--slow-question", metavar="TEXT", help="something that takes the bot longer than the platform waits")
    add("--within", type=float, default=20.0, metavar="SECONDS", help="how long an answer may take (20)")
    add("--quiet", type=float, default=2.0, metavar="SECONDS", help="how long silence must last (2)")
    add("--config", metavar="FILE", help="YAML file with the simulator's settings")
    add("--host", help="loopback address to serve the API on (127.0.0.1)")
    add("--port", type=int, help="port to serve the API on (9300)")
    add("--app-id", help="the account's app id")
    add("--app-secret", help="the account's secret")
    add("--original-id", help="the account's original id")
    add("--token", help="the token for callback signatures")
    add("--aes-key", help="the EncodingAESKey")
    add("--mode", help="plain, compat or secure (secure)")
    add("--format", help="xml or json (xml)")
    add("--timeout-scale", type=float, help="factor on the platform's waiting times (1)")
    add("--clock-offset-file", help="file that shares the clock's offset with the bot")
    return parser
