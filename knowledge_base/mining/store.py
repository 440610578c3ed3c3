"""The log of questions in SQL: rows are only added, until they are too old or their person is to be forgotten."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import Address
from conversations.questions import AskedQuestion, Reaction
from knowledge_base.entry import EntryId
from knowledge_base.mining.marking import LOOKED_BACK, Happened, marks_of
from knowledge_base.mining.questions import LoggedQuestion, Mark, MarkKind, QuestionKey
from storage.conflicts import insert_or_ignore
from storage.questions_schema import question_marks, questions
from storage.times import from_ms, to_ms

_KEYS_AT_ONCE = 500
"""As many values as one statement takes on every database."""


async def record(connection: AsyncConnection, turns: Mapping[str, Happened]) -> None:
    """Write what turns did, by conversation, inside the caller's transaction.

    A turn that is committed once is recorded once; one whose rows are there already changes nothing.
    """
    acting = {conversation: turn for conversation, turn in turns.items() if turn}
    if not acting:
        return
    earlier = await _recent(connection, acting)
    marks = [
        (turn, mark)
        for conversation, turn in acting.items()
        for mark in marks_of(turn, *_last(earlier.get(conversation, ())))
    ]
    asked = [
        _question_row(conversation, turn, turn.question)
        for conversation, turn in acting.items()
        if turn.question is not None
    ]
    if asked:
        await connection.execute(insert_or_ignore(connection, questions, "key"), asked)
    if marks:
        rows = [
            _mark_row(f"{turn.key}:{mark.kind}", mark.question, mark.kind, mark.value, turn.at)
            for turn, mark in marks
        ]
        await connection.execute(insert_or_ignore(connection, question_marks, "key"), rows)


async def add_mark(
    connection: AsyncConnection, question: QuestionKey, kind: MarkKind, value: str, *, at: datetime
) -> None:
    """Something about a question that no turn says, such as a rating. Once for a question, kind and moment."""
    row = _mark_row(f"{question}:{kind}:{to_ms(at)}", question, kind, value, at)
    await connection.execute(insert_or_ignore(connection, question_marks, "key"), [row])


async def questions_between(
    connection: AsyncConnection, since: datetime, until: datetime
) -> tuple[LoggedQuestion, ...]:
    """Every question from ``since`` on, before ``until``, oldest first, with its marks so far."""
    where = (questions.c.at_ms >= to_ms(since)) & (questions.c.at_ms < to_ms(until))
    return await _read(connection, where)


async def question(connection: AsyncConnection, key: QuestionKey) -> LoggedQuestion | None:
    found = await _read(connection, questions.c.key == key)
    return found[0] if found else None


async def questions_of(
    connection: AsyncConnection, keys: Collection[QuestionKey]
) -> dict[QuestionKey, LoggedQuestion]:
    """Those of the ``keys`` that are still in the log, with their marks so far."""
    wanted = sorted(keys)
    found: dict[QuestionKey, LoggedQuestion] = {}
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        where = questions.c.key.in_(wanted[start : start + _KEYS_AT_ONCE])
        found.update((each.key, each) for each in await _read(connection, where))
    return found


async def questions_below(
    connection: AsyncConnection, below: int | None, *, limit: int, reaction: Reaction | None = None
) -> tuple[tuple[int, LoggedQuestion], ...]:
    """With their numbers, at most ``limit`` questions whose number is less than ``below``, the newest first."""
    numbers = select(questions.c.id, questions.c.key).order_by(questions.c.id.desc()).limit(limit)
    if below is not None:
        numbers = numbers.where(questions.c.id < below)
    if reaction is not None:
        numbers = numbers.where(questions.c.reaction == reaction)
    chosen = (await connection.execute(numbers)).all()
    found = await questions_of(connection, [QuestionKey(row.key) for row in chosen])
    return tuple((row.id, found[QuestionKey(row.key)]) for row in chosen)


async def question_number(connection: AsyncConnection, number: int) -> LoggedQuestion | None:
    """The question with that number, as ``questions_below`` gave it."""
    found = await _read(connection, questions.c.id == number)
    return found[0] if found else None


async def answered_numbers(connection: AsyncConnection, since: datetime) -> tuple[int, ...]:
    """The numbers of questions that were answered from ``since`` on."""
    where = (questions.c.reaction == Reaction.ANSWERED) & (questions.c.at_ms >= to_ms(since))
    rows = await connection.execute(select(questions.c.id).where(where).order_by(questions.c.id))
    return tuple(row.id for row in rows)


async def prune(connection: AsyncConnection, before: datetime) -> int:
    """Remove questions asked before that, with their marks; how many questions."""
    return await _remove(connection, questions.c.at_ms < to_ms(before))


async def forget(connection: AsyncConnection, conversation_id: str) -> int:
    """Remove what somebody asked, with its marks; how many questions."""
    return await _remove(connection, questions.c.conversation_id == conversation_id)


async def _remove(connection: AsyncConnection, which: ColumnElement[bool]) -> int:
    keys = select(questions.c.key).where(which)
    await connection.execute(delete(question_marks).where(question_marks.c.question_key.in_(keys)))
    return (await connection.execute(delete(questions).where(which))).rowcount


async def _read(connection: AsyncConnection, which: ColumnElement[bool]) -> tuple[LoggedQuestion, ...]:
    rows = (
        (await connection.execute(select(questions).where(which).order_by(questions.c.id))).mappings().all()
    )
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    keys = select(questions.c.key).where(which)
    found = select(question_marks).where(question_marks.c.question_key.in_(keys))
    for row in (await connection.execute(found.order_by(question_marks.c.id))).mappings():
        marks[row["question_key"]].append(
            Mark(kind=MarkKind(row["kind"]), value=row["value"], at=from_ms(row["at_ms"]))
        )
    return tuple(_logged(row, marks[row["key"]]) for row in rows)


async def _recent(
    connection: AsyncConnection, turns: Mapping[str, Happened]
) -> dict[str, list[LoggedQuestion]]:
    """The last question of each conversation, and its last one that was asked back, oldest first."""
    since = min(to_ms(turn.at) for turn in turns.values()) - int(LOOKED_BACK.total_seconds() * 1000)
    newest = (
        select(func.max(questions.c.id))
        .where(questions.c.conversation_id.in_(sorted(turns)), questions.c.at_ms >= since)
        .group_by(questions.c.conversation_id, questions.c.reaction)
    )
    rows = await connection.execute(
        select(questions).where(questions.c.id.in_(newest)).order_by(questions.c.id)
    )
    found: defaultdict[str, list[LoggedQuestion]] = defaultdict(list)
    for row in rows.mappings():
        found[row["conversation_id"]].append(_logged(row, ()))
    return found


def _last(recent: Sequence[LoggedQuestion]) -> tuple[LoggedQuestion | None, LoggedQuestion | None]:
    offers = [each for each in recent if each.reaction is Reaction.ASKED]
    return (recent[-1] if recent else None), (offers[-1] if offers else None)


def _question_row(conversation: str, turn: Happened, asked: AskedQuestion) -> dict[str, Any]:
    return {
        "key": turn.key,
        "conversation_id": conversation,
        "channel": Address.parse(conversation).channel,
        "text": asked.text,
        "reaction": asked.reaction,
        "rule": asked.rule,
        "entries": json.dumps(asked.entries),
        "probability": asked.probability,
        "version": asked.version,
        "at_ms": to_ms(turn.at),
    }


def _mark_row(key: str, question: QuestionKey, kind: MarkKind, value: str, at: datetime) -> dict[str, Any]:
    return {"key": key, "question_key": question, "kind": kind, "value": value, "at_ms": to_ms(at)}


def _logged(row: RowMapping, marks: Collection[Mark]) -> LoggedQuestion:
    return LoggedQuestion(
        key=QuestionKey(row["key"]),
        conversation_id=row["conversation_id"],
        channel=row["channel"],
        text=row["text"],
        reaction=Reaction(row["reaction"]),
        rule=row["rule"],
        probability=row["probability"],
        entries=tuple(EntryId(entry) for entry in json.loads(row["entries"])),
        version=row["version"],
        at=from_ms(row["at_ms"]),
        marks=tuple(marks),
    )
