"""``python -m intents.rasa_service serve``: Rasa on loopback, looked after; ``prune``: old trackers forgotten.

Secrets and addresses with passwords come from the environment: XIAOER_RASA__TOKEN, XIAOER_RASA__ACTION_SECRET (the bot
has the same two), and RASA_DATABASE_URL, RASA_REDIS_URL in the place of ``--database`` and ``--redis``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from intents.rasa_service import environment
from intents.rasa_service.endpoints import SECRET_VARIABLE
from intents.rasa_service.launching import TOKEN_VARIABLE, Service, write_files
from intents.rasa_service.supervising import DAY_SECONDS, CannotServe, Supervisor
from intents.rasa_service.trackers import forget_older
from intents.rasa_service.training import TrainingFailed, train

KEEP_DAYS = 30.0
"""Trackers are needed while a customer may still come back to a guided conversation, which is days."""

DATABASE_VARIABLE = "RASA_DATABASE_URL"
REDIS_VARIABLE = "RASA_REDIS_URL"


class Refused(Exception):
    """Wrong usage: one line with the cure."""


def serve(arguments: Sequence[str]) -> int:
    """Until SIGTERM or SIGINT. 0: asked to stop; 1: it cannot be served; 2: wrong usage."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _leave)
    try:
        options = _serve_options(arguments)
        token, action_secret = _secrets(os.environ)
        service = Service(
            python=options.python,
            port=options.port,
            folder=options.folder.absolute(),
            model=_model(options.model, options.python),
            actions_url=options.actions_url,
            database=_database(options.database),
            redis=options.redis,
            token=token,
            action_secret=action_secret,
        )
        os.umask(0o077)  # trackers hold what customers wrote
        _write(service)
        asyncio.run(_until_told(Supervisor(service, keep_days=options.keep_days, say=_say).run()))
    except Refused as refused:
        return _fail(refused, 2)
    except (TrainingFailed, CannotServe) as failure:
        return _fail(failure, 1)
    return 0


def prune(arguments: Sequence[str]) -> int:
    """What ``serve`` does every day. 0: done; 1: the database is away; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m intents.rasa_service prune")
    _add_database(parser)
    parser.add_argument("--days", type=_days, default=KEEP_DAYS, help="days without a word after which")
    options = parser.parse_args(arguments)
    before = time.time() - options.days * DAY_SECONDS
    try:
        forgotten = asyncio.run(forget_older(_database(options.database), before=before))
    except Refused as refused:
        return _fail(refused, 2)
    except (SQLAlchemyError, OSError) as error:
        return _fail(f"the database does not answer ({type(error).__name__})", 1)
    _say(f"forgot {forgotten} trackers that were silent for {options.days:g} days")
    return 0


def _serve_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m intents.rasa_service serve", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of 127.0.0.1")
    parser.add_argument("--folder", type=Path, required=True, help="where endpoints.yml is written")
    parser.add_argument("--actions-url", required=True, help="http://127.0.0.1:8080/rasa/actions of the bot")
    _add_database(parser)
    parser.add_argument(
        "--redis",
        default=os.environ.get(REDIS_VARIABLE) or None,
        help=f"redis://:PASSWORD@HOST:PORT, for the locks of several replicas (or {REDIS_VARIABLE})",
    )
    parser.add_argument("--keep-days", type=_days, default=KEEP_DAYS, help="days that trackers are kept")
    parser.add_argument("--model", type=Path, help="serve this one; otherwise that of the data as they are")
    parser.add_argument("--python", type=Path, default=environment.PYTHON, help="the Python that has Rasa")
    return parser.parse_args(arguments)


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        default=os.environ.get(DATABASE_VARIABLE) or None,
        help=f"FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME, for trackers (or {DATABASE_VARIABLE})",
    )


def _days(text: str) -> float:
    days = float(text)
    if not 1 <= days <= 3650:
        raise argparse.ArgumentTypeError("1 to 3650")
    return days


def _secrets(variables: Mapping[str, str]) -> tuple[str, str]:
    for name in (TOKEN_VARIABLE, SECRET_VARIABLE):
        if not variables.get(name):
            raise Refused(f"{name} is missing. Set it to the value that the bot has.")
    return variables[TOKEN_VARIABLE], variables[SECRET_VARIABLE]


def _database(given: str | None) -> str:
    if given is None:
        raise Refused(f"Say where trackers are kept: --database, or {DATABASE_VARIABLE} in the environment.")
    return given if "://" in given else str(Path(given).absolute())


def _model(given: Path | None, python: Path) -> Path:
    """An absolute path; trained where there is none yet. Raises TrainingFailed."""
    if not python.exists():
        raise Refused(f"There is no {python}: `{environment.INSTALL}` or `make setup` makes it.")
    if given is None:
        return train(say=_say).absolute()
    if not given.is_file():
        raise Refused(f"There is no model {given}.")
    return given.absolute()


def _write(service: Service) -> None:
    try:
        write_files(service)
    except (ValueError, OSError) as error:
        raise Refused(f"{service.folder}: {error}") from error


async def _until_told(work: Coroutine[None, None, None]) -> None:
    """At SIGTERM and SIGINT the work is cancelled, and waited for until it has tidied up."""
    working = asyncio.ensure_future(work)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, working.cancel)
    await asyncio.wait({working})
    if not working.cancelled():
        working.result()


def _leave(_number: int, _frame: object) -> NoReturn:
    """While it is trained: what trains it ends with us."""
    raise SystemExit(0)


def _fail(problem: object, code: int) -> int:
    sys.stderr.write(f"{problem}\n")
    return code


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
