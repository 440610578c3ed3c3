"""Looks for words in what was said, in all conversations: "which customer was it with the broken litchi?"."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.desk.desk import AgentsDesk
from console.desk.lines import names_of_agents
from console.desk.saying import words_of
from console.desk.words import channel_of, minute, speaker
from conversations.privacy import customer_tag
from storage.schema import messages

REACH = 200_000
"""The newest messages of the shop that are looked through: a bound on what one search may cost."""
MOST = 50
"""Messages found."""
SHORTEST, LONGEST = 2, 60
"""Characters looked for."""
_AROUND = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``before``, ``words`` and ``after``: the part of the message in which the words stand."""

    conversation_id: str
    name: str
    channel: str
    who: str
    before: str
    words: str
    after: str
    at: str

    @property
    def path(self) -> str:
        return f"/desk/{quote(self.conversation_id, safe='')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """``problem``: why nothing was looked for, as agents read it. ``more``: there are older ones, not shown."""

    asked: str
    found: tuple[Found, ...] = ()
    more: bool = False
    problem: str = ""


async def search(desk: AgentsDesk, connection: AsyncConnection, asked: str) -> Search:
    """The newest first. Letters of either case are alike; % and _ are themselves."""
    words = " ".join(asked.split())
    if not words:
        return Search(asked="")
    if not SHORTEST <= len(words) <= LONGEST:
        return Search(asked=words, problem=f"请输入 {SHORTEST} 到 {LONGEST} 个字")
    newest = (await connection.execute(select(func.max(messages.c.id)))).scalar_one() or 0
    query = (
        select(messages)
        .where(messages.c.id > newest - REACH, messages.c.body.icontains(words, autoescape=True))
        .order_by(messages.c.id.desc())
        .limit(MOST * 4 + 1)
    )
    rows = (await connection.execute(query)).all()
    names = await names_of_agents(connection)
    now = desk.now()
    found = []
    for row in rows:
        text = words_of(row.conversation_id, row.key, row.body, desk.hear)
        parts = around(text.text, words) if text.spoken else None
        if parts is None:  # the words stand in what surrounds the message, not in it
            continue
        found.append(
            Found(
                conversation_id=row.conversation_id,
                name=customer_tag(row.conversation_id),
                channel=channel_of(row.conversation_id),
                who=speaker(row.author, names),
                before=parts[0],
                words=parts[1],
                after=parts[2],
                at=minute(row.at_ms, now),
            )
        )
    return Search(asked=words, found=tuple(found[:MOST]), more=len(found) > MOST or len(rows) > MOST * 4)


def around(text: str, words: str) -> tuple[str, str, str] | None:
    """What stands before the words, they themselves, and what comes after, both cut; None: they are not in it."""
    flat = " ".join(text.split())
    at = flat.casefold().find(words.casefold())
    if at < 0 or len(flat.casefold()) != len(flat):
        return None if at < 0 else ("", flat[: _AROUND * 3], "")
    end = at + len(words)
    before, after = flat[:at], flat[end:]
    return (
        f"…{before[-_AROUND:]}" if len(before) > _AROUND else before,
        flat[at:end],
        f"{after[:_AROUND]}…" if len(after) > _AROUND else after,
    )
