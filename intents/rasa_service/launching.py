"""How Rasa is started: its command line, its environment variables, the two files that it reads.

No secret stands on the command line, which everybody on the machine can read, nor in a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from intents.rasa_service.endpoints import CREDENTIALS, SECRET_VARIABLE, Surroundings, endpoints

TOKEN_VARIABLE = "XIAOER_RASA__TOKEN"  # noqa: S105 - a variable's name
DATABASE_PASSWORD_VARIABLE = "RASA_DATABASE_PASSWORD"  # noqa: S105 - a variable's name
REDIS_PASSWORD_VARIABLE = "RASA_REDIS_PASSWORD"  # noqa: S105 - a variable's name

PROGRAM = (
    "import os, sys; "
    f"sys.argv.append('--auth-token=' + os.environ['{TOKEN_VARIABLE}']); "
    "from rasa.__main__ import main; main()"
)
"""The command ``rasa``, which takes its token as an argument only."""

_OURS = "XIAOER_"
_PASSWORD = re.compile(r"(?P<before>^[a-z+]+://[^/@:]*:)(?P<password>[^/@]*)(?=@)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One Rasa. ``python`` has it installed; ``folder`` holds what we write for it; ``model`` is an absolute path.

    ``database`` is a file or ``postgresql://USER:PASSWORD@HOST:PORT/NAME``; ``redis`` only for several replicas.
    """

    python: Path
    port: int
    folder: Path
    model: Path
    actions_url: str
    database: str
    redis: str | None
    token: str
    action_secret: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def endpoints_file(self) -> Path:
        return self.folder / "endpoints.yml"

    @property
    def credentials_file(self) -> Path:
        return self.folder / "credentials.yml"


def command(service: Service) -> list[str]:
    return [
        *(str(service.python), "-c", PROGRAM),
        *("run", "--model", str(service.model), "--enable-api"),
        *("--interface", "127.0.0.1", "--port", str(service.port)),
        *("--endpoints", str(service.endpoints_file), "--credentials", str(service.credentials_file)),
    ]


def variables(service: Service, others: Mapping[str, str]) -> dict[str, str]:
    """``others`` without the bot's own settings and secrets, and with what Rasa needs. One process serves."""
    given = {name: value for name, value in others.items() if not name.startswith(_OURS)}
    _, database_password = hidden(service.database, DATABASE_PASSWORD_VARIABLE)
    _, redis_password = hidden(service.redis or "", REDIS_PASSWORD_VARIABLE)
    return {
        **given,
        "SANIC_WORKERS": "1",
        TOKEN_VARIABLE: service.token,
        SECRET_VARIABLE: service.action_secret,
        DATABASE_PASSWORD_VARIABLE: database_password,
        REDIS_PASSWORD_VARIABLE: redis_password,
    }


def write_files(service: Service) -> None:
    """Into ``folder``, which is made; for our eyes only. Raises ValueError for addresses of a wrong form."""
    database, _ = hidden(service.database, DATABASE_PASSWORD_VARIABLE)
    redis, _ = hidden(service.redis or "", REDIS_PASSWORD_VARIABLE)
    around = Surroundings(actions_url=service.actions_url, database=database, redis=redis or None)
    told = endpoints(around)
    service.folder.mkdir(parents=True, exist_ok=True)
    _write(service.endpoints_file, told)
    _write(service.credentials_file, CREDENTIALS)


def hidden(address: str, variable: str) -> tuple[str, str]:
    """An address with ``${variable}`` in the place of its password, and the password, decoded; "" without one."""
    found = _PASSWORD.match(address)
    if found is None or not found["password"]:
        return address, ""
    return (
        f"{found['before']}${{{variable}}}{address[found.end() :]}",
        unquote(found["password"]),
    )


def _write(file: Path, content: Mapping[str, Any]) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        yaml.safe_dump(dict(content), written, allow_unicode=True)
    fresh.replace(file)
