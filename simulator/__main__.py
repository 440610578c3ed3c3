"""``python -m simulator``: the WeChat platform on this machine, for trying the bot and for tests."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import uvloop

from simulator.app import Addresses, serve
from simulator.conformance import cli as conformance
from simulator.settings import BadSettings, Settings, load


def main() -> int:
    """Run until interrupted; 0 when stopped, 1 when the port is taken, 2 when the settings are wrong.

    ``conformance`` as the first word runs the suite instead (``simulator.conformance.cli``).
    """
    if sys.argv[1:2] == ["conformance"]:
        return conformance.main(sys.argv[2:])
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = load(arguments.config, os.environ, vars(arguments))
    except BadSettings as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 2
    try:
        uvloop.run(_serve(settings))
    except OSError as error:
        sys.stderr.write(f"simulator: cannot listen on {settings.host}:{settings.port}: {error}\n")
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    await serve(settings, _announce, stop)


def _announce(addresses: Addresses) -> None:
    told = {name: url for name, url in asdict(addresses).items() if url is not None}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A WeChat official account platform on this machine.",
        epilog="Every option can also be given as SIMULATOR_NAME in the environment (best for secrets) "
        "or in the file named by --config.",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="YAML file with any of these settings")
    parser.add_argument("--host", help="loopback address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on; 0 picks a free one (9300)")
    parser.add_argument("--app-id", help="the account's app id, wx…")
    parser.add_argument("--app-secret", help="the account's secret")
    parser.add_argument("--original-id", help="the account's original id, gh_…")
    parser.add_argument("--token", help="the token for callback signatures")
    parser.add_argument("--aes-key", help="the EncodingAESKey, 43 characters")
    parser.add_argument("--mode", help="plain, compat or secure (secure)")
    parser.add_argument("--format", help="xml or json (xml)")
    parser.add_argument("--callback-url", help="where the bot listens")
    parser.add_argument("--clock-offset-file", type=Path, help="file that shares the clock's offset")
    parser.add_argument("--seed", type=int, help="seed of the faults (0)")
    parser.add_argument("--response-timeout", type=float, help="seconds for the bot to answer (5)")
    parser.add_argument(
        "--retry-non-200", action=argparse.BooleanOptionalAction, help="repeat after a status other than 200"
    )
    parser.add_argument("--timeout-scale", type=float, help="factor on every waiting time (1)")
    parser.add_argument("--order", help="send, answer or free: how one shopper's callbacks follow each other")
    parser.add_argument("--account-name", help="the account's name on the phone")
    parser.add_argument(
        "--verified",
        action=argparse.BooleanOptionalAction,
        help="whether the account may send custom messages",
    )
    _add_corp_options(parser)
    return parser


def _add_corp_options(parser: argparse.ArgumentParser) -> None:
    corp = parser.add_argument_group(
        "WeCom corp", "given a corp id, the simulator plays a corp too, with its API on a second port"
    )
    corp.add_argument("--corp-id", help="the corp's id, ww…")
    corp.add_argument("--corp-agent-id", type=int, help="the app's agentid (1000002)")
    corp.add_argument("--corp-secret", help="the app's secret")
    corp.add_argument("--corp-token", help="the token for callback signatures")
    corp.add_argument("--corp-aes-key", help="the EncodingAESKey, 43 characters")
    corp.add_argument("--corp-callback-url", help="where the bot listens for the app's callbacks")
    corp.add_argument("--corp-port", type=int, help="port of the corp's API; 0 picks a free one (0)")
    corp.add_argument("--corp-kefu-accounts", metavar="ID[:NAME],…", help="accounts of 微信客服")
    corp.add_argument("--corp-servicers", metavar="USERID[:NAME],…", help="members who receive customers")
    corp.add_argument("--corp-members", metavar="USERID[:NAME],…", help="other members")
    corp.add_argument("--corp-trusted-ips", metavar="IP,…", help="addresses that may call (all)")
    corp.add_argument(
        "--corp-native-reception",
        action=argparse.BooleanOptionalAction,
        help="whether new customers go to people by themselves",
    )
    corp.add_argument("--corp-aibot-id", help="the 智能机器人's id")
    corp.add_argument("--corp-aibot-secret", help="its secret for the long connection")
    corp.add_argument("--corp-aibot-token", help="its token for callback signatures")
    corp.add_argument("--corp-aibot-aes-key", help="its EncodingAESKey")
    corp.add_argument("--corp-aibot-callback-url", help="where the bot listens for its callbacks")
    corp.add_argument("--corp-robot-keys", metavar="KEY,…", help="keys of group robots")


if __name__ == "__main__":
    sys.exit(main())
