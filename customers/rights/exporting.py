"""A copy of everything that is kept of a person, as one JSON file that people can read, and the files they sent."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.consents import Purpose
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.keys import CustomerKeys
from customers.rights.holdings import HOLDINGS, Holding
from customers.rights.person import Person, find_person
from customers.rights.saying import Circle, statements
from storage.schema import media
from storage.times import from_ms

_BEIJING = timezone(timedelta(hours=8))
_TIME = re.compile(r"(.+)_ms|placed_at")
_OURS = frozenset(
    {"turn_token", "turn_until_ms", "send_token", "send_until_ms", "lease_token", "lease_until_ms"}
)
"""Columns that say which of our processes works, and nothing of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """``told``: by title, JSON throughout; ``files``: what they sent, by name below the folder of media."""

    customer_id: int | None
    told: Mapping[str, Any]
    rows: Mapping[str, int]
    files: tuple[str, ...]


async def copy_of(
    connection: AsyncConnection, who: Identifier | int, keys: CustomerKeys | None, now: datetime
) -> Copy | None:
    """``who``: as for ``find_person``. ``keys`` None: phone numbers are told as unreadable. None: nobody."""
    person = await find_person(connection, who)
    if person is None:
        return None
    told: dict[str, Any] = {
        "制作时间": _time(now),
        "顾客编号": person.customer_id,
        "接收营销消息": await _consents(connection, person),
    }
    rows: dict[str, int] = {}
    for holding in HOLDINGS:
        if holding.title:
            found = await _rows(connection, holding, person, keys)
            told[holding.title] = found
            rows[holding.title] = len(found)
    kept = select(media.c.file).where(
        media.c.conversation_id.in_(person.conversations), media.c.file.is_not(None)
    )
    files = sorted(set((await connection.execute(kept)).scalars()))
    return Copy(customer_id=person.customer_id, told=told, rows=rows, files=tuple(files))


def write_copy(copy: Copy, path: Path, media_folder: Path) -> int:
    """Writes the file, and beside it the folder NAME.files where there are files; only the owner may read them.

    Returns how many files there are; one that is no longer in the folder of media is left out. Raises OSError,
    FileExistsError where ``path`` is there already.
    """
    if path.exists():
        raise FileExistsError(f"{path} is there already")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(orjson.dumps(copy.told, option=orjson.OPT_INDENT_2))
        written = _copy_files(copy, path.with_name(f"{path.name}.files"), media_folder)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return written


def _copy_files(copy: Copy, folder: Path, media_folder: Path) -> int:
    there = [name for name in copy.files if (media_folder / name).is_file()]
    if there:
        folder.mkdir(mode=0o700, exist_ok=True)
    for name in there:
        place = folder / Path(name).name
        place.touch(mode=0o600)
        place.chmod(0o600)
        shutil.copyfile(media_folder / name, place)
    return len(there)


async def _consents(connection: AsyncConnection, person: Person) -> Any:
    circle = Circle(names=frozenset(person.names))
    found = await statements(connection, [circle], Purpose.MARKETING, person.conversations)
    row = found[circle].deciding()
    if row is None:
        return "没有说过"
    return {"同意": bool(row.granted), "时间": _time(from_ms(row.at_ms))}


async def _rows(
    connection: AsyncConnection, holding: Holding, person: Person, keys: CustomerKeys | None
) -> list[dict[str, Any]]:
    query = select(holding.table).where(holding.mine(person)).order_by(*holding.table.primary_key)
    rows = (await connection.execute(query)).all()
    if holding.table.name == "identities":
        return [_identity(row, keys) for row in rows]
    return [_readable(row) for row in rows]


def _identity(row: Row[Any], keys: CustomerKeys | None) -> dict[str, Any]:
    told = _readable(row)
    sealed = told.pop("sealed")
    if row.kind == IdentifierKind.PHONE.value:
        told["key"] = (keys.opened(sealed) if keys is not None and sealed else None) or "(读不出：没有密钥)"
    return told


def _readable(row: Row[Any]) -> dict[str, Any]:
    """Times as people write them (Beijing), JSON as what it says."""
    told: dict[str, Any] = {}
    for name, value in row._mapping.items():
        if name in _OURS:
            continue
        named = _TIME.fullmatch(name)
        if named and isinstance(value, int):
            told[named[1] or str(name)] = _time(from_ms(value)) if value else None
        elif isinstance(value, str) and value[:1] in ("{", "["):
            told[str(name)] = _json(value)
        else:
            told[str(name)] = value
    return told


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _time(moment: datetime) -> str:
    return moment.astimezone(_BEIJING).isoformat(timespec="seconds")
