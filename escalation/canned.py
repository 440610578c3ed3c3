"""Canned replies: what agents say again and again, with gaps that fill themselves, and what is done once it is said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from escalation.service import Ending
from storage.people_schema import canned_replies
from storage.times import to_ms

LONGEST_NAME, LONGEST_TEXT, LONGEST_NOTE = 20, 2_000, 1_000
"""Characters."""
EVERYBODYS = ""
"""The owner of what all agents use."""
GAPS: Mapping[str, str] = {
    "name": "称呼",
    "agent": "我的名字",
    "shop": "店名",
    "hours": "服务时间",
    "order": "订单号",
}
"""What fills itself, by the name that may stand in braces, and what agents call it; both are understood."""
_BY_LABEL = {label: name for name, label in GAPS.items()} | {name: name for name in GAPS}
_GAP = re.compile(r"\{([^{}]*)\}")


class NameTaken(ValueError):
    """Its owner has another canned reply of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedReply:
    """``owner``: the login who alone uses it, or ``EVERYBODYS``. ``note``: written for colleagues once it is said.
    ``ending``: how the service ends with it; None: it goes on.
    """

    name: str
    text: str
    owner: str = EVERYBODYS
    note: str = ""
    ending: Ending | None = None
    id: int = 0

    def fits(self, asked: str) -> bool:
        """Whether somebody who types ``asked`` may mean it."""
        wanted = asked.casefold().split()
        return all(word in f"{self.name} {self.text}".casefold() for word in wanted)


def problem_of(reply: CannedReply) -> str:
    """What keeps it from being stored, with the cure; empty when nothing does."""
    for title, text, most in (
        ("名字", reply.name, LONGEST_NAME),
        ("回复", reply.text, LONGEST_TEXT),
        ("备注", reply.note, LONGEST_NOTE),
    ):
        if len(text) > most:
            return f"{title}最多 {most} 个字，现在是 {len(text)} 个"
    if not reply.name.strip():
        return "名字还没写：起个短名字，打 / 就能找到它"
    if not reply.text.strip():
        return "回复还没写"
    unknown = [gap for gap in gaps_in(reply.text) if gap not in _BY_LABEL]
    if unknown:
        known = "、".join(f"{{{label}}}" for label in GAPS.values())
        return f"回复里不认识 {{{unknown[0]}}}；可以用：{known}"
    return ""


def gaps_in(text: str) -> Sequence[str]:
    """What stands in braces, each once, in its order."""
    return tuple(dict.fromkeys(match[1].strip() for match in _GAP.finditer(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """With the values, by their names in ``GAPS``. A gap without a value stays, as agents call it, for them to fill.

    Values are put in as they are: braces in them mean nothing.
    """

    def put(match: re.Match[str]) -> str:
        name = _BY_LABEL.get(match[1].strip())
        if name is None:
            return match[0]
        return " ".join(values.get(name, "").split()) or f"{{{GAPS[name]}}}"

    return _GAP.sub(put, text)


def unfilled(text: str) -> str:
    """The first gap that nobody filled, as it stands in the text; empty when there is none."""
    return next((f"{{{gap}}}" for gap in gaps_in(text) if gap in _BY_LABEL), "")


async def usable(connection: AsyncConnection, login: str) -> list[CannedReply]:
    """Those of the agent, then everybody's, by name."""
    query = (
        select(canned_replies)
        .where(canned_replies.c.owner.in_((login, EVERYBODYS)))
        .order_by(canned_replies.c.owner.desc(), canned_replies.c.name, canned_replies.c.id)
    )
    return [_reply(row) for row in await connection.execute(query)]


async def usable_one(connection: AsyncConnection, login: str, reply_id: int) -> CannedReply | None:
    """None: there is none, or it is a colleague's."""
    query = select(canned_replies).where(
        canned_replies.c.id == reply_id, canned_replies.c.owner.in_((login, EVERYBODYS))
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _reply(row)


async def save(connection: AsyncConnection, reply: CannedReply, *, by: str, at: datetime) -> None:
    """Adds it, or changes the one of its id.

    Raises: NameTaken.
    """
    same = select(canned_replies.c.id).where(
        canned_replies.c.owner == reply.owner, canned_replies.c.name == reply.name
    )
    if (await connection.execute(same)).scalar_one_or_none() not in (None, reply.id):
        raise NameTaken
    values = {
        "owner": reply.owner,
        "name": reply.name,
        "text": reply.text,
        "note": reply.note,
        "ending": reply.ending.value if reply.ending else "",
        "changed_by": by,
        "changed_ms": to_ms(at),
    }
    if reply.id:
        changed = update(canned_replies).where(canned_replies.c.id == reply.id).values(values)
        await connection.execute(changed)
    else:
        await connection.execute(insert(canned_replies).values(values))


async def remove(connection: AsyncConnection, reply_id: int) -> None:
    await connection.execute(delete(canned_replies).where(canned_replies.c.id == reply_id))


def _reply(row: Row[Any]) -> CannedReply:
    return CannedReply(
        id=row.id,
        owner=row.owner,
        name=row.name,
        text=row.text,
        note=row.note,
        ending=Ending(row.ending) if row.ending else None,
    )
